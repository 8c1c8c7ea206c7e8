"""The noisy sine: a clean wave plus independent noise of the given deviation."""

import numpy as np
import pytest

from course_lib.datasets.noisy_sine import noisy_sine


def test_noise_has_the_deviation_asked_for_and_no_memory(rng):
    n = 20_000
    noise = noisy_sine(rng, n) - np.sin(0.01 * np.arange(1, n + 1))
    assert abs(noise.std() - 0.2) < 5 * 0.2 / np.sqrt(2 * n)
    assert abs(noise.mean()) < 5 * 0.2 / np.sqrt(n)
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 5 / np.sqrt(n)


def test_refuses_no_time_and_negative_noise(rng):
    with pytest.raises(ValueError, match="time"):
        noisy_sine(rng, 0)
    with pytest.raises(ValueError, match="deviation"):
        noisy_sine(rng, 3, deviation=-1.0)

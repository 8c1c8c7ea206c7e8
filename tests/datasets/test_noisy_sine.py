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


def test_the_wave_with_the_generators_own_noise_on_top():
    drawn = noisy_sine(np.random.default_rng(7), 50, omega=0.3, deviation=0.5)
    noise = np.random.default_rng(7).normal(scale=0.5, size=50)
    np.testing.assert_allclose(drawn, np.sin(0.3 * np.arange(1, 51)) + noise, rtol=0, atol=1e-15)
    assert noisy_sine(np.random.default_rng(7), 1, deviation=0.0) == np.sin(0.01)

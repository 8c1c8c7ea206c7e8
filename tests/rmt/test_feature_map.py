"""Shapes, scales and the map itself."""

import numpy as np
import pytest

from course_lib.rmt.feature_map import Setup, features, random_feature_setup


@pytest.mark.parametrize("entries", ["gaussian", "coin", "uniform"])
def test_deviations_are_those_asked_for(entries, rng):
    """A mean square of N entries is known to 5 sqrt(2/N), for these entries or better."""
    setup = random_feature_setup(200, 300, 100, rng, 1.5, 0.7, entries)
    assert setup.X.shape == (200, 300)
    assert setup.W.shape == (100, 200)
    assert (setup.phi, setup.psi) == (2 / 3, 2.0)
    for A, square in ((setup.X, 0.7**2), (setup.W, 1.5**2 / 200)):
        assert abs((A * A).mean() / square - 1) < max(5 * np.sqrt(2 / A.size), 1e-12)
        assert abs(A.mean()) < 5 * np.sqrt(square / A.size)


@pytest.mark.checks("eq-feature-map", against="enumeration")
def test_every_entry_is_f_of_an_inner_product(rng):
    setup = random_feature_setup(4, 3, 5, rng)
    Y = features(np.tanh, setup)
    for i in range(5):
        for mu in range(3):
            z = sum(setup.W[i, k] * setup.X[k, mu] for k in range(4))
            assert Y[i, mu] == pytest.approx(np.tanh(z), abs=1e-14)


def test_bad_arguments_are_refused(rng, bad_input):
    with pytest.raises(ValueError, match="n1: expected at least 1, got 0"):
        random_feature_setup(3, 3, 0, rng)
    with pytest.raises(ValueError, match="sigma_x: expected a positive number"):
        random_feature_setup(3, 3, 3, rng, sigma_x=0.0)
    with pytest.raises(ValueError, match="entries: expected one of"):
        random_feature_setup(3, 3, 3, rng, entries="cauchy")
    with pytest.raises(ValueError, match="W: expected shape"):
        features(np.tanh, Setup(np.ones((3, 2)), np.ones((2, 4))))

"""Shapes, scales and the map itself."""

import numpy as np
import pytest

from course_lib.random_features.activations import PiecewiseLinear, by_name
from course_lib.random_features.feature_map import Setup, features, random_feature_setup
from course_lib.random_features.gaussian_constants import gaussian_constants
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.spectrum import gram_eigenvalues, ks_distance


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
    with pytest.raises(ValueError, match="n1: expected a whole number, 1 or more, got 0"):
        random_feature_setup(3, 3, 0, rng)
    with pytest.raises(ValueError, match="sigma_x: expected a positive number"):
        random_feature_setup(3, 3, 3, rng, sigma_x=0.0)
    with pytest.raises(ValueError, match="entries: expected one of"):
        random_feature_setup(3, 3, 3, rng, entries="cauchy")
    with pytest.raises(ValueError, match="W: expected shape"):
        features(np.tanh, Setup(np.ones((3, 2)), np.ones((2, 4))))


def test_equation_fourteen_as_printed_fails_and_its_correction_holds(rng):
    """As printed the residual tends to 1 far away, where every transform is about 1/z."""
    z = rng.uniform(-3, 3, 40) + 1j * rng.uniform(0.05, 2, 40)
    far = np.array([1e8j])
    for phi, psi in ((1.0, 1.5), (2.0, 1.0), (0.5, 0.4)):
        c = psi / phi
        for law in (RandomFeatures(1.0, 0.0, phi, psi), MarchenkoPastur(phi / psi)):
            G = law.stieltjes(z)
            assert np.abs(z * G**2 + ((1 - z) * c - 1) * G + c).max() < 1e-10
            assert np.abs(z * G**2 + ((1 - c) * z - 1) * G + c).max() > 0.1
            G = law.stieltjes(far)
            assert abs((far * G**2 + ((1 - c) * far - 1) * G + c)[0] - 1) < 1e-6


def test_an_even_activation_leaves_the_spectrum_when_the_layer_is_as_wide_as_its_input(rng):
    """Rigidity: a few steps of 1/n; the linear layer, with as many features, is far away."""
    setup = random_feature_setup(600, 1200, 600, rng)
    data = MarchenkoPastur(0.5)
    assert ks_distance(gram_eigenvalues(setup.X), data) < 6 / 600
    assert ks_distance(gram_eigenvalues(features(PiecewiseLinear(1.0), setup)), data) < 6 / 600
    assert ks_distance(gram_eigenvalues(features(PiecewiseLinear(-1.0), setup)), data) > 0.2


@pytest.mark.slow
@pytest.mark.parametrize("entries", ["coin", "uniform", "student"])
def test_entries_need_not_be_normal(entries, rng):
    """A few steps of 1/n again; a law five percent off is three times as far."""
    f = PiecewiseLinear(0.0)
    setup = random_feature_setup(900, 1200, 600, rng, entries=entries)
    eigenvalues = gram_eigenvalues(features(f, setup))
    right, off = (RandomFeatures(k, k * f.zeta, 0.75, 1.5) for k in (1.0, 1.05))
    assert ks_distance(eigenvalues, right) < 6 / 600
    assert ks_distance(eigenvalues, off) > 10 / 600


def test_a_mean_makes_one_large_eigenvalue_and_the_variance_rules_the_rest(rng):
    mean, eta, zeta = gaussian_constants(by_name("relu"))
    setup = random_feature_setup(750, 750, 500, rng)
    eigenvalues = gram_eigenvalues(features(by_name("relu"), setup))
    law = RandomFeatures(eta - mean**2, zeta, 1.0, 1.5)
    top = law.support[-1][1]
    assert abs(eigenvalues[-1] / (mean**2 * 500) - 1) < 0.05  # a bulk of size 1 over 80
    assert eigenvalues[-2] < 1.1 * top
    assert ks_distance(eigenvalues, law) < 6 / 500
    assert ks_distance(eigenvalues, RandomFeatures(eta, zeta, 1.0, 1.5)) > 0.1

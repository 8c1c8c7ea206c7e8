"""Outliers of one layer: derivatives, sampled matrices, controls that take the cause away."""

import numpy as np
import pytest

from course_lib.random_features.activations import PiecewiseLinear, by_name
from course_lib.random_features.feature_map import features, random_feature_setup
from course_lib.random_features.feature_outliers import (
    FOURTH_MOMENTS,
    law_outlier,
    norm_spike,
    second_hermite,
)
from course_lib.random_features.gaussian_constants import gaussian_constants
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.principal_components import spike_limit
from course_lib.spectral_laws.semicircle import ENTRIES
from course_lib.spectral_laws.spectrum import gram_eigenvalues

SHIFTED_ABS = PiecewiseLinear(1.0)


def top_eigenvalues(f, shape, rng, kind="gaussian", equal_samples=False, equal_rows=False):
    """The two largest eigenvalues of a layer, its norms set to one where asked."""
    X, W = random_feature_setup(*shape, rng, entries=kind)
    if equal_samples:
        X = X / np.sqrt((X * X).mean(axis=0))
    if equal_rows:
        W = W / np.sqrt((W * W).sum(axis=1, keepdims=True))
    return gram_eigenvalues(f(W @ X))[-2:]


def assert_mean_is(values, want, wide=0.0):
    """Within four standard errors of the mean, and a bias that is said."""
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    assert abs(np.mean(values) - want) < 4 * error + wide


@pytest.mark.checks("eq-second-hermite", against="closed form")
def test_second_coefficients_by_hand():
    for name, want in (
        ("abs", np.sqrt(2 / np.pi)),
        ("relu", 1 / np.sqrt(2 * np.pi)),
        ("cos", -np.exp(-0.5)),
        ("tanh", 0.0),
    ):
        assert second_hermite(by_name(name)) == pytest.approx(want, abs=1e-13)
    assert second_hermite(lambda z: z**4) == pytest.approx(12, rel=1e-12)


@pytest.mark.checks("eq-second-hermite", against="finite differences")
def test_it_is_twice_the_derivative_of_the_mean_by_the_variance_of_the_input():
    f, s, step = by_name("cos"), 1.3, 1e-4
    above, below = (gaussian_constants(f, sigma_w=s * np.sqrt(1 + a)).mean for a in (step, -step))
    assert second_hermite(f, 1.3) == pytest.approx((above - below) / step, rel=1e-7)
    assert second_hermite(f, 2.6, 0.5) == second_hermite(f, 1.3)


def test_fourth_moments_are_those_of_the_entries(rng):
    assert set(FOURTH_MOMENTS) == set(ENTRIES)
    for kind in ("gaussian", "coin", "uniform"):
        fourth = ENTRIES[kind](rng, (400_000,)) ** 4
        assert_mean_is(fourth, FOURTH_MOMENTS[kind], 1e-12)
    from scipy.stats import t

    assert FOURTH_MOMENTS["student"] == pytest.approx(t.expect(lambda x: x**4, (5,)) * 9 / 25)


@pytest.mark.checks("eq-norm-spike", against="Monte Carlo")
@pytest.mark.parametrize("kind", ["gaussian", "uniform", "coin"])
def test_the_spike_is_that_of_the_measured_norms(kind, rng):
    n0, m, n1, second = 30, 2000, 40, 1.7
    spikes = []
    for _ in range(20):
        X = ENTRIES[kind](rng, (n0, m))
        excess = (X * X).mean(axis=0) - 1
        matrix = second / 2 * np.ones((n1, 1)) * excess
        spikes.append(1 + np.linalg.norm(matrix, 2) ** 2 / m)
    assert_mean_is(spikes, norm_spike(second, n0 / n1, kind), 1e-12)


@pytest.mark.checks("eq-outlier-equation", against="eq-spike-eigenvalue")
def test_in_noise_it_is_the_spike_of_a_covariance():
    for ratio in (0.2, 1.0, 3.0):
        law = MarchenkoPastur(ratio)
        for excess in (0.0, 0.9 * np.sqrt(ratio), 1.1 * np.sqrt(ratio), 5.0):
            want = spike_limit(1 + excess, ratio).eigenvalue
            assert law_outlier(law, 1 + excess, ratio) == pytest.approx(want, rel=1e-9)


@pytest.mark.checks("eq-outlier-equation", against="eigenvalues")
def test_a_rank_one_matrix_added_to_features_with_a_linear_part(rng):
    shape = (450, 600, 300)
    f = PiecewiseLinear(0.0)
    law, ratio = RandomFeatures(1.0, f.zeta, 0.75, 1.5), 0.5
    assert f.zeta > 0.7
    above, below = [], []
    for _ in range(10):
        Y = features(f, random_feature_setup(*shape, rng))
        for spike, found in ((6.0, above), (1.3, below)):
            planted = np.sqrt((spike - 1) * 600) * np.outer(np.eye(300)[0], np.eye(600)[0])
            found.append(gram_eigenvalues(Y + planted)[-1])
    assert_mean_is(above, law_outlier(law, 6.0, ratio))
    assert abs(np.mean(above) - spike_limit(6.0, ratio).eigenvalue) > 0.1
    edge = law.support[-1][1]
    assert law_outlier(law, 1.3, ratio) == edge
    assert abs(np.mean(below) - edge) < 2 * edge * 300 ** (-2 / 3)  # where a bulk ends


@pytest.mark.checks("eq-outlier-equation", against="quartic")
def test_in_the_variable_of_the_quartic_the_spike_is_one_plus_p_over_psi():
    eta, zeta, phi, psi = 1.2, 0.4, 0.7, 1.6
    law = RandomFeatures(eta, zeta, phi, psi)
    for spike in (3.0, 6.0, 41.0):
        p = psi * (spike - 1)
        a = p * p + (phi * eta - zeta) * p - phi * zeta * (eta - zeta)
        b = p * p + (psi * eta - zeta) * p - psi * zeta * (eta - zeta)
        want = a * b / (psi * p * (p - zeta) ** 2)
        assert law_outlier(law, spike, phi / psi) == pytest.approx(want, rel=1e-10)


@pytest.mark.slow
@pytest.mark.checks("eq-norm-spike", against="eigenvalues")
def test_each_kind_of_norm_makes_one_outlier(rng):
    """The other kind set to one; two together repel, by an amount that falls with the width."""
    shape = (200, 800, 600)
    spike = norm_spike(second_hermite(SHIFTED_ABS), 1 / 3)
    want, edge = spike_limit(spike, 0.75).eigenvalue, MarchenkoPastur(0.75).support[0][1]
    assert want == pytest.approx(4.6633, abs=1e-4)
    for equal in ({"equal_samples": True}, {"equal_rows": True}):
        tops = np.array([top_eigenvalues(SHIFTED_ABS, shape, rng, **equal) for _ in range(12)])
        assert_mean_is(tops[:, 1], want, wide=0.05)
        assert abs(tops[:, 0].mean() - edge) < 0.15
    both = np.array([top_eigenvalues(SHIFTED_ABS, shape, rng) for _ in range(8)])
    assert (both > edge + 0.4).all()
    none = [top_eigenvalues(SHIFTED_ABS, shape, rng, "gaussian", True, True) for _ in range(3)]
    assert np.max(none) < edge + 0.15


@pytest.mark.slow
@pytest.mark.checks("eq-norm-spike", against="eigenvalues")
def test_below_the_threshold_and_for_coins_nothing_leaves_the_bulk(rng):
    """At phi = 1/2, psi = 1 uniform entries are too weak: 0.35 against a threshold of 0.71."""
    second, edge = second_hermite(SHIFTED_ABS), MarchenkoPastur(0.5).support[0][1]
    assert norm_spike(second, 1.0, "uniform") < 1 + np.sqrt(0.5)
    for kind in ("uniform", "coin"):
        tops = [top_eigenvalues(SHIFTED_ABS, (400, 800, 400), rng, kind)[1] for _ in range(4)]
        assert abs(np.mean(tops) - edge) < 0.1
    assert norm_spike(second, 1 / 3, "coin") == 1.0
    top = top_eigenvalues(SHIFTED_ABS, (200, 800, 600), rng, "coin")[1]
    assert top < MarchenkoPastur(0.75).support[0][1] + 0.15


@pytest.mark.slow
def test_a_mean_swallows_the_outliers_of_the_norms(rng):
    """With it the three rank-one matrices are one, up to what vanishes with the width."""
    mean, eta, _ = gaussian_constants(by_name("abs"))
    second, top = top_eigenvalues(np.abs, (200, 800, 600), rng)
    assert top == pytest.approx(mean**2 * 600, rel=0.05)
    edge = MarchenkoPastur(0.75, eta - mean**2).support[0][1]
    assert second < edge + 0.05


def test_bad_arguments_are_refused():
    law = MarchenkoPastur(0.5)
    for call, message in (
        (lambda: norm_spike(1.0, 0.0), "psi: expected a positive number"),
        (lambda: norm_spike(1.0, 1.0, "cauchy"), "entries: expected one of"),
        (lambda: law_outlier(law, 0.9, 1.0), "spike: expected at least 1"),
        (lambda: law_outlier(law, 2.0, -1.0), "ratio: expected a positive number"),
        (lambda: second_hermite(lambda z: np.exp(z * z)), "f: expected a finite mean square"),
        (lambda: second_hermite(np.abs, sigma_w=0.0), "sigma_w: expected a positive number"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert law_outlier(law, 1.0, 0.5) == law.support[0][1]

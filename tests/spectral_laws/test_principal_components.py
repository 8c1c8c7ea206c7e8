"""Noise in principal components: sorted samples, spikes that were planted, limits by hand."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from course_lib.spectral_laws import principal_components as pc
from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.law import Atom
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle
from course_lib.spectral_laws.spectrum import gram_eigenvalues


@pytest.mark.checks("eq-mp-condition", against="Monte Carlo")
@pytest.mark.parametrize("ratio", [0.15, 0.25])
def test_condition_number_matches_sampled_matrices(ratio):
    """Both edges move by n^(-2/3), 1 percent; their quotient by a few percent."""
    eigenvalues = MarchenkoPastur(ratio, 3.0).sample(1000, np.random.default_rng(1))
    got = eigenvalues[-1] / eigenvalues[0]
    np.testing.assert_allclose(got, pc.condition_number(ratio), rtol=0.04)


@pytest.mark.checks("eq-mp-condition", against="closed form")
def test_condition_number_is_the_quotient_of_the_edges():
    for ratio in (0.01, 0.25, 0.9):
        ((low, high),) = MarchenkoPastur(ratio).support
        np.testing.assert_allclose(pc.condition_number(ratio), high / low, rtol=1e-12)
    assert pc.condition_number(1.0) == pc.condition_number(2.0) == np.inf


@pytest.mark.slow
@pytest.mark.checks("eq-explained-share", against="Monte Carlo")
@pytest.mark.parametrize("ratio", [0.3, 2.0])
def test_explained_share_matches_sorted_eigenvalues(ratio):
    """Sums of rigid eigenvalues: a deviation of order 1/n = 0.001."""
    eigenvalues = MarchenkoPastur(ratio).sample(1000, np.random.default_rng(2))[::-1]
    for share in (0.1, 0.3):
        got = eigenvalues[: round(1000 * share)].sum() / eigenvalues.sum()
        want = pc.explained_share(MarchenkoPastur(ratio), share)
        assert abs(got - want) < 0.003


def test_explained_share_tells_a_ratio_from_its_neighbour():
    """The tolerance of the last test would notice a ratio that is off by a few percent."""
    here, near = (pc.explained_share(MarchenkoPastur(ratio), 0.3) for ratio in (0.5, 0.52))
    assert near - here > 0.003


@pytest.mark.checks("eq-explained-share", against="scipy")
def test_explained_share_is_the_integral_above_the_cut():
    law = MarchenkoPastur(0.5, 1.7)
    cut, high = 2.5, law.support[0][1]
    kept = 1 - float(law.cdf(np.array([cut]))[0])
    want = quad(lambda x: x * law.density(np.array([x]))[0], cut, high, epsabs=1e-12)[0] / 1.7
    np.testing.assert_allclose(pc.explained_share(law, kept), want, rtol=0, atol=1e-9)


def test_explained_share_runs_from_nothing_to_everything():
    for law in (MarchenkoPastur(0.5), MarchenkoPastur(3.0)):
        shares = [pc.explained_share(law, s) for s in np.linspace(0, 1, 7)]
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        assert (np.diff(shares) >= 0).all()
    assert pc.explained_share(MarchenkoPastur(4.0), 0.25) == 1.0  # as many as are not zero
    np.testing.assert_allclose(pc.explained_share(MarchenkoPastur(1e-6), 0.1), 0.1, rtol=0.01)


@pytest.mark.checks("eq-spike-eigenvalue", "eq-spike-overlap", against="Monte Carlo")
@pytest.mark.parametrize(("ratio", "spike"), [(0.5, 3.0), (1.0, 4.0), (2.0, 5.0)])
def test_a_strong_spike_leaves_the_noise(ratio, spike):
    """The eigenvalue has a deviation of spike sqrt(2/m): 16 draws know it to 5 of that / sqrt 16.

    That is coarse, 5 to 14 percent. The digits are checked by the secular equation.
    """
    n = 200
    m = round(n / ratio)
    rng = np.random.default_rng(3)
    draws = [pc.leading_component(pc.spiked_sample(n, m, spike, rng)) for _ in range(16)]
    eigenvalue, overlap = np.mean(draws, axis=0)
    want = pc.spike_limit(spike, ratio)
    assert abs(eigenvalue - want.eigenvalue) < 5 * spike * np.sqrt(2 / m / 16)
    spread = np.std([draw.overlap for draw in draws]) / 4
    assert abs(overlap - want.overlap) < 5 * spread < 0.1


@pytest.mark.checks("eq-spike-threshold", against="Monte Carlo")
def test_a_weak_spike_stays_hidden():
    """Below the threshold nothing sticks out, well above it something does."""
    ratio, n = 0.5, 600
    threshold = pc.spike_threshold(ratio)
    high = MarchenkoPastur(ratio).support[0][1]
    weak, strong = (
        pc.leading_component(pc.spiked_sample(n, 2 * n, spike, np.random.default_rng(4)))
        for spike in (threshold - 0.4, threshold + 0.6)
    )
    assert abs(weak.eigenvalue - high) < 0.02 * high
    assert weak.overlap < 0.1
    assert strong.eigenvalue > 1.05 * high
    assert strong.overlap > 0.4


@pytest.mark.checks(
    "eq-spike-threshold", "eq-spike-eigenvalue", "eq-spike-overlap", against="closed form"
)
def test_the_transition_is_continuous_and_large_spikes_are_seen_as_they_are():
    for ratio in (0.3, 1.0, 4.0):
        threshold = pc.spike_threshold(ratio)
        just = pc.spike_limit(threshold * (1 + 1e-9), ratio)
        np.testing.assert_allclose(just.eigenvalue, MarchenkoPastur(ratio).support[0][1], rtol=1e-8)
        assert just.overlap < 1e-7
        below = pc.spike_limit(threshold, ratio)
        assert below.overlap == 0
        np.testing.assert_allclose(below.eigenvalue, (1 + np.sqrt(ratio)) ** 2)
        assert pc.spike_limit(1.0, ratio) == below
        huge = pc.spike_limit(1e8, ratio)
        np.testing.assert_allclose([huge.eigenvalue / 1e8, huge.overlap], 1, rtol=1e-6)


@pytest.mark.checks("eq-spike-eigenvalue", "eq-spike-overlap", against="secular equation")
def test_eigenvalue_and_overlap_solve_the_secular_equation():
    """Schur's complement of the spiked feature, with G of the other features' covariance.

    Entry (1, 1) of the resolvent is 1/f with f(x) = x - spike (1 - ratio + ratio x G(x)). The
    spike's eigenvalue is the zero of f above the noise, and the overlap is the residue, 1/f'.
    """
    for ratio, spike in ((0.5, 3.0), (1.0, 2.5), (2.0, 4.0), (0.05, 1.4)):
        law = MarchenkoPastur(ratio)

        def f(x, law=law, ratio=ratio, spike=spike):
            return x - spike * (1 - ratio + ratio * x * law.stieltjes(np.array([x + 0j]))[0].real)

        high = law.support[0][1]
        at = brentq(f, high * (1 + 1e-12), 10 * high, xtol=1e-13)
        h = 1e-5
        slope = (f(at + h) - f(at - h)) / (2 * h)
        np.testing.assert_allclose(pc.spike_limit(spike, ratio), [at, 1 / slope], rtol=1e-7)


@pytest.mark.parametrize(("n", "m"), [(6, 9), (9, 6), (6, 6)])
def test_leading_component_matches_eigh(n, m, rng):
    X = pc.spiked_sample(n, m, 5.0, rng)
    values, vectors = np.linalg.eigh(X @ X.T / m)
    got = pc.leading_component(X)
    np.testing.assert_allclose(got, [values[-1], vectors[0, -1] ** 2], rtol=1e-10)
    np.testing.assert_allclose(got.eigenvalue, gram_eigenvalues(X)[-1], rtol=1e-12)


def test_one_feature_of_one_sample_is_its_own_component():
    X = pc.spiked_sample(1, 1, 1.0, np.random.default_rng(0))
    np.testing.assert_allclose(pc.leading_component(X), [X[0, 0] ** 2, 1.0], rtol=1e-15)


class TwoBands(MarchenkoPastur):
    support = ((0.1, 1.0), (2.0, 3.0))


class AtomAtOne(MarchenkoPastur):
    atoms = (Atom(1.0, 0.5),)


@pytest.mark.parametrize(
    ("law", "got"),
    [
        (TwoBands(0.5), r"2 and atoms at \[\]"),
        (AtomAtOne(0.5), r"1 and atoms at \[1.0\]"),
        (DiscreteMeasure((0.0,), (1.0,)), r"0 and atoms at \[0.0\]"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_explained_share_is_of_one_interval(law, got):
    with pytest.raises(ValueError, match=f"^law: expected one interval, .* at 0, got {got}$"):
        pc.explained_share(law, 0.5)


def test_bad_arguments_are_refused():
    law, rng = MarchenkoPastur(0.5), np.random.default_rng(0)
    for call, message in (
        (lambda: pc.condition_number(0.0), "ratio: expected a positive number"),
        (lambda: pc.spike_threshold(-1.0), "ratio: expected a positive number"),
        (lambda: pc.spike_limit(0.5, 1.0), "spike: expected at least 1"),
        (lambda: pc.explained_share(law, 1.5), "components: expected a share between 0 and 1"),
        (lambda: pc.explained_share(law, -0.5), "components: expected a share between 0 and 1"),
        (lambda: pc.explained_share(Semicircle(), 0.5), "law: expected no negative eigenvalues"),
        (lambda: pc.spiked_sample(0, 2, 2.0, rng), "n: expected a whole number, 1 or more"),
        (lambda: pc.spiked_sample(2, 0, 2.0, rng), "m: expected a whole number, 1 or more"),
        (lambda: pc.spiked_sample(2, 2, 0.0, rng), "spike: expected at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

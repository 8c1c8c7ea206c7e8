"""Marchenko and Pastur's law: fifty digits, exact counts of words, and sampled matrices."""

import mpmath as mp
import numpy as np
import pytest

from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.moments import narayana, wishart_moment
from course_lib.spectral_laws.spectrum import gram_eigenvalues

RATIOS = (0.01, 0.25, 0.5, 0.999, 1.0, 1.001, 2.0, 30.0)


def in_fifty_digits(x: float, ratio: float, variance: float) -> float:
    with mp.workdps(50):
        x, r, v = mp.mpf(x), mp.mpf(ratio), mp.mpf(variance)
        low, high = v * (1 - mp.sqrt(r)) ** 2, v * (1 + mp.sqrt(r)) ** 2
        if not low < x < high:
            return 0.0
        return float(mp.sqrt((x - low) * (high - x)) / (2 * mp.pi * x * v * r))


def transform_in_fifty_digits(z: complex, ratio: float, variance: float) -> complex:
    """The root that lies below the axis; on the axis, the one that does so just above it."""
    with mp.workdps(60):
        point, r, v = mp.mpc(z), mp.mpf(ratio), mp.mpf(variance)
        if mp.im(point) == 0:
            point += mp.mpc(0, mp.mpf(10) ** -40 * max(abs(point), 1e-10))
        b = point - v * (1 - r)
        root = mp.sqrt(b * b - 4 * r * v * point)
        return complex(
            min((b + s * root for s in (-1, 1)), key=lambda w: mp.im(w / point))
            / (2 * r * v * point)
        )


@pytest.mark.checks("eq-mp-density", against="mpmath")
@pytest.mark.parametrize("ratio", RATIOS)
def test_density_matches_fifty_digits(ratio, rng):
    """At random points, and at and beside both edges."""
    variance = rng.uniform(0.2, 5)
    law = MarchenkoPastur(ratio, variance)
    ((low, high),) = law.support
    x = np.concatenate([
        rng.uniform(low, high, 100), [low, high], np.nextafter([low, high], [9e9, -1]),
        low + 10.0 ** np.arange(-14, -2), high - 10.0 ** np.arange(-14, -2),
        [low / 2, 2 * high, -1.0],
    ])  # fmt: skip
    x = x[(x != 0) | (ratio != 1)]
    want = np.array([in_fifty_digits(point, ratio, variance) for point in x])
    tolerance = 1e-8 * max(1, want.max())  # it is 800 high where the ratio is close to 1
    np.testing.assert_allclose(law.density(x), want, rtol=1e-12, atol=tolerance)


@pytest.mark.checks("eq-mp-stieltjes", against="mpmath")
@pytest.mark.parametrize("ratio", RATIOS)
def test_transform_matches_fifty_digits(ratio, rng):
    variance = rng.uniform(0.2, 5)
    law = MarchenkoPastur(ratio, variance)
    ((low, high),) = law.support
    z = np.concatenate([
        rng.uniform(-high, 2 * high, 60) + 1j * 10 ** rng.uniform(-9, 1, 60),
        rng.uniform(-high, 2 * high, 30) + 0j,
        [low + 0j, high + 0j, low + 1e-13j, high + 1e-13j],
    ])  # fmt: skip
    z = z[z != 0]
    want = np.array([transform_in_fifty_digits(point, ratio, variance) for point in z])
    np.testing.assert_allclose(law.stieltjes(z), want, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("ratio", RATIOS)
def test_no_digits_are_lost_near_zero(ratio):
    law = MarchenkoPastur(ratio, 1.7)
    radius = 10.0 ** np.arange(-14.0, -2.0)
    z = np.concatenate([radius * np.exp(1j * angle) for angle in (0.3, 1.5, 3.0)])
    want = np.array([transform_in_fifty_digits(point, ratio, 1.7) for point in z])
    np.testing.assert_allclose(law.stieltjes(z), want, rtol=1e-10)


def test_the_limits_at_zero():
    """Below ratio 1 minus the mean of 1/x; above, a pole with the atom's mass; at 1, an edge."""
    zero = np.array([0j, complex(0, -0.0)])
    np.testing.assert_allclose(MarchenkoPastur(0.5, 2.0).stieltjes(zero), -1.0, rtol=1e-14)
    law = MarchenkoPastur(3.0, 2.0)
    small = 1e-9j
    pole = (1 - 1 / 3) / small
    rest = law.stieltjes(np.array([small]))[0] - pole
    at = law.stieltjes(zero)
    assert (at.imag == -np.inf).all()
    np.testing.assert_allclose(at.real, -1 / (2 * 3 * 2), rtol=1e-14)
    np.testing.assert_allclose(rest.real, at[0].real, rtol=1e-6)
    edge = MarchenkoPastur(1.0).stieltjes(zero)
    assert (edge.imag == -np.inf).all()
    assert (edge.real == -np.inf).all()


@pytest.mark.checks("eq-mp-stieltjes", against="closed form")
def test_transform_solves_the_quadratic_equation(rng):
    for ratio in RATIOS:
        z = rng.uniform(-3, 9, 50) + 1j * rng.uniform(0.01, 3, 50)
        G = MarchenkoPastur(ratio, 1.3).stieltjes(z)
        rest = 1.3 * ratio * z * G**2 + (1.3 * (1 - ratio) - z) * G + 1
        assert np.abs(rest).max() < 1e-11


@pytest.mark.parametrize("ratio", RATIOS)
def test_the_mass_is_one_and_the_atom_is_what_the_rank_demands(ratio):
    law = MarchenkoPastur(ratio, 0.7)
    assert abs(law.integrate(np.ones_like) - 1) < 1e-12
    n, m = 60, max(1, round(60 / ratio))
    zeros = (gram_eigenvalues(np.random.default_rng(0).normal(size=(n, m))) == 0).mean()
    mass = sum(atom.mass for atom in law.atoms)
    assert abs(zeros - mass) <= 1 / n


@pytest.mark.parametrize("ratio", [0.25, 1.0, 2.0])
def test_distribution_function_matches_an_integral_of_thirty_digits(ratio):
    law = MarchenkoPastur(ratio, 1.5)
    ((low, high),) = law.support
    x = low + (high - low) * np.array([1e-9, 1e-3, 0.1, 0.5, 0.9, 1 - 1e-6])
    with mp.workdps(30):
        r, v = mp.mpf(ratio), mp.mpf(1.5)
        a, b = v * (1 - mp.sqrt(r)) ** 2, v * (1 + mp.sqrt(r)) ** 2
        atom = max(mp.mpf(0), 1 - 1 / r)

        def rho(t):  # t = sqrt(x - a), which takes the root out of either edge at the left
            return 2 * t * t * mp.sqrt(b - a - t * t) / (2 * mp.pi * (a + t * t) * v * r)

        want = [float(atom + mp.quad(rho, [0, mp.sqrt(max(mp.mpf(p) - a, 0))])) for p in x]
    np.testing.assert_allclose(law.cdf(x), want, rtol=0, atol=1e-10)


@pytest.mark.checks("eq-mp-moments", against="enumeration")
def test_moments_are_what_counting_words_gives_in_the_limit():
    """Exact moments of finite matrices are the limit plus something of order 1/n, extrapolated."""
    for n, m in ((300, 600), (600, 400)):
        for k in range(1, 5):
            small, large = (wishart_moment(k, n * s, m * s) for s in (100, 200))
            limit = 2 * large - small
            np.testing.assert_allclose(MarchenkoPastur(n / m).moment(k), limit, rtol=1e-8)


@pytest.mark.checks("eq-mp-moments", against="closed form")
def test_moments_are_sums_of_narayana_numbers():
    law = MarchenkoPastur(0.3, 1.4)
    assert law.moment(0) == 1.0
    for k in range(1, 8):
        want = 1.4**k * sum(narayana(k, j + 1) * 0.3**j for j in range(k))
        np.testing.assert_allclose(law.moment(k), want, rtol=1e-13)
    np.testing.assert_allclose(law.moment(2), 1.4**2 * 1.3, rtol=1e-14)


@pytest.mark.checks("eq-mp-edges", against="Monte Carlo")
@pytest.mark.parametrize("ratio", [0.25, 0.5])
def test_sampled_edges_and_what_sigma_means(ratio):
    """Edges move by about n^(-2/3) of the support: within 1.5 percent of its width here.

    Sigma read as a deviation misses by far more.

    The talk's sigma is a variance in this law, so its edges are sigma (1 +- sqrt phi)^2.
    """
    law = MarchenkoPastur(ratio, 2.0)
    eigenvalues = law.sample(1000, np.random.default_rng(11))
    ends = eigenvalues[[0, -1]]
    low, high = law.support[0]
    assert np.abs(ends - [low, high]).max() < 0.015 * (high - low)
    assert abs(ends[1] - 1.02 * high) > 0.015 * (high - low)
    as_deviation = MarchenkoPastur(ratio, np.sqrt(2.0)).support[0]
    assert (np.abs(ends / as_deviation - 1) > 0.35).all()


def test_a_sample_has_the_ratio_that_was_asked_for():
    eigenvalues = MarchenkoPastur(3.0).sample(30, np.random.default_rng(0))
    assert (eigenvalues == 0).sum() == 20
    with pytest.raises(ValueError, match=r"n: expected at least 6 at the ratio 10, got 5"):
        MarchenkoPastur(10.0).sample(5, np.random.default_rng(0))
    assert (MarchenkoPastur(10.0).sample(6, np.random.default_rng(0)) == 0).sum() == 5


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="ratio: expected a positive number"):
        MarchenkoPastur(0.0)
    with pytest.raises(ValueError, match="variance: expected a positive number"):
        MarchenkoPastur(1.0, np.inf)
    with pytest.raises(ValueError, match="k"):
        MarchenkoPastur(1.0).moment(-1)

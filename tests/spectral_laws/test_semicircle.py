"""The semicircle: scipy's law, fifty digits, Catalan's numbers, and matrices of every kind."""

import mpmath as mp
import numpy as np
import pytest
from scipy import stats

from course_lib.spectral_laws.moments import wigner_moment
from course_lib.spectral_laws.semicircle import ENTRIES, Semicircle, wigner_matrix
from course_lib.spectral_laws.spectrum import ks_distance

SIGMAS = (0.3, 1.0, 4.7)


@pytest.mark.checks("eq-semicircle-density", against="scipy")
def test_density_and_distribution_match_scipy(rng):
    for sigma in SIGMAS:
        law, theirs = Semicircle(sigma), stats.semicircular(scale=2 * sigma)
        x = rng.uniform(-3 * sigma, 3 * sigma, 200)
        np.testing.assert_allclose(law.density(x), theirs.pdf(x), rtol=0, atol=1e-12)
        np.testing.assert_allclose(law.cdf(x), theirs.cdf(x), rtol=0, atol=1e-12)


def test_closed_distribution_function_is_the_integrated_one(rng):
    law = Semicircle(1.3)
    x = rng.uniform(-3, 3, 100)
    np.testing.assert_allclose(law.cdf(x), super(Semicircle, law).cdf(x), rtol=0, atol=1e-12)


@pytest.mark.checks("eq-semicircle-moments", against="mpmath")
def test_moments_match_an_integral_of_fifty_digits():
    for sigma in SIGMAS:
        for k in range(9):
            with mp.workdps(30):
                # With x = 2 sigma sin t the density is 2 cos(t)^2 / pi in t.
                terms = mp.quad(
                    lambda t, k=k: mp.sin(t) ** k * mp.cos(t) ** 2, [-mp.pi / 2, 0, mp.pi / 2]
                )
                want = float(terms * (2 * mp.mpf(sigma)) ** k * 2 / mp.pi)
            np.testing.assert_allclose(Semicircle(sigma).moment(k), want, rtol=1e-12, atol=1e-20)


def transform_in_fifty_digits(z: complex, sigma: float) -> complex:
    """Of the two roots of the quadratic equation, the one below the axis."""
    with mp.workdps(50):
        z, s = mp.mpc(z), mp.mpf(sigma)
        roots = mp.polyroots([s**2, -z, 1], maxsteps=200, extraprec=200)
        return complex(min(roots, key=lambda G: mp.im(G) if mp.im(z) else abs(G)))


@pytest.mark.checks("eq-semicircle-stieltjes", against="mpmath")
def test_transform_matches_the_root_of_its_equation(rng):
    for sigma in SIGMAS:
        z = sigma * (rng.uniform(-4, 4, 40) + 1j * 10 ** rng.uniform(-9, 1, 40))
        z = np.append(z, sigma * np.array([5.0, -5.0, 2.1, -2.1]))
        z = np.append(z, [2 * sigma + 1e-12j, -2 * sigma + 1e-12j, 2 * sigma, -2 * sigma])
        got = Semicircle(sigma).stieltjes(z)
        want = [transform_in_fifty_digits(point, sigma) for point in z]
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-10)


def test_what_sigma_means():
    """A deviation: the second moment is its square, and the edges are at twice sigma."""
    law = Semicircle(3.0)
    assert law.moment(2) == 9.0
    assert law.support == ((-6.0, 6.0),)
    eigenvalues = law.sample(800, np.random.default_rng(3))
    assert abs(eigenvalues[[0, -1]] - [-6, 6]).max() < 0.15  # n^(-2/3) is 0.012 of sigma


def test_a_matrix_of_one_entry_is_that_entry():
    assert abs(wigner_matrix(1, 3.0, np.random.default_rng(0), "coin")) == 3.0


def test_entries_have_mean_zero_and_variance_one():
    """A mean of 250 000 numbers is within 5/500 = 0.01 of 0, a variance within 0.03 of 1.

    The fourth moment of Student's numbers, 9, is the largest: its square root, 2.8, over 500,
    times 5.
    """
    for name, draw in ENTRIES.items():
        x = draw(np.random.default_rng(1), (500, 500))
        assert abs(x.mean()) < 0.01, name
        assert abs(x.var() - 1) < 0.03, name
    assert set(np.unique(ENTRIES["coin"](np.random.default_rng(1), (9, 9)))) == {-1.0, 1.0}


@pytest.mark.slow
@pytest.mark.checks("eq-wigner-matrix", against="Monte Carlo")
@pytest.mark.parametrize("entries", list(ENTRIES))
def test_matrices_are_symmetric_with_the_right_variances(entries):
    """Over 1500 matrices a variance is known to 5 sqrt(8/1500) = 0.37 of itself, or better.

    That two percent are seen is up to the contract of all laws; here it is the diagonal, whose
    variance is twice that of the rest or the same.
    """
    rng = np.random.default_rng(2)
    draws = np.array([wigner_matrix(3, 2.0, rng, entries) for _ in range(1500)])
    assert (draws == draws.transpose(0, 2, 1)).all()
    variances = (draws**2).mean(axis=0) / (4 / 3)
    expected = np.ones((3, 3)) + np.eye(3) * (entries == "gaussian")
    np.testing.assert_allclose(variances, expected, rtol=0.37)
    assert np.abs(draws.mean(axis=0)).max() < 5 * np.sqrt(8 / 3 / 1500)
    pairs = [(0, 1), (0, 2), (1, 2), (0, 0), (1, 1), (2, 2)]
    columns = np.array([draws[:, i, j] for i, j in pairs])
    correlations = np.corrcoef(columns) - np.eye(6)
    assert np.abs(correlations).max() < 5 / np.sqrt(1500)


@pytest.mark.slow
@pytest.mark.checks("eq-wigner-matrix", against="enumeration")
@pytest.mark.parametrize("entries", ["gaussian", "coin"])
def test_mean_traces_match_the_count_of_words(entries):
    """2000 matrices of size 6: means within five of their own standard errors."""
    rng = np.random.default_rng(5)
    matrices = np.array([wigner_matrix(6, 1.0, rng, entries) for _ in range(2000)])
    traces = np.array([(np.linalg.eigvalsh(matrices) ** k).mean(axis=1) for k in range(5)]).T
    errors = traces.std(axis=0) / np.sqrt(len(traces))
    for k in (2, 4):
        assert 5 * errors[k] < 0.09 * wigner_moment(k, 6, entries)
        assert abs(traces[:, k].mean() - wigner_moment(k, 6, entries)) <= 5 * errors[k] + 1e-12


@pytest.mark.checks("eq-semicircle-density", against="Monte Carlo")
@pytest.mark.parametrize("entries", list(ENTRIES))
def test_the_law_does_not_depend_on_the_entries(entries):
    eigenvalues = np.linalg.eigvalsh(wigner_matrix(600, 1.5, np.random.default_rng(4), entries))
    assert ks_distance(eigenvalues, Semicircle(1.5)) < 6 / 600


def test_bad_arguments_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="sigma: expected a positive number"):
        Semicircle(0.0)
    with pytest.raises(ValueError, match="sigma: expected a positive number"):
        wigner_matrix(3, -1.0, rng)
    with pytest.raises(ValueError, match="n: expected a whole number, 1 or more"):
        wigner_matrix(0, 1.0, rng)
    with pytest.raises(ValueError, match="entries: expected one of 'gaussian', 'coin'"):
        wigner_matrix(3, 1.0, rng, "cauchy")

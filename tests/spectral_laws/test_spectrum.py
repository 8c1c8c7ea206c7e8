"""Measured eigenvalues: numpy, scipy, and small cases by hand."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from course_lib.spectral_laws import spectrum
from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle


@pytest.mark.checks("eq-gram", against="enumeration")
def test_gram_is_the_mean_of_outer_products(rng):
    Y = rng.normal(size=(3, 5))
    want = sum(np.outer(column, column) for column in Y.T) / 5
    np.testing.assert_allclose(spectrum.gram(Y), want, rtol=1e-13)


@pytest.mark.parametrize("shape", [(4, 9), (9, 4), (6, 6), (1, 3), (3, 1)])
def test_eigenvalues_of_the_gram_matrix_are_squared_singular_values(rng, shape):
    Y = rng.normal(size=shape)
    got = spectrum.gram_eigenvalues(Y)
    stretches = np.linalg.svd(Y, compute_uv=False)
    want = np.sort(np.append(stretches**2 / shape[1], np.zeros(max(0, shape[0] - shape[1]))))
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-13 * want.max())
    np.testing.assert_allclose(got, np.linalg.eigvalsh(spectrum.gram(Y)), atol=1e-12)
    assert (got == 0).sum() == max(0, shape[0] - shape[1])
    assert (got >= 0).all()


def test_whole_numbers_do_not_overflow_and_complex_ones_are_conjugated(rng, bad_input):
    Y = np.array([[100, 3], [7, -120]])
    for dtype in (np.int8, np.int64, float):
        np.testing.assert_allclose(spectrum.gram(Y.astype(dtype)), Y @ Y.T / 2)
        np.testing.assert_allclose(
            spectrum.gram_eigenvalues(Y.astype(dtype)), np.linalg.eigvalsh(Y @ Y.T / 2)
        )
    np.testing.assert_allclose(spectrum.gram(Y.tolist()), Y @ Y.T / 2)
    Z = rng.normal(size=(3, 5)) + 1j * rng.normal(size=(3, 5))
    for wide in (Z, Z.T):
        want = np.zeros(len(wide))
        want[-3:] = np.sort(np.linalg.svd(wide, compute_uv=False) ** 2 / wide.shape[1])
        np.testing.assert_allclose(spectrum.gram_eigenvalues(wide), want, atol=1e-12)
        np.testing.assert_allclose(spectrum.gram(wide), spectrum.gram(wide).conj().T)


def test_ecdf_matches_scipy(rng):
    eigenvalues = rng.normal(size=30).round(1)  # with ties
    x = np.append(eigenvalues, rng.normal(size=20))
    want = stats.ecdf(eigenvalues).cdf.evaluate(x)
    np.testing.assert_allclose(spectrum.ecdf(eigenvalues, x), want, rtol=0, atol=1e-15)


@pytest.mark.checks("eq-stieltjes-empirical", against="numpy")
def test_transform_is_the_trace_of_the_resolvent(rng):
    """With the minus sign: G(z) = -tr (M - z)^-1 / n."""
    A = rng.normal(size=(6, 6))
    M = A + A.T
    z = rng.normal(size=(2, 3)) + 1j * rng.uniform(0.1, 2, size=(2, 3))
    got = spectrum.stieltjes(np.linalg.eigvalsh(M), z)
    for index in np.ndindex(z.shape):
        resolvent = np.linalg.inv(M - z[index] * np.eye(6))
        np.testing.assert_allclose(got[index], -np.trace(resolvent) / 6, rtol=1e-11)


@pytest.mark.parametrize("chunk", [15, 3])  # two points at a time, and one
def test_transform_in_chunks_is_the_transform(chunk, rng, monkeypatch):
    eigenvalues, z = rng.normal(size=7), rng.normal(size=11) + 1j
    want = spectrum.stieltjes(eigenvalues, z)
    monkeypatch.setattr(spectrum, "CHUNK", chunk)
    np.testing.assert_allclose(spectrum.stieltjes(eigenvalues, z), want, rtol=1e-14)


@pytest.mark.checks("eq-stieltjes-inversion", against="closed form")
def test_inversion_smooths_by_a_cauchy_kernel(rng):
    """An atom becomes a Cauchy density, a uniform law a difference of two arcs."""
    x = rng.uniform(-3, 3, 50)
    for y in (0.5, 0.01):
        atom = spectrum.invert(lambda z: 1 / (z - 0.7), x, y)
        np.testing.assert_allclose(atom, stats.cauchy.pdf(x, 0.7, y), rtol=1e-10)
        uniform = spectrum.invert(lambda z: np.log(z) - np.log(z - 1), x, y)
        want = stats.cauchy.cdf(x, 0, y) - stats.cauchy.cdf(x, 1, y)
        np.testing.assert_allclose(uniform, want, rtol=0, atol=1e-12)


@pytest.mark.checks("eq-stieltjes-inversion", against="scipy")
def test_inverted_eigenvalues_are_a_kernel_estimate(rng):
    eigenvalues, x = rng.normal(size=9), np.linspace(-2, 2, 7)
    got = spectrum.invert(lambda z: spectrum.stieltjes(eigenvalues, z), x, 0.2)
    want = stats.cauchy.pdf(x[:, None], eigenvalues, 0.2).mean(axis=1)
    np.testing.assert_allclose(got, want, rtol=1e-12)


def test_the_width_goes_and_the_density_stays():
    law, x = Semicircle(1.0), np.linspace(-1.5, 1.5, 31)
    errors = [
        np.abs(spectrum.invert(law.stieltjes, x, e) - law.density(x)).max() for e in (0.1, 0.01)
    ]
    assert errors[0] > 5 * errors[1]
    assert errors[1] < 0.01
    smooth, _ = quad(lambda t: stats.cauchy.pdf(0.3, t, 0.1) * law.density(np.array([t]))[0], -2, 2)
    np.testing.assert_allclose(spectrum.invert(law.stieltjes, np.array([0.3]), 0.1)[0], smooth)


@pytest.mark.checks("eq-trace-moment", against="numpy")
def test_moments_are_traces_of_powers(rng):
    A = rng.normal(size=(5, 5))
    M = A + A.T
    want = [np.trace(np.linalg.matrix_power(M, k)) / 5 for k in range(7)]
    np.testing.assert_allclose(
        spectrum.moments(np.linalg.eigvalsh(M), 6), want, rtol=1e-11, atol=1e-10
    )
    np.testing.assert_array_equal(spectrum.moments(np.array([2.0]), 0), [1.0])


class Uniform(Law):
    """Uniform on [0, 1], for scipy's own test of distance."""

    support = ((0.0, 1.0),)

    def _density(self, x):
        return np.where((x >= 0) & (x <= 1), 1.0, 0.0)

    def _stieltjes(self, z):
        return np.log(z) - np.log(z - 1)

    def _sample(self, n, rng):
        return np.sort(rng.uniform(size=n))


def test_distance_matches_scipy(rng):
    for n in (1, 5, 40):
        values = rng.uniform(-0.1, 1.1, size=n)
        want = stats.kstest(values, "uniform").statistic
        np.testing.assert_allclose(spectrum.ks_distance(values, Uniform()), want, rtol=0, atol=1e-9)


def test_distance_counts_an_atom_once():
    law = MarchenkoPastur(4.0)
    at = law.cdf(np.array([0.0]))[0]
    assert at == 0.75
    zeros = np.zeros(4)
    np.testing.assert_allclose(spectrum.ks_distance(zeros, law), 0.25, atol=1e-12)
    missing = np.full(4, 4.0)  # nothing where three quarters should be
    share = law.cdf(np.array([4.0]))[0]
    np.testing.assert_allclose(spectrum.ks_distance(missing, law), share, atol=1e-12)
    rounded = np.array([-1e-16, 1e-17, 1e-16, 4.0])  # zeros as a computer finds them
    clean = np.array([0.0, 0.0, 0.0, 4.0])
    assert spectrum.ks_distance(rounded, law) == spectrum.ks_distance(clean, law)
    coin = DiscreteMeasure((-1.0, 2.0), (0.5, 0.5))
    assert spectrum.ks_distance(np.array([-1 + 1e-13, 2 - 1e-13]), coin) == 0


def test_distance_sees_a_shift():
    eigenvalues = Semicircle().sample(300, np.random.default_rng(0))
    near, far = (spectrum.ks_distance(eigenvalues + shift, Semicircle()) for shift in (0.0, 0.2))
    assert near < 0.01
    np.testing.assert_allclose(far, 0.2 / np.pi, atol=0.01)  # 0.2 times the density's maximum


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_eigenvalues_that_are_no_numbers_are_refused(wrong):
    measured = np.array([1.0, wrong])
    for measure in (
        lambda: spectrum.ks_distance(measured, Semicircle()),
        lambda: spectrum.moments(measured, 2),
        lambda: spectrum.ecdf(measured, np.zeros(1)),
        lambda: spectrum.stieltjes(measured, np.array([1j])),
    ):
        with pytest.raises(ValueError, match=f"eigenvalues: expected finite numbers, got {wrong}"):
            measure()


def test_bad_arguments_are_refused(bad_input):
    one = np.array([1.0])
    with pytest.raises(ValueError, match="Y: expected shape"):
        spectrum.gram(one)
    with pytest.raises(ValueError, match="Y: expected shape"):
        spectrum.gram_eigenvalues(np.zeros((2, 2, 2)))
    for of in (spectrum.gram, spectrum.gram_eigenvalues):
        with pytest.raises(ValueError, match="Y: columns: expected at least 1, got 0"):
            of(np.zeros((2, 0)))
    with pytest.raises(ValueError, match="above the real axis"):
        spectrum.stieltjes(one, np.array([-1j]))
    with pytest.raises(ValueError, match=r"z: expected no eigenvalue, got \(1\+0j\)"):
        spectrum.stieltjes(one, np.array([2.0 + 0j, 1.0 + 0j]))
    with pytest.raises(ValueError, match="height: expected a positive number"):
        spectrum.invert(Semicircle().stieltjes, one, 0.0)
    with pytest.raises(ValueError, match="k_max"):
        spectrum.moments(one, -1)
    nothing = np.zeros(0)
    for call in (
        lambda: spectrum.ecdf(nothing, one),
        lambda: spectrum.stieltjes(nothing, np.array([1j])),
        lambda: spectrum.moments(nothing, 1),
        lambda: spectrum.ks_distance(nothing, Semicircle()),
    ):
        with pytest.raises(ValueError, match="eigenvalues: length: expected at least 1"):
            call()
    with pytest.raises(ValueError, match="eigenvalues: expected shape"):
        spectrum.ecdf(np.zeros((2, 2)), one)

"""Lanczos: exact where it must be, moments to degree 2k - 1, unbiased, and honest on failure."""

import numpy as np
import pytest

from course_lib.hessians.lanczos import (
    Quadrature,
    extreme_eigenvalues,
    lanczos,
    pooled,
    quadrature,
    spectral_quadrature,
)
from course_lib.spectral_laws.semicircle import wigner_matrix
from course_lib.spectral_laws.spectrum import gram


@pytest.mark.checks("eq-lanczos", against="numpy")
def test_basis_is_orthonormal_and_the_matrix_tridiagonal_in_it(rng):
    A = wigner_matrix(40, 1.0, rng)
    T = lanczos(lambda q: A @ q, rng.standard_normal(40), 12)
    Q = T.basis
    np.testing.assert_allclose(Q.T @ Q, np.eye(12), rtol=0, atol=1e-14)
    want = np.diag(T.diagonal) + np.diag(T.beside, 1) + np.diag(T.beside, -1)
    np.testing.assert_allclose(Q.T @ A @ Q, want, rtol=0, atol=1e-13)
    beyond = A @ Q - Q @ want
    np.testing.assert_allclose(beyond[:, :-1], 0.0, atol=1e-13)
    assert np.linalg.norm(beyond[:, -1]) == pytest.approx(T.rest, rel=1e-12)


@pytest.mark.checks("eq-lanczos-quadrature", against="numpy")
def test_all_steps_give_all_eigenvalues_with_their_weights(rng):
    A, v = gram(rng.standard_normal((30, 60))), rng.standard_normal(30)
    law = quadrature(lanczos(lambda x: A @ x, v, 30))
    eigenvalues, U = np.linalg.eigh(A)
    np.testing.assert_allclose(law.nodes, eigenvalues, rtol=0, atol=1e-12)
    np.testing.assert_allclose(law.weights, (U.T @ v) ** 2 / (v @ v), rtol=0, atol=1e-11)


@pytest.mark.checks("eq-lanczos-quadrature", against="closed form")
@pytest.mark.parametrize("k", [1, 2, 5])
def test_moments_are_exact_up_to_twice_the_steps_less_one(k, rng):
    A, v = wigner_matrix(50, 1.0, rng), rng.standard_normal(50)
    v /= np.linalg.norm(v)
    law = quadrature(lanczos(lambda x: A @ x, v, k))
    exact = [v @ np.linalg.matrix_power(A, j) @ v for j in range(2 * k + 1)]
    got = [law.moment(j) for j in range(2 * k + 1)]
    np.testing.assert_allclose(got[:-1], exact[:-1], rtol=0, atol=1e-12)
    assert abs(got[-1] - exact[-1]) > 1e-3


@pytest.mark.checks("eq-trace-estimate", against="closed form")
def test_random_starts_estimate_the_normalised_trace(rng):
    # For a Gaussian start v^T A v / v^T v has mean tr A / n and a variance of
    # 2 (tr A^2 / n - (tr A / n)^2) / (n + 2); 1000 starts, and four standard deviations.
    n, starts = 40, 1000
    A = gram(rng.standard_normal((n, 80)))
    law = spectral_quadrature(lambda q: A @ q, n, 2, starts, rng)
    eigenvalues = np.linalg.eigvalsh(A)
    deviation = np.sqrt(2 * eigenvalues.var() / ((n + 2) * starts))
    assert abs(law.moment(1) - eigenvalues.mean()) < 4 * deviation
    assert 0.02 * eigenvalues.mean() > 2 * deviation
    assert law.moment(0) == pytest.approx(1.0, abs=1e-12)
    assert np.all(np.diff(law.nodes) >= 0)


@pytest.mark.checks("eq-ritz-residual", against="numpy")
def test_extremes_are_within_their_error(rng):
    A = wigner_matrix(60, 1.0, rng)
    exact = np.linalg.eigvalsh(A)
    for steps in (5, 15):
        state = rng.bit_generator.state
        T = lanczos(lambda q: A @ q, rng.standard_normal(60), steps)
        small = np.diag(T.diagonal) + np.diag(T.beside, 1) + np.diag(T.beside, -1)
        nodes, vectors = np.linalg.eigh(small)
        residuals = A @ (T.basis @ vectors) - T.basis @ vectors * nodes
        rng.bit_generator.state = state
        ends = extreme_eigenvalues(lambda q: A @ q, 60, steps, rng)
        want = np.linalg.norm(residuals, axis=0)[[0, -1]]
        np.testing.assert_allclose([ends.error_low, ends.error_high], want, rtol=1e-6)
    for steps in (5, 15, 60):
        ends = extreme_eigenvalues(lambda q: A @ q, 60, steps, rng)
        assert exact[0] - 1e-12 <= ends.low
        assert ends.high <= exact[-1] + 1e-12
        assert np.abs(exact - ends.low).min() <= ends.error_low + 1e-12
        assert np.abs(exact - ends.high).min() <= ends.error_high + 1e-12
    assert ends.low == pytest.approx(exact[0], abs=1e-11)
    assert ends.error_high < 1e-10


def test_an_invariant_subspace_ends_the_recursion(rng):
    A = np.diag([1.0, 1.0, 1.0, 4.0, 4.0, 9.0])
    T = lanczos(lambda q: A @ q, rng.standard_normal(6), 6)
    assert T.basis.shape == (6, 3)
    assert T.rest == 0.0
    np.testing.assert_allclose(quadrature(T).nodes, [1.0, 4.0, 9.0], rtol=0, atol=1e-12)
    alone = quadrature(lanczos(lambda q: A @ q, np.eye(6)[5], 4))
    assert alone.nodes.tolist() == [9.0]
    assert alone.weights.tolist() == [1.0]
    zero = lanczos(lambda v: 0 * v, rng.standard_normal(6), 6)
    assert zero.diagonal.tolist() == [0.0]
    u = np.full(60, 60**-0.5)  # nearly the start, and the second entry of T is 1e-10 of the first
    one = lanczos(lambda v: u * (u @ v), u + 1e-6 * rng.standard_normal(60), 5)
    assert one.basis.shape == (60, 2)


def test_without_reorthogonalisation_float32_sees_ghosts(rng):
    eigenvalues = np.append(np.linspace(0, 1, 199), 5.0).astype(np.float32)
    start = rng.standard_normal(200).astype(np.float32)

    def copies(reorthogonalise):
        T = lanczos(lambda v: eigenvalues * v, start, 80, reorthogonalise)
        assert T.basis.dtype == np.float32
        return int((np.abs(quadrature(T).nodes - 5.0) < 1e-3).sum())

    assert copies(True) == 1
    assert copies(False) >= 3


def test_quadrature_as_a_law():
    law = Quadrature(np.array([0.0, 1.0, 4.0]), np.array([0.5, 0.25, 0.25]))
    assert law.cdf(np.array([-1.0, 0.0, 0.5, 1.0, 9.0])).tolist() == [0.0, 0.5, 0.5, 0.75, 1.0]
    assert law.integrate(np.sqrt) == 0.75
    x = np.linspace(-3, 7, 4001)
    density = law.density(x, 0.3)
    assert np.trapezoid(density, x) == pytest.approx(1.0, abs=1e-9)
    assert np.trapezoid(density * x, x) == pytest.approx(1.25, abs=1e-9)
    assert np.trapezoid(density * x * x, x) == pytest.approx(4.25 + 0.09, abs=1e-8)


def test_bad_arguments_are_refused(rng, bad_input):
    def identity(v):
        return v

    with pytest.raises(ValueError, match="start: expected a finite"):
        lanczos(identity, np.zeros(3), 2)
    with pytest.raises(ValueError, match="start: expected a finite"):
        lanczos(identity, np.array([1.0, np.nan]), 2)
    with pytest.raises(ValueError, match="start: expected shape"):
        lanczos(identity, np.eye(3), 2)
    for steps in (0, 4):
        with pytest.raises(ValueError, match="steps: expected 1 to 3"):
            lanczos(identity, np.ones(3), steps)
    with pytest.raises(ValueError, match="product: expected shape"):
        lanczos(lambda v: v[:2], np.ones(3), 2)
    with pytest.raises(ValueError, match="starts"):
        spectral_quadrature(identity, 3, 2, 0, rng)
    with pytest.raises(ValueError, match="n: expected a whole number, 1 or more"):
        extreme_eigenvalues(identity, 0, 1, rng)
    with pytest.raises(ValueError, match="parts"):
        pooled([])
    law = Quadrature(np.zeros(1), np.ones(1))
    with pytest.raises(ValueError, match="width"):
        law.density(np.zeros(1), 0.0)
    with pytest.raises(ValueError, match="k"):
        law.moment(-1)


def test_steps_are_a_whole_number(bad_input):
    with pytest.raises(ValueError, match=r"steps: expected a whole number, 1 or more, got 1\.5"):
        lanczos(lambda v: v, np.ones(3), 1.5)

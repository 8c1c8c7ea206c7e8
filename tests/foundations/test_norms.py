"""Operator norm and spectral radius against numpy's singular values and eigenvalues."""

import numpy as np
import pytest

from course_lib.foundations.norms import (
    departure_from_normal,
    op_norm,
    power_norms,
    scaled_to_norm,
    scaled_to_radius,
    spectral_radius,
    top_singular_pair,
)

NILPOTENT = np.array([[0.0, 4.0], [0.0, 0.0]])
TRANSIENT = np.array([[0.5, 10.0], [0.0, 0.5]])


@pytest.mark.checks("eq-operator-norm", "eq-power-iteration", against="numpy")
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 2), (2, 5), (8, 8), (1, 6)])
def test_op_norm_is_the_largest_singular_value(rng, shape):
    for _ in range(10):
        A = rng.normal(size=shape)
        assert op_norm(A, rng) == pytest.approx(np.linalg.norm(A, 2), rel=1e-10)
        assert op_norm(A) == pytest.approx(np.linalg.norm(A, 2), rel=1e-10)


@pytest.mark.checks("eq-power-iteration", against="numpy")
def test_power_iteration_finds_the_direction(rng):
    A = rng.normal(size=(6, 4))
    stretch, v = top_singular_pair(A, rng)
    assert np.linalg.norm(v) == pytest.approx(1.0, abs=1e-12)
    assert np.linalg.norm(A @ v) == pytest.approx(stretch, rel=1e-10)
    assert abs(np.linalg.svd(A)[2][0] @ v) == pytest.approx(1.0, abs=1e-10)


def test_nothing_is_stretched_more_and_products_multiply_at_most(rng):
    for _ in range(50):
        A, B, x = rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=3)
        assert np.linalg.norm(A @ x) <= op_norm(A) * np.linalg.norm(x) * (1 + 1e-12)
        assert op_norm(A @ B) <= op_norm(A) * op_norm(B) * (1 + 1e-12)


def test_known_by_hand():
    assert op_norm(NILPOTENT) == pytest.approx(4.0, rel=1e-12)
    assert op_norm(np.zeros((2, 3))) == 0.0
    assert op_norm(np.eye(5)) == pytest.approx(1.0, rel=1e-12)
    assert op_norm(np.array([[1.0, 2.0], [2.0, 4.0]])) == pytest.approx(5.0, rel=1e-12)


def test_equal_and_nearly_equal_singular_values(rng):
    Q, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    assert op_norm(Q) == pytest.approx(1.0, rel=1e-12)
    for gap in (1e-2, 1e-3, 1e-14):
        A = Q @ np.diag([1.0, 1.0 - gap, 0.5, 0.1])
        assert op_norm(A) == pytest.approx(1.0, rel=1e-10)
    with pytest.raises(ValueError, match="expected enough to converge"):
        top_singular_pair(np.diag([1.0, 1.0 - 1e-6]), max_iterations=2000)


def test_scale_does_not_overflow_or_underflow():
    assert op_norm(1e200 * np.eye(2)) == pytest.approx(1e200, rel=1e-12)
    assert op_norm(1e-200 * np.eye(2)) == pytest.approx(1e-200, rel=1e-12)


def test_unfinished_iteration_and_bad_entries_are_refused():
    with pytest.raises(ValueError, match=r"max_iterations: expected enough .*, got 2"):
        top_singular_pair(np.diag([1.0, 0.99, 0.98]), max_iterations=2)
    with pytest.raises(ValueError, match="expected finite entries"):
        op_norm(np.array([[np.nan]]))


def test_a_vector_is_not_a_matrix(bad_input):
    with pytest.raises(ValueError, match="A: expected shape"):
        op_norm(np.zeros(3))


@pytest.mark.checks("eq-spectral-radius", against="a closed form")
def test_spectral_radius_of_known_matrices():
    assert spectral_radius(NILPOTENT) == 0.0
    assert spectral_radius(TRANSIENT) == 0.5
    turn = 3.0 * np.array([[0.6, -0.8], [0.8, 0.6]])  # eigenvalues 3 exp(+-i phi)
    assert spectral_radius(turn) == pytest.approx(3.0, rel=1e-12)
    companion = np.array([[0.0, 1.0], [6.0, 1.0]])  # x^2 - x - 6 = (x - 3)(x + 2)
    assert spectral_radius(companion) == pytest.approx(3.0, rel=1e-12)


def test_radius_never_exceeds_norm_and_equals_it_for_normal_matrices(rng):
    for _ in range(50):
        A = rng.normal(size=(5, 5))
        assert spectral_radius(A) <= op_norm(A) * (1 + 1e-12)
        for normal in (A + A.T, A - A.T, np.linalg.qr(A)[0]):
            assert departure_from_normal(normal) < 1e-12
            assert spectral_radius(normal) == pytest.approx(op_norm(normal), rel=1e-9)


def test_normality_is_not_needed_for_equality():
    A = np.zeros((4, 4))
    A[:2, :2], A[2, 3] = 2.0 * np.eye(2), 1.0
    assert departure_from_normal(A) == 1.0
    assert spectral_radius(A) == 2.0
    assert op_norm(A) == pytest.approx(2.0, rel=1e-12)


@pytest.mark.checks("eq-gelfand", against="a closed form")
def test_transient_growth_and_its_long_run():
    # [[a, c], [0, a]]^k = a^(k-1) [[a, k c], [0, a]], whose norm is known for a 2 x 2 matrix.
    k = np.arange(1, 41)
    frobenius = 2 * 0.5**2 + (10.0 * k) ** 2
    determinant = 0.5**2
    exact = 0.5 ** (k - 1) * np.sqrt((frobenius + np.sqrt(frobenius**2 - 4 * determinant**2)) / 2)
    norms = power_norms(TRANSIENT, 40)
    np.testing.assert_allclose(norms, exact, rtol=1e-9)
    np.testing.assert_allclose(norms[:3], [10.025, 10.006, 7.502], atol=5e-4)
    roots = power_norms(TRANSIENT, 400)[[9, 99, 399]] ** (1 / np.array([10, 100, 400]))
    assert (np.diff(roots) < 0).all()
    assert roots[-1] == pytest.approx(0.5, rel=0.03)


def test_scaling_hits_its_target(rng):
    A = rng.normal(size=(5, 5))
    assert op_norm(scaled_to_norm(A, 4.0)) == pytest.approx(4.0, rel=1e-10)
    assert spectral_radius(scaled_to_radius(A, 0.9)) == pytest.approx(0.9, rel=1e-10)
    with pytest.raises(ValueError, match="A: expected a size that can be scaled to"):
        scaled_to_radius(NILPOTENT, 1.0)
    with pytest.raises(ValueError, match="norm: expected at least"):
        scaled_to_norm(A, -1.0)


def test_only_square_matrices_have_eigenvalues(bad_input):
    for function in (spectral_radius, departure_from_normal, lambda A: power_norms(A, 2)):
        with pytest.raises(ValueError, match="expected a square matrix"):
            function(np.zeros((2, 3)))


def test_complex_entries_are_conjugated(rng, bad_input):
    A = rng.normal(size=(4, 3)) + 1j * rng.normal(size=(4, 3))
    assert op_norm(A) == pytest.approx(np.linalg.norm(A, 2), rel=1e-12)
    unitary = np.linalg.qr(rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)))[0]
    assert departure_from_normal(unitary) < 1e-14


def test_the_smallest_arguments_are_allowed():
    assert scaled_to_norm(np.eye(2), 0.0).max() == 0.0
    assert scaled_to_radius(np.eye(2), 0.0).max() == 0.0
    np.testing.assert_allclose(power_norms(np.eye(2), 1), [1.0])
    with pytest.raises(ValueError, match="radius: expected at least 0"):
        scaled_to_radius(np.eye(2), -1.0)
    with pytest.raises(ValueError, match="count: expected a whole number, 1 or more, got 0"):
        power_norms(np.eye(2), 0)


def test_as_many_rounds_as_asked_for_and_no_fewer(bad_input):
    """One round finds the norm of a number, the second that it grows no more."""
    assert top_singular_pair(np.array([[2.0]]), max_iterations=2)[0] == 2.0
    with pytest.raises(ValueError, match=r"max_iterations: expected enough to converge .* got 1"):
        top_singular_pair(np.array([[2.0]]), max_iterations=1)
    for bad in 0, 2.5:
        with pytest.raises(ValueError, match="max_iterations: expected a whole number, 1 or more"):
            top_singular_pair(np.array([[2.0]]), max_iterations=bad)

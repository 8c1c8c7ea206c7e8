"""The linear recurrence against matrix powers; where each decomposition holds and where not."""

import numpy as np
import pytest

from course_lib.gradient_flow.linear_recurrence import (
    components,
    jordan_power,
    states_by_eigenvectors,
    states_by_orthogonal_eigenvectors,
    states_by_products,
)

STEPS = 12


def powers_applied(W, h0, steps=STEPS):
    return np.stack([np.linalg.matrix_power(W, t) @ h0 for t in range(steps + 1)])


@pytest.mark.checks("eq-linear-recurrence", "eq-linear-eigenvectors", against="numpy")
def test_products_and_eigenvectors_match_matrix_powers(rng):
    for _ in range(10):
        W, h0 = rng.normal(size=(5, 5)) / 2, rng.normal(size=5)
        want = powers_applied(W, h0)
        np.testing.assert_allclose(states_by_products(W, h0, STEPS), want, rtol=0, atol=1e-10)
        np.testing.assert_allclose(states_by_eigenvectors(W, h0, STEPS), want, rtol=0, atol=1e-9)


@pytest.mark.checks("eq-linear-symmetric", against="numpy")
def test_orthogonal_eigenvectors_for_symmetric_matrices_only(rng):
    W, h0 = rng.normal(size=(5, 5)) / 2, rng.normal(size=5)
    symmetric = (W + W.T) / 2
    got = states_by_orthogonal_eigenvectors(symmetric, h0, STEPS)
    np.testing.assert_allclose(got, powers_applied(symmetric, h0), rtol=0, atol=1e-10)
    with pytest.raises(ValueError, match="expected a symmetric matrix"):
        states_by_orthogonal_eigenvectors(W, h0, STEPS)


def test_the_transpose_does_not_replace_the_inverse(rng):
    W = rng.normal(size=(5, 5))
    eigenvalues, Q = np.linalg.eig(W)
    right = Q @ np.diag(eigenvalues) @ np.linalg.inv(Q)
    wrong = Q @ np.diag(eigenvalues) @ Q.T
    assert np.abs(right - W).max() < 1e-12
    assert np.abs(wrong - W).max() > 0.1


def test_complex_pairs_give_real_states():
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    states = states_by_eigenvectors(turn, np.array([1.0, 0.0]), 7)
    angle = np.arctan2(0.8, 0.6) * np.arange(8)
    want = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    np.testing.assert_allclose(states, want, rtol=0, atol=1e-12)


@pytest.mark.checks("eq-jordan-power", against="numpy")
@pytest.mark.parametrize("eigenvalue", [1.0, 0.5, -1.2, 0.0])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_jordan_power_is_the_matrix_power(eigenvalue, size):
    block = eigenvalue * np.eye(size) + np.eye(size, k=1)
    for exponent in (0, 1, 2, 3, 9):
        want = np.linalg.matrix_power(block, exponent)
        np.testing.assert_allclose(jordan_power(eigenvalue, size, exponent), want, rtol=1e-12)


def test_a_defective_matrix_grows_although_no_eigenvalue_exceeds_1():
    block = np.array([[1.0, 1.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="defective"):
        states_by_eigenvectors(block, np.ones(2), 3)
    states = states_by_products(block, np.array([0.0, 1.0]), 50)
    np.testing.assert_array_equal(states[:, 0], np.arange(51))


@pytest.mark.checks("eq-component-ratio", against="numpy")
def test_components_rebuild_the_states_and_shrink_relative_to_the_first(rng):
    W, h0 = rng.normal(size=(5, 5)), rng.normal(size=5)
    W = W @ np.diag([3.0, 1.0, 0.5, 0.2, 0.1]) @ np.linalg.inv(W)
    coordinates = components(W, h0, STEPS)
    eigenvalues, Q = np.linalg.eig(W)
    Q = Q[:, np.argsort(-np.abs(eigenvalues))]
    want = powers_applied(W, h0)
    np.testing.assert_allclose(coordinates @ Q.T, want, rtol=1e-8, atol=1e-10)
    ratio = np.abs(coordinates / coordinates[:, :1])
    rates = np.array([1.0, 1 / 3, 0.5 / 3, 0.2 / 3, 0.1 / 3])
    np.testing.assert_allclose(ratio, ratio[0] * rates ** np.arange(STEPS + 1)[:, None], rtol=1e-7)


def test_discarded_is_a_relative_statement():
    """Both coordinates grow; only their ratio falls."""
    coordinates = np.abs(components(np.diag([2.0, 1.5]), np.ones(2), 20))
    assert (np.diff(coordinates, axis=0) > 0).all()
    assert coordinates[-1, 1] / coordinates[-1, 0] == pytest.approx(0.75**20, rel=1e-12)


def test_without_a_component_there_is_no_explosion():
    states = states_by_products(np.diag([2.0, 0.5]), np.array([0.0, 1.0]), 60)
    assert np.linalg.norm(states[-1]) < 1e-17


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="W: expected shape"):
        states_by_products(np.zeros((2, 3)), np.zeros(2), 1)
    with pytest.raises(ValueError, match="steps"):
        states_by_products(np.eye(2), np.zeros(2), -1)
    with pytest.raises(ValueError, match="exponent"):
        jordan_power(1.0, 2, -1)


def test_the_smallest_block_and_what_does_not_fit(bad_input):
    np.testing.assert_array_equal(jordan_power(2.0, 1, 0), [[1.0]])
    np.testing.assert_array_equal(states_by_products(np.ones((1, 1)), np.ones(1), 0), [[1.0]])
    with pytest.raises(ValueError, match="size: expected a whole number, 1 or more, got 0"):
        jordan_power(1.0, 0, 1)
    with pytest.raises(ValueError, match=r"h0: expected shape \(d,\), got \(1, 1\)"):
        states_by_products(np.ones((1, 1)), np.ones((1, 1)), 1)

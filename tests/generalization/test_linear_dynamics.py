"""Linear dynamics: an ODE solver, a matrix exponential, and the loop itself."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from course_lib.generalization.linear_dynamics import (
    kernel_regression,
    mode_losses,
    prediction_flow,
    residual_descent,
    residual_flow,
)


@pytest.fixture
def problem(rng):
    """A kernel, the Jacobian it comes from, that of new inputs, and a first residual."""
    J, J_new = rng.normal(size=(5, 9)) / 3, rng.normal(size=(3, 9)) / 3
    return J @ J.T, J, J_new, rng.normal(size=5)


@pytest.mark.checks("eq-residual-flow", against="scipy")
def test_flow_is_the_matrix_exponential(problem):
    K, _, _, r = problem
    times = np.array([0.0, 0.3, 2.0])
    got = residual_flow(K, r, times)
    want = [expm(-K * t) @ r for t in times]
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


@pytest.mark.checks("eq-residual-flow", "eq-prediction-flow", against="scipy")
def test_flow_solves_the_equation_of_the_weights(problem):
    K, J, J_new, r = problem
    solved = solve_ivp(
        lambda t, theta: -J.T @ (r + J @ theta), (0, 1.5), np.zeros(9), rtol=1e-11, atol=1e-12
    )
    theta, t = solved.y[:, -1], np.array([1.5])
    np.testing.assert_allclose(residual_flow(K, r, t)[0], r + J @ theta, rtol=0, atol=1e-9)
    moved = prediction_flow(K, J_new @ J.T, r, t)[0]
    np.testing.assert_allclose(moved, J_new @ theta, rtol=0, atol=1e-9)


@pytest.mark.checks("eq-residual-descent", against="enumeration")
@pytest.mark.parametrize("learning_rate", [0.1, 1.7])
def test_descent_is_the_loop(problem, learning_rate):
    K, J, _, r = problem
    theta = np.zeros(9)
    for predicted in residual_descent(K, r, learning_rate, 6):
        residual = r + J @ theta
        np.testing.assert_allclose(predicted, residual, rtol=1e-10, atol=1e-12)
        theta -= learning_rate * J.T @ residual


def test_descent_converges_up_to_two_over_the_largest_eigenvalue(problem):
    K, _, _, r = problem
    edge = 2 / np.linalg.eigvalsh(K).max()
    norms = [np.linalg.norm(residual_descent(K, r, f * edge, 4000)[-1]) for f in (0.99, 1.01)]
    assert norms[0] < 1e-3 < 1e3 < norms[1]


@pytest.mark.checks("eq-mode-loss", against="closed form")
def test_the_loss_decays_twice_as_fast_as_the_residual(problem):
    one, t = np.ones(1), np.array([5.0])
    K = np.array([[0.3]])
    assert abs(residual_flow(K, one, t).item() - np.exp(-1.5)) < 1e-15  # 0.223
    assert abs(2 * mode_losses(K, one, t).item() - np.exp(-3.0)) < 1e-15  # 0.0498
    K, _, _, r = problem
    times = np.array([0.0, 0.4, 3.0])
    want = 0.5 * (residual_flow(K, r, times) ** 2).sum(axis=1)
    np.testing.assert_allclose(mode_losses(K, r, times).sum(axis=1), want, rtol=1e-12)


@pytest.mark.checks("eq-prediction-flow", "eq-kernel-regression", against="closed form")
def test_the_limit_of_the_flow_is_kernel_regression_and_the_shortest_solution(problem):
    K, J, J_new, r = problem
    want = J_new @ np.linalg.pinv(J) @ -r
    for scale in (1e-8, 1.0):  # a multiple of the kernel ends in the same place
        flow = prediction_flow(scale * K, scale * J_new @ J.T, r, np.array([np.inf]))[0]
        np.testing.assert_allclose(flow, want, rtol=0, atol=1e-10)
    regression = kernel_regression(K, J_new @ J.T, -r)
    np.testing.assert_allclose(regression, want, rtol=0, atol=1e-10)


@pytest.mark.checks("eq-kernel-regression", against="closed form")
def test_kernel_ridge_is_ridge_on_the_features(problem):
    K, J, J_new, y = problem
    want = J_new @ np.linalg.solve(J.T @ J + 0.7 * np.eye(9), J.T @ y)
    got = kernel_regression(K, J_new @ J.T, y, penalty=0.7)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_what_has_no_gradient_does_not_move(rng):
    J = np.outer(np.ones(3), np.array([1.0, 2.0]))  # three inputs that the model cannot tell apart
    r = np.array([1.0, 2.0, 6.0])
    late = residual_flow(J @ J.T, r, np.array([1e3]))[0]
    np.testing.assert_allclose(late, r - 3.0, rtol=0, atol=1e-10)
    moved = prediction_flow(J @ J.T, J @ J.T, r, np.array([np.inf]))[0]
    np.testing.assert_allclose(moved, -3.0, rtol=0, atol=1e-10)


def test_bad_arguments_are_refused(bad_input):
    K, r = np.eye(2), np.ones(2)
    with pytest.raises(ValueError, match="residual: expected shape"):
        residual_flow(K, np.ones(3), np.ones(1))
    with pytest.raises(ValueError, match="K: expected shape"):
        residual_flow(np.ones((2, 3)), r, np.ones(1))
    with pytest.raises(ValueError, match="steps"):
        residual_descent(K, r, 0.1, -1)
    with pytest.raises(ValueError, match="K_new"):
        prediction_flow(K, np.ones((1, 3)), r, np.ones(1))
    with pytest.raises(ValueError, match="penalty"):
        kernel_regression(K, K, r, penalty=-1.0)
    with pytest.raises(ValueError, match="K_new"):
        kernel_regression(K, np.ones((1, 3)), r)


def test_no_step_of_descent_leaves_the_residual():
    residual = np.array([1.0, 2.0])
    np.testing.assert_allclose(residual_descent(np.eye(2), residual, 0.1, 0), [residual])

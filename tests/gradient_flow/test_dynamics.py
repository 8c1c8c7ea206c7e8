"""Imitated dynamical systems: bounds by enumeration, exponents in closed form."""

from itertools import product

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.gradient_flow.dynamics import (
    OneStepModel,
    fit_one_step,
    free_running,
    horizon_bound,
    logistic_map,
    logistic_map_slope,
    output_bound,
    pendulum,
)
from course_lib.gradient_flow.vanishing import lyapunov_exponents


@pytest.mark.checks("eq-output-bound", against="enumeration")
def test_output_bound_is_reached_in_a_corner_of_the_cube(rng):
    W_hy = rng.normal(size=(3, 6))
    corners = np.array(list(product((-1.0, 1.0), repeat=6)))
    assert np.allclose(output_bound(W_hy), np.abs(corners @ W_hy.T).max(axis=0), atol=1e-12)
    assert np.isclose(output_bound(W_hy).max(), np.linalg.norm(W_hy, np.inf))


def test_the_column_norm_is_no_bound():
    W_hy = np.array([[1.0, -2.0, 3.0]])
    assert np.linalg.norm(W_hy, 1) == 3.0
    assert output_bound(W_hy)[0] == 6.0
    assert (W_hy @ np.array([1.0, -1.0, 1.0]))[0] == 6.0


@pytest.mark.slow
def test_exponent_of_the_chaotic_logistic_map_is_log_two(rng):
    # The orbit is equidistributed after s = sin^2(pi u / 2); log|4 - 8 s| = log 4 + log|cos(pi u)|
    # has mean log 2 and standard deviation pi / sqrt(12).
    s = np.sin(np.pi * rng.uniform(size=(5000, 1, 1)) / 2) ** 2
    error = abs(lyapunov_exponents(logistic_map_slope(s))[0] - np.log(2))
    assert error < 5 * np.pi / np.sqrt(12) / np.sqrt(5000)


def test_slope_against_finite_differences(rng):
    s = rng.uniform(size=5)
    numeric = numerical_gradient(lambda at: float(logistic_map(at, 3.7).sum()), s)
    assert np.abs(logistic_map_slope(s, 3.7) - numeric).max() < 1e-6


@pytest.mark.checks("eq-horizon-bound", against="enumeration")
@pytest.mark.parametrize("lipschitz", [0.0, 0.5, 1.0, 3.0])
def test_horizon_bound_adds_the_stretched_errors(lipschitz):
    for steps in range(8):
        total = sum(0.01 * lipschitz**k for k in range(steps))
        assert np.isclose(horizon_bound(0.01, lipschitz, steps), total, rtol=1e-12)


def _fitted(rng, d_hidden=8):
    states = rng.uniform(0, 1, (400, 1))
    return fit_one_step(rng, states, np.zeros((400, 0)), logistic_map(states), d_hidden)


def test_horizon_bound_holds_while_the_imitation_stays_in_its_domain(rng):
    model = _fitted(rng)
    grid = np.linspace(-0.001, 1.001, 4001)[:, None]
    nothing = np.zeros((len(grid), 0))
    one_step = np.abs(model.step(grid, nothing) - logistic_map(grid)).max()
    assert one_step < 1e-4
    s0 = rng.uniform(0.2, 0.8, (50, 1))
    imitated = free_running(model).run(s0, np.zeros((50, 5, 0)))
    s = s0
    for t in range(5):
        s = logistic_map(s)
        assert np.abs(imitated[:, t] - s).max() <= horizon_bound(one_step, 4.02, t + 1)


@pytest.mark.checks("eq-closed-loop", against="enumeration")
def test_the_free_running_network_is_the_model_fed_its_own_answers(rng):
    model = OneStepModel(
        rng.normal(size=(7, 2)), rng.normal(size=(7, 3)), rng.normal(size=7),
        rng.normal(size=(2, 7)) / 7,
    )  # fmt: skip
    s, xs = rng.normal(size=(4, 2)), rng.normal(size=(4, 9, 3))
    ys = free_running(model).run(s, xs)
    for t in range(9):
        s = model.step(s, xs[:, t])
        assert np.allclose(ys[:, t], s, atol=1e-10)


def test_the_recurrent_matrix_has_the_rank_of_the_state(rng):
    assert np.linalg.matrix_rank(free_running(_fitted(rng)).params.W_hh) == 1


def test_more_units_fit_better(rng):
    grid = np.linspace(0, 1, 501)[:, None]
    nothing = np.zeros((501, 0))
    errors = [
        np.median([
            np.abs(_fitted(rng, d_hidden).step(grid, nothing) - logistic_map(grid)).max()
            for _ in range(5)
        ])
        for d_hidden in (2, 5, 10)
    ]  # fmt: skip
    assert errors[0] > 10 * errors[1] > 100 * errors[2]


def worst_error(step, states, inputs, s0, xs, d_hidden, spread, seed):
    """The largest error over all starts, inputs and steps of an imitation fitted to the system."""
    model = fit_one_step(
        np.random.default_rng(seed), states, inputs, step(states, inputs), d_hidden, spread
    )
    imitated, s, worst = free_running(model).run(s0, xs), s0, 0.0
    for t in range(xs.shape[1]):
        s = step(s, xs[:, t])
        worst = max(worst, float(np.abs(imitated[:, t] - s).max()))
    return worst


def logistic_case():
    states = np.random.default_rng(0).uniform(0, 1, (500, 1))
    s0 = np.linspace(0, 1, 2001)[:, None]
    step = lambda s, _: logistic_map(s)  # noqa: E731
    return step, states, np.zeros((500, 0)), s0, np.zeros((2001, 5, 0))


def pendulum_case():
    """Starts on a grid of [-1, 1]^2; inputs that stay at an end of [-0.5, 0.5], swing, or vary."""
    rng = np.random.default_rng(0)
    states, inputs = rng.uniform(-2.5, 2.5, (2000, 2)), rng.uniform(-0.5, 0.5, (2000, 1))
    grid = np.array(list(product(np.linspace(-1, 1, 9), repeat=2)))
    swinging = 0.5 * (-1.0) ** np.arange(10)
    held = [np.full(10, 0.5), np.full(10, -0.5), swinging, *rng.uniform(-0.5, 0.5, (4, 10))]
    xs = np.tile(np.array(held)[:, :, None], (len(grid), 1, 1))
    return pendulum, states, inputs, np.repeat(grid, len(held), axis=0), xs


@pytest.mark.parametrize(
    ("case", "spread", "sizes", "bounds"),
    [
        (logistic_case, 1.0, (3, 5, 8, 12), (0.5, 0.1, 1e-3, 1e-5)),
        (pendulum_case, 0.5, (20, 40, 80, 160), (1.0, 0.3, 0.1, 0.01)),
    ],
)
def test_with_more_units_the_worst_error_over_a_fixed_number_of_steps_falls_below_any_bound(
    case, spread, sizes, bounds
):
    """Both are continuous, on compact sets; the theorem says that some network does it."""
    system = case()
    best = [min(worst_error(*system, d, spread, seed) for seed in range(5)) for d in sizes]
    assert best == sorted(best, reverse=True)
    assert not best[0] < bounds[-1]
    for bound in bounds:
        assert min(best) < bound


def test_without_compactness_no_network_follows(rng):
    """A running sum leaves every bound; more units do not help."""
    s, x = rng.uniform(-3, 3, (500, 1)), rng.uniform(-1, 1, (500, 1))
    for d_hidden in (5, 20):
        model = fit_one_step(rng, s, x, s + x, d_hidden, spread=0.3)
        bound = output_bound(model.W_hy)[0]
        xs = np.full((1, 40, 1), bound / 20)  # the sum is twice the bound after 40 steps
        ys = free_running(model).run(np.zeros((1, 1)), xs)[0, :, 0]
        assert np.abs(ys).max() <= bound
        assert xs.sum() - ys[-1] >= 0.99 * bound


def test_pendulum_against_scipy(rng):
    s, torque = rng.uniform(-2, 2, (3, 2)), rng.uniform(-1, 1, (3, 1))
    for start, push in zip(s, torque[:, 0], strict=True):
        exact = solve_ivp(
            lambda _, y, push=push: [y[1], push - np.sin(y[0]) - 0.5 * y[1]],
            (0, 0.2), start, rtol=1e-12, atol=1e-12,
        ).y[:, -1]  # fmt: skip
        ours = pendulum(start[None], np.array([[push]]))[0]
        assert np.allclose(ours, exact, atol=1e-5)


def test_pendulum_conserves_its_energy_without_friction():
    s, still = np.array([[1.0, 0.0]]), np.zeros((1, 1))
    for _ in range(100):
        s = pendulum(s, still, friction=0.0, time_step=0.05)
    assert np.isclose(s[0, 1] ** 2 / 2 - np.cos(s[0, 0]), -np.cos(1.0), atol=1e-6)


def test_rows_that_do_not_match_are_refused(rng, bad_input):
    with pytest.raises(ValueError, match=r"inputs: expected shape \(5, d_in\), got \(4, 1\)"):
        fit_one_step(rng, np.zeros((5, 2)), np.zeros((4, 1)), np.zeros((5, 2)), 3)
    with pytest.raises(ValueError, match=r"next_states: expected shape \(5, 2\), got \(4, 2\)"):
        fit_one_step(rng, np.zeros((5, 2)), np.zeros((5, 1)), np.zeros((4, 2)), 3)


@pytest.mark.parametrize("d_hidden", [0, 1.5])
def test_no_number_of_units_is_refused(rng, d_hidden, bad_input):
    with pytest.raises(ValueError, match=f"d_hidden: .* 1 or more, got {d_hidden}"):
        fit_one_step(rng, np.zeros((5, 2)), np.zeros((5, 1)), np.zeros((5, 2)), d_hidden)


def test_one_unit_is_fitted_in_closed_form(rng):
    states, target = rng.normal(size=(20, 1)), rng.normal(size=(20, 1))
    model = fit_one_step(rng, states, np.zeros((20, 0)), target, 1)
    hidden = np.tanh(states * model.W_sh[0, 0] + model.b_h[0])
    assert np.isclose(model.W_hy[0, 0], (hidden * target).sum() / (hidden**2).sum(), rtol=1e-12)


def test_hidden_units_are_drawn_with_the_spread(rng):
    model = fit_one_step(rng, np.zeros((5, 3)), np.zeros((5, 3)), np.zeros((5, 3)), 3000, 0.25)
    for weights in (model.W_sh, model.W_xh, model.b_h):
        n = weights.size  # the standard error of a standard deviation is 0.25 / sqrt(2 n)
        assert abs(weights.std() - 0.25) < 5 * 0.25 / np.sqrt(2 * n)
        assert abs(weights.mean()) < 5 * 0.25 / np.sqrt(n)


def test_negative_errors_are_refused():
    with pytest.raises(ValueError, match="one_step: expected at least 0"):
        horizon_bound(-1.0, 1.0, 1)
    with pytest.raises(ValueError, match="lipschitz: expected at least 0"):
        horizon_bound(1.0, -1.0, 1)
    with pytest.raises(ValueError, match="steps: expected a whole number, 0 or more, got -1"):
        horizon_bound(1.0, 1.0, -1)
    assert horizon_bound(0.0, 2.0, 3) == 0

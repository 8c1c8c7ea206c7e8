"""Jacobians over many steps against autograd; bounds against measurements; rates."""

from itertools import combinations

import numpy as np
import pytest
import torch
from contracts.sketched_cells import LSTMSketch

from course_lib.foundations.nonlinearities import IDENTITY, LOGISTIC, RELU, TANH, by_name
from course_lib.foundations.norms import op_norm, scaled_to_norm, scaled_to_radius, spectral_radius
from course_lib.gradient_flow.vanishing import (
    cell_jacobians,
    growth_rate,
    lag_jacobians,
    lag_norms,
    lyapunov_exponents,
    step_jacobians,
    vanishing_bound,
)
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN, Params

TIME, D_IN, D_HIDDEN = 7, 3, 4
TORCH = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu}


def make_run(rng, name="logistic", W_hh=None, time=TIME, d_hidden=D_HIDDEN, size=1.0):
    W_hh = rng.normal(size=(d_hidden, d_hidden)) if W_hh is None else W_hh
    params = Params(
        size * rng.normal(size=(d_hidden, D_IN)), W_hh, size * rng.normal(size=d_hidden)
    )
    xs = rng.normal(size=(time, D_IN))
    hs, _ = bptt.forward(SRN(name), params, xs[None])
    return params, xs, hs[0]


@pytest.mark.checks("eq-step-jacobian", "eq-state-jacobian", against="autograd")
@pytest.mark.parametrize("name", ["tanh", "logistic", "relu"])
def test_state_jacobians_match_autograd(rng, name):
    params, xs, hs = make_run(rng, name)
    W_xh, W_hh, b_h = (torch.tensor(part) for part in params)
    got = lag_jacobians(step_jacobians(params.W_hh, hs, by_name(name)))
    states = [torch.zeros(D_HIDDEN, dtype=torch.float64), *torch.tensor(hs)]

    def last_state(start, h):
        for x in torch.tensor(xs)[start:]:
            h = TORCH[name](W_hh @ h + W_xh @ x + b_h)
        return h

    for lag in range(TIME + 1):
        start = TIME - lag
        want = torch.autograd.functional.jacobian(
            lambda h, start=start: last_state(start, h), states[start]
        )
        np.testing.assert_allclose(got[lag], want.numpy(), rtol=0, atol=1e-10)


@pytest.mark.checks("eq-step-jacobian", against="finite differences")
@pytest.mark.parametrize("name", ["tanh", "logistic", "identity"])
def test_two_ways_to_the_step_jacobians(rng, name):
    params, xs, hs = make_run(rng, name)
    jacobians = cell_jacobians(SRN(name), params, xs)
    np.testing.assert_allclose(
        jacobians, step_jacobians(params.W_hh, hs, by_name(name)), rtol=0, atol=1e-12
    )
    h, step = np.repeat(hs[None, 2], 2 * D_HIDDEN, axis=0), 1e-6
    h += step * np.concatenate([np.eye(D_HIDDEN), -np.eye(D_HIDDEN)])
    after, _ = SRN(name).step(params, np.repeat(xs[None, 3], 2 * D_HIDDEN, axis=0), h)
    numeric = (after[:D_HIDDEN] - after[D_HIDDEN:]).T / (2 * step)
    np.testing.assert_allclose(jacobians[3], numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.slow
@pytest.mark.checks("eq-vanishing-bound", against="Monte Carlo")
@pytest.mark.parametrize("f", [LOGISTIC, TANH, RELU, IDENTITY], ids=lambda f: f.name)
@pytest.mark.parametrize("norm", [0.5, 1.0, 2.0, 4.0, 8.0])
def test_no_measured_norm_exceeds_the_bound(f, norm):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        W_hh = scaled_to_norm(rng.normal(size=(8, 8)), norm)
        _, _, hs = make_run(rng, f.name, W_hh, time=20, d_hidden=8)
        measured = lag_norms(step_jacobians(W_hh, hs, f))
        assert (measured <= vanishing_bound(W_hh, f, 20) * (1 + 1e-10)).all()


def test_bound_is_attained():
    """Zero states are where the logistic slope is 1/4 and that of tanh is 1."""
    W_hh = 3.0 * np.eye(2)
    at_zero = {LOGISTIC: 0.5, TANH: 0.0}
    for f, h in at_zero.items():
        measured = lag_norms(step_jacobians(W_hh, np.full((6, 2), h), f))
        np.testing.assert_allclose(measured, vanishing_bound(W_hh, f, 6), rtol=1e-12)


def test_norm_above_four_may_vanish_or_explode():
    """||W|| > 4 is necessary for growth with logistic units, and not sufficient."""
    lags = 30
    W_hh = 8.0 * np.eye(2)
    for bias, explodes in ((-4.0, True), (0.0, False)):
        params = Params(np.zeros((2, 1)), W_hh, np.full(2, bias))
        hs, _ = bptt.forward(SRN("logistic"), params, np.zeros((1, lags, 1)), np.full((1, 2), 0.5))
        last = lag_norms(step_jacobians(W_hh, hs[0], LOGISTIC))[-1]
        assert (last > 1e6) if explodes else (last < 1e-30)


def test_a_radius_below_the_threshold_does_not_bound_the_product():
    """Linear unit, spectral radius 1/2: the gradient grows twentyfold before it decays."""
    W_hh = np.array([[0.5, 10.0], [0.0, 0.5]])
    norms = lag_norms(step_jacobians(W_hh, np.zeros((60, 2)), TANH))
    assert spectral_radius(W_hh) < 1 < norms[1] < op_norm(W_hh) * (1 + 1e-12)
    assert norms[60] < 1e-13


@pytest.mark.checks("eq-lyapunov-qr", against="a closed form")
def test_lyapunov_exponents_of_constant_jacobians(rng):
    A = rng.normal(size=(4, 4))
    A = A @ np.diag([1.5, 0.9, 0.3, 0.1]) @ np.linalg.inv(A)
    got = lyapunov_exponents(np.repeat(A[None], 4000, axis=0))
    # Forgetting the start costs a term of order 1 / time.
    np.testing.assert_allclose(got, np.log([1.5, 0.9, 0.3, 0.1]), rtol=0, atol=5e-3)


@pytest.mark.checks("eq-lyapunov-qr", against="a closed form")
def test_lyapunov_exponents_of_triangular_jacobians_and_their_sum(rng):
    diagonals = rng.uniform(0.2, 2.0, size=(50, 3))
    jacobians = np.triu(rng.normal(size=(50, 3, 3)), k=1) + diagonals[:, :, None] * np.eye(3)
    want = np.sort(np.log(diagonals).mean(axis=0))[::-1]
    np.testing.assert_allclose(lyapunov_exponents(jacobians), want, rtol=0, atol=1e-12)
    full = rng.normal(size=(50, 3, 3))
    log_volume = np.log(np.abs(np.linalg.det(full))).mean()
    assert lyapunov_exponents(full).sum() == pytest.approx(log_volume, abs=1e-10)


def minors(A, k):
    """The compound matrix: all k by k minors. That of a product is the product of the compounds."""
    sets = [list(rows) for rows in combinations(range(len(A)), k)]
    return np.array(
        [[np.linalg.det(A[np.ix_(rows, columns)]) for columns in sets] for rows in sets]
    )


@pytest.mark.checks("eq-lyapunov-qr", against="numpy")
def test_lyapunov_exponents_of_a_general_product_are_the_growth_of_its_volumes(rng):
    """J_T ... J_1 maps the first k unit vectors to a volume of exp(T times k exponents)."""
    time, d_hidden = 12, 4
    jacobians = rng.normal(size=(time, d_hidden, d_hidden))
    log_volumes = []
    for k in range(1, d_hidden + 1):
        column = np.eye(len(minors(jacobians[0], k)))[0]
        for J in jacobians:
            column = minors(J, k) @ column
        log_volumes.append(np.log(np.linalg.norm(column)))
    want = np.sort(np.diff(log_volumes, prepend=0.0) / time)[::-1]
    np.testing.assert_allclose(lyapunov_exponents(jacobians), want, rtol=0, atol=1e-10)
    backwards = lyapunov_exponents(jacobians[::-1])  # the order of the factors matters
    assert np.abs(backwards - want).max() > 0.01


def test_first_exponent_is_the_slope_of_the_log_norm(rng):
    W_hh = scaled_to_radius(rng.normal(size=(8, 8)), 1.3)
    _, _, hs = make_run(rng, "tanh", W_hh, time=400, d_hidden=8)
    jacobians = step_jacobians(W_hh, hs, TANH)
    first = lyapunov_exponents(jacobians)[0]
    assert first == pytest.approx(np.log(lag_norms(jacobians)[-1]) / 400, abs=0.01)
    assert first < np.log(1.3)  # saturation


def test_a_step_that_forgets_everything():
    exponents = lyapunov_exponents(np.array([np.diag([1.0, 0.0])] * 2))
    assert exponents.tolist() == [0.0, -np.inf]


@pytest.mark.checks("eq-growth-rate", against="numpy")
def test_growth_rate(rng):
    assert growth_rate(3.0 * 0.7 ** np.arange(9)) == pytest.approx(0.7, rel=1e-12)
    norms = rng.uniform(0.5, 2.0, size=12)
    slope = np.polyfit(np.arange(12), np.log(norms), 1)[0]
    assert growth_rate(norms) == pytest.approx(np.exp(slope), rel=1e-10)
    with pytest.raises(ValueError, match="expected positive"):
        growth_rate(np.array([1.0, 0.0]))
    with pytest.raises(ValueError, match="number of norms"):
        growth_rate(np.ones(1))


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="hs: expected shape"):
        step_jacobians(np.eye(2), np.zeros((5, 3)), TANH)
    with pytest.raises(ValueError, match="W_hh: expected shape"):
        step_jacobians(np.zeros((2, 3)), np.zeros((5, 2)), TANH)
    with pytest.raises(ValueError, match="lags"):
        vanishing_bound(np.eye(2), TANH, -1)


def test_states_of_two_arrays_and_no_step_are_refused(rng):
    cell = LSTMSketch()
    params = cell.init(rng, 2, 3)
    with pytest.raises(ValueError, match="cell: expected a state of one array, got several"):
        cell_jacobians(cell, params, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="time: expected a whole number, 1 or more, got 0"):
        lyapunov_exponents(np.zeros((0, 2, 2)))
    np.testing.assert_array_equal(vanishing_bound(np.eye(2), by_name("tanh"), 0), [1.0])
    assert growth_rate(np.array([4.0, 2.0])) == pytest.approx(0.5, rel=1e-14)

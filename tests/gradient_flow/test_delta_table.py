"""The double sum against autograd, against the linear recursion, and read backwards."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import by_name
from course_lib.gradient_flow.delta_table import (
    delta_by_product,
    delta_table,
    double_sum_gradients,
    immediate_partial,
    recurrent_gradient_by_partials,
)
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN, Params

TIME, D_IN, D_HIDDEN = 7, 3, 4
TORCH = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu}


class Run(NamedTuple):
    params: Params
    xs: np.ndarray
    hs_prev: np.ndarray
    slopes: np.ndarray
    d_hs: np.ndarray
    full: Params


def make_run(rng, nonlinearity="tanh", scale=2.0) -> Run:
    cell = SRN(nonlinearity)
    params = cell.init(rng, D_IN, D_HIDDEN)
    params = params._replace(W_hh=scale * params.W_hh)
    xs, h0 = rng.normal(size=(TIME, D_IN)), rng.normal(size=D_HIDDEN)
    d_hs = rng.normal(size=(TIME, D_HIDDEN))
    hs, trace = bptt.forward(cell, params, xs[None], h0[None])
    full = bptt.backward(cell, params, trace, d_hs[None]).params
    slopes = by_name(nonlinearity).slope(hs[0])
    return Run(params, xs, np.concatenate([h0[None], hs[0, :-1]]), slopes, d_hs, full)


def autograd_deltas(run: Run, nonlinearity: str) -> np.ndarray:
    """Gradient of each step's own loss at every pre-activation, asked of torch one by one."""
    W_xh, W_hh, b_h = (torch.tensor(weight) for weight in run.params)
    h = torch.tensor(run.hs_prev[0])
    zs, losses = [], []
    for x, d_h in zip(torch.tensor(run.xs), torch.tensor(run.d_hs), strict=True):
        z = (W_hh @ h + W_xh @ x + b_h).requires_grad_()
        h = TORCH[nonlinearity](z)
        zs.append(z)
        losses.append(h @ d_h)
    table = np.zeros((TIME, TIME, D_HIDDEN))
    for t, loss in enumerate(losses):
        grads = torch.autograd.grad(loss, zs[: t + 1], retain_graph=True)
        table[t, : t + 1] = torch.stack(grads).numpy()
    return table


@pytest.mark.parametrize("nonlinearity", list(TORCH))
@pytest.mark.checks("eq-delta-table", "eq-delta-product", against="autograd")
def test_every_delta_matches_autograd(nonlinearity, rng):
    run = make_run(rng, nonlinearity)
    want = autograd_deltas(run, nonlinearity)
    table = delta_table(run.params.W_hh, run.slopes, run.d_hs)
    np.testing.assert_allclose(table, want, rtol=0, atol=1e-10)
    for t in range(TIME):
        for k in range(t + 1):
            product = delta_by_product(run.params.W_hh, run.slopes[: t + 1], run.d_hs[t], k)
            np.testing.assert_allclose(product, want[t, k], rtol=0, atol=1e-10)


def test_the_factors_in_reversed_order_give_something_else(rng):
    run = make_run(rng)
    t, k = TIME - 1, 1
    wrong = np.eye(D_HIDDEN)
    for tau in range(k, t):
        wrong = (run.slopes[tau][:, None] * run.params.W_hh.T) @ wrong
    wrong = wrong @ (run.slopes[t] * run.d_hs[t])
    right = autograd_deltas(run, "tanh")[t, k]
    got = delta_by_product(run.params.W_hh, run.slopes, run.d_hs[t], k)
    np.testing.assert_allclose(got, right, rtol=0, atol=1e-10)
    assert np.linalg.norm(wrong - right) > 0.1 * np.linalg.norm(right)


def test_the_order_does_not_matter_for_one_unit():
    """Numbers commute: a check on a network of one unit cannot see the mistake."""
    W_hh, slopes, d_h = np.array([[1.7]]), np.array([[0.3], [0.6], [0.9]]), np.array([2.0])
    want = 0.3 * 1.7 * 0.6 * 1.7 * 0.9 * 2.0
    assert delta_by_product(W_hh, slopes, d_h, 0).item() == pytest.approx(want, abs=1e-15)


@pytest.mark.parametrize("nonlinearity", list(TORCH))
@pytest.mark.checks("eq-bptt-double-sum", against="autograd")
def test_double_sum_is_the_full_gradient(nonlinearity, rng):
    run = make_run(rng, nonlinearity)
    W_xh, W_hh, b_h = (torch.tensor(weight, requires_grad=True) for weight in run.params)
    h, loss = torch.tensor(run.hs_prev[0]), torch.tensor(0.0)
    for x, d_h in zip(torch.tensor(run.xs), torch.tensor(run.d_hs), strict=True):
        h = TORCH[nonlinearity](W_hh @ h + W_xh @ x + b_h)
        loss = loss + h @ d_h
    loss.backward()
    table = delta_table(run.params.W_hh, run.slopes, run.d_hs)
    got = double_sum_gradients(table, run.xs, run.hs_prev)
    for ours, weight, linear in zip(got, (W_xh, W_hh, b_h), run.full, strict=True):
        np.testing.assert_allclose(ours, weight.grad.numpy(), rtol=0, atol=1e-10)
        np.testing.assert_allclose(ours, linear, rtol=0, atol=1e-10)


@pytest.mark.checks("eq-bptt-partials", against="autograd")
def test_partials_add_up_to_the_gradient_of_one_loss(rng):
    run = make_run(rng)
    W_hh = torch.tensor(run.params.W_hh, requires_grad=True)
    h = torch.tensor(run.hs_prev[0])
    for x in run.xs:
        h = torch.tanh(W_hh @ h + torch.tensor(run.params.W_xh @ x + run.params.b_h))
    (h @ torch.tensor(run.d_hs[-1])).backward()
    table = delta_table(run.params.W_hh, run.slopes, run.d_hs)
    got = recurrent_gradient_by_partials(table[-1], run.hs_prev)
    np.testing.assert_allclose(got, W_hh.grad.numpy(), rtol=0, atol=1e-10)


@pytest.mark.checks("eq-immediate-partial", against="autograd")
def test_immediate_partial_holds_the_previous_state_fixed(rng):
    h_prev = rng.normal(size=D_HIDDEN)
    jacobian = torch.autograd.functional.jacobian(
        lambda W_hh: W_hh @ torch.tensor(h_prev), torch.zeros(D_HIDDEN, D_HIDDEN).double()
    ).numpy()
    for i, j in np.ndindex(D_HIDDEN, D_HIDDEN):
        np.testing.assert_array_equal(immediate_partial(h_prev, i, j), jacobian[:, i, j])


@pytest.mark.checks("eq-delta-recursion", against="enumeration")
def test_the_columns_of_the_table_add_up_to_what_the_recursion_carries(rng):
    """One walk back replaces T walks: it carries the sum over all later losses."""
    run = make_run(rng)
    table = delta_table(run.params.W_hh, run.slopes, run.d_hs)
    delta = np.zeros(D_HIDDEN)
    for k in reversed(range(TIME)):
        delta = run.slopes[k] * (run.d_hs[k] + run.params.W_hh.T @ delta)
        np.testing.assert_allclose(table[:, k].sum(axis=0), delta, rtol=0, atol=1e-12)


def test_the_future_has_no_influence_on_the_past(rng):
    run = make_run(rng)
    table = delta_table(run.params.W_hh, run.slopes, run.d_hs)
    assert not table[np.triu_indices(TIME, 1)].any()


def test_refuses_a_step_that_is_not_there():
    with pytest.raises(ValueError, match="k: expected a step from 0 to 2, got 3"):
        delta_by_product(np.eye(1), np.ones((3, 1)), np.ones(1), 3)


def test_refuses_gradients_that_do_not_fit(bad_input):
    with pytest.raises(ValueError, match=r"d_hs: expected shape \(3, 1\), got \(2, 1\)"):
        delta_table(np.eye(1), np.ones((3, 1)), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"W_hh: expected shape \(1, 1\), got \(2, 2\)"):
        delta_table(np.eye(2), np.ones((3, 1)), np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"xs: expected shape \(3, d_in\), got \(4, 1\)"):
        double_sum_gradients(np.ones((3, 3, 1)), np.ones((4, 1)), np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"table_row: expected shape \(3, 1\), got \(2, 1\)"):
        recurrent_gradient_by_partials(np.ones((2, 1)), np.ones((3, 1)))


def test_refuses_tables_and_slopes_that_do_not_fit(bad_input):
    with pytest.raises(ValueError, match=r"table: expected shape \(3, 3, 1\), got \(2, 3, 1\)"):
        double_sum_gradients(np.ones((2, 3, 1)), np.ones((3, 1)), np.ones((3, 1)))
    with pytest.raises(ValueError, match=r"slopes: expected shape \(time, d_hidden\)"):
        delta_by_product(np.eye(1), np.ones(3), np.ones(1), 0)
    with pytest.raises(ValueError, match="k: expected a step from 0 to 2, got -1"):
        delta_by_product(np.eye(1), np.ones((3, 1)), np.ones(1), -1)
    np.testing.assert_array_equal(delta_table(np.eye(1), np.ones((1, 1)), np.ones((1, 1))), [[[1]]])

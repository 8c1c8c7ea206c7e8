"""The unrolled sums, and which product is the derivative of which quantity."""

import numpy as np
import pytest
import torch
from torch.autograd.functional import jacobian

from course_lib.foundations.nonlinearities import TANH, by_name
from course_lib.gradient_flow.lags import (
    lag_bounds,
    lag_contributions,
    preactivation_jacobian,
    state_jacobian,
)
from course_lib.gradient_flow.rtrl import outer
from course_lib.gradient_flow.vanishing import lag_jacobians, step_jacobians
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN

TIME, D_IN, D_HIDDEN = 6, 3, 4
TORCH = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu}


def make(rng, nonlinearity, scale=2.0):
    cell = SRN(nonlinearity)
    params = cell.init(rng, D_IN, D_HIDDEN)
    params = params._replace(W_hh=scale * params.W_hh)
    xs, h0, d_h = rng.normal(size=(TIME, D_IN)), *rng.normal(size=(2, D_HIDDEN))
    hs, trace = bptt.forward(cell, params, xs[None], h0[None])
    return cell, params, xs, h0, d_h, hs[0], trace


@pytest.mark.parametrize("nonlinearity", list(TORCH))
@pytest.mark.checks("eq-unrolled-sum", against="autograd")
def test_lags_add_up_to_the_full_gradient(nonlinearity, rng):
    cell, params, xs, h0, d_h, _, _ = make(rng, nonlinearity)
    lags = lag_contributions(cell, params, xs, d_h, h0)
    weights = [torch.tensor(weight, requires_grad=True) for weight in params]
    W_xh, W_hh, b_h = weights
    inputs = torch.tensor(xs, requires_grad=True)
    h = torch.tensor(h0)
    for x in inputs:
        h = TORCH[nonlinearity](W_hh @ h + W_xh @ x + b_h)
    (h @ torch.tensor(d_h)).backward()
    for ours, weight in zip(lags[:3], weights, strict=True):
        np.testing.assert_allclose(ours.sum(axis=0), weight.grad.numpy(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(lags.xs[::-1], inputs.grad.numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("nonlinearity", list(TORCH))
def test_each_lag_is_the_tensor_formula_of_the_bulgarian_lecture(nonlinearity, rng):
    """With its missing sign restored: row vector, products, and I (x) h, all written out."""
    cell, params, xs, h0, d_h, hs, _ = make(rng, nonlinearity)
    lags = lag_contributions(cell, params, xs, d_h, h0)
    slopes = by_name(nonlinearity).slope(hs)
    before = np.concatenate([h0[None], hs[:-1]])
    for j in range(1, TIME + 1):
        row = d_h @ np.diag(slopes[-1]) @ preactivation_jacobian(params.W_hh, slopes, j)
        by_W_hh = np.tensordot(row, outer(np.eye(D_HIDDEN), before[-j]), axes=1)
        by_W_xh = np.tensordot(row, outer(np.eye(D_HIDDEN), xs[-j]), axes=1)
        np.testing.assert_allclose(lags.W_hh[j - 1], by_W_hh, rtol=0, atol=1e-12)
        np.testing.assert_allclose(lags.W_xh[j - 1], by_W_xh, rtol=0, atol=1e-12)
        np.testing.assert_allclose(lags.b_h[j - 1], row, rtol=0, atol=1e-12)


def test_one_lag_is_what_the_weight_did_at_one_step(rng):
    """Give every step a recurrent matrix of its own; autograd then separates the lags."""
    cell, params, xs, h0, d_h, _, _ = make(rng, "tanh")
    copies = torch.tensor(np.stack([params.W_hh] * TIME), requires_grad=True)
    h = torch.tensor(h0)
    for x, W_hh in zip(xs, copies, strict=True):
        h = torch.tanh(W_hh @ h + torch.tensor(params.W_xh @ x + params.b_h))
    (h @ torch.tensor(d_h)).backward()
    lags = lag_contributions(cell, params, xs, d_h, h0)
    np.testing.assert_allclose(lags.W_hh[::-1], copies.grad.numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic"])
@pytest.mark.parametrize("scale", [0.5, 3.0, 20.0])
@pytest.mark.checks("eq-lag-bound", against="autograd")
def test_no_lag_exceeds_its_bound(nonlinearity, scale, rng):
    for _ in range(5):
        cell, params, xs, h0, d_h, hs, _ = make(rng, nonlinearity, scale)
        lags = lag_contributions(cell, params, xs, d_h, h0)
        before = np.concatenate([h0[None], hs[:-1]])
        bounds = lag_bounds(cell, params, before, d_h)
        assert (np.linalg.norm(lags.W_hh, axis=(1, 2)) <= bounds * (1 + 1e-12)).all()


def test_the_bound_is_reached_by_a_linear_unit():
    cell = SRN("identity")
    params = cell.init(np.random.default_rng(0), 1, 1)._replace(W_hh=np.array([[0.8]]))
    xs, d_h = np.ones((5, 1)), np.array([2.0])
    h0 = np.array([1.0])
    hs = bptt.forward(cell, params, xs[None], h0[None])[0][0]
    lags = lag_contributions(cell, params, xs, d_h, h0)
    bounds = lag_bounds(cell, params, np.concatenate([h0[None], hs[:-1]]), d_h)
    np.testing.assert_allclose(np.abs(lags.W_hh[:, 0, 0]), bounds, rtol=1e-13)


@pytest.mark.parametrize("j", [1, 2, 5])
@pytest.mark.checks("eq-jacobian-preactivations", "eq-jacobian-states", against="autograd")
def test_the_lectures_product_is_the_jacobian_of_z_and_not_of_h(j, rng):
    _, params, xs, _, _, hs, _ = make(rng, "tanh")
    slopes = by_name("tanh").slope(hs)
    W_xh, W_hh, b_h = (torch.tensor(weight) for weight in params)
    projected = torch.tensor(xs) @ W_xh.T + b_h

    def state_from_state(h):
        for projected_t in projected[TIME - j :]:
            h = torch.tanh(W_hh @ h + projected_t)
        return h

    def z_from_z(z):
        for projected_t in projected[TIME - j + 1 :]:
            z = W_hh @ torch.tanh(z) + projected_t
        return z

    zs = torch.atanh(torch.tensor(hs))
    by_states = jacobian(state_from_state, torch.tensor(hs[TIME - j - 1])).numpy()
    by_zs = jacobian(z_from_z, zs[TIME - j]).numpy()
    states = lag_jacobians(step_jacobians(params.W_hh, hs, TANH))[j]
    lecture = preactivation_jacobian(params.W_hh, slopes, j)
    np.testing.assert_allclose(states, by_states, rtol=0, atol=1e-10)
    np.testing.assert_allclose(lecture, by_zs, rtol=0, atol=1e-10)
    assert np.abs(lecture - by_states).max() > 0.05

    mended = state_jacobian(params.W_hh, slopes, j)
    np.testing.assert_allclose(mended, by_states, rtol=0, atol=1e-10)


def test_refuses_distances_that_are_not_there():
    slopes = np.ones((3, 2))
    with pytest.raises(ValueError, match="j: expected at most the number of steps, 3, got 4"):
        preactivation_jacobian(np.eye(2), slopes, 4)
    with pytest.raises(ValueError, match="j: expected a whole number, 1 or more, got 0"):
        preactivation_jacobian(np.eye(2), slopes, 0)
    with pytest.raises(ValueError, match="j: expected at most the number of steps, 3, got 4"):
        state_jacobian(np.eye(2), slopes, 4)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"xs": np.ones(3)}, r"xs: expected shape \(time, d_in\)"),
        ({"d_h": np.ones(3)}, r"d_h: expected shape \(2,\), got \(3,\)"),
        ({"h0": np.ones(3)}, r"h0: expected shape \(2,\), got \(3,\)"),
    ],
)
def test_refuses_shapes_that_do_not_fit(given, message, bad_input):
    params = SRN().init(np.random.default_rng(0), 2, 2)
    arguments = {"xs": np.ones((3, 2)), "d_h": np.ones(2), "h0": np.ones(2)} | given
    with pytest.raises(ValueError, match=message):
        lag_contributions(SRN(), params, **arguments)


def test_a_single_step_has_a_single_lag(rng):
    params = SRN().init(rng, 1, 1)
    shares = lag_contributions(SRN(), params, np.ones((1, 1)), np.ones(1))
    assert len(shares.b_h) == len(lag_bounds(SRN(), params, np.ones((1, 1)), np.ones(1))) == 1
    np.testing.assert_array_equal(preactivation_jacobian(np.ones((1, 1)), np.ones((1, 1)), 1), 1)

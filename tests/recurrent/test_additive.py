"""Additive recurrences: Jacobians known by hand, and outputs against torch."""

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import LOGISTIC
from course_lib.gradient_flow.vanishing import cell_jacobians, lag_norms, step_jacobians
from course_lib.recurrent import bptt
from course_lib.recurrent.additive import AdditiveRNN, ResidualRNN
from course_lib.recurrent.srn import SRN

TIME, D_IN, D_HIDDEN = 6, 3, 4


@pytest.mark.checks("eq-additive-input", against="numpy")
def test_the_state_is_a_running_sum(rng):
    cell = AdditiveRNN()
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(2, TIME, D_IN))
    hs, _ = bptt.forward(cell, params, xs)
    want = np.cumsum(np.tanh(xs @ params.W_xh.T + params.b_h), axis=1)
    np.testing.assert_allclose(hs, want, rtol=0, atol=1e-12)


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic", "relu", "identity"])
def test_the_first_kind_has_the_identity_as_jacobian(rng, nonlinearity):
    cell = AdditiveRNN(nonlinearity)
    jacobians = cell_jacobians(cell, cell.init(rng, D_IN, D_HIDDEN), rng.normal(size=(TIME, D_IN)))
    np.testing.assert_array_equal(jacobians, np.repeat(np.eye(D_HIDDEN)[None], TIME, axis=0))
    np.testing.assert_array_equal(lag_norms(jacobians), np.ones(TIME + 1))


@pytest.mark.checks("eq-additive-state", "eq-additive-jacobian", against="autograd")
def test_the_second_kind_has_the_identity_plus_the_increments_jacobian(rng):
    cell = ResidualRNN()
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(TIME, D_IN))
    hs, _ = bptt.forward(cell, params, xs[None])
    increments = np.diff(hs[0], axis=0, prepend=0.0)
    jacobians = cell_jacobians(cell, params, xs)
    of_increment = (1 - increments**2)[:, :, None] * params.W_hh
    np.testing.assert_allclose(jacobians, np.eye(D_HIDDEN) + of_increment, rtol=0, atol=1e-12)

    W_xh, W_hh, b_h = (torch.tensor(part) for part in params)
    h = torch.zeros(D_HIDDEN, dtype=torch.float64)
    for t, x in enumerate(torch.tensor(xs)):

        def step(h, x=x):
            return h + torch.tanh(W_hh @ h + W_xh @ x + b_h)

        want = torch.autograd.functional.jacobian(step, h)
        np.testing.assert_allclose(jacobians[t], want.numpy(), rtol=0, atol=1e-10)
        h = step(h)
        np.testing.assert_allclose(hs[0, t], h.numpy(), rtol=0, atol=1e-10)


def test_one_step_of_the_second_kind_is_one_srn_step_added(rng):
    params = ResidualRNN().init(rng, D_IN, D_HIDDEN)
    x, h = rng.normal(size=(2, D_IN)), rng.normal(size=(2, D_HIDDEN))
    plain, _ = SRN().step(params, x, h)
    added, _ = ResidualRNN().step(params, x, h)
    np.testing.assert_allclose(added, h + plain, rtol=0, atol=1e-14)


def test_gradients_outlive_those_of_the_plain_cell(rng):
    plain, residual, additive = SRN(), ResidualRNN(), AdditiveRNN()
    shared = plain.init(rng, D_IN, 16)
    small = shared._replace(W_hh=0.2 * shared.W_hh)
    xs = rng.normal(size=(40, D_IN))
    last = [
        lag_norms(cell_jacobians(cell, params, xs))[-1]
        for cell, params in (
            (plain, small),
            (residual, small),
            (additive, additive.init(rng, D_IN, 16)),
        )
    ]
    assert last[0] < 1e-20
    assert last[1] > 1e-2
    assert last[2] == 1.0


def test_jacobians_agree_with_the_srn_formula(rng):
    cell = SRN("logistic")
    params, xs = cell.init(rng, D_IN, D_HIDDEN), rng.normal(size=(TIME, D_IN))
    hs, _ = bptt.forward(cell, params, xs[None])
    want = step_jacobians(params.W_hh, hs[0], LOGISTIC)
    np.testing.assert_allclose(cell_jacobians(cell, params, xs), want, rtol=0, atol=1e-13)


@pytest.mark.parametrize("make", [AdditiveRNN, ResidualRNN])
def test_an_unknown_nonlinearity_is_refused(make):
    with pytest.raises(ValueError, match="nonlinearity: expected one of"):
        make("sine")


def test_first_weights_fill_the_bound():
    largest = abs(ResidualRNN().init(np.random.default_rng(0), 2500, 4).W_xh).max()
    assert 0.99 * 0.5 < largest <= 0.5


def test_weights_of_a_plain_network_are_not_taken_over():
    with pytest.raises(ValueError, match=r"cell: expected one .* too, got ResidualRNN"):
        ResidualRNN().params_from_torch(torch.nn.RNN(D_IN, D_HIDDEN))


def test_powers_of_one_matrix_vanish_where_adding_does_not():
    """The same weights over 60 steps: replacing the state forgets, adding to it does not."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        params, xs = SRN().init(rng, D_IN, 32), rng.normal(size=(60, D_IN))
        replaced, added = (
            lag_norms(cell_jacobians(cell, params, xs))[60] for cell in (SRN(), ResidualRNN())
        )
        radius = np.abs(np.linalg.eigvals(params.W_hh)).max()
        assert replaced < (1.1 * radius) ** 60
        assert added > 1


@pytest.mark.parametrize("cell", [AdditiveRNN(), ResidualRNN()])
def test_every_first_weight_fills_the_bound(cell):
    params = cell.init(np.random.default_rng(0), 3, 2500)
    for weight in params:
        assert 0.99 * 0.02 < abs(weight).max() <= 0.02
    assert all(weight.size == 1 for weight in cell.init(np.random.default_rng(0), 1, 1))


def test_a_cell_without_inputs_or_units_is_refused(rng, bad_input):
    for name, sizes in ("d_in", (0, 1)), ("d_hidden", (1, 0)), ("d_hidden", (1, 2.5)):
        with pytest.raises(ValueError, match=f"{name}: expected a whole number, 1 or more"):
            AdditiveRNN().init(rng, *sizes)


def test_states_and_inputs_that_do_not_fit_are_named(rng, bad_input):
    params = AdditiveRNN().init(rng, 2, 4)
    with pytest.raises(ValueError, match=r"state: expected shape \(3, 4\), got \(3, 2\)"):
        AdditiveRNN().step(params, np.zeros((3, 2)), np.zeros((3, 2)))
    for wrong in (
        lambda: AdditiveRNN().step(params, np.zeros((3, 1)), np.zeros((3, 4))),
        lambda: AdditiveRNN().input_projection(params, np.zeros((3, 1))),
    ):
        with pytest.raises(ValueError, match="inputs: expected a last axis of d_in = 2"):
            wrong()

"""The simple recurrent network: its equation, its twin in torch, its refusals."""

import numpy as np
import pytest
import torch

from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN, Params


def explicit_steps(params, xs, state, f):
    """The equation, one unit and one weight at a time."""
    hs = []
    for x in xs:
        new = np.empty_like(state)
        for i in range(len(state)):
            z = params.b_h[i]
            for j in range(len(x)):
                z += params.W_xh[i, j] * x[j]
            for j in range(len(state)):
                z += params.W_hh[i, j] * state[j]
            new[i] = f(z)
        state = new
        hs.append(state)
    return np.array(hs)


def test_matches_the_equation_written_out(rng):
    params = SRN().init(rng, 3, 4)
    xs = rng.normal(size=(6, 3))
    hs, _ = bptt.forward(SRN("logistic"), params, xs[None])
    want = explicit_steps(params, xs, np.zeros(4), lambda z: 1 / (1 + np.exp(-z)))
    np.testing.assert_allclose(hs[0], want, rtol=0, atol=1e-14)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize(("batch", "time", "d_in", "d_hidden"), [(1, 1, 1, 1), (2, 9, 5, 3)])
@pytest.mark.checks(
    "eq-srn", "eq-bptt-state", "eq-delta-recursion", "eq-bptt-weights", against="torch"
)
def test_matches_torch_at_many_sizes(nonlinearity, batch, time, d_in, d_hidden, rng):
    torch.manual_seed(7)
    module = torch.nn.RNN(d_in, d_hidden, nonlinearity=nonlinearity, batch_first=True).double()
    cell = SRN(nonlinearity)
    params = cell.params_from_torch(module)
    xs = torch.tensor(rng.normal(size=(batch, time, d_in)), requires_grad=True)
    d_hs = rng.normal(size=(batch, time, d_hidden))
    theirs, _ = module(xs)
    theirs.backward(torch.tensor(d_hs))
    hs, trace = bptt.forward(cell, params, xs.detach().numpy())
    grads = bptt.backward(cell, params, trace, d_hs)
    for got, want in [
        (hs, theirs.detach()),
        (grads.params.W_xh, module.weight_ih_l0.grad),
        (grads.params.W_hh, module.weight_hh_l0.grad),
        (grads.params.b_h, module.bias_ih_l0.grad),
        (grads.xs, xs.grad),
    ]:
        np.testing.assert_allclose(got, want.numpy(), rtol=0, atol=1e-10)


def test_takes_its_weights_from_any_layer_and_direction():
    module = torch.nn.RNN(2, 3, num_layers=2, bidirectional=True).double()
    params = SRN().params_from_torch(module, "l1_reverse")
    np.testing.assert_array_equal(params.W_xh, module.weight_ih_l1_reverse.detach().numpy())
    assert params.W_xh.shape == (3, 6)


def test_takes_its_weights_from_a_torch_cell():
    module = torch.nn.RNNCell(2, 3, nonlinearity="relu").double()
    params = SRN("relu").params_from_torch(module)
    bias = (module.bias_ih + module.bias_hh).detach().numpy()
    np.testing.assert_array_equal(params.b_h, bias)


def test_a_module_without_bias_gives_a_zero_bias():
    module = torch.nn.RNN(2, 3, bias=False).double()
    assert not SRN().params_from_torch(module).b_h.any()


def test_weights_are_copied_not_shared():
    module = torch.nn.RNN(2, 3).double()
    params = SRN().params_from_torch(module)
    params.W_xh[:] = 0.0
    assert module.weight_ih_l0.detach().numpy().any()


def test_refuses_a_module_with_another_nonlinearity():
    with pytest.raises(ValueError, match="expected nonlinearity 'tanh', got 'relu'"):
        SRN().params_from_torch(torch.nn.RNN(2, 3, nonlinearity="relu"))


def test_refuses_a_layer_that_is_not_there():
    with pytest.raises(ValueError, match="suffix: expected a layer of the module, got 'l3'"):
        SRN().params_from_torch(torch.nn.RNN(2, 3), "l3")


def test_refuses_an_unknown_nonlinearity_at_once():
    with pytest.raises(ValueError, match="nonlinearity: expected one of"):
        SRN("swish")


def test_initial_weights_fill_the_range_that_torch_uses(rng):
    params = SRN().init(rng, 50, 100)
    everything = np.concatenate([array.ravel() for array in params])
    assert np.abs(everything).max() <= 0.1
    # uniform: variance (2 * 0.1)^2 / 12, standard error of the mean about 5e-4 with 15100 draws
    assert abs(everything.mean()) < 0.003
    np.testing.assert_allclose(everything.var(), 0.2**2 / 12, rtol=0.05)


def test_identity_cell_has_a_closed_form(rng):
    params = Params(np.array([[2.0]]), np.array([[0.5]]), np.array([1.0]))
    hs, _ = bptt.forward(SRN("identity"), params, np.ones((1, 20, 1)))
    steps = np.arange(1, 21)
    np.testing.assert_allclose(hs[0, :, 0], 3 * (1 - 0.5**steps) / 0.5, rtol=0, atol=1e-13)


def test_sizes_and_states_that_do_not_fit_are_named(rng, bad_input):
    for name, sizes in ("d_in", (0, 1)), ("d_hidden", (1, 0)):
        with pytest.raises(ValueError, match=f"{name}: expected a whole number, 1 or more, got 0"):
            SRN().init(rng, *sizes)
    params = SRN().init(rng, 1, 1)
    with pytest.raises(ValueError, match=r"state: expected shape \(2, 1\), got \(2, 3\)"):
        SRN().step(params, np.zeros((2, 1)), np.zeros((2, 3)))


def test_every_first_weight_fills_the_bound():
    for weight in SRN().init(np.random.default_rng(0), 3, 2500):
        assert 0.99 * 0.02 < abs(weight).max() <= 0.02

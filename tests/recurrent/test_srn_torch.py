"""The torch layer against its numpy twin, and against torch's own module."""

import numpy as np
import pytest
import torch

from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN
from course_lib.recurrent.srn_torch import SRNLayer

MASK = np.arange(5) < np.array([5, 2, 3])[:, None]


@pytest.mark.parametrize("nonlinearity", ["tanh", "logistic", "relu", "identity"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
def test_equals_the_numpy_cell_forwards_and_backwards(nonlinearity, mask, rng):
    cell = SRN(nonlinearity)
    params = cell.init(rng, 2, 4)
    xs, d_hs = rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 5, 4))
    state0, d_state = rng.normal(size=(2, 3, 4))
    hs, trace = bptt.forward(cell, params, xs, state0, mask)
    grads = bptt.backward(cell, params, trace, d_hs, d_state)

    layer = SRNLayer.from_params(params, nonlinearity)
    inputs = torch.tensor(xs, requires_grad=True)
    start = torch.tensor(state0, requires_grad=True)
    theirs, end = layer(inputs, start, None if mask is None else torch.tensor(mask))
    ((theirs * torch.tensor(d_hs)).sum() + (end * torch.tensor(d_state)).sum()).backward()
    for got, want in [
        (theirs.detach(), hs),
        (end.detach(), trace.state),
        (layer.W_xh.grad, grads.params.W_xh),
        (layer.W_hh.grad, grads.params.W_hh),
        (layer.b_h.grad, grads.params.b_h),
        (inputs.grad, grads.xs),
        (start.grad, grads.state0),
    ]:
        np.testing.assert_allclose(got.numpy(), want, rtol=0, atol=1e-10)


def test_what_stands_at_padding_reaches_neither_states_nor_gradients(rng):
    layer, xs = SRNLayer(2, 4), torch.tensor(rng.normal(size=(3, 5, 2)))
    found = []
    for padding in 0.0, torch.nan:
        hs, _ = layer(xs.where(torch.tensor(MASK)[..., None], padding), mask=torch.tensor(MASK))
        found.append((hs.detach(), *torch.autograd.grad(hs.sum(), [*layer.parameters()])))
    for got, want in zip(*found, strict=True):
        assert torch.equal(got, want)


def test_equals_torch(rng):
    module = torch.nn.RNN(2, 4, batch_first=True).double()
    layer = SRNLayer.from_params(SRN().params_from_torch(module))
    xs = torch.tensor(rng.normal(size=(3, 5, 2)))
    torch.testing.assert_close(layer(xs)[0], module(xs)[0], rtol=0, atol=1e-12)


def test_weights_come_back_as_they_went_in(rng):
    params = SRN().init(rng, 2, 4)
    for got, want in zip(SRNLayer.from_params(params).to_params(), params, strict=True):
        np.testing.assert_array_equal(got, want)


def test_the_generator_decides_the_weights():
    first, again, other = (
        SRNLayer(2, 4, generator=torch.Generator().manual_seed(seed)).W_hh for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.abs().max() <= 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"xs": torch.zeros(3, 5, 1)}, r"xs: expected shape \(batch, time, 2\), got \(3, 5, 1\)"),
        ({"xs": torch.zeros(3, 0, 2)}, "number of steps: expected a whole number, 1 or more"),
        ({"state0": torch.zeros(4)}, r"state0: expected shape \(3, 4\), got \(4,\)"),
        ({"mask": torch.ones(5, 3) > 0}, r"mask: expected shape \(3, 5\), got \(5, 3\)"),
    ],
)
def test_says_which_argument_does_not_fit(arguments, message, bad_input):
    with pytest.raises(ValueError, match=message):
        SRNLayer(2, 4)(**({"xs": torch.zeros(3, 5, 2)} | arguments))


def test_refuses_an_unknown_nonlinearity():
    with pytest.raises(ValueError, match="nonlinearity: expected one of"):
        SRNLayer(2, 4, "swish")


def test_refuses_a_layer_without_units():
    with pytest.raises(ValueError, match="d_hidden: expected a whole number, 1 or more, got 0"):
        SRNLayer(2, 0)


def test_smallest_layer_and_shortest_sequence():
    with pytest.raises(ValueError, match="d_in: expected a whole number, 1 or more, got 0"):
        SRNLayer(0, 2)
    hs, state = SRNLayer(1, 1)(torch.zeros(1, 1, 1, dtype=torch.float64))
    assert hs.shape == (1, 1, 1)
    assert state.shape == (1, 1)


def test_first_weights_fill_the_bound():
    layer = SRNLayer(3, 2500, generator=torch.Generator().manual_seed(0))
    for weight in layer.parameters():
        assert 0.99 * 0.02 < weight.abs().max().item() <= 0.02

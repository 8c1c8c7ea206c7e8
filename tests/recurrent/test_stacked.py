"""Stacks of cells, one-way and two-way, against torch.nn."""

import numpy as np
import pytest
import torch

from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.recurrent import bptt
from course_lib.recurrent.bidirectional import Bidirectional
from course_lib.recurrent.srn import SRN
from course_lib.recurrent.stacked import Stacked, Unidirectional
from course_lib.sequences.batching import mask_from_lengths

BATCH, TIME, D_IN, D_HIDDEN = 4, 6, 3, 5
LENGTHS = [6, 2, 5, 1]
MASK = mask_from_lengths(LENGTHS)


def torch_twin(depth, bidirectional=False):
    torch.manual_seed(depth + 10 * bidirectional)
    return torch.nn.RNN(
        D_IN, D_HIDDEN, num_layers=depth, bidirectional=bidirectional, batch_first=True
    ).double()


def run_torch(module, xs, lengths=None):
    """Outputs, final states and all gradients of a weighted sum of the outputs."""
    inputs = torch.tensor(xs, requires_grad=True)
    if lengths is None:
        outputs, h_n = module(inputs)
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            inputs, lengths, batch_first=True, enforce_sorted=False
        )
        packed, h_n = module(packed)
        outputs = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)[0]
    weights = torch.tensor(weighting(outputs.shape))
    (weights * outputs).sum().backward()
    grads = {name: p.grad.numpy() for name, p in module.named_parameters()}
    return outputs.detach().numpy(), h_n.detach().numpy(), inputs.grad.numpy(), grads


def weighting(shape):
    return np.random.default_rng(0).normal(size=shape)


def same_as_torch(layer, module, padded, rng):
    """Check outputs and the inputs' gradient; the parameters' gradients, ours and theirs."""
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    lengths, mask = (LENGTHS, MASK) if padded else (None, None)
    theirs, _, d_xs, grads = run_torch(module, xs, lengths)
    hs, trace = layer.forward(layer.params_from_torch(module), xs, mask)
    real = MASK if padded else np.ones_like(MASK)
    assert np.abs(hs - theirs)[real].max() < 1e-10
    weights = weighting(hs.shape) * real[..., None]
    ours = layer.backward(layer.params_from_torch(module), trace, weights)
    assert np.abs(ours.xs - d_xs).max() < 1e-10
    return ours.params, grads


def same_gradients(ours, theirs, suffix):
    for field, name in (("W_xh", "weight_ih"), ("W_hh", "weight_hh"), ("b_h", "bias_ih")):
        difference = np.abs(getattr(ours, field) - theirs[f"{name}_{suffix}"]).max()
        assert difference < 1e-10, f"{field} of {suffix} is off by {difference}"


@pytest.mark.checks("eq-stacked-state", "eq-stacked-backward", against="torch")
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("padded", [False, True])
def test_a_stack_is_torchs_num_layers(depth, padded, rng):
    ours, grads = same_as_torch(Stacked([SRN()] * depth), torch_twin(depth), padded, rng)
    for height in range(depth):
        same_gradients(ours[height], grads, f"l{height}")


@pytest.mark.checks("eq-stacked-state", "eq-stacked-backward", against="torch")
@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("padded", [False, True])
def test_a_bidirectional_stack_is_torchs(depth, padded, rng):
    stack = Stacked([Bidirectional(SRN())] * depth)
    ours, grads = same_as_torch(stack, torch_twin(depth, True), padded, rng)
    for height in range(depth):
        same_gradients(ours[height].fw, grads, f"l{height}")
        same_gradients(ours[height].bw, grads, f"l{height}_reverse")


def test_a_mixed_stack_against_finite_differences(rng):
    stack = Stacked([SRN("relu"), Bidirectional(SRN("tanh"), SRN("logistic")), SRN("identity")])
    params = stack.init(rng, D_IN, 3)
    xs = rng.normal(size=(2, 4, D_IN))
    mask = mask_from_lengths([4, 3])
    hs, trace = stack.forward(params, xs, mask)
    weights = weighting(hs.shape) * mask[..., None]
    ours = stack.backward(params, trace, weights)

    def loss(inputs):
        return float((weights * stack.forward(params, inputs, mask)[0]).sum())

    assert np.abs(ours.xs - numerical_gradient(loss, xs)).max() < 1e-6

    def loss_of_middle(W_hh):
        middle = params[1]._replace(bw=params[1].bw._replace(W_hh=W_hh))
        return float((weights * stack.forward((params[0], middle, params[2]), xs, mask)[0]).sum())

    numeric = numerical_gradient(loss_of_middle, params[1].bw.W_hh)
    assert np.abs(ours.params[1].bw.W_hh - numeric).max() < 1e-6


def test_a_stack_of_one_is_the_cell(rng):
    params = SRN().init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    alone = bptt.forward(SRN(), params, xs)[0]
    assert np.array_equal(Stacked([SRN()]).forward((params,), xs)[0], alone)
    assert np.array_equal(Unidirectional(SRN()).forward(params, xs)[0], alone)


def test_stacks_nest(rng):
    flat = Stacked([SRN(), SRN(), SRN()])
    nested = Stacked([SRN(), Stacked([SRN(), SRN()])])
    low, middle, high = flat.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    hs, _ = flat.forward((low, middle, high), xs)
    assert np.array_equal(nested.forward((low, (middle, high)), xs)[0], hs)


@pytest.mark.parametrize(
    "stack",
    [Stacked([SRN()] * 2), Stacked([Bidirectional(SRN())] * 2)],
    ids=["one-way", "two-way"],
)
def test_padding_and_company_change_nothing(stack, rng):
    params = stack.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    together, _ = stack.forward(params, xs, MASK)
    noisy, _ = stack.forward(params, np.where(MASK[..., None], xs, 1e3), MASK)
    assert np.array_equal(together[MASK], noisy[MASK])
    for i, length in enumerate(LENGTHS):
        alone, _ = stack.forward(params, xs[i : i + 1, :length])
        assert np.allclose(together[i, :length], alone[0], atol=1e-12)


def test_init_makes_each_layer_as_wide_as_the_one_below(rng):
    params = Stacked([Bidirectional(SRN()), SRN(), SRN()]).init(rng, D_IN, D_HIDDEN)
    widths = [params[0].fw.W_xh.shape[1], params[1].W_xh.shape[1], params[2].W_xh.shape[1]]
    assert widths == [D_IN, 2 * D_HIDDEN, D_HIDDEN]


def test_a_stack_is_as_wide_as_its_top_layer():
    assert Stacked([SRN(), Bidirectional(SRN())]).width(3) == 6


def test_no_layers_and_missing_parameters_are_refused(rng):
    with pytest.raises(ValueError, match="layers: their number: expected at least 1, got 0"):
        Stacked([])
    stack = Stacked([SRN(), SRN()])
    params = stack.init(rng, D_IN, D_HIDDEN)
    with pytest.raises(ValueError, match="params: expected one entry for each of 2 layers, got 1"):
        stack.forward(params[:1], np.zeros((1, 2, D_IN)))
    hs, trace = stack.forward(params, np.zeros((1, 2, D_IN)))
    with pytest.raises(ValueError, match="params: expected one entry for each of 2 layers, got 3"):
        stack.backward((*params, params[1]), trace, hs)
    with pytest.raises(ValueError, match="shorter"):  # the trace of a stack of one
        stack.backward(params, trace[:1], hs)

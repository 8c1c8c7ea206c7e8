"""Two directions against torch's packed bidirectional network, and against themselves."""

import numpy as np
import pytest
from recurrent.test_stacked import (
    BATCH,
    D_HIDDEN,
    D_IN,
    LENGTHS,
    MASK,
    TIME,
    run_torch,
    same_as_torch,
    same_gradients,
    torch_twin,
    weighting,
)

from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.recurrent import bptt
from course_lib.recurrent.bidirectional import Bidirectional, Params, ends
from course_lib.recurrent.srn import SRN


@pytest.mark.checks(
    "eq-bidirectional-forwards", "eq-bidirectional-backwards", "eq-bidirectional-state",
    against="torch",
)  # fmt: skip
@pytest.mark.parametrize("padded", [False, True])
def test_packed_parity(padded, rng):
    ours, grads = same_as_torch(Bidirectional(SRN()), torch_twin(1, True), padded, rng)
    same_gradients(ours.fw, grads, "l0")
    same_gradients(ours.bw, grads, "l0_reverse")


@pytest.mark.checks("eq-bidirectional-ends", against="torch")
@pytest.mark.parametrize("padded", [False, True])
def test_ends_are_torchs_final_states(padded, rng):
    module, layer = torch_twin(1, True), Bidirectional(SRN())
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    lengths, mask = (LENGTHS, MASK) if padded else (None, None)
    _, h_n, _, _ = run_torch(module, xs, lengths)
    hs, _ = layer.forward(layer.params_from_torch(module), xs, mask)
    assert np.abs(ends(hs, mask) - np.concatenate(h_n, axis=-1)).max() < 1e-10
    assert np.abs(hs[:, -1] - ends(hs, mask)).max() > 0.1  # the last column is something else


def test_the_halves_do_not_hear_each_other(rng):
    layer = Bidirectional(SRN())
    params = layer.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    hs, _ = layer.forward(params, xs)
    fw, _ = bptt.forward(SRN(), params.fw, xs)
    bw, _ = bptt.forward(SRN(), params.bw, xs[:, ::-1])
    assert np.array_equal(hs, np.concatenate([fw, bw[:, ::-1]], axis=-1))


def test_torchs_bidirectional_network_is_two_side_by_side_and_not_a_stack(rng):
    """Erratum X-57: both read the inputs; in a stack the second would read the first's states."""
    module, layer = torch_twin(1, True), Bidirectional(SRN())
    params = layer.params_from_torch(module)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    theirs, _, _, _ = run_torch(module, xs, LENGTHS)
    assert theirs.shape[-1] == 2 * D_HIDDEN  # in a stack it would be D_HIDDEN
    fw, _ = bptt.forward(SRN(), params.fw, xs)
    above = SRN().init(rng, D_HIDDEN, D_HIDDEN)._replace(W_hh=params.bw.W_hh, b_h=params.bw.b_h)
    for i, length in enumerate(LENGTHS):
        own, states = xs[i : i + 1, :length], fw[i : i + 1, :length]
        bw, _ = bptt.forward(SRN(), params.bw, own[:, ::-1])
        side_by_side = np.concatenate([states, bw[:, ::-1]], axis=-1)[0]
        assert np.abs(theirs[i, :length] - side_by_side).max() < 1e-12
        stacked, _ = bptt.forward(SRN(), above, states[:, ::-1])
        assert np.abs(theirs[i, :length, D_HIDDEN:] - stacked[0, ::-1]).max() > 0.1


def test_the_answers_are_as_wide_as_is_said(rng):
    layer = Bidirectional(SRN())
    hs, _ = layer.forward(layer.init(rng, D_IN, D_HIDDEN), np.zeros((1, 1, D_IN)))
    assert hs.shape[2] == layer.width(D_HIDDEN) == 2 * D_HIDDEN


def test_turning_the_input_round_swaps_the_halves(rng):
    layer = Bidirectional(SRN())
    params = layer.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    hs, _ = layer.forward(params, xs)
    swapped, _ = layer.forward(Params(params.bw, params.fw), xs[:, ::-1])
    swapped = np.concatenate([swapped[..., D_HIDDEN:], swapped[..., :D_HIDDEN]], axis=-1)
    assert np.allclose(swapped[:, ::-1], hs, atol=1e-14)


def test_each_half_sees_its_own_side_only(rng):
    layer = Bidirectional(SRN())
    params = layer.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(1, TIME, D_IN))
    before, _ = layer.forward(params, xs)
    xs[:, 3] += 1.0
    after, _ = layer.forward(params, xs)
    changed = np.abs(after - before)[0] > 0
    assert not changed[:3, :D_HIDDEN].any()
    assert changed[3:, :D_HIDDEN].all()
    assert changed[:4, D_HIDDEN:].all()
    assert not changed[4:, D_HIDDEN:].any()


def test_reversing_the_padding_too_gives_another_answer(rng):
    """The padding trap: without per-length reversal short sequences change with their company."""
    layer = Bidirectional(SRN())
    params = layer.init(rng, D_IN, D_HIDDEN)
    params = params._replace(bw=params.bw._replace(b_h=params.bw.b_h + 1.0))
    xs = np.where(MASK[..., None], rng.normal(size=(BATCH, TIME, D_IN)), 0.0)
    right, _ = layer.forward(params, xs, MASK)
    wrong, _ = bptt.forward(SRN(), params.bw, xs[:, ::-1])
    wrong = wrong[:, ::-1]
    difference = np.abs(wrong - right[..., D_HIDDEN:])
    full = np.array(LENGTHS) == TIME
    assert difference[full].max() < 1e-14
    assert difference[~full][MASK[~full]].max() > 0.1


def test_halves_of_unequal_width_are_allowed(rng):
    layer = Bidirectional(SRN("tanh"), SRN("relu"))
    params = Params(SRN("tanh").init(rng, D_IN, 2), SRN("relu").init(rng, D_IN, 4))
    xs = rng.normal(size=(2, 3, D_IN))
    hs, trace = layer.forward(params, xs)
    assert hs.shape == (2, 3, 6)
    weights = weighting(hs.shape)
    ours = layer.backward(params, trace, weights).xs

    def loss(inputs):
        return float((weights * layer.forward(params, inputs)[0]).sum())

    assert np.abs(ours - numerical_gradient(loss, xs)).max() < 1e-6


def test_a_gradient_of_the_wrong_width_is_refused(rng, bad_input):
    layer = Bidirectional(SRN())
    params = layer.init(rng, D_IN, D_HIDDEN)
    _, trace = layer.forward(params, np.zeros((2, 3, D_IN)))
    with pytest.raises(ValueError, match=r"d_hs: expected shape \(2, 3, 10\), got \(2, 3, 5\)"):
        layer.backward(params, trace, np.zeros((2, 3, D_HIDDEN)))

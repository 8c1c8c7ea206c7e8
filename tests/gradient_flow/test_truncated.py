"""Truncation: exact with a long window, and otherwise exactly what it says it is."""

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import by_name
from course_lib.gradient_flow.delta_table import delta_table
from course_lib.gradient_flow.truncated import band_gradients, truncated_backward
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN

BATCH, TIME, D_IN, D_HIDDEN = 2, 7, 2, 3


@pytest.fixture
def run(rng):
    params = SRN().init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    hs, trace = bptt.forward(SRN(), params, xs)
    return params, xs, hs, trace, rng.normal(size=hs.shape)


def assert_close(got, want):
    for ours, wanted in zip(got, want, strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("window", "stride"), [(7, None), (9, None), (7, 1), (20, 3)])
def test_a_window_as_long_as_the_sequence_is_exact(run, window, stride):
    params, _, _, trace, d_hs = run
    got = truncated_backward(SRN(), params, trace, d_hs, window, stride)
    assert_close(got, bptt.backward(SRN(), params, trace, d_hs).params)


@pytest.mark.parametrize("window", [1, 2, 3, 6])
@pytest.mark.checks("eq-truncated", against="autograd")
def test_chunks_are_what_detaching_the_state_gives(run, window):
    params, xs, _, trace, d_hs = run
    W_xh, W_hh, b_h = weights = [torch.tensor(weight, requires_grad=True) for weight in params]
    h, loss = torch.zeros(BATCH, D_HIDDEN).double(), torch.tensor(0.0)
    for t in range(TIME):
        if t % window == 0:
            h = h.detach()
        h = torch.tanh(torch.tensor(xs[:, t]) @ W_xh.T + h @ W_hh.T + b_h)
        loss = loss + (h * torch.tensor(d_hs[:, t])).sum()
    loss.backward()
    got = truncated_backward(SRN(), params, trace, d_hs, window)
    assert_close(got, [weight.grad.numpy() for weight in weights])


def by_detaching(params, xs, d_hs, window, stride):
    """Autograd's gradient of each walk's losses, the state before the walk being detached."""
    weights = [torch.tensor(weight, requires_grad=True) for weight in params]
    W_xh, W_hh, b_h = weights
    inputs, states = torch.tensor(xs), [torch.zeros(BATCH, D_HIDDEN).double()]

    def step(h, t):
        return torch.tanh(inputs[:, t] @ W_xh.T + h @ W_hh.T + b_h)

    for t in range(TIME):
        states.append(step(states[t], t).detach())
    for first in range(0, TIME, stride):
        start = max(0, first + stride - window)
        h = states[start]
        for t in range(start, min(first + stride, TIME)):
            h = step(h, t)
            if t >= first:
                (h * torch.tensor(d_hs[:, t])).sum().backward(retain_graph=True)
    return [weight.grad.numpy() for weight in weights]


@pytest.mark.parametrize(
    ("window", "stride"), [(1, 1), (2, 1), (3, 1), (6, 1), (3, 2), (4, 3), (6, 3)]
)
@pytest.mark.checks("eq-truncated", against="autograd")
def test_short_windows_are_autograd_with_detached_states(run, window, stride):
    """A window below the length of the sequence: not the gradient, but exactly this sum."""
    params, xs, _, trace, d_hs = run
    want = by_detaching(params, xs, d_hs, window, stride)
    assert_close(truncated_backward(SRN(), params, trace, d_hs, window, stride), want)
    full = bptt.backward(SRN(), params, trace, d_hs).params
    assert np.abs(want[0] - full.W_xh).max() > 1e-3


@pytest.mark.parametrize("window", [1, 2, 5, 7, 9])
def test_all_losses_side_by_side_go_back_as_each_alone(run, rng, window):
    params, xs, hs, trace, d_hs = run
    other = SRN().init(rng, D_IN, D_HIDDEN)
    other_hs, other_trace = bptt.forward(SRN(), other, xs)
    both = [np.stack(pair).swapaxes(1, 2) for pair in ((xs, xs), (hs, other_hs), (d_hs, d_hs))]
    got = band_gradients(np.stack([params.W_hh, other.W_hh]), *both, window)
    for i, (weights, its_trace) in enumerate(((params, trace), (other, other_trace))):
        want = truncated_backward(SRN(), weights, its_trace, d_hs, window, stride=1)
        assert_close([grad[i] for grad in got], want)


@pytest.mark.parametrize("window", [1, 2, 3, 6])
@pytest.mark.checks("eq-truncated", against="enumeration")
def test_stride_one_keeps_the_band_of_the_table(run, window):
    """Every loss reaches exactly ``window`` steps back: the double sum with t - k < window."""
    params, xs, hs, trace, d_hs = run
    want = np.zeros_like(params.W_xh)
    for b in range(BATCH):
        table = delta_table(params.W_hh, by_name("tanh").slope(hs[b]), d_hs[b])
        for t in range(TIME):
            for k in range(max(0, t - window + 1), t + 1):
                want += np.outer(table[t, k], xs[b, k])
    got = truncated_backward(SRN(), params, trace, d_hs, window, stride=1)
    np.testing.assert_allclose(got.W_xh, want, rtol=0, atol=1e-12)


def test_masks_are_cut_with_the_steps(run, rng):
    params, xs, _, _, d_hs = run
    mask = np.arange(TIME) < np.array([7, 4])[:, None]
    _, trace = bptt.forward(SRN(), params, xs, mask=mask)
    got = truncated_backward(SRN(), params, trace, d_hs, window=3)
    total = [np.zeros_like(weight) for weight in params]
    state = None
    for start in range(0, TIME, 3):
        part = slice(start, start + 3)
        _, chunk = bptt.forward(SRN(), params, xs[:, part], state, mask[:, part])
        state = chunk.state
        grads = bptt.backward(SRN(), params, chunk, d_hs[:, part])
        total = [a + b for a, b in zip(total, grads.params, strict=True)]
    assert_close(got, total)


def test_refuses_windows_that_lose_losses(run):
    params, _, _, trace, d_hs = run
    with pytest.raises(ValueError, match="window: expected a whole number, 3 or more, got 2"):
        truncated_backward(SRN(), params, trace, d_hs, window=2, stride=3)
    with pytest.raises(ValueError, match="stride: expected a whole number, 1 or more, got 0"):
        truncated_backward(SRN(), params, trace, d_hs, window=0)


def test_side_by_side_refuses_what_does_not_fit(bad_input):
    one, four = np.ones((1, 1, 1)), np.ones((1, 4, 1, 1))
    with pytest.raises(ValueError, match="window: expected a whole number, 1 or more, got 0"):
        band_gradients(one, four, four, four, window=0)
    with pytest.raises(ValueError, match=r"W_hh: expected shape \(1, 1, 1\), got \(2, 1, 1\)"):
        band_gradients(np.ones((2, 1, 1)), four, four, four, window=1)
    with pytest.raises(ValueError, match=r"xs: expected shape \(1, 4, 1, d_in\)"):
        band_gradients(one, four[:, :3], four, four, window=1)
    with pytest.raises(ValueError, match=r"d_hs: expected shape \(1, 4, 1, 1\)"):
        band_gradients(one, four, four, four[:, :3], window=1)


def test_refuses_gradients_of_another_length(rng, bad_input):
    cell = SRN()
    params = cell.init(rng, 2, 3)
    _, trace = bptt.forward(cell, params, rng.normal(size=(1, 4, 2)))
    with pytest.raises(ValueError, match=r"d_hs: expected shape \(1, 4, d_hidden\)"):
        truncated_backward(cell, params, trace, np.zeros((1, 5, 3)), 2)
    for bad in 2.5, True:
        with pytest.raises(ValueError, match="expected a whole number, 1 or more"):
            truncated_backward(cell, params, trace, np.zeros((1, 4, 3)), bad)

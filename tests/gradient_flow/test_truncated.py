"""Truncation: exact with a long window, and otherwise exactly what it says it is."""

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import by_name
from course_lib.gradient_flow.delta_table import delta_table
from course_lib.gradient_flow.truncated import truncated_backward
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
    with pytest.raises(ValueError, match="window: expected at least 3, got 2"):
        truncated_backward(SRN(), params, trace, d_hs, window=2, stride=3)
    with pytest.raises(ValueError, match="stride: expected at least 1, got 0"):
        truncated_backward(SRN(), params, trace, d_hs, window=0)

"""Backpropagation that stops after a window: cheaper, and no longer the gradient."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import TANH
from course_lib.foundations.precision import floating_dtype
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent import bptt, srn
from course_lib.recurrent.cell import Cell, Params


def truncated_backward(
    cell: Cell,
    params: Params,
    trace: bptt.Trace,
    d_hs: Float[Array, "batch time d_hidden"],
    window: int,
    stride: int | None = None,
) -> Params:
    """Every ``stride`` steps, go back over the last ``window`` steps and no further.

    Implements eq-truncated. Each backward pass carries the losses of the last ``stride``
    steps, so that every loss is counted once; a loss goes back over at least
    ``window - stride + 1`` steps and at most ``window``.

    Args:
        cell: any recurrent cell.
        params: its parameters.
        trace: of a full forward pass; states are passed on, only gradients are cut.
        d_hs: the immediate gradient of the loss at every output.
        window: how many steps a backward pass takes.
        stride: how many steps lie between two backward passes; None means ``window``,
            which is what training on consecutive chunks does. With stride 1 every loss
            goes back over exactly ``window`` steps.

    Returns:
        The approximate gradients of the parameters; exact if ``window`` is at least
        the length of the sequence.

    Raises:
        ValueError: ``window`` or ``stride`` is below 1, or the stride exceeds the window.

    Source: Williams and Peng (1990), who write BPTT(h; h') for window h and stride h'.
    """
    stride = window if stride is None else stride
    check_whole("stride", stride, 1)
    check_whole("window", window, stride)
    batch, time = trace.xs.shape[1], trace.xs.shape[0]
    check_shape("d_hs", d_hs, (batch, time, "d_hidden"))
    total = type(params)(*(np.zeros(weight.shape, floating_dtype(weight)) for weight in params))
    for first in range(0, time, stride):
        end = min(first + stride, time)
        start = max(0, first + stride - window)
        injected = d_hs[:, start:end].copy()
        injected[:, : first - start] = 0.0  # these losses were counted before
        grads = bptt.backward(cell, params, trace_slice(trace, start, end), injected)
        for field, share in zip(total, grads.params, strict=True):
            field += share  # eq-truncated
    return total


def band_gradients(
    W_hh: Float[Array, "networks d_hidden d_hidden"],
    xs: Float[Array, "networks time batch d_in"],
    hs: Float[Array, "networks time batch d_hidden"],
    d_hs: Float[Array, "networks time batch d_hidden"],
    window: int,
) -> srn.Params:
    """Every loss goes back over ``window`` steps, all losses side by side.

    Implements eq-truncated. Pass number n of the loop holds delta_{t,t-n} for all t: one more
    diagonal of the table of deltas. Several tanh networks are treated at once, time before
    batch, so that the cost of a call is shared.

    Args:
        W_hh: recurrent weights of each network.
        xs: the inputs.
        hs: the states h_1, ..., h_T; h_0 is zero.
        d_hs: the immediate gradient of each step's own loss at h_t.
        window: how many steps a loss goes back.

    Returns:
        For each network what ``truncated_backward`` returns with stride 1.

    Raises:
        ValueError: ``window`` is below 1, or the shapes differ.

    >>> one = np.ones((1, 1, 1))
    >>> by = band_gradients(one, np.ones((1, 4, 1, 1)), np.zeros((1, 4, 1, 1)),
    ...                     np.ones((1, 4, 1, 1)), window=2)
    >>> by.b_h  # 4 losses, 2 steps each, but the first loss has 1 step only
    array([[7.]])
    """
    check_whole("window", window, 1)
    networks, time, batch, d_hidden = hs.shape
    check_shape("W_hh", W_hh, (networks, d_hidden, d_hidden))
    check_shape("xs", xs, (networks, time, batch, "d_in"))
    check_shape("d_hs", d_hs, hs.shape)
    slopes, hs_prev = TANH.slope(hs), np.zeros_like(hs)
    hs_prev[:, 1:] = hs[:, :-1]
    deltas = slopes * d_hs  # delta_{t,t} for all t: the diagonal of the table
    total = deltas.copy()
    for back in range(1, min(window, time)):
        deltas = slopes[:, :-back] * (deltas[:, 1:] @ W_hh[:, None])  # delta_{t,t-back}
        total[:, :-back] += deltas  # eq-truncated
    return srn.Params(
        weight_gradient(total, xs), weight_gradient(total, hs_prev), total.sum(axis=(1, 2))
    )


def weight_gradient(
    deltas: Float[Array, "networks time batch d_out"],
    inputs: Float[Array, "networks time batch d_in"],
) -> Float[Array, "networks d_out d_in"]:
    """The sum of delta times what the weight was multiplied by, over time and batch.

    >>> weight_gradient(np.ones((1, 2, 1, 1)), np.array([3.0, 4.0]).reshape(1, 2, 1, 1))
    array([[[7.]]])
    """
    deltas, inputs = (a.reshape(len(a), -1, a.shape[-1]) for a in (deltas, inputs))
    return deltas.swapaxes(1, 2) @ inputs


def trace_slice(trace: bptt.Trace, start: int, end: int) -> bptt.Trace:
    """The steps from ``start`` up to but not including ``end``.

    The final state is that of the whole trace: ``backward`` needs its form only.
    """
    mask = None if trace.mask is None else trace.mask[start:end]
    return bptt.Trace(trace.xs[start:end], trace.caches[start:end], trace.state, mask)

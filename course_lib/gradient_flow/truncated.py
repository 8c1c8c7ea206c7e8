"""Backpropagation that stops after a window: cheaper, and no longer the gradient."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_shape
from course_lib.recurrent import bptt
from course_lib.recurrent.cell import Cell, Params


def truncated_backward(
    cell: Cell,
    params: Params,
    trace: bptt.Trace,
    d_hs: Float[Array, "batch time d_hidden"],
    window: int,
    stride: int | None = None,
) -> Params:
    """Every ``stride`` steps, walk back over the last ``window`` steps and no further.

    Implements eq-truncated. Each walk carries the losses of the last ``stride``
    steps, so that every loss is counted once; a loss travels back over at least
    ``window - stride + 1`` steps and at most ``window``.

    Args:
        cell: any recurrent cell.
        params: its parameters.
        trace: of a full forward pass; states are passed on, only gradients are cut.
        d_hs: the immediate gradient of the loss at every output.
        window: how many steps a walk takes.
        stride: how many steps lie between two walks; None means ``window``, which is
            what training on consecutive chunks does. With stride 1 every loss
            travels back over exactly ``window`` steps.

    Returns:
        The approximate gradients of the parameters; exact if ``window`` is at least
        the length of the sequence.

    Raises:
        ValueError: ``window`` or ``stride`` is below 1, or the stride exceeds the window.

    Source: Williams and Peng (1990), who write BPTT(h; h') for window h and stride h'.
    """
    stride = window if stride is None else stride
    check_at_least("stride", stride, 1)
    check_at_least("window", window, stride)
    batch, time = trace.xs.shape[1], trace.xs.shape[0]
    check_shape("d_hs", d_hs, (batch, time, "d_hidden"))
    total = type(params)(*(np.zeros_like(weight) for weight in params))
    for first in range(0, time, stride):
        end = min(first + stride, time)
        start = max(0, first + stride - window)
        injected = d_hs[:, start:end].copy()
        injected[:, : first - start] = 0.0  # these losses were counted by an earlier walk
        grads = bptt.backward(cell, params, trace_slice(trace, start, end), injected)
        for field, share in zip(total, grads.params, strict=True):
            field += share  # eq-truncated
    return total


def trace_slice(trace: bptt.Trace, start: int, end: int) -> bptt.Trace:
    """The steps from ``start`` up to but not including ``end``.

    The final state is that of the whole trace: ``backward`` needs its form only.
    """
    mask = None if trace.mask is None else trace.mask[start:end]
    return bptt.Trace(trace.xs[start:end], trace.caches[start:end], trace.state, mask)

"""Run a recurrent cell over a batch of sequences, and backpropagate through time.

Written once for all cells: it calls only the methods of ``Cell``, in the split form.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_shape
from course_lib.recurrent.cell import Cell, Params, State, check_state, tree_map


class Trace(NamedTuple):
    """What the forward pass stores for the backward pass.

    Attributes:
        xs: the inputs, time first.
        caches: what ``step_projected`` returned, one per step.
        state: the state after the last step.
        mask: True where a step was taken, time first; None means everywhere.
    """

    xs: Float[Array, "time batch d_in"]
    caches: Sequence[Any]
    state: State
    mask: Bool[Array, "time batch"] | None


class Gradients(NamedTuple):
    """Gradients of a loss, shaped like what they belong to.

    Attributes:
        params: for the cell's parameters.
        xs: for the inputs, (batch, time, d_in).
        state0: for the state before the first step.
    """

    params: Params
    xs: Float[Array, "batch time d_in"]
    state0: State


def forward(
    cell: Cell,
    params: Params,
    xs: Float[Array, "batch time d_in"],
    state0: State = None,
    mask: Bool[Array, "batch time"] | None = None,
) -> tuple[Float[Array, "batch time d_hidden"], Trace]:
    """Run a cell over every step of a batch.

    Args:
        cell: any recurrent cell.
        params: its parameters.
        xs: the inputs.
        state0: the state before the first step; None means ``cell.zero_state``.
        mask: where False, the input is ignored and the state is held unchanged.

    Returns:
        The outputs after every step, and the trace that ``backward`` needs.

    Raises:
        ValueError: there is no step, or an argument does not fit ``xs``.

    >>> from course_lib.recurrent.srn import SRN, Params
    >>> running_sum = Params(np.eye(1), np.eye(1), np.zeros(1))
    >>> xs = np.array([[[1.0], [2.0], [5.0]]])
    >>> forward(SRN("identity"), running_sum, xs)[0].ravel()
    array([1., 3., 8.])
    >>> forward(SRN("identity"), running_sum, xs, mask=np.array([[True, False, True]]))[0].ravel()
    array([1., 1., 6.])
    """
    check_shape("xs", xs, ("batch", "time", "d_in"))
    batch, time, _ = xs.shape
    if time == 0:
        raise ValueError("xs: expected at least one step, got none")
    state = cell.zero_state(params, batch)
    if state0 is not None:
        check_state("state0", state0, state)
        state = tree_map(lambda part: as_floating("state0", part), state0)
    steps = np.ascontiguousarray(as_floating("xs", xs).swapaxes(0, 1))  # (time, batch, d_in)
    if mask is not None:
        check_shape("mask", mask, (batch, time))
        if mask.dtype != bool:
            raise ValueError(f"mask: expected booleans, got {mask.dtype}")
        mask = np.ascontiguousarray(mask.T)
        steps = np.where(mask[..., None], steps, 0.0)
    projected = cell.input_projection(params, steps)
    caches, outputs = [], []
    for t in range(time):
        previous = state
        state, cache = cell.step_projected(params, projected[t], previous)
        if mask is not None:
            state = tree_map(lambda new, old, m=mask[t]: _choose(m, new, old), state, previous)
        caches.append(cache)
        outputs.append(cell.output(state))
    return np.stack(outputs, axis=1), Trace(steps, caches, state, mask)


def backward(
    cell: Cell,
    params: Params,
    trace: Trace,
    d_hs: Float[Array, "batch time d_hidden"],
    d_state: State = None,
) -> Gradients:
    """Backpropagate through time: the backward pass of every step, the last one first.

    Args:
        cell: the cell of the forward pass.
        params: its parameters.
        trace: what ``forward`` returned.
        d_hs: the immediate gradient of the loss at every output.
        d_state: the gradient at the state after the last step, for a loss that
            goes on beyond it; None means zero.

    Returns:
        The gradients of the parameters, the inputs and the first state.

    Raises:
        ValueError: ``d_hs`` or ``d_state`` does not fit the trace.

    >>> from course_lib.recurrent.srn import SRN, Params
    >>> params = Params(np.eye(1), np.array([[0.5]]), np.zeros(1))
    >>> _, trace = forward(SRN("identity"), params, np.ones((1, 4, 1)))
    >>> last_only = np.array([0.0, 0.0, 0.0, 1.0]).reshape(1, 4, 1)
    >>> backward(SRN("identity"), params, trace, last_only).xs.ravel()
    array([0.125, 0.25 , 0.5  , 1.   ])
    """
    time, batch, _ = trace.xs.shape
    check_shape("d_hs", d_hs, (batch, time, cell.output(trace.state).shape[1]))
    if d_state is None:
        d_state = tree_map(np.zeros_like, trace.state)
    else:
        check_state("d_state", d_state, trace.state)
    deltas = []
    for t in reversed(range(time)):
        d_state = cell.output_backward(d_state, d_hs[:, t])
        if trace.mask is None:
            delta, d_state = cell.step_projected_backward(params, trace.caches[t], d_state)
        else:
            taken, held = _part(trace.mask[t], d_state), _part(~trace.mask[t], d_state)
            delta, d_state = cell.step_projected_backward(params, trace.caches[t], taken)
            d_state = tree_map(np.add, d_state, held)
        deltas.append(delta)
    d_params, d_xs = cell.weight_gradients(params, trace.xs, trace.caches, deltas[::-1])
    return Gradients(d_params, d_xs.swapaxes(0, 1), d_state)


def _choose(keep: Array, new: Array, old: Array) -> Array:
    return np.where(keep.reshape(-1, *[1] * (new.ndim - 1)), new, old)


def _part(keep: Array, d_state: State) -> State:
    return tree_map(lambda d: _choose(keep, d, np.zeros_like(d)), d_state)

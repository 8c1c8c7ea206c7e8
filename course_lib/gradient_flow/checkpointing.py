"""The same gradients from fewer stored states: keep some, and compute the rest again."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray as Array

from course_lib.foundations.precision import floating_dtype
from course_lib.foundations.validate import check_whole
from course_lib.recurrent import bptt
from course_lib.recurrent.cell import Cell, Params, State


def checkpointed_gradients(
    cell: Cell,
    params: Params,
    xs: Float[Array, "batch time d_in"],
    loss_gradient: Callable[[Array, int], Array],
    every: int,
    state0: State = None,
    mask: Bool[Array, "batch time"] | None = None,
) -> bptt.Gradients:
    """Backpropagate through time with one stored state per ``every`` steps.

    The first pass keeps only the states between segments. The second visits the
    segments from the last to the first, runs each forward again, and then backward.
    At the price of one more forward pass the memory can be made to grow like
    the square root of the length of the sequence.

    Args:
        cell: any recurrent cell.
        params: its parameters.
        xs: the inputs.
        loss_gradient: called with the outputs of a segment and the number of its first
            step; returns the immediate gradient of the loss at these outputs.
        every: length of a segment.
        state0: the state before the first step; None means zero.
        mask: where False, the state is held.

    Returns:
        What ``bptt.backward`` returns after a full forward pass.

    Raises:
        ValueError: ``every`` is below 1, or an argument does not fit ``xs``.

    Source: the scheme with equal segments of Chen et al. (2016).
    """
    check_whole("every", every, 1)
    starts = range(0, max(xs.shape[1], 1), every)

    def run(start: int, state: State) -> tuple[Array, bptt.Trace]:
        part = slice(start, start + every)
        return bptt.forward(
            cell, params, xs[:, part], state, None if mask is None else mask[:, part]
        )

    def go_back(start: int, state: State, d_state: State) -> bptt.Gradients:
        hs, trace = run(start, state)  # forgotten on return, before the next segment runs
        return bptt.backward(cell, params, trace, loss_gradient(hs, start), d_state)

    states = [state0]
    for start in starts[:-1]:
        states.append(run(start, states[-1])[1].state)
    total = type(params)(*(np.zeros(weight.shape, floating_dtype(weight)) for weight in params))
    d_xs, d_state = [], None
    for start in reversed(starts):
        grads = go_back(start, states.pop(), d_state)
        d_state = grads.state0
        d_xs.append(grads.xs)
        for field, share in zip(total, grads.params, strict=True):
            field += share
    return bptt.Gradients(total, np.concatenate(d_xs[::-1], axis=1), d_state)


def most_states_stored(time: int, every: int) -> int:
    """How many states are alive at once, at most: the checkpoints, and one segment's.

    Implements eq-checkpoint-memory. Smallest near ``every`` = sqrt(time).

    Raises:
        ValueError: a number is below 1.

    >>> [most_states_stored(100, every) for every in (1, 10, 100)]
    [101, 20, 101]
    """
    check_whole("time", time, 1)
    check_whole("every", every, 1)
    return -(-time // every) + min(every, time)  # eq-checkpoint-memory

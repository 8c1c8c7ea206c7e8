"""Scans: one rule, applied to every element of a sequence in turn."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Shaped
from numpy import ndarray as Array

from course_lib.foundations.validate import check_whole


def scan(
    step: Callable[[Array, Array], Array],
    state0: Shaped[Array, "batch d_hidden"],
    xs: Shaped[Array, "batch time *features"],
) -> Shaped[Array, "batch time d_hidden"]:
    """Carry a state through a sequence and keep every state on the way.

    Implements eq-scan. The same ``step`` serves every position, so the number
    of parameters does not depend on the length and any length is accepted.

    Args:
        step: maps ``(state, x)`` to the next state; x is one time step of ``xs``.
        state0: the state before the first element.
        xs: the sequence.

    Returns:
        The states after each element; for an empty sequence, no states.

    Raises:
        ValueError: ``xs`` has no time axis, or another batch size than ``state0``.

    >>> running_sum = lambda state, x: state + x
    >>> scan(running_sum, np.zeros((1, 1)), np.array([[[1.0], [2.0], [3.0]]]))[0, :, 0]
    array([1., 3., 6.])
    """
    if xs.ndim < 2 or len(xs) != len(state0):
        raise ValueError(f"xs: expected shape ({len(state0)}, time, ...), got {xs.shape}")
    state = state0
    states = []
    for t in range(xs.shape[1]):
        state = step(state, xs[:, t])  # eq-scan
        states.append(state)
    if not states:
        return state0[:, None][:, :0]
    return np.stack(states, axis=1)


def delay_line(
    state: Float[Array, "batch d_hidden"], x: Float[Array, "batch d_in"]
) -> Float[Array, "batch d_hidden"]:
    """Put the newest input in front and drop the oldest.

    The state holds the last ``d_hidden / d_in`` inputs, newest first. As a step
    for ``scan`` it is a linear recurrence whose matrix is nilpotent.

    Raises:
        ValueError: the state's size is not a multiple of the input's.

    >>> delay_line(np.array([[1.0, 2.0, 3.0]]), np.array([[9.0]]))
    array([[9., 1., 2.]])
    """
    if state.shape[1] % x.shape[1]:
        raise ValueError(
            f"state: expected a multiple of d_in = {x.shape[1]} columns, got {state.shape[1]}"
        )
    return np.concatenate([x, state[:, : state.shape[1] - x.shape[1]]], axis=1)


def shift_matrix(slots: int) -> Float[Array, "slots slots"]:
    """The recurrent matrix of a delay line: ones just below the diagonal.

    Its ``slots``-th power is zero: after ``slots`` steps nothing is left.

    >>> shift_matrix(3) @ np.array([7.0, 8.0, 9.0])
    array([0., 7., 8.])
    """
    check_whole("slots", slots, 1)
    return np.eye(slots, k=-1)

"""What every recurrent cell must offer, so that backpropagation through time is written once.

A cell is one step and the step's backward pass. That is all it has to be, and
``Cell`` asks for no more. A cell that should also be *fast* derives from
``SplitCell`` instead and cuts its step where the time loop needs it cut:

======== ================================================ =======================
piece    what it does                                     how often it runs
======== ================================================ =======================
project  all that depends on the inputs alone             once, for all steps
advance  the rest of one step                             once per step, forwards
retreat  one step of the gradient                         once per step, backwards
collect  the gradients of the weights and of the inputs   once, for all steps
======== ================================================ =======================

Two matrix products per step remain, one on the way out and one on the way
back; everything else is done in a few large products.

A state is an array ``(batch, d_hidden)`` or a NamedTuple of arrays whose first
axis is the batch, with a field ``h`` that the outside sees.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import expect_shape

Params = Any
"""A NamedTuple of arrays whose fields are the symbols of the cell's equations."""

State = Any
"""One array, or a NamedTuple of arrays; the first axis is the batch."""


def map_state(function: Callable[..., Array], *states: State) -> State:
    """Apply a function to each array of a state, or to matching arrays of several states.

    >>> map_state(np.add, np.ones(2), np.ones(2))
    array([2., 2.])
    """
    first = states[0]
    if isinstance(first, tuple):
        return type(first)(*(function(*parts) for parts in zip(*states, strict=True)))
    return function(*states)


def expect_inputs(xs: Array, d_in: int) -> None:
    """Refuse inputs whose last axis is not the one that the weights were made for.

    Raises:
        ValueError: the last axis has another length than ``d_in``.

    >>> expect_inputs(np.zeros((2, 5, 4)), 3)
    Traceback (most recent call last):
        ...
    ValueError: inputs: expected a last axis of d_in = 3, got shape (2, 5, 4)
    """
    if np.ndim(xs) == 0 or np.shape(xs)[-1] != d_in:
        raise ValueError(f"inputs: expected a last axis of d_in = {d_in}, got shape {np.shape(xs)}")


def expect_state(name: str, state: State, like: State) -> None:
    """Refuse a state that does not have the form of another one.

    Raises:
        ValueError: the kind of state differs, or the shape of one of its arrays.

    >>> expect_state("state0", np.zeros((1, 4)), np.zeros((2, 4)))
    Traceback (most recent call last):
        ...
    ValueError: state0: expected shape (2, 4), got (1, 4)
    """
    if not isinstance(like, tuple):
        expect_shape(name, state, np.shape(like))
        return
    if type(state) is not type(like):
        raise ValueError(f"{name}: expected a {type(like).__name__}, got {type(state).__name__}")
    for field, part, wanted in zip(like._fields, state, like, strict=True):
        expect_shape(f"{name}.{field}", part, wanted.shape)


class Cell(ABC):
    """A recurrent step and its backward pass; no state is kept between calls.

    The four methods after ``params_from_torch`` are what the time loop calls.
    Here they fall back on ``step`` and ``step_backward``, which is right for
    every cell; ``SplitCell`` is for cells that can do better.
    """

    @abstractmethod
    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw parameters."""

    @abstractmethod
    def zero_state(self, params: Params, batch: int) -> State:
        """The state before the first step, in the dtype of the parameters."""

    @abstractmethod
    def step(
        self, params: Params, x: Float[Array, "batch d_in"], state: State
    ) -> tuple[State, Any]:
        """Read one input. Returns the new state, and what the backward pass will need."""

    @abstractmethod
    def step_backward(
        self, params: Params, cache: Any, d_state: State
    ) -> tuple[Params, Float[Array, "batch d_in"], State]:
        """Undo one step. Returns the gradients of the parameters, the input and the old state."""

    def output(self, state: State) -> Float[Array, "batch d_hidden"]:
        """The part of the state that the outside sees."""
        return state.h if isinstance(state, tuple) else state

    def output_backward(self, d_state: State, d_h: Float[Array, "batch d_hidden"]) -> State:
        """Add the gradient of the output to that of the state."""
        if isinstance(d_state, tuple):
            return d_state._replace(h=d_state.h + d_h)
        return d_state + d_h

    def params_from_torch(self, module: Any, suffix: str = "l0") -> Params:
        """Copy the parameters of the torch module of the same name."""
        raise ValueError(f"module: {type(self).__name__} has no counterpart in torch.nn")

    def project(self, params: Params, xs: Float[Array, "*steps d_in"]) -> Array:
        """What the inputs contribute to every step."""
        return xs

    def advance(self, params: Params, drive: Array, state: State) -> tuple[State, Any]:
        """One step, given its share of ``project``."""
        return self.step(params, drive, state)

    def retreat(self, params: Params, cache: Any, d_state: State) -> tuple[Any, State]:
        """One step back. Returns what ``collect`` will need, and the old state's gradient."""
        d_params, d_x, d_previous = self.step_backward(params, cache, d_state)
        return (d_params, d_x), d_previous

    def collect(
        self,
        params: Params,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[Any],
        signals: Sequence[Any],
    ) -> tuple[Params, Float[Array, "time batch d_in"]]:
        """The gradients of the parameters and of the inputs, summed over the steps.

        Args:
            params: the parameters.
            xs: the inputs, time first.
            caches: what ``advance`` returned, in the order of time.
            signals: what ``retreat`` returned, in the order of time.
        """
        d_params = [sum(fields) for fields in zip(*(s[0] for s in signals), strict=True)]
        return type(params)(*d_params), np.stack([s[1] for s in signals])


class SplitCell(Cell):
    """A cell given by its four pieces; the single step is put together from them."""

    class _StepCache(NamedTuple):
        x: Array
        cache: Any

    @abstractmethod
    def project(self, params: Params, xs: Float[Array, "*steps d_in"]) -> Array:
        """What the inputs contribute to every step; any leading axes."""

    @abstractmethod
    def advance(self, params: Params, drive: Array, state: State) -> tuple[State, Any]:
        """One step, given its share of ``project``."""

    @abstractmethod
    def retreat(self, params: Params, cache: Any, d_state: State) -> tuple[Any, State]:
        """One step back. Returns what ``collect`` will need, and the old state's gradient."""

    @abstractmethod
    def collect(
        self,
        params: Params,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[Any],
        signals: Sequence[Any],
    ) -> tuple[Params, Float[Array, "time batch d_in"]]:
        """The gradients of the parameters and of the inputs, summed over the steps."""

    def step(
        self, params: Params, x: Float[Array, "batch d_in"], state: State
    ) -> tuple[State, Any]:
        """Read one input. Returns the new state, and what the backward pass will need."""
        expect_state("state", state, self.zero_state(params, len(x)))
        state, cache = self.advance(params, self.project(params, x), state)
        return state, self._StepCache(x, cache)

    def step_backward(
        self, params: Params, cache: Any, d_state: State
    ) -> tuple[Params, Float[Array, "batch d_in"], State]:
        """Undo one step. Returns the gradients of the parameters, the input and the old state."""
        x, inner = cache
        signal, d_previous = self.retreat(params, inner, d_state)
        d_params, d_xs = self.collect(params, x[None], [inner], [signal])
        return d_params, d_xs[0], d_previous

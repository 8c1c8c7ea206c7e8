"""The interface of a recurrent cell, so that backpropagation through time is written once.

A cell is one step and the backward pass of the step. ``bptt`` runs any cell on
these two. For speed a cell may also define the split form of its step, in which
all that does not depend on the state is computed for all steps at once:

- ``input_projection``: what a step computes from its input alone; called once.
- ``step_projected``: the rest of the step, given its input projection; called
  once per step.
- ``step_projected_backward``: the backward pass of ``step_projected``; called
  once per step.
- ``weight_gradients``: the gradients of the parameters and the inputs, summed
  over the steps; called once.

In a simple recurrent network the loop over time is left with one matrix product
per step in each direction. The rest is a few large products.

A state is an array ``(batch, d_hidden)`` or a NamedTuple of arrays whose first
axis is the batch. In a NamedTuple the field ``h`` is the cell's output.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape

Params = Any
"""A NamedTuple of arrays whose fields are the symbols of the cell's equations."""

State = Any
"""One array, or a NamedTuple of arrays; the first axis is the batch."""


def tree_map(function: Callable[..., Array], *trees: Any) -> Any:
    """Apply a function to each array of a NamedTuple, or to matching arrays of several.

    A single array counts as a tree of one array; NamedTuples may be nested.

    >>> tree_map(np.add, np.ones(2), np.ones(2))
    array([2., 2.])
    """
    first = trees[0]
    if isinstance(first, tuple):
        return type(first)(*(tree_map(function, *parts) for parts in zip(*trees, strict=True)))
    return function(*trees)


def check_inputs(xs: Array, d_in: int) -> None:
    """Refuse inputs whose last axis is not the one that the weights were made for.

    Raises:
        ValueError: the last axis has another length than ``d_in``.

    >>> check_inputs(np.zeros((2, 5, 4)), 3)
    Traceback (most recent call last):
        ...
    ValueError: inputs: expected a last axis of d_in = 3, got shape (2, 5, 4)
    """
    if np.ndim(xs) == 0 or np.shape(xs)[-1] != d_in:
        raise ValueError(f"inputs: expected a last axis of d_in = {d_in}, got shape {np.shape(xs)}")


def check_state(name: str, state: State, like: State) -> None:
    """Refuse a state that does not have the form of another one.

    Raises:
        ValueError: the kind of state differs, or the shape of one of its arrays.

    >>> check_state("state0", np.zeros((1, 4)), np.zeros((2, 4)))
    Traceback (most recent call last):
        ...
    ValueError: state0: expected shape (2, 4), got (1, 4)
    """
    if not isinstance(like, tuple):
        check_shape(name, state, np.shape(like))
        return
    if type(state) is not type(like):
        raise ValueError(f"{name}: expected a {type(like).__name__}, got {type(state).__name__}")
    for field, part, wanted in zip(like._fields, state, like, strict=True):
        check_shape(f"{name}.{field}", part, wanted.shape)


class Cell(ABC):
    """A recurrent step and its backward pass; no state is kept between calls.

    The four methods of the split form fall back on ``step`` and ``step_backward``,
    which is right for every cell. A cell that overrides them for speed must compute
    the same; ``tests/contracts/test_cells.py`` compares the two.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a new step beside an inherited split form: ``bptt`` would run the old step.

        Raises:
            TypeError: the class defines one of a pair and inherits the other one's override.
        """
        super().__init_subclass__(**kwargs)
        for plain, split in (
            ("step", "step_projected"),
            ("step_backward", "step_projected_backward"),
        ):
            overridden = getattr(cls, split) is not getattr(Cell, split)
            if plain in vars(cls) and split not in vars(cls) and overridden:
                raise TypeError(f"{cls.__name__}: expected {split} beside {plain}, got none")

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
        """One step. Returns the new state, and the cache that ``step_backward`` needs."""

    @abstractmethod
    def step_backward(
        self, params: Params, cache: Any, d_state: State
    ) -> tuple[Params, Float[Array, "batch d_in"], State]:
        """The backward pass of ``step``.

        Args:
            params: the parameters.
            cache: what ``step`` returned.
            d_state: the gradient with respect to the new state.

        Returns:
            The gradients with respect to the parameters, the input and the old state.
        """

    def output(self, state: State) -> Float[Array, "batch d_hidden"]:
        """The part of the state that other layers and losses read."""
        return state.h if isinstance(state, tuple) else state

    def output_backward(self, d_state: State, d_h: Float[Array, "batch d_hidden"]) -> State:
        """Add the gradient with respect to the output to that with respect to the state."""
        if isinstance(d_state, tuple):
            return d_state._replace(h=d_state.h + d_h)
        return d_state + d_h

    def params_from_torch(self, module: Any, suffix: str = "l0") -> Params:
        """Copy the parameters of the torch module of the same name."""
        raise ValueError(f"cell: expected one that torch.nn has too, got {type(self).__name__}")

    def input_projection(self, params: Params, xs: Float[Array, "*steps d_in"]) -> Array:
        """What a step computes from its input alone, for any number of steps.

        Here that is nothing: the inputs are returned as they are.
        """
        return xs

    def step_projected(self, params: Params, projected: Array, state: State) -> tuple[State, Any]:
        """The rest of ``step``, given the input projection of the step.

        Returns:
            The new state, and the cache that ``step_projected_backward`` needs.
        """
        return self.step(params, projected, state)

    def step_projected_backward(
        self, params: Params, cache: Any, d_state: State
    ) -> tuple[Any, State]:
        """The backward pass of ``step_projected``.

        Returns:
            delta, from which ``weight_gradients`` computes its results (in an override
            usually the gradient with respect to the pre-activation z_t), and the
            gradient with respect to the old state.
        """
        d_params, d_x, d_state_prev = self.step_backward(params, cache, d_state)
        return (d_params, d_x), d_state_prev

    def weight_gradients(
        self,
        params: Params,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[Any],
        deltas: Sequence[Any],
    ) -> tuple[Params, Float[Array, "time batch d_in"]]:
        """The gradients with respect to the parameters, summed over the steps, and to the inputs.

        Args:
            params: the parameters.
            xs: the inputs, time first.
            caches: what ``step_projected`` returned, in the order of time.
            deltas: what ``step_projected_backward`` returned, in the order of time.
        """
        d_params, d_xs = zip(*deltas, strict=True)
        return tree_map(lambda *steps: sum(steps), *d_params), np.stack(d_xs)

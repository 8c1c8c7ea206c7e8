"""Recurrent layers one above the other: the states of one are the inputs of the next."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least
from course_lib.recurrent import bptt
from course_lib.recurrent.cell import Cell, Params


class LayerGradients(NamedTuple):
    """Gradients of a loss at the parameters of a layer and at its inputs.

    Attributes:
        params: arranged like the layer's parameters.
        xs: for the inputs, (batch, time, d_in).
    """

    params: Params
    xs: Float[Array, "batch time d_in"]


class Layer(ABC):
    """Anything that reads a batch of sequences and answers with one vector per step.

    Layers are made of cells and of other layers; the time loop is always that of ``bptt``.
    """

    @abstractmethod
    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw parameters."""

    @abstractmethod
    def width(self, d_hidden: int) -> int:
        """How many numbers the layer answers with, if each of its cells has ``d_hidden``."""

    @abstractmethod
    def forward(
        self,
        params: Params,
        xs: Float[Array, "batch time d_in"],
        mask: Bool[Array, "batch time"] | None = None,
    ) -> tuple[Float[Array, "batch time d_out"], Any]:
        """Read the batch. Returns the answers, and the trace that ``backward`` needs.

        Answers at padding (mask False) mean nothing and must not be used.
        """

    @abstractmethod
    def backward(
        self, params: Params, trace: Any, d_hs: Float[Array, "batch time d_out"]
    ) -> LayerGradients:
        """Turn the gradient at the answers into those of the parameters and the inputs."""

    @abstractmethod
    def params_from_torch(self, module: Any, layer: int = 0) -> Params:
        """Copy the parameters of a layer of a torch module, the lowest being layer 0."""


@dataclass(frozen=True)
class Unidirectional(Layer):
    """One cell, run from the first step to the last.

    >>> from course_lib.recurrent.srn import SRN, Params
    >>> running_sum = Params(np.eye(1), np.eye(1), np.zeros(1))
    >>> Unidirectional(SRN("identity")).forward(running_sum, np.ones((1, 4, 1)))[0].ravel()
    array([1., 2., 3., 4.])
    """

    cell: Cell

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw the cell's parameters."""
        return self.cell.init(rng, d_in, d_hidden)

    def width(self, d_hidden: int) -> int:
        """``d_hidden``."""
        return d_hidden

    def forward(
        self,
        params: Params,
        xs: Float[Array, "batch time d_in"],
        mask: Bool[Array, "batch time"] | None = None,
    ) -> tuple[Float[Array, "batch time d_hidden"], Any]:
        """Read the batch from left to right."""
        return bptt.forward(self.cell, params, xs, mask=mask)

    def backward(
        self, params: Params, trace: Any, d_hs: Float[Array, "batch time d_hidden"]
    ) -> LayerGradients:
        """Backpropagate through time."""
        grads = bptt.backward(self.cell, params, trace, d_hs)
        return LayerGradients(grads.params, grads.xs)

    def params_from_torch(self, module: Any, layer: int = 0) -> Params:
        """Copy the parameters of a layer's forward direction."""
        return self.cell.params_from_torch(module, suffix=f"l{layer}")


class Stacked(Layer):
    """Layer above layer; the answers of the top one are the answers of the stack.

    Implements eq-stacked-state and eq-stacked-backward (chapter: recurrence).

    Args:
        layers: cells or layers, the lowest first. Their parameters are kept in a
            tuple in the same order.

    Raises:
        ValueError: there is no layer.

    Source: Schmidhuber (1992), El Hihi and Bengio (1996); the form of torch's ``num_layers``.

    >>> from course_lib.recurrent.srn import SRN, Params
    >>> running_sum = Params(np.eye(1), np.eye(1), np.zeros(1))
    >>> twice = Stacked([SRN("identity"), SRN("identity")])
    >>> twice.forward((running_sum, running_sum), np.ones((1, 4, 1)))[0].ravel()
    array([ 1.,  3.,  6., 10.])
    """

    def __init__(self, layers: Sequence[Cell | Layer]):
        check_at_least("layers: their number", len(layers), 1)
        self.layers = tuple(
            layer if isinstance(layer, Layer) else Unidirectional(layer) for layer in layers
        )

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw the parameters of all layers; every cell gets ``d_hidden`` units."""
        params = []
        for layer in self.layers:
            params.append(layer.init(rng, d_in, d_hidden))
            d_in = layer.width(d_hidden)
        return tuple(params)

    def width(self, d_hidden: int) -> int:
        """The width of the top layer."""
        return self.layers[-1].width(d_hidden)

    def forward(
        self,
        params: Params,
        xs: Float[Array, "batch time d_in"],
        mask: Bool[Array, "batch time"] | None = None,
    ) -> tuple[Float[Array, "batch time d_out"], Any]:
        """Run the lowest layer over the inputs, and each other layer over the states below it."""
        self._check_one_each(params)
        traces = []
        for layer, own in zip(self.layers, params, strict=True):
            xs, trace = layer.forward(own, xs, mask)  # eq-stacked-state
            traces.append(trace)
        return xs, tuple(traces)

    def backward(
        self, params: Params, trace: Any, d_hs: Float[Array, "batch time d_out"]
    ) -> LayerGradients:
        """From the top layer down: the gradient at its inputs is that at the states below."""
        self._check_one_each(params)
        d_params = []
        for layer, own, own_trace in reversed(list(zip(self.layers, params, trace, strict=True))):
            grads = layer.backward(own, own_trace, d_hs)
            d_params.append(grads.params)
            d_hs = grads.xs  # eq-stacked-backward
        return LayerGradients(tuple(reversed(d_params)), d_hs)

    def params_from_torch(self, module: Any, layer: int = 0) -> Params:
        """Copy as many layers as the stack has, from ``layer`` upwards."""
        return tuple(
            own.params_from_torch(module, layer + height) for height, own in enumerate(self.layers)
        )

    def _check_one_each(self, params: Params) -> None:
        if len(params) != len(self.layers):
            raise ValueError(
                f"params: expected one entry for each of {len(self.layers)} layers,"
                f" got {len(params)}"
            )

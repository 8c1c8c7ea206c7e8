"""The simple recurrent network of Elman, with its backward pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.precision import as_floating, floating_dtype
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent.cell import Cell, check_inputs


class Params(NamedTuple):
    """Weights of a simple recurrent network.

    Attributes:
        W_xh: from the input, (d_hidden, d_in).
        W_hh: from the previous state, (d_hidden, d_hidden).
        b_h: bias, (d_hidden,).
    """

    W_xh: Float[Array, "d_hidden d_in"]
    W_hh: Float[Array, "d_hidden d_hidden"]
    b_h: Float[Array, " d_hidden"]


class Cache(NamedTuple):
    """What the backward pass of a step needs: its input, the state before it and after it."""

    x: Float[Array, "batch d_in"]
    h_prev: Float[Array, "batch d_hidden"]
    h: Float[Array, "batch d_hidden"]


class ProjectedCache(NamedTuple):
    """``Cache`` without the input, which the time loop keeps for all steps."""

    h_prev: Float[Array, "batch d_hidden"]
    h: Float[Array, "batch d_hidden"]


@dataclass(frozen=True)
class SRN(Cell):
    """h_t = f(W_hh h_{t-1} + W_xh x_t + b_h).

    Implements eq-srn, eq-bptt-state, eq-delta-recursion and eq-bptt-weights.

    Args:
        nonlinearity: the name of f: tanh, logistic, relu or identity.

    Convention: one bias; torch keeps two and adds them. Source: Elman (1990).

    >>> cell = SRN("identity")
    >>> params = Params(np.array([[2.0]]), np.array([[10.0]]), np.array([0.5]))
    >>> cell.step(params, x=np.array([[3.0]]), state=np.array([[1.0]]))[0]
    array([[16.5]])
    """

    nonlinearity: str = "tanh"

    def step(
        self,
        params: Params,
        x: Float[Array, "batch d_in"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Cache]:
        """z_t = W_hh h_{t-1} + W_xh x_t + b_h and h_t = f(z_t)."""
        check_inputs(x, params.W_xh.shape[1])
        check_shape("state", state, (len(x), len(params.b_h)))
        x, state = as_floating("x", x), as_floating("state", state)
        z = state @ params.W_hh.T + x @ params.W_xh.T + params.b_h
        h = by_name(self.nonlinearity).value(z)  # eq-srn, eq-bptt-state
        return h, Cache(x, state, h)

    def step_backward(
        self, params: Params, cache: Cache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[Params, Float[Array, "batch d_in"], Float[Array, "batch d_hidden"]]:
        """delta_t = f'(z_t) * d_state, and what follows for weights, input and old state."""
        delta = by_name(self.nonlinearity).slope(cache.h) * d_state  # eq-delta-recursion
        d_W_xh = delta.T @ cache.x  # eq-bptt-weights
        d_W_hh = delta.T @ cache.h_prev  # eq-bptt-weights
        d_b_h = delta.sum(axis=0)  # eq-bptt-weights
        return Params(d_W_xh, d_W_hh, d_b_h), delta @ params.W_xh, delta @ params.W_hh

    def __post_init__(self) -> None:
        """Refuse an unknown nonlinearity when the cell is made, not when it first runs."""
        by_name(self.nonlinearity)

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw every parameter uniformly from +-1/sqrt(d_hidden), as torch does."""
        check_whole("d_in", d_in, 1)
        check_whole("d_hidden", d_hidden, 1)
        bound = 1.0 / np.sqrt(d_hidden)
        shapes = (d_hidden, d_in), (d_hidden, d_hidden), (d_hidden,)
        return Params(*(rng.uniform(-bound, bound, shape) for shape in shapes))

    def zero_state(self, params: Params, batch: int) -> Float[Array, "batch d_hidden"]:
        """The state before the first step, in the dtype of the parameters."""
        return np.zeros((batch, len(params.b_h)), floating_dtype(params.W_hh))

    def input_projection(
        self, params: Params, xs: Float[Array, "*steps d_in"]
    ) -> Float[Array, "*steps d_hidden"]:
        """W_xh x_t + b_h for all steps in one product."""
        check_inputs(xs, params.W_xh.shape[1])
        return xs @ params.W_xh.T + params.b_h

    def step_projected(
        self,
        params: Params,
        projected: Float[Array, "batch d_hidden"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], ProjectedCache]:
        """``step``, given W_xh x_t + b_h."""
        z = state @ params.W_hh.T
        z += projected
        h = by_name(self.nonlinearity).value(z)  # eq-srn, eq-bptt-state
        return h, ProjectedCache(state, h)

    def step_projected_backward(
        self, params: Params, cache: ProjectedCache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """delta_t, the gradient with respect to z_t, and the gradient with respect to h_{t-1}."""
        delta = by_name(self.nonlinearity).slope(cache.h)
        delta *= d_state  # eq-delta-recursion
        return delta, delta @ params.W_hh

    def weight_gradients(
        self,
        params: Params,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[ProjectedCache],
        deltas: Sequence[Float[Array, "batch d_hidden"]],
    ) -> tuple[Params, Float[Array, "time batch d_in"]]:
        """Sum delta_t x_t^T, delta_t h_{t-1}^T and delta_t over the steps, each in one product."""
        delta = np.concatenate(deltas)
        h_prev = np.concatenate([cache.h_prev for cache in caches])
        d_W_xh = delta.T @ xs.reshape(-1, xs.shape[-1])  # eq-bptt-weights
        d_W_hh = delta.T @ h_prev  # eq-bptt-weights
        d_b_h = delta.sum(axis=0)  # eq-bptt-weights
        return Params(d_W_xh, d_W_hh, d_b_h), (delta @ params.W_xh).reshape(xs.shape)

    def params_from_torch(self, module: Any, suffix: str = "l0") -> Params:
        """Copy the weights of ``torch.nn.RNN`` or ``torch.nn.RNNCell``.

        Args:
            module: the torch module.
            suffix: which layer and direction, as torch names it: ``l0``, ``l1``, ``l0_reverse``.

        Raises:
            ValueError: the module uses another nonlinearity, or has no such layer.
        """
        theirs = getattr(module, "nonlinearity", None)
        if theirs != self.nonlinearity:
            raise ValueError(f"module: expected nonlinearity {self.nonlinearity!r}, got {theirs!r}")
        end = f"_{suffix}" if hasattr(module, "weight_ih_l0") else ""
        if not hasattr(module, f"weight_ih{end}"):
            raise ValueError(f"suffix: expected a layer of the module, got {suffix!r}")
        W_xh, W_hh = (
            getattr(module, f"weight_{way}{end}").detach().numpy().copy() for way in ("ih", "hh")
        )
        b_h = np.zeros(len(W_hh), W_hh.dtype)
        if module.bias:
            b_h += sum(getattr(module, f"bias_{way}{end}").detach().numpy() for way in ("ih", "hh"))
        return Params(W_xh, W_hh, b_h)

"""The simple recurrent network of Elman, with its backward pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.validate import expect_at_least
from course_lib.recurrent.cell import SplitCell, expect_inputs


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
    """The state before a step and the state after it: all that its gradient needs."""

    h_prev: Float[Array, "batch d_hidden"]
    h: Float[Array, "batch d_hidden"]


@dataclass(frozen=True)
class SRN(SplitCell):
    """h_t = f(W_hh h_{t-1} + W_xh x_t + b_h).

    Implements eq-bptt-state, eq-delta-recursion and eq-bptt-weights.

    Args:
        nonlinearity: the name of f: tanh, logistic, relu or identity.

    Convention: one bias; torch keeps two and adds them. Source: Elman (1990).

    >>> cell = SRN("identity")
    >>> params = Params(np.array([[2.0]]), np.array([[10.0]]), np.array([0.5]))
    >>> cell.step(params, x=np.array([[3.0]]), state=np.array([[1.0]]))[0]
    array([[16.5]])
    """

    nonlinearity: str = "tanh"

    def __post_init__(self) -> None:
        """Refuse an unknown nonlinearity when the cell is made, not when it first runs."""
        by_name(self.nonlinearity)

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> Params:
        """Draw every parameter uniformly from +-1/sqrt(d_hidden), as torch does."""
        expect_at_least("d_in", d_in, 1)
        expect_at_least("d_hidden", d_hidden, 1)
        bound = 1.0 / np.sqrt(d_hidden)
        shapes = (d_hidden, d_in), (d_hidden, d_hidden), (d_hidden,)
        return Params(*(rng.uniform(-bound, bound, shape) for shape in shapes))

    def zero_state(self, params: Params, batch: int) -> Float[Array, "batch d_hidden"]:
        """The state before the first step, in the dtype of the parameters."""
        return np.zeros((batch, params.W_hh.shape[0]), params.W_hh.dtype)

    def project(
        self, params: Params, xs: Float[Array, "*steps d_in"]
    ) -> Float[Array, "*steps d_hidden"]:
        """W_xh x_t + b_h for all steps in one product."""
        expect_inputs(xs, params.W_xh.shape[1])
        return xs @ params.W_xh.T + params.b_h

    def advance(
        self,
        params: Params,
        drive: Float[Array, "batch d_hidden"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Cache]:
        """One step forward, given W_xh x_t + b_h."""
        z = state @ params.W_hh.T
        z += drive
        h = by_name(self.nonlinearity).value(z)  # eq-bptt-state
        return h, Cache(state, h)

    def retreat(
        self, params: Params, cache: Cache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """One step back: the gradient at z_t, and at h_{t-1}."""
        delta = by_name(self.nonlinearity).slope(cache.h)
        delta *= d_state  # eq-delta-recursion
        return delta, delta @ params.W_hh

    def collect(
        self,
        params: Params,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[Cache],
        signals: Sequence[Float[Array, "batch d_hidden"]],
    ) -> tuple[Params, Float[Array, "time batch d_in"]]:
        """Sum delta_t x_t^T, delta_t h_{t-1}^T and delta_t over the steps, each in one product."""
        delta = np.concatenate(signals)
        h_prev = np.concatenate([cache.h_prev for cache in caches])
        W_xh = delta.T @ xs.reshape(-1, xs.shape[-1])  # eq-bptt-weights
        W_hh = delta.T @ h_prev  # eq-bptt-weights
        b_h = delta.sum(axis=0)  # eq-bptt-weights
        return Params(W_xh, W_hh, b_h), (delta @ params.W_xh).reshape(xs.shape)

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
            raise ValueError(f"suffix: the module has no layer {suffix!r}")
        W_xh, W_hh = (
            getattr(module, f"weight_{way}{end}").detach().numpy().copy() for way in ("ih", "hh")
        )
        b_h = np.zeros(len(W_hh), W_hh.dtype)
        if module.bias:
            b_h += sum(getattr(module, f"bias_{way}{end}").detach().numpy() for way in ("ih", "hh"))
        return Params(W_xh, W_hh, b_h)

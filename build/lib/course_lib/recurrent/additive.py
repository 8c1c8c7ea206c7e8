r"""Recurrences that add to their state instead of replacing it.

If the new state is the old one plus something, the Jacobian of a step is the
identity plus something, and a gradient has a road back that no product of
matrices can close.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.validate import expect_at_least
from course_lib.recurrent.cell import SplitCell, expect_inputs
from course_lib.recurrent.srn import SRN, Cache
from course_lib.recurrent.srn import Params as ResidualParams


class AdditiveParams(NamedTuple):
    """Weights of a recurrence whose increment depends on the input alone.

    Attributes:
        W_xh: from the input, (d_hidden, d_in).
        b_h: bias, (d_hidden,).
    """

    W_xh: Float[Array, "d_hidden d_in"]
    b_h: Float[Array, " d_hidden"]


@dataclass(frozen=True)
class AdditiveRNN(SplitCell):
    """h_t = h_{t-1} + f(W_xh x_t + b_h): the state is a running sum, and every Jacobian is I.

    Implements eq-additive-input.

    Args:
        nonlinearity: the name of f: tanh, logistic, relu or identity.

    Source: the form with the increment g(x_t; theta), here one layer.

    >>> cell = AdditiveRNN("identity")
    >>> params = AdditiveParams(np.array([[2.0]]), np.array([0.5]))
    >>> cell.step(params, x=np.array([[3.0]]), state=np.array([[1.0]]))[0]
    array([[7.5]])
    """

    nonlinearity: str = "tanh"

    def __post_init__(self) -> None:
        """Refuse an unknown nonlinearity when the cell is made, not when it first runs."""
        by_name(self.nonlinearity)

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> AdditiveParams:
        """Draw every parameter uniformly from +-1/sqrt(d_hidden)."""
        expect_at_least("d_in", d_in, 1)
        expect_at_least("d_hidden", d_hidden, 1)
        bound = 1.0 / np.sqrt(d_hidden)
        shapes = (d_hidden, d_in), (d_hidden,)
        return AdditiveParams(*(rng.uniform(-bound, bound, shape) for shape in shapes))

    def zero_state(self, params: AdditiveParams, batch: int) -> Float[Array, "batch d_hidden"]:
        """The state before the first step, in the dtype of the parameters."""
        return np.zeros((batch, params.W_xh.shape[0]), params.W_xh.dtype)

    def project(
        self, params: AdditiveParams, xs: Float[Array, "*steps d_in"]
    ) -> Float[Array, "*steps d_hidden"]:
        """The increments of all steps in one product: they do not wait for the state."""
        expect_inputs(xs, params.W_xh.shape[1])
        return by_name(self.nonlinearity).value(xs @ params.W_xh.T + params.b_h)

    def advance(
        self,
        params: AdditiveParams,
        drive: Float[Array, "batch d_hidden"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """Add the increment; it is all that the gradient will need."""
        return state + drive, drive  # eq-additive-input

    def retreat(
        self,
        params: AdditiveParams,
        cache: Float[Array, "batch d_hidden"],
        d_state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """The gradient at the increment's pre-activation; that of the state passes unchanged."""
        return by_name(self.nonlinearity).slope(cache) * d_state, d_state

    def collect(
        self,
        params: AdditiveParams,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[Float[Array, "batch d_hidden"]],
        signals: Sequence[Float[Array, "batch d_hidden"]],
    ) -> tuple[AdditiveParams, Float[Array, "time batch d_in"]]:
        """Sum delta_t x_t^T and delta_t over the steps."""
        delta = np.concatenate(signals)
        W_xh = delta.T @ xs.reshape(-1, xs.shape[-1])
        d_xs = (delta @ params.W_xh).reshape(xs.shape)
        return AdditiveParams(W_xh, delta.sum(axis=0)), d_xs


@dataclass(frozen=True)
class ResidualRNN(SRN):
    """h_t = h_{t-1} + f(W_hh h_{t-1} + W_xh x_t + b_h): the increment reads the state too.

    Implements eq-additive-state and eq-additive-jacobian. Parameters and their
    gradients are those of the simple recurrent network; only the step differs,
    by the term h_{t-1}.

    Args:
        nonlinearity: the name of f: tanh, logistic, relu or identity.

    Source: the form with the increment g(x_t, h_{t-1}; theta), here one layer.

    >>> cell = ResidualRNN("identity")
    >>> params = ResidualParams(np.array([[2.0]]), np.array([[10.0]]), np.array([0.5]))
    >>> cell.step(params, x=np.array([[3.0]]), state=np.array([[1.0]]))[0]
    array([[17.5]])
    """

    params_from_torch = SplitCell.params_from_torch  # torch.nn has no such module

    def advance(
        self,
        params: ResidualParams,
        drive: Float[Array, "batch d_hidden"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Cache]:
        """One step of the simple network, added to the state."""
        increment, cache = super().advance(params, drive, state)
        return state + increment, cache  # eq-additive-state

    def retreat(
        self, params: ResidualParams, cache: Cache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """One step back: the gradient at z_t, and at h_{t-1} by both roads."""
        delta, through_increment = super().retreat(params, cache, d_state)
        return delta, d_state + through_increment  # eq-additive-jacobian

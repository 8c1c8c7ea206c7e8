r"""Recurrences that add to their state instead of replacing it.

If the new state is the old one plus an increment, the Jacobian of a step is the
identity plus the Jacobian of the increment. One term of a product of such
Jacobians is then the identity, whatever the weights are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.precision import as_floating, floating_dtype
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent.cell import Cell, check_inputs
from course_lib.recurrent.srn import SRN, Cache, ProjectedCache
from course_lib.recurrent.srn import Params as ResidualParams


class AdditiveParams(NamedTuple):
    """Weights of a recurrence whose increment depends on the input alone.

    Attributes:
        W_xh: from the input, (d_hidden, d_in).
        b_h: bias, (d_hidden,).
    """

    W_xh: Float[Array, "d_hidden d_in"]
    b_h: Float[Array, " d_hidden"]


class AdditiveCache(NamedTuple):
    """What the backward pass of a step needs: its input and f(W_xh x_t + b_h)."""

    x: Float[Array, "batch d_in"]
    increment: Float[Array, "batch d_hidden"]


@dataclass(frozen=True)
class AdditiveRNN(Cell):
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

    def step(
        self,
        params: AdditiveParams,
        x: Float[Array, "batch d_in"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], AdditiveCache]:
        """h_t = h_{t-1} + f(W_xh x_t + b_h)."""
        check_inputs(x, params.W_xh.shape[1])
        check_shape("state", state, (len(x), len(params.b_h)))
        x, state = as_floating("x", x), as_floating("state", state)
        increment = by_name(self.nonlinearity).value(x @ params.W_xh.T + params.b_h)
        return state + increment, AdditiveCache(x, increment)  # eq-additive-input

    def step_backward(
        self, params: AdditiveParams, cache: AdditiveCache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[AdditiveParams, Float[Array, "batch d_in"], Float[Array, "batch d_hidden"]]:
        """The gradient with respect to the old state is ``d_state``: the Jacobian is I."""
        delta = by_name(self.nonlinearity).slope(cache.increment) * d_state
        d_params = AdditiveParams(delta.T @ cache.x, delta.sum(axis=0))
        return d_params, delta @ params.W_xh, d_state

    def __post_init__(self) -> None:
        """Refuse an unknown nonlinearity when the cell is made, not when it first runs."""
        by_name(self.nonlinearity)

    def init(self, rng: np.random.Generator, d_in: int, d_hidden: int) -> AdditiveParams:
        """Draw every parameter uniformly from +-1/sqrt(d_hidden)."""
        check_whole("d_in", d_in, 1)
        check_whole("d_hidden", d_hidden, 1)
        bound = 1.0 / np.sqrt(d_hidden)
        shapes = (d_hidden, d_in), (d_hidden,)
        return AdditiveParams(*(rng.uniform(-bound, bound, shape) for shape in shapes))

    def zero_state(self, params: AdditiveParams, batch: int) -> Float[Array, "batch d_hidden"]:
        """The state before the first step, in the dtype of the parameters."""
        return np.zeros((batch, len(params.b_h)), floating_dtype(params.W_xh))

    def input_projection(
        self, params: AdditiveParams, xs: Float[Array, "*steps d_in"]
    ) -> Float[Array, "*steps d_hidden"]:
        """f(W_xh x_t + b_h) for all steps in one product: no increment depends on the state."""
        check_inputs(xs, params.W_xh.shape[1])
        return by_name(self.nonlinearity).value(xs @ params.W_xh.T + params.b_h)

    def step_projected(
        self,
        params: AdditiveParams,
        projected: Float[Array, "batch d_hidden"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """``step``, given f(W_xh x_t + b_h), which is also the cache."""
        return state + projected, projected  # eq-additive-input

    def step_projected_backward(
        self,
        params: AdditiveParams,
        cache: Float[Array, "batch d_hidden"],
        d_state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """delta_t, the gradient with respect to W_xh x_t + b_h, and ``d_state`` unchanged."""
        return by_name(self.nonlinearity).slope(cache) * d_state, d_state

    def weight_gradients(
        self,
        params: AdditiveParams,
        xs: Float[Array, "time batch d_in"],
        caches: Sequence[Float[Array, "batch d_hidden"]],
        deltas: Sequence[Float[Array, "batch d_hidden"]],
    ) -> tuple[AdditiveParams, Float[Array, "time batch d_in"]]:
        """Sum delta_t x_t^T and delta_t over the steps."""
        delta = np.concatenate(deltas)
        d_W_xh = delta.T @ xs.reshape(-1, xs.shape[-1])
        d_xs = (delta @ params.W_xh).reshape(xs.shape)
        return AdditiveParams(d_W_xh, delta.sum(axis=0)), d_xs


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

    params_from_torch = Cell.params_from_torch  # torch.nn has no such module

    def step(
        self,
        params: ResidualParams,
        x: Float[Array, "batch d_in"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], Cache]:
        """h_{t-1} plus the step of the simple recurrent network."""
        increment, cache = super().step(params, x, state)
        return state + increment, cache  # eq-additive-state

    def step_backward(
        self, params: ResidualParams, cache: Cache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[ResidualParams, Float[Array, "batch d_in"], Float[Array, "batch d_hidden"]]:
        """That of the simple recurrent network, with ``d_state`` added at the old state."""
        d_params, d_x, through_increment = super().step_backward(params, cache, d_state)
        return d_params, d_x, d_state + through_increment  # eq-additive-jacobian

    def step_projected(
        self,
        params: ResidualParams,
        projected: Float[Array, "batch d_hidden"],
        state: Float[Array, "batch d_hidden"],
    ) -> tuple[Float[Array, "batch d_hidden"], ProjectedCache]:
        """``step``, given W_xh x_t + b_h."""
        increment, cache = super().step_projected(params, projected, state)
        return state + increment, cache  # eq-additive-state

    def step_projected_backward(
        self, params: ResidualParams, cache: ProjectedCache, d_state: Float[Array, "batch d_hidden"]
    ) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch d_hidden"]]:
        """delta_t, the gradient with respect to z_t, and the gradient with respect to h_{t-1}."""
        delta, through_increment = super().step_projected_backward(params, cache, d_state)
        return delta, d_state + through_increment  # eq-additive-jacobian

r"""A gradient taken apart by lag: how many steps ago the weight acted.

The derivative of the loss of step t with respect to a weight is a sum: the weight acted
one step ago, two steps ago, and so on back to the beginning. Each term is one
lag.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent import bptt, srn


class Lags(NamedTuple):
    """The share of every lag in the gradient of one step's loss; entry j - 1 is lag j.

    Attributes:
        W_xh: shares of the gradient with respect to the input weights.
        W_hh: shares of the gradient with respect to the recurrent weights.
        b_h: shares of the gradient with respect to the bias.
        xs: the gradient with respect to the input that was read j - 1 steps before.
    """

    W_xh: Float[Array, "lags d_hidden d_in"]
    W_hh: Float[Array, "lags d_hidden d_hidden"]
    b_h: Float[Array, "lags d_hidden"]
    xs: Float[Array, "lags d_in"]


def lag_contributions(
    cell: srn.SRN,
    params: srn.Params,
    xs: Float[Array, "time d_in"],
    d_h: Float[Array, " d_hidden"],
    h0: Float[Array, " d_hidden"] | None = None,
) -> Lags:
    """Take the gradient of the last step's loss apart by lag.

    Implements eq-unrolled-sum: delta_{t,t-j+1} for lag j is a row vector, multiplied from
    the right by j - 1 factors W_hh f'(z), times what the weight was multiplied by at that step.

    Args:
        cell: which nonlinearity.
        params: weights.
        xs: one sequence, up to and including the step whose loss it is.
        d_h: the immediate gradient of that loss at the last state.
        h0: the state before the first step; None means zero.

    Returns:
        The shares; summed over the lags they are the gradient that backpropagation finds.

    >>> p = srn.Params(np.eye(1), np.array([[0.5]]), np.zeros(1))
    >>> lag_contributions(srn.SRN("identity"), p, np.ones((4, 1)), np.ones(1)).b_h.ravel()
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    d_hidden = len(params.W_hh)
    check_shape("xs", xs, ("time", "d_in"))
    check_shape("d_h", d_h, (d_hidden,))
    start = np.zeros(d_hidden) if h0 is None else h0
    check_shape("h0", start, (d_hidden,))
    hs = bptt.forward(cell, params, xs[None], start[None])[0][0]
    hs_prev = np.concatenate([start[None], hs[:-1]])
    slopes = by_name(cell.nonlinearity).slope(hs)
    rows = np.empty_like(hs, dtype=np.result_type(hs, as_floating("d_h", d_h)))
    rows[0] = d_h * slopes[-1]
    for j in range(1, len(hs)):
        rows[j] = (rows[j - 1] @ params.W_hh) * slopes[-1 - j]  # eq-unrolled-sum
    recent_first = slice(None, None, -1)
    return Lags(
        rows[:, :, None] * xs[recent_first, None, :],
        rows[:, :, None] * hs_prev[recent_first, None, :],  # eq-unrolled-sum
        rows,
        rows @ params.W_xh,
    )


def lag_bounds(
    cell: srn.SRN,
    params: srn.Params,
    hs_prev: Float[Array, "time d_hidden"],
    d_h: Float[Array, " d_hidden"],
) -> Float[Array, " time"]:
    """What the norm of each lag's share in the gradient for W_hh cannot exceed.

    Implements eq-lag-bound.

    Args:
        cell: which nonlinearity; its steepest slope is 1/4 for logistic, 1 for tanh.
        params: weights.
        hs_prev: the state before each step, h_0, ..., h_{t-1}.
        d_h: the immediate gradient of the last step's loss at the last state.
    """
    steepest = by_name(cell.nonlinearity).max_slope
    base = steepest * np.linalg.norm(params.W_hh, ord=2)
    remembered = np.linalg.norm(hs_prev[::-1], axis=1)
    powers = base ** np.arange(len(hs_prev))
    return steepest * np.linalg.norm(d_h) * remembered * powers  # eq-lag-bound


def preactivation_jacobian(
    W_hh: Float[Array, "d_hidden d_hidden"], slopes: Float[Array, "time d_hidden"], j: int
) -> Float[Array, "d_hidden d_hidden"]:
    """The Jacobian of the last z with respect to the z of j - 1 steps before.

    Implements eq-jacobian-preactivations: j - 1 factors W_hh f'. This is the product that
    the Bulgarian lecture takes for the derivative of one state with respect to another.

    Args:
        W_hh: recurrent weights.
        slopes: f'(z) of every step, the last one last; the last one is not used.
        j: one more than the distance.

    Raises:
        ValueError: ``j`` is below 1, or there are not so many steps.

    >>> preactivation_jacobian(np.array([[8.0]]), np.array([[0.5], [0.25]]), j=2)
    array([[4.]])
    """
    check_whole("j", j, 1)
    if j > len(slopes):
        raise ValueError(f"j: expected at most the number of steps, {len(slopes)}, got {j}")
    W_hh = as_floating("W_hh", W_hh)
    product = np.eye(len(W_hh))
    for k in range(1, j):
        product = product @ (W_hh * slopes[-1 - k])  # eq-jacobian-preactivations
    return product


def state_jacobian(
    W_hh: Float[Array, "d_hidden d_hidden"], slopes: Float[Array, "time d_hidden"], j: int
) -> Float[Array, "d_hidden d_hidden"]:
    """The Jacobian of the last state with respect to the state of j steps before.

    Implements eq-jacobian-states. ``vanishing.lag_jacobians`` computes it for all j at once.

    Args:
        W_hh: recurrent weights.
        slopes: f'(z) of every step, the last one last.
        j: the distance.

    Raises:
        ValueError: ``j`` is below 1, or there are not so many steps.

    >>> state_jacobian(np.array([[8.0]]), np.array([[0.5], [0.25]]), j=2)
    array([[8.]])
    """
    between = preactivation_jacobian(W_hh, slopes, j)
    return slopes[-1][:, None] * between @ W_hh  # eq-jacobian-states

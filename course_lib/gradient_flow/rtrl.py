r"""Real-time recurrent learning: the gradient of a simple recurrent network, forwards in time.

Backpropagation through time stores every state and goes back over them. Real-time
recurrent learning stores no past state. It carries the derivative of the present
state with respect to every weight from step to step: one matrix per unit and weight
matrix, at a cost of order d_hidden^4 per step.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.precision import as_floating, floating_dtype
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent import srn


def outer(
    A: Float[Array, "rows columns"], b: Float[Array, " length"]
) -> Float[Array, "rows columns length"]:
    """The outer product A (x) b of a matrix and a vector: entry [k, i, j] is A[k, i] b[j].

    >>> outer(np.eye(2), np.array([5.0, 7.0]))[1]
    array([[0., 0.],
           [5., 7.]])
    """
    return as_floating("A", A)[:, :, None] * b


def advance_influence(
    W_hh: Float[Array, "d_hidden d_hidden"],
    slope: Float[Array, " d_hidden"],
    direct: Float[Array, "d_hidden ..."],
    previous: Float[Array, "d_hidden ..."],
) -> Float[Array, "d_hidden ..."]:
    """Carry the derivative of the state with respect to some weight over one step.

    Implements eq-rtrl-influence.

    Args:
        W_hh: recurrent weights.
        slope: f'(z_t).
        direct: the immediate partial derivative of z_t: h_{t-1} is held fixed.
        previous: the derivative of h_{t-1}.
    """
    carried = np.tensordot(as_floating("W_hh", W_hh), previous, axes=1)
    slope = slope.reshape(-1, *[1] * (direct.ndim - 1))
    return slope * (direct + carried)  # eq-rtrl-influence


def influences(
    cell: srn.SRN,
    params: srn.Params,
    xs: Float[Array, "time d_in"],
    h0: Float[Array, " d_hidden"] | None = None,
) -> Iterator[tuple[Float[Array, " d_hidden"], srn.Params]]:
    """Read one sequence; after each step yield the state and its derivatives.

    Args:
        cell: which nonlinearity.
        params: weights.
        xs: the inputs.
        h0: the state before the first step, a constant; None means zero.

    Yields:
        h_t, and its derivatives with respect to W_xh (d_hidden, d_hidden, d_in), W_hh
        (d_hidden, d_hidden, d_hidden) and b_h (d_hidden, d_hidden).

    >>> ones = srn.Params(np.eye(1), np.eye(1), np.zeros(1))
    >>> steps = influences(srn.SRN("identity"), ones, np.array([[1.0], [1.0], [1.0]]))
    >>> [by.W_hh.item() for h, by in steps]
    [0.0, 1.0, 3.0]
    """
    d_hidden, d_in = params.W_xh.shape
    check_shape("xs", xs, ("time", d_in))
    xs = as_floating("xs", xs)
    h = np.zeros(d_hidden) if h0 is None else as_floating("h0", h0)
    check_shape("h0", h, (d_hidden,))
    eye = np.eye(d_hidden)
    by = srn.Params(*(np.zeros((d_hidden, *weight.shape)) for weight in params))
    for x in xs:
        directs = srn.Params(outer(eye, x), outer(eye, h), eye)
        state, _ = cell.step(params, x[None], h[None])
        h = state[0]
        slope = by_name(cell.nonlinearity).slope(h)
        by = srn.Params(
            *(
                advance_influence(params.W_hh, slope, direct, previous)
                for direct, previous in zip(directs, by, strict=True)
            )
        )
        yield h, by


def gradients(
    cell: srn.SRN,
    params: srn.Params,
    xs: Float[Array, "time d_in"],
    d_hs: Float[Array, "time d_hidden"],
    h0: Float[Array, " d_hidden"] | None = None,
) -> srn.Params:
    """The gradients that ``bptt.backward`` finds, without a backward pass.

    Implements eq-rtrl-gradient.

    Args:
        cell: which nonlinearity.
        params: weights.
        xs: one sequence of inputs.
        d_hs: the immediate gradient of each step's own loss at h_t.
        h0: the state before the first step; None means zero.
    """
    check_shape("d_hs", d_hs, (len(xs), len(params.W_hh)))
    total = srn.Params(*(np.zeros(weight.shape, floating_dtype(weight)) for weight in params))
    for d_h, (_, by) in zip(d_hs, influences(cell, params, xs, h0), strict=True):
        for field, influence in zip(total, by, strict=True):
            field += np.tensordot(d_h, influence, axes=1)  # eq-rtrl-gradient
    return total


class Cost(NamedTuple):
    """What a gradient costs.

    Attributes:
        multiplications: of two numbers, leading terms: matrix products only.
        stored: numbers that must be kept at the same time.
    """

    multiplications: int
    stored: int


def bptt_cost(time: int, d_in: int, d_hidden: int) -> Cost:
    """Backpropagation through time, for one sequence.

    Implements eq-cost-bptt. Each step multiplies by each of the two matrices
    three times: once forwards, once to carry the gradient back, and once for the
    gradient of the matrix. Inputs and states of all steps are kept.

    >>> bptt_cost(time=100, d_in=10, d_hidden=20)
    Cost(multiplications=180000, stored=3000)
    """
    _check_sizes(time, d_in, d_hidden)
    per_step = 3 * d_hidden * (d_in + d_hidden)
    return Cost(time * per_step, time * (d_in + d_hidden))  # eq-cost-bptt


def rtrl_cost(time: int, d_in: int, d_hidden: int) -> Cost:
    """Real-time recurrent learning, for one sequence.

    Implements eq-cost-rtrl. Each step carries one derivative of the state per
    weight through W_hh, and reads one number off each; what is kept does not
    grow with time.

    >>> rtrl_cost(time=100, d_in=10, d_hidden=20)
    Cost(multiplications=26100000, stored=12400)
    """
    _check_sizes(time, d_in, d_hidden)
    weights = d_hidden * (d_in + d_hidden + 1)
    per_step = d_hidden * (d_in + d_hidden) + weights * d_hidden**2 + weights * d_hidden
    return Cost(time * per_step, weights * d_hidden)  # eq-cost-rtrl


def _check_sizes(time: int, d_in: int, d_hidden: int) -> None:
    for name, size in ("time", time), ("d_in", d_in), ("d_hidden", d_hidden):
        check_whole(name, size, 1)

r"""How the loss of step t depends on z_k, the argument of f at step k, for every pair.

delta_{t,k} is the derivative of the loss of step t with respect to z_k.
The double sum of the textbook, kept as a double sum. It costs T^2 where
``bptt.backward`` costs T, and exists to be looked at and to be compared with.
All functions take one sequence. A simple recurrent network enters through
its recurrent weights and the slopes f'(z_t) along the sequence.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_shape
from course_lib.recurrent.srn import Params


def immediate_partial(
    h_prev: Float[Array, " d_hidden"], i: int, j: int
) -> Float[Array, " d_hidden"]:
    """How z_k moves with the weight from unit j to unit i while h_{k-1} is held fixed.

    Implements eq-immediate-partial. Only entry i is not zero: the weight feeds unit i
    alone, and what it is multiplied by is h_{k-1,j}.

    >>> immediate_partial(np.array([5.0, 7.0, 9.0]), i=0, j=2)
    array([9., 0., 0.])
    """
    h_prev = as_floating("h_prev", h_prev)
    partial = np.zeros_like(h_prev)
    partial[i] = h_prev[j]  # eq-immediate-partial
    return partial


def delta_by_product(
    W_hh: Float[Array, "d_hidden d_hidden"],
    slopes: Float[Array, "time d_hidden"],
    d_h: Float[Array, " d_hidden"],
    k: int,
) -> Float[Array, " d_hidden"]:
    """delta_{t,k} for the last step t, as one product of matrices.

    Implements eq-delta-product.

    Args:
        W_hh: recurrent weights.
        slopes: f'(z_1), ..., f'(z_t).
        d_h: the immediate gradient of the loss of step t at h_t.
        k: the row of ``slopes`` at which the gradient is wanted: 0 for z_1.

    Raises:
        ValueError: there is no step ``k``.

    Convention: the factors stand in the order of time from left to right, so that
    the newest acts first.

    >>> delta_by_product(np.array([[2.0]]), np.full((4, 1), 0.5), np.array([8.0]), k=1)
    array([4.])
    """
    _check(W_hh, slopes)
    slopes = as_floating("slopes", slopes)
    t = len(slopes) - 1
    if not 0 <= k <= t:
        raise ValueError(f"k: expected a step from 0 to {t}, got {k}")
    product = np.eye(len(W_hh))
    for tau in range(k, t):
        product = product @ (slopes[tau][:, None] * W_hh.T)
    return product @ (slopes[t] * d_h)  # eq-delta-product


def delta_table(
    W_hh: Float[Array, "d_hidden d_hidden"],
    slopes: Float[Array, "time d_hidden"],
    d_hs: Float[Array, "time d_hidden"],
) -> Float[Array, "time time d_hidden"]:
    """All delta_{t,k}: entry [t - 1, k - 1], zero for k > t.

    Implements eq-delta-table.

    Args:
        W_hh: recurrent weights.
        slopes: f'(z_t) of every step.
        d_hs: the immediate gradient of each step's own loss at h_t.

    >>> one = np.ones((3, 1))
    >>> delta_table(np.array([[2.0]]), one, one)[..., 0]
    array([[1., 0., 0.],
           [2., 1., 0.],
           [4., 2., 1.]])
    """
    _check(W_hh, slopes)
    check_shape("d_hs", d_hs, slopes.shape)
    time, d_hidden = slopes.shape
    slopes = as_floating("slopes", slopes)
    dtype = np.result_type(slopes, as_floating("d_hs", d_hs))
    table = np.zeros((time, time, d_hidden), dtype)
    for k in reversed(range(time)):
        table[k, k] = slopes[k] * d_hs[k]
        if k + 1 < time:
            table[k + 1 :, k] = slopes[k] * (table[k + 1 :, k + 1] @ W_hh)  # eq-delta-table
    return table


def double_sum_gradients(
    table: Float[Array, "time time d_hidden"],
    xs: Float[Array, "time d_in"],
    hs_prev: Float[Array, "time d_hidden"],
) -> Params:
    """The gradients of the whole loss, one outer product for every pair k <= t.

    Implements eq-bptt-double-sum.

    Args:
        table: what ``delta_table`` returns.
        xs: the inputs.
        hs_prev: the state *before* each step, h_0, ..., h_{T-1}.
    """
    time, d_hidden = hs_prev.shape
    check_shape("table", table, (time, time, d_hidden))
    check_shape("xs", xs, (time, "d_in"))
    total = Params(
        np.zeros((d_hidden, xs.shape[1])), np.zeros((d_hidden, d_hidden)), np.zeros(d_hidden)
    )
    for t in range(time):
        for k in range(t + 1):
            total.W_xh[:] += np.outer(table[t, k], xs[k])  # eq-bptt-double-sum
            total.W_hh[:] += np.outer(table[t, k], hs_prev[k])  # eq-bptt-double-sum
            total.b_h[:] += table[t, k]  # eq-bptt-double-sum
    return total


def recurrent_gradient_by_partials(
    table_row: Float[Array, "time d_hidden"], hs_prev: Float[Array, "time d_hidden"]
) -> Float[Array, "d_hidden d_hidden"]:
    """The gradient of one step's loss with respect to W_hh, from immediate partials.

    Implements eq-bptt-partials.

    Args:
        table_row: delta_{t,k} for k = 1, ..., t.
        hs_prev: h_{k-1} for the same k.

    >>> recurrent_gradient_by_partials(np.array([[3.0]]), np.array([[5.0]]))
    array([[15.]])
    """
    check_shape("table_row", table_row, hs_prev.shape)
    d_hidden = hs_prev.shape[1]
    gradient = np.zeros((d_hidden, d_hidden))
    for i, j in np.ndindex(gradient.shape):
        for delta, h_prev in zip(table_row, hs_prev, strict=True):
            gradient[i, j] += immediate_partial(h_prev, i, j) @ delta  # eq-bptt-partials
    return gradient


def _check(W_hh: Array, slopes: Array) -> None:
    check_shape("slopes", slopes, ("time", "d_hidden"))
    check_shape("W_hh", W_hh, (slopes.shape[1], slopes.shape[1]))

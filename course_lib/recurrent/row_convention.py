"""The row convention: the same network where every matrix is transposed.

The course stores a weight as (to, from) and writes ``W x`` for a column x. Textbooks
that keep an example in a *row* write ``X W`` and store (from, to). Batched code looks
like theirs either way, because a batch holds one example per row: that is what
``x @ W.T`` is for.
"""

from typing import NamedTuple

from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import by_name
from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_shape
from course_lib.recurrent import srn


class Network(NamedTuple):
    """A simple recurrent network with its readout, in the notation of the course.

    Attributes:
        cell: W_xh, W_hh and b_h.
        W_hy: from the state to the scores, (vocab, d_hidden).
        b_y: bias of the scores, (vocab,).
    """

    cell: srn.Params
    W_hy: Float[Array, "vocab d_hidden"]
    b_y: Float[Array, " vocab"]


class RowNetwork(NamedTuple):
    """The same network for examples stored as rows: every matrix is (from, to).

    Attributes:
        W_xh: (d_in, d_hidden).
        W_hh: (d_hidden, d_hidden).
        b_h: (d_hidden,).
        W_hq: (d_hidden, vocab).
        b_q: (vocab,).
    """

    W_xh: Float[Array, "d_in d_hidden"]
    W_hh: Float[Array, "d_hidden d_hidden"]
    b_h: Float[Array, " d_hidden"]
    W_hq: Float[Array, "d_hidden vocab"]
    b_q: Float[Array, " vocab"]


def to_rows(network: Network) -> RowNetwork:
    """Transpose every matrix; the biases stay.

    >>> import numpy as np
    >>> cell = srn.Params(W_xh=np.ones((2, 3)), W_hh=np.eye(2), b_h=np.zeros(2))
    >>> rows = to_rows(Network(cell, W_hy=np.ones((5, 2)), b_y=np.zeros(5)))
    >>> rows.W_xh.shape, rows.W_hq.shape
    ((3, 2), (2, 5))
    """
    cell, W_hy, b_y = network
    return RowNetwork(cell.W_xh.T, cell.W_hh.T, cell.b_h, W_hy.T, b_y)


def row_step(
    rows: RowNetwork,
    X: Float[Array, "batch d_in"],
    H_prev: Float[Array, "batch d_hidden"],
    nonlinearity: str = "tanh",
) -> tuple[Float[Array, "batch d_hidden"], Float[Array, "batch vocab"]]:
    """One step as the row textbooks write it: a row per example, weights on the right.

    Implements eq-row-state and eq-row-output (chapter: recurrence).

    Returns:
        The new states and the scores.

    Raises:
        ValueError: the inputs or states do not fit the weights.

    Source: Zhang et al. (2023), Dive into Deep Learning, section on RNNs.
    """
    check_shape("X", X, ("batch", len(rows.W_xh)))
    check_shape("H_prev", H_prev, (len(X), len(rows.W_hh)))
    X = as_floating("X", X)
    H_prev = as_floating("H_prev", H_prev)
    phi = by_name(nonlinearity).value
    H = phi(X @ rows.W_xh + H_prev @ rows.W_hh + rows.b_h)  # eq-row-state
    return H, H @ rows.W_hq + rows.b_q  # eq-row-output

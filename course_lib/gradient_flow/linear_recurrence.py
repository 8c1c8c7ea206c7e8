r"""The recurrence without its nonlinearity: h_t = W h_{t-1}, which eigenvectors solve.

Three ways to the same states, each valid on a smaller class of matrices than
the one before: repeated products (always), Q L^t Q^{-1} (diagonalizable W),
Q L^t Q^T (symmetric W).
"""

from math import comb

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape, check_whole


def states_by_products(
    W: Float[Array, "d d"], h0: Float[Array, " d"], steps: int
) -> Float[Array, "time d"]:
    """Run h_t = W h_{t-1} one product after another.

    Implements eq-linear-recurrence.

    Args:
        W: the recurrent matrix.
        h0: the first state.
        steps: how many products.

    Returns:
        The states h0, ..., h_steps, one per row.

    Raises:
        ValueError: W is not square, h0 does not fit it, or ``steps`` is negative.

    >>> states_by_products(np.diag([2.0, 0.5]), np.ones(2), 2)
    array([[1.  , 1.  ],
           [2.  , 0.5 ],
           [4.  , 0.25]])
    """
    _check_fit(W, h0, steps)
    states = np.empty((steps + 1, len(h0)))
    states[0] = h0
    for t in range(1, steps + 1):
        states[t] = W @ states[t - 1]  # eq-linear-recurrence
    return states


def states_by_eigenvectors(
    W: Float[Array, "d d"], h0: Float[Array, " d"], steps: int, worst_condition: float = 1e7
) -> Float[Array, "time d"]:
    """The same states in closed form, Q L^t Q^{-1} h0, for a diagonalizable W.

    Implements eq-linear-eigenvectors. Eigenvalues may come in complex pairs;
    the imaginary parts cancel in the result.

    Args:
        W: a matrix with a full set of eigenvectors.
        h0: the first state.
        steps: the last state asked for.
        worst_condition: refuse eigenvectors closer to dependent than this.

    Returns:
        The states h0, ..., h_steps, one per row.

    Raises:
        ValueError: the eigenvectors are (nearly) dependent: W is defective.

    >>> W = np.array([[0.0, -1.0], [1.0, 0.0]])
    >>> np.abs(states_by_eigenvectors(W, np.array([1.0, 0.0]), 2)[2]).round(12).tolist()
    [1.0, 0.0]
    """
    _check_fit(W, h0, steps)
    eigenvalues, Q = np.linalg.eig(W)
    _check_independent(Q, worst_condition)
    powers = eigenvalues ** np.arange(steps + 1)[:, None]
    states = (powers * np.linalg.solve(Q, h0)) @ Q.T  # eq-linear-eigenvectors
    return states.real


def states_by_orthogonal_eigenvectors(
    W: Float[Array, "d d"], h0: Float[Array, " d"], steps: int
) -> Float[Array, "time d"]:
    """The same states as Q L^t Q^T h0, which needs orthogonal eigenvectors: a symmetric W.

    Implements eq-linear-symmetric.

    Returns:
        The states h0, ..., h_steps, one per row.

    Raises:
        ValueError: W is not symmetric.

    >>> states_by_orthogonal_eigenvectors(np.diag([2.0, 0.5]), np.ones(2), 2)[2].tolist()
    [4.0, 0.25]
    """
    _check_fit(W, h0, steps)
    if not np.allclose(W, W.T, rtol=1e-12, atol=0.0):
        raise ValueError("W: expected a symmetric matrix, got one that differs from its transpose")
    eigenvalues, Q = np.linalg.eigh(W)
    powers = eigenvalues ** np.arange(steps + 1)[:, None]
    return (powers * (Q.T @ h0)) @ Q.T  # eq-linear-symmetric


def components(
    W: Float[Array, "d d"], h0: Float[Array, " d"], steps: int, worst_condition: float = 1e7
) -> Complex[Array, "time d"]:
    """The coordinates of each state in the basis of eigenvectors, dominant eigenvalue first.

    Implements eq-component-ratio: coordinate i of state t is its value at 0 times
    the t-th power of eigenvalue i. Divided by the first column this shrinks, and
    that is all that "the other components are discarded" can mean.

    Returns:
        One row per state h0, ..., h_steps, one column per eigenvalue, ordered by
        falling modulus.

    Raises:
        ValueError: the eigenvectors are (nearly) dependent: W is defective.

    >>> components(np.diag([0.5, 2.0]), np.ones(2), 2).real
    array([[1.  , 1.  ],
           [2.  , 0.5 ],
           [4.  , 0.25]])
    """
    _check_fit(W, h0, steps)
    eigenvalues, Q = np.linalg.eig(W)
    _check_independent(Q, worst_condition)
    order = np.argsort(-np.abs(eigenvalues), kind="stable")
    start = np.linalg.solve(Q, h0.astype(complex))
    powers = eigenvalues[order] ** np.arange(steps + 1)[:, None]
    return powers * start[order]  # eq-component-ratio


def jordan_power(eigenvalue: float, size: int, exponent: int) -> Float[Array, "size size"]:
    """The power of a Jordan block, the matrix that no eigenvectors can diagonalize.

    Implements eq-jordan-power. The corner entry is a polynomial in the exponent
    times a power of the eigenvalue, so with eigenvalue 1 it grows although no
    eigenvalue exceeds 1.

    Args:
        eigenvalue: on the diagonal; ones stand above it.
        size: how many rows.
        exponent: a whole number, 0 or more.

    Raises:
        ValueError: ``size`` is below 1 or ``exponent`` is negative.

    >>> jordan_power(1.0, 2, 50)
    array([[ 1., 50.],
           [ 0.,  1.]])
    """
    check_whole("size", size, 1)
    check_whole("exponent", exponent, 0)
    power = np.zeros((size, size))
    for above in range(min(size, exponent + 1)):
        entry = comb(exponent, above) * eigenvalue ** (exponent - above)  # eq-jordan-power
        power += entry * np.eye(size, k=above)
    return power


def _check_fit(W: Array, h0: Array, steps: int) -> None:
    check_shape("h0", h0, ("d",))
    check_shape("W", W, (len(h0), len(h0)))
    check_whole("steps", steps, 0)


def _check_independent(Q: Array, worst_condition: float) -> None:
    condition = float(np.linalg.cond(Q))
    if not condition <= worst_condition:
        raise ValueError(
            "W: expected independent eigenvectors, got a matrix of eigenvectors with condition "
            f"number {condition:.1e}: W is defective, or nearly so"
        )

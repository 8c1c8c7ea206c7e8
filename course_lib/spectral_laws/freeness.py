"""Freeness of two large random matrices: random rotations, and mixed moments."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape, check_whole


def haar_orthogonal(n: int, rng: np.random.Generator) -> Float[Array, "n n"]:
    """An orthogonal matrix without preferred directions.

    The factor Q of a Gaussian matrix, with signs that make the decomposition unique.

    Raises:
        ValueError: ``n`` is below 1, or no whole number.

    >>> Q = haar_orthogonal(3, np.random.default_rng(0))
    >>> bool(np.allclose(Q @ Q.T, np.eye(3)))
    True
    """
    check_whole("n", n, 1)
    Q, R = np.linalg.qr(rng.standard_normal((n, n)))
    return Q * np.where(np.diag(R) < 0, -1.0, 1.0)


def rotated_sum(
    a: Float[Array, " n"], b: Float[Array, " n"], rng: np.random.Generator
) -> Float[Array, "n n"]:
    """A + Q B Q^T for diagonal A and B and a random rotation Q.

    Args:
        a: eigenvalues of A.
        b: eigenvalues of B.
        rng: source of the rotation.
    """
    check_shape("b", b, (len(a),))
    Q = haar_orthogonal(len(a), rng)
    return np.diag(a) + (Q * b) @ Q.T


def mixed_moment(A: Float[Array, "n n"], B: Float[Array, "n n"]) -> float:
    """The normalised trace of A B A B, tr(ABAB) / n.

    Implements eq-mixed-moment.

    >>> mixed_moment(np.diag([1.0, 2.0]), np.diag([3.0, 0.0]))
    4.5
    """
    check_shape("A", A, ("n", "n"))
    check_shape("B", B, A.shape)
    AB = A @ B
    return float((AB * AB.T).sum() / len(A))  # eq-mixed-moment


def free_mixed_moment(
    a: tuple[float, float] | Float[Array, " 2"], b: tuple[float, float] | Float[Array, " 2"]
) -> float:
    """What the mixed moment is when A and B are free: their first two moments decide it.

    Implements eq-free-mixed-moment.

    Args:
        a: mean and mean square of the eigenvalues of A.
        b: the same for B.

    >>> free_mixed_moment((1.0, 1.5), (0.0, 0.2))
    0.2
    """
    (a1, a2), (b1, b2) = a, b
    return float(a2 * b1**2 + a1**2 * b2 - a1**2 * b1**2)  # eq-free-mixed-moment


def commuting_mixed_moment(a: Float[Array, " n"], b: Float[Array, " n"]) -> float:
    """The same for diagonal matrices, where it is the mean of a^2 b^2.

    If the two lists are independent of each other this tends to the product of the mean squares,
    which is not what free matrices have: independent entries do not make diagonal matrices free.

    >>> commuting_mixed_moment(np.array([1.0, 2.0]), np.array([3.0, 0.0]))
    4.5
    """
    check_shape("b", b, (len(a),))
    return float((a**2 * b**2).mean())

r"""How far a matrix can stretch a vector, and how that differs from its eigenvalues.

The operator norm says what a matrix does in one step, the spectral radius what
its powers do in the long run. For normal matrices the two agree; a recurrent
weight matrix is not normal, and confusing them hides transient growth.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole


def top_singular_pair(
    A: Float[Array, "rows cols"],
    rng: np.random.Generator | None = None,
    max_iterations: int = 100_000,
) -> tuple[float, Float[Array, " cols"]]:
    """Find the direction that a matrix stretches most, by power iteration on A^T A.

    Implements eq-power-iteration.

    The estimate can only grow from one iteration to the next, so the loop ends
    when rounding stops it from growing. The number of iterations is of the order
    of 1 / (1 - s_2 / s_1): two largest singular values that differ by parts in a
    million are more than this method should be asked for.

    Args:
        A: any matrix, square or not.
        rng: where the random start comes from; None means a fixed one.
        max_iterations: how long to try.

    Returns:
        The norm ||A v|| and the unit vector v that attains it.

    Raises:
        ValueError: an entry is not finite, or the loop is still gaining after
            ``max_iterations``.

    >>> stretch, v = top_singular_pair(np.array([[0.0, 4.0], [0.0, 0.0]]))
    >>> round(stretch, 12), np.abs(v).round(6).tolist()
    (4.0, [0.0, 1.0])
    """
    check_shape("A", A, ("rows", "cols"))
    check_whole("max_iterations", max_iterations, 1)
    A = as_floating("A", A)
    if not np.isfinite(A).all():
        raise ValueError("A: expected finite entries, got inf or nan")
    scale = float(np.abs(A).max(initial=0.0))
    rng = np.random.default_rng(0) if rng is None else rng
    v = rng.normal(size=A.shape[1])
    v /= np.linalg.norm(v)
    if scale == 0.0:
        return 0.0, v
    unit = A / scale  # entries of A^T A must not overflow
    stretch = 0.0
    for _ in range(max_iterations):
        Av = unit @ v
        longer = float(np.linalg.norm(Av))
        if longer <= stretch * (1 + 1e-15):
            return scale * max(longer, stretch), v
        stretch = longer
        v = unit.conj().T @ Av  # eq-power-iteration
        v /= np.linalg.norm(v)
    raise ValueError(
        f"max_iterations: expected enough to converge for this matrix, got {max_iterations}"
    )


def op_norm(A: Float[Array, "rows cols"], rng: np.random.Generator | None = None) -> float:
    """The operator norm: the most that A can stretch a vector, sup ||A x|| / ||x|| over x != 0.

    Implements eq-operator-norm, as the square root of the largest eigenvalue
    of A^T A, which ``top_singular_pair`` finds.

    Args:
        A: any matrix.
        rng: where the random start comes from; None means a fixed one.

    Returns:
        The largest singular value of A.

    Raises:
        ValueError: an entry of A is not finite.

    Convention: the norm that belongs to the Euclidean length of vectors
    (``numpy.linalg.norm(A, 2)``), not the Frobenius norm that numpy gives by default.

    >>> round(op_norm(np.diag([3.0, -5.0])), 12)
    5.0
    """
    stretch, _ = top_singular_pair(A, rng)
    return stretch  # eq-operator-norm


def spectral_radius(A: Float[Array, "d d"]) -> float:
    """The largest modulus of an eigenvalue; only square matrices have one.

    Implements eq-spectral-radius.

    Raises:
        ValueError: A is not square.

    >>> spectral_radius(np.array([[0.0, 4.0], [0.0, 0.0]]))
    0.0
    """
    _check_square(A)
    return float(np.abs(np.linalg.eigvals(A)).max())  # eq-spectral-radius


def power_norms(A: Float[Array, "d d"], count: int) -> Float[Array, " count"]:
    """The norms of A, A^2, ..., A^count: what a linear recurrence can amplify in k steps.

    Implements eq-gelfand: the k-th root of the k-th entry tends to the spectral radius.

    Args:
        A: a square matrix.
        count: how many powers.

    Returns:
        Entry k - 1 holds the operator norm of the k-th power.

    Raises:
        ValueError: A is not square, or ``count`` is below 1.

    >>> power_norms(np.array([[0.5, 10.0], [0.0, 0.5]]), 3).round(3)
    array([10.025, 10.006,  7.502])
    """
    _check_square(A)
    check_whole("count", count, 1)
    norms = np.empty(count)
    power = np.eye(A.shape[0])
    for k in range(count):
        power = A @ power
        norms[k] = op_norm(power)  # eq-gelfand
    return norms


def departure_from_normal(A: Float[Array, "d d"]) -> float:
    """The largest entry of A A^T - A^T A; zero exactly for normal matrices.

    Raises:
        ValueError: A is not square.

    >>> departure_from_normal(np.array([[0.0, -1.0], [1.0, 0.0]]))
    0.0
    """
    _check_square(A)
    A = as_floating("A", A)
    return float(np.abs(A @ A.conj().T - A.conj().T @ A).max())


def scaled_to_norm(A: Float[Array, "rows cols"], norm: float) -> Float[Array, "rows cols"]:
    """A positive multiple of A whose operator norm is the one asked for.

    Raises:
        ValueError: A is zero, or ``norm`` is negative.

    >>> op_norm(scaled_to_norm(np.eye(2), 4.0))
    4.0
    """
    check_at_least("norm", norm, 0.0)
    return _rescaled(A, op_norm(A), norm)


def scaled_to_radius(A: Float[Array, "d d"], radius: float) -> Float[Array, "d d"]:
    """A positive multiple of A whose spectral radius is the one asked for.

    Raises:
        ValueError: A is not square or has spectral radius 0, or ``radius`` is negative.

    >>> spectral_radius(scaled_to_radius(np.diag([1.0, -2.0]), 0.9))
    0.9
    """
    check_at_least("radius", radius, 0.0)
    return _rescaled(A, spectral_radius(A), radius)


def _rescaled(A: Array, have: float, want: float) -> Array:
    if have == 0.0:
        raise ValueError(f"A: expected a size that can be scaled to {want}, got 0")
    return A * (want / have)


def _check_square(A: Array) -> None:
    if np.ndim(A) != 2 or A.shape[0] != A.shape[1]:
        raise ValueError(f"A: expected a square matrix, got shape {tuple(np.shape(A))}")

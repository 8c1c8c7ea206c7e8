"""Spectra of matrices too large to write down: Lanczos' recursion and the quadrature in it.

All that is asked of the matrix is its product with a vector. A few dozen products give the
extreme eigenvalues, and a coarse picture of all others.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from scipy.linalg import eigh_tridiagonal

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_positive, check_shape, check_whole

Product = Callable[[Array], Array]


class Tridiagonal(NamedTuple):
    """What Lanczos' recursion found: A Q is Q T, but for a rest in the last column.

    Attributes:
        diagonal: of T, one entry a step.
        beside: the entries next to the diagonal, one fewer.
        basis: the vectors q_1, q_2, ... as columns.
        rest: norm of what A adds to the last vector outside the basis; 0 where the basis spans
            an invariant subspace.
    """

    diagonal: Float[Array, " steps"]
    beside: Float[Array, " steps-1"]
    basis: Float[Array, "n steps"]
    rest: float


class Quadrature(NamedTuple):
    """A law that consists of a few weighted nodes.

    Attributes:
        nodes: the points, in ascending order.
        weights: their shares, which sum to 1.
    """

    nodes: Float[Array, " nodes"]
    weights: Float[Array, " nodes"]

    def integrate(self, function: Callable[[Array], Array]) -> float:
        """Mean of a function over the law."""
        return float(self.weights @ function(self.nodes))

    def moment(self, k: int) -> float:
        """Mean of the k-th power."""
        check_whole("k", k, 0)
        return self.integrate(lambda x: x**k)

    def cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the law that lies at x or below."""
        below = np.append(0.0, np.cumsum(self.weights))
        return below[np.searchsorted(self.nodes, x, side="right")]

    def density(self, x: Float[Array, "*points"], width: float) -> Float[Array, "*points"]:
        """The law smoothed by a Gaussian of this width (its standard deviation).

        Raises:
            ValueError: ``width`` is not positive.
        """
        check_positive("width", width)
        from_node = (np.asarray(x)[..., None] - self.nodes) / width
        return np.exp(-(from_node**2) / 2) @ self.weights / (width * np.sqrt(2 * np.pi))


def lanczos(
    product: Product,
    start: Float[Array, " n"],
    steps: int,
    reorthogonalise: bool = True,
) -> Tridiagonal:
    """Build an orthonormal basis of start, A start, A^2 start, ... in which A is tridiagonal.

    Implements eq-lanczos. The arithmetic is that of ``start``: a float32 vector gives a float32
    recursion.

    Args:
        product: takes a vector q, returns A q; A is symmetric.
        start: any vector but zero.
        steps: how many products to spend, at most n. Fewer are spent if the space that the start
            generates is smaller.
        reorthogonalise: make every new vector orthogonal to all earlier ones again. In exact
            arithmetic this changes nothing; in floating point the basis is lost without it.

    Raises:
        ValueError: ``start`` is zero or not finite, ``steps`` is below 1 or above n, or
            ``product`` returns another shape than it was given.

    Source: Lanczos (1950).

    >>> T = lanczos(lambda q: np.array([1.0, 3.0]) * q, np.array([1.0, 1.0]), 2)
    >>> T.diagonal.round(12), T.beside.round(12)
    (array([2., 2.]), array([1.]))
    """
    check_shape("start", start, ("n",))
    start = as_floating("start", start)
    n = len(start)
    length = float(np.linalg.norm(start))
    if not 0 < length < np.inf:
        raise ValueError(f"start: expected a finite vector other than zero, got norm {length}")
    if not 1 <= steps <= n:
        raise ValueError(f"steps: expected 1 to {n} for vectors of {n} entries, got {steps}")
    check_whole("steps", steps, 1)
    basis = np.zeros((steps, n), dtype=start.dtype)  # in rows, which lie together in memory
    diagonal, beside = np.zeros(steps), np.zeros(steps)
    basis[0] = start / length
    largest = 0.0
    for j in range(steps):
        r = product(basis[j])
        check_shape("product", r, (n,))
        diagonal[j] = basis[j] @ r
        r = r - start.dtype.type(diagonal[j]) * basis[j]
        if j > 0:
            r = r - start.dtype.type(beside[j - 1]) * basis[j - 1]  # eq-lanczos
        if reorthogonalise:
            for _ in range(2):  # once is not enough where much cancels
                r = r - (basis[: j + 1] @ r) @ basis[: j + 1]
        beside[j] = np.linalg.norm(r)
        largest = max(largest, abs(diagonal[j]) + beside[j])
        if beside[j] <= 10 * n * np.finfo(start.dtype).eps * largest:
            return Tridiagonal(diagonal[: j + 1], beside[:j], basis[: j + 1].T, 0.0)
        if j + 1 < steps:
            basis[j + 1] = r / start.dtype.type(beside[j])
    return Tridiagonal(diagonal, beside[:-1], basis.T, float(beside[-1]))


def quadrature(tridiagonal: Tridiagonal) -> Quadrature:
    """Nodes and weights of Gauss' quadrature from k steps of the recursion.

    Implements eq-lanczos-quadrature. For a unit start q_1, the weighted sum of f over the nodes is
    q_1^T f(A) q_1 for every polynomial f up to degree 2 k - 1, as in Gauss' quadrature.

    Source: Golub and Welsch (1969).

    >>> T = lanczos(lambda q: np.array([1.0, 3.0]) * q, np.array([1.0, 1.0]), 2)
    >>> [part.round(12).tolist() for part in quadrature(T)]
    [[1.0, 3.0], [0.5, 0.5]]
    """
    nodes, vectors = eigh_tridiagonal(tridiagonal.diagonal, tridiagonal.beside)
    return Quadrature(nodes, vectors[0] ** 2)  # eq-lanczos-quadrature


def spectral_quadrature(
    product: Product, n: int, steps: int, starts: int, rng: np.random.Generator
) -> Quadrature:
    """The law of all n eigenvalues, estimated from a few random starts.

    Implements eq-trace-estimate. Each start sees the eigenvalues with random weights whose means
    are equal, so averaging over starts is unbiased for every moment up to 2 steps - 1.

    Args:
        product: takes a vector q, returns A q; A is symmetric.
        n: size of A.
        steps: products for each start.
        starts: how many starts.
        rng: source of the starts.

    Raises:
        ValueError: ``starts`` or ``steps`` is below 1, or ``steps`` is above ``n``.

    Source: Lin, Saad and Yang (2016).
    """
    check_whole("starts", starts, 1)
    every = [quadrature(lanczos(product, rng.standard_normal(n), steps)) for _ in range(starts)]
    return pooled(every)  # eq-trace-estimate


def pooled(parts: Sequence[Quadrature]) -> Quadrature:
    """The mean of a few laws: all nodes of all of them.

    Raises:
        ValueError: there is none.

    >>> one, two = (Quadrature(np.array([x]), np.ones(1)) for x in (2.0, 1.0))
    >>> pooled([one, two]).weights
    array([0.5, 0.5])
    """
    if not parts:
        raise ValueError("parts: expected at least one law, got none")
    nodes = np.concatenate([part.nodes for part in parts])
    weights = np.concatenate([part.weights for part in parts]) / len(parts)
    order = np.argsort(nodes)
    return Quadrature(nodes[order], weights[order])


class Extremes(NamedTuple):
    """The ends of a spectrum, and how far off they may be.

    Attributes:
        low: the smallest node.
        high: the largest node.
        error_low: an eigenvalue lies within this distance of ``low``.
        error_high: likewise for ``high``.
    """

    low: float
    high: float
    error_low: float
    error_high: float


def extreme_eigenvalues(product: Product, n: int, steps: int, rng: np.random.Generator) -> Extremes:
    """The smallest and the largest eigenvalue, from one random start.

    Implements eq-ritz-residual. Both are approached from inside the spectrum.

    Args:
        product: takes a vector q, returns A q; A is symmetric.
        n: size of A.
        steps: how many products.
        rng: source of the start.

    Raises:
        ValueError: ``steps`` is below 1 or above ``n``.

    >>> ends = extreme_eigenvalues(lambda q: np.arange(5) * q, 5, 5, np.random.default_rng(0))
    >>> round(abs(ends.low), 12), round(ends.high, 12)
    (0.0, 4.0)
    """
    check_whole("n", n, 1)
    T = lanczos(product, rng.standard_normal(n), steps)
    nodes, vectors = eigh_tridiagonal(T.diagonal, T.beside)
    errors = T.rest * np.abs(vectors[-1])  # eq-ritz-residual
    return Extremes(float(nodes[0]), float(nodes[-1]), float(errors[0]), float(errors[-1]))

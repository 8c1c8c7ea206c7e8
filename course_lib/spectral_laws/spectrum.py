"""Eigenvalues that were measured: their density, transform, moments, and distance to a law."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_positive, check_shape, check_whole
from course_lib.spectral_laws.law import Law, real_points, upper_points

CHUNK = 1 << 20  # entries of a table of differences that are held at once


def gram(Y: Float[Array, "rows columns"]) -> Float[Array, "rows rows"]:
    """The Gram matrix Y Y^T / m of the m columns of Y; for complex Y the transpose is conjugated.

    Implements eq-gram.

    Raises:
        ValueError: ``Y`` is no matrix of numbers, or has no column.

    >>> gram(np.array([[1.0, 3.0]]))
    array([[5.]])
    """
    Y = _matrix(Y)
    return Y @ Y.conj().T / Y.shape[1]  # eq-gram


def gram_eigenvalues(Y: Float[Array, "rows columns"]) -> Float[Array, " rows"]:
    """Eigenvalues of Y Y^T / m in ascending order; those that must be zero are exactly zero.

    The smaller of Y Y^T and Y^T Y is diagonalised. The two share all eigenvalues but zeros. For
    complex Y the transpose is conjugated.

    Raises:
        ValueError: ``Y`` is no matrix of numbers, or has no column.

    >>> gram_eigenvalues(np.array([[2.0], [0.0]]))
    array([0., 4.])
    """
    Y = _matrix(Y)
    rows, columns = Y.shape
    small = Y @ Y.conj().T if rows <= columns else Y.conj().T @ Y
    eigenvalues = np.zeros(rows)
    eigenvalues[rows - len(small) :] = np.maximum(np.linalg.eigvalsh(small / columns), 0.0)
    return eigenvalues


def samples_at(name: str, features: int, ratio: float) -> int:
    """How many samples, rounded, make this ratio of features to samples.

    Raises:
        ValueError: there are so few features that no sample is left.

    >>> samples_at("n", 10, 4.0)
    2
    """
    samples = round(features / ratio)
    if samples < 1:
        least = math.floor(ratio / 2) + 1
        expected = f"expected at least {least} at the ratio {ratio:g}"
        raise ValueError(f"{name}: {expected}, got {features}")
    return samples


def ecdf(eigenvalues: Float[Array, " n"], x: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """Share of the eigenvalues that are at most x.

    >>> ecdf(np.array([1.0, 2.0]), np.array([0.5, 1.0, 3.0]))
    array([0. , 0.5, 1. ])
    """
    eigenvalues = _some(eigenvalues)
    return np.searchsorted(np.sort(eigenvalues), x, side="right") / len(eigenvalues)


def stieltjes(
    eigenvalues: Float[Array, " n"], z: Complex[Array, "*points"]
) -> Complex[Array, "*points"]:
    """G(z), the mean of 1 / (z - lambda) over the eigenvalues.

    Implements eq-stieltjes-empirical.

    Raises:
        ValueError: a point lies below the real axis, or on an eigenvalue.

    >>> stieltjes(np.array([0.0, 2.0]), np.array([1j]))
    array([-0.2-0.6j])
    """
    eigenvalues = _some(eigenvalues)
    z = upper_points(z)
    on = np.isin(z, eigenvalues)
    if np.any(on):
        raise ValueError(f"z: expected no eigenvalue, got {complex(z[on].flat[0])}")
    flat = np.asarray(z).ravel()
    G = np.empty(flat.shape, dtype=complex)
    step = max(1, CHUNK // len(eigenvalues))
    for start in range(0, len(flat), step):
        part = flat[start : start + step, None]
        G[start : start + step] = (1 / (part - eigenvalues)).mean(axis=1)  # eq-stieltjes-empirical
    return G.reshape(np.shape(z))


def invert(
    transform: Callable[[Array], Array], x: Float[Array, "*points"], height: float
) -> Float[Array, "*points"]:
    """Read a density off a Stieltjes transform, a little above the axis.

    Implements eq-stieltjes-inversion. What comes out is the density smoothed by a Cauchy kernel of
    width ``height``.

    Args:
        transform: G, for points above the axis.
        x: where the density is wanted.
        height: y, above the axis.

    Raises:
        ValueError: ``height`` is not positive.

    >>> invert(lambda z: 1 / z, np.array([0.0]), 0.5).round(4)
    array([0.6366])
    """
    check_positive("height", height)
    return -transform(x + 1j * height).imag / np.pi  # eq-stieltjes-inversion


def moments(eigenvalues: Float[Array, " n"], k_max: int) -> Float[Array, " moments"]:
    """The means of the powers 0 to k_max of the eigenvalues.

    Implements eq-trace-moment.

    Raises:
        ValueError: ``k_max`` is negative.

    >>> moments(np.array([1.0, 3.0]), 2)
    array([1., 2., 5.])
    """
    eigenvalues = _some(eigenvalues)
    check_whole("k_max", k_max, 0)
    return np.array([(eigenvalues**k).mean() for k in range(k_max + 1)])  # eq-trace-moment


def ks_distance(eigenvalues: Float[Array, " n"], law: Law) -> float:
    """Kolmogorov's distance: the largest gap between the eigenvalues' share and the law's.

    Eigenvalues that agree with an atom of the law to ten digits are taken to lie on it; rounding
    would otherwise move them to either side.

    >>> from course_lib.spectral_laws.semicircle import Semicircle
    >>> round(ks_distance(np.array([0.0]), Semicircle()), 12)
    0.5
    """
    eigenvalues = _some(eigenvalues)
    n = len(eigenvalues)
    at = np.sort(eigenvalues)
    scale = np.abs(at).max()
    for atom in law.atoms:
        at[np.abs(at - atom.at) <= 1e-10 * scale] = atom.at
    share = law.cdf(at)
    before = share - sum(atom.mass * (at == atom.at) for atom in law.atoms)
    upper = np.searchsorted(at, at, side="right") / n
    lower = np.searchsorted(at, at, side="left") / n
    return float(max(np.abs(upper - share).max(), np.abs(lower - before).max()))


def _some(eigenvalues: Float[Array, " n"]) -> Float[Array, " n"]:
    """At least one eigenvalue, each a finite real number."""
    eigenvalues = real_points("eigenvalues", eigenvalues)
    check_shape("eigenvalues", eigenvalues, ("n",))
    check_at_least("eigenvalues: length", len(eigenvalues), 1)
    wrong = eigenvalues[~np.isfinite(eigenvalues)]
    if wrong.size:
        raise ValueError(f"eigenvalues: expected finite numbers, got {wrong[0]}")
    return eigenvalues


def _matrix(Y: Float[Array, "rows columns"]) -> Array:
    """Two axes, one column at least, and numbers that are not whole ones."""
    Y = as_floating("Y", Y)
    check_shape("Y", Y, ("rows", "columns"))
    check_at_least("Y: columns", Y.shape[1], 1)
    return Y

"""The R-transform: what adds when random matrices that are free of each other are added."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive
from course_lib.spectral_laws.law import Law

HALVINGS = 200


def semicircle_r(g: Float[Array, "*points"], sigma: float) -> Float[Array, "*points"]:
    """R of the semicircle: sigma^2 g.

    Implements eq-r-semicircle. ``sigma`` is the standard deviation.

    >>> semicircle_r(np.array([0.5]), 2.0)
    array([2.])
    """
    check_positive("sigma", sigma)
    return sigma**2 * g  # eq-r-semicircle


def marchenko_pastur_r(
    g: Float[Array, "*points"], ratio: float, variance: float = 1.0
) -> Float[Array, "*points"]:
    """R of Marchenko and Pastur's law: v / (1 - v r g).

    Implements eq-r-marchenko-pastur.

    Args:
        g: where.
        ratio: features over samples.
        variance: of the entries.

    >>> marchenko_pastur_r(np.array([0.5]), 1.0)
    array([2.])
    """
    check_positive("ratio", ratio)
    check_positive("variance", variance)
    return variance / (1 - variance * ratio * g)  # eq-r-marchenko-pastur


def r_transform(law: Law, g: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """R of any law: the z outside all eigenvalues at which G(z) = g, less 1/g.

    Implements eq-r-transform.

    Args:
        law: the law.
        g: values that G takes to the right of the law (positive) or to its left (negative).

    Returns:
        R(g). For g = 0 it is the mean of the law. Digits are lost for tiny g: the error is about
        1e-16 / g.

    Raises:
        ValueError: G does not reach g outside the law.

    >>> from course_lib.spectral_laws.semicircle import Semicircle
    >>> r_transform(Semicircle(1.0), np.array([0.0, 0.5])).round(9)
    array([0. , 0.5])
    """
    g = np.asarray(g, dtype=float)
    left, right = outer_ends(law)
    zero = g == 0
    safe = np.where(zero, 1.0, g)
    side = np.sign(safe)
    # On the right all of the law lies between left and right of z, so z - 1/g does too.
    near = np.where(
        side > 0, np.maximum(right, left + 1 / safe), np.minimum(left, right + 1 / safe)
    )
    far = np.where(side > 0, right, left) + 1 / safe
    reached = np.abs(real_stieltjes(law, near)) >= np.abs(safe) * (1 - 1e-12)
    reached |= np.isin(near, [atom.at for atom in law.atoms])  # where G is infinite
    out_of_reach = ~zero & ~reached
    if out_of_reach.any():
        first = float(g[out_of_reach].flat[0])
        raise ValueError(f"g: expected values that G takes outside the law, got {first}")
    z = invert_monotone(law, safe, near, far)
    return np.where(zero, law.moment(1), z - 1 / safe)  # eq-r-transform


def outer_ends(law: Law) -> tuple[float, float]:
    """The smallest and the largest point of a law, atoms included."""
    points = [end for interval in law.support for end in interval]
    points += [atom.at for atom in law.atoms]
    return min(points), max(points)


def invert_monotone(
    law: Law,
    g: Float[Array, "*points"],
    near: Float[Array, "*points"],
    far: Float[Array, "*points"],
) -> Float[Array, "*points"]:
    """The real z between ``near``, where G is larger in size, and ``far``, with G(z) = g.

    The bracket is halved until the doubles between its ends run out.
    """
    large, small = near.copy(), far.copy()
    for _ in range(HALVINGS):
        middle = (large + small) / 2
        above = np.abs(real_stieltjes(law, middle)) > np.abs(g)
        if np.all((middle == large) | (middle == small)):
            break
        large, small = np.where(above, middle, large), np.where(above, small, middle)
    return (large + small) / 2


def real_stieltjes(law: Law, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """G on the real axis, outside the law; infinite at an atom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        G = law.stieltjes(np.asarray(x, dtype=complex))
    return np.where(np.isfinite(G), G.real, np.inf)

"""How fast negative eigenvalues appear above the critical energy: the power 3/2, and its range."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_whole
from course_lib.hessians.critical_edges import critical_energy
from course_lib.hessians.critical_hessian import HessianAtCriticalPoint


class PowerLaw(NamedTuple):
    """A straight line through logarithms, log index = exponent log(epsilon - epsilon_c) + const.

    Attributes:
        exponent: its slope.
        factor: the exponential of the constant.
        interval: between which relative distances (epsilon - epsilon_c) / epsilon_c it was fitted.
    """

    exponent: float
    factor: float
    interval: tuple[float, float]


def index_above(phi: float, relative: Float[Array, " points"]) -> Float[Array, " points"]:
    """The fraction of negative eigenvalues at energies (1 + relative) epsilon_c.

    Raises:
        ValueError: there is no positive critical energy, which needs phi < 1.
    """
    start = _positive_critical_energy(phi)
    return np.array([HessianAtCriticalPoint(start * (1 + r), phi).index() for r in relative])


def fit_exponent(phi: float, near: float, far: float, points: int = 12) -> PowerLaw:
    """Fit index ~ (epsilon - epsilon_c)^exponent between two distances from the critical energy.

    Args:
        phi: parameters over output values, below 1.
        near: relative distance at which the fit begins.
        far: relative distance at which it ends.
        points: how many energies, evenly spaced in the logarithm.

    Raises:
        ValueError: ``near`` is not positive, ``far`` is not above it, or there are too few points.

    >>> round(fit_exponent(0.25, 0.001, 0.02).exponent, 2)
    1.5
    """
    check_positive("near", near)
    if not far > near:
        raise ValueError(f"far: expected more than near, which is {near}, got {far}")
    check_whole("points", points, 2)
    relative = np.geomspace(near, far, points)
    index = index_above(phi, relative)
    distance = relative * critical_energy(phi)
    exponent, constant = np.polyfit(np.log(distance), np.log(index), 1)
    return PowerLaw(float(exponent), float(np.exp(constant)), (near, far))


def leading_factor(phi: float) -> float:
    """The number that (epsilon - epsilon_c)^(3/2) is multiplied with, in the limit.

    Implements eq-index-law. The left edge moves at the speed 2 G with the energy, G being the
    transform at the edge, and the density behind the edge grows like a square root.

    >>> law = HessianAtCriticalPoint(1.0001 * critical_energy(0.5), 0.5)
    >>> round(law.index() / (0.0001 * critical_energy(0.5)) ** 1.5 / leading_factor(0.5), 3)
    1.0
    """
    epsilon = _positive_critical_energy(phi)
    law = HessianAtCriticalPoint(epsilon, phi)
    # At the edge 0 the cubic has a double root: G there solves the cubic's derivative.
    a, b, c, _ = law.coefficients(np.zeros(1))
    G = float(((-b - np.sqrt(b * b - 3 * a * c)) / (3 * a))[0])
    curvature = 2 * phi**2 / (1 - phi * G) ** 3 + 2 / G**3  # of z as a function of G
    speed = 2 * abs(G)
    rise = np.sqrt(2 / abs(curvature)) / np.pi
    return float(2 / 3 * rise * speed**1.5)  # eq-index-law


def _positive_critical_energy(phi: float) -> float:
    """The critical energy, which has to be positive here."""
    if not 0 < phi < 1:
        raise ValueError(f"phi: expected a number between 0 and 1, got {phi}")
    return critical_energy(phi)

"""Where the spectrum of the critical Hessian ends, and at which energies that changes."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy import ndarray as Array
from scipy.optimize import brentq

from course_lib.foundations.validate import check_positive
from course_lib.spectral_laws.two_doubles import PRECISION, TwoDoubles, square_root


@dataclass(frozen=True)
class Discriminant:
    """The product of (z - e) over the four z at which the cubic has a double root.

    The real ones are the edges of the spectrum, and next to an edge z - e has to be right to many
    digits. The two outermost edges are found in fractions; dividing them out of the discriminant
    leaves a quadratic, whose roots are two more edges or a pair of complex numbers. Each edge is
    kept as the sum of two doubles.

    Attributes:
        edges: the real roots, from left to right, each as a double and what it leaves out.
        pair: centre (in two parts) and squared distance from the axis of a complex pair, or None.
    """

    edges: tuple[TwoDoubles, ...]
    pair: tuple[TwoDoubles, float] | None

    @staticmethod
    def of(epsilon: float, phi: float) -> "Discriminant":
        """Find the double roots for a positive energy."""
        outer = [_edge(t, epsilon, phi) for t in _outer_double_roots(epsilon, phi)]
        cubic, square = _upper_coefficients(Fraction(epsilon), Fraction(phi))
        total, product = -sum(outer), outer[0] * outer[1]
        slope = cubic - total
        centre = -slope / 2
        height = square - product - total * slope - centre**2
        if height >= 0:
            ends = tuple(TwoDoubles.of(edge) for edge in outer)
            return Discriminant(ends, (TwoDoubles.of(centre), float(height)))
        root = square_root(-height)
        edges = (outer[0], centre - root, centre + root, outer[1])
        return Discriminant(tuple(TwoDoubles.of(edge) for edge in edges), None)

    @property
    def intervals(self) -> tuple[tuple[float, float], ...]:
        """Where the discriminant is negative."""
        ends = [edge.high for edge in self.edges]
        return tuple(zip(ends[::2], ends[1::2], strict=True))

    def __call__(self, z: Array) -> Array:
        """The product, each factor correct in relative terms."""
        total = np.ones_like(z)
        for edge in self.edges:
            total = total * edge.subtracted_from(z)
        if self.pair is not None:
            centre, height = self.pair
            total = total * (centre.subtracted_from(z) ** 2 + height)
        return total


def critical_energy(phi: float) -> float:
    """The energy below which no eigenvalue is negative.

    Implements eq-critical-energy. From phi = 1 on it is 0: then H0 has eigenvalues at 0, and
    every H1 pushes some of them below.

    Raises:
        ValueError: ``phi`` is not positive.

    >>> round(critical_energy(0.25), 6)
    0.04351
    >>> critical_energy(1.0)
    0.0
    """
    check_positive("phi", phi)
    if phi >= 1:
        return 0.0
    root = np.sqrt(1 + 8 * phi)
    # The closed form (1 - 20 phi - 8 phi^2 + root^3) / 16 in factors, which does not cancel at 1.
    return float((3 - root) ** 3 * (1 + root) / 128)  # eq-critical-energy


def merging_energy(phi: float) -> float:
    """The energy at which the two parts of the spectrum become one; 0 where there is only one.

    Implements eq-merging-energy. For phi > 1, H0 has a share of zeros. A small H1 makes a
    narrow band of them, with a gap between it and the rest.

    Raises:
        ValueError: ``phi`` is not positive.

    >>> merging_energy(8.0)
    4.0
    """
    check_positive("phi", phi)
    return float(phi * max(np.cbrt(phi) - 1, 0.0) ** 3 / 2)  # eq-merging-energy


def _outer_double_roots(epsilon: float, phi: float) -> tuple[float, float]:
    """The t = phi G at which dz/dG vanishes at the left and at the right end of the spectrum."""

    def slope(t: float) -> float:  # dz/dG without its denominators
        return 2 * epsilon * (t * (1 - t)) ** 2 - (phi * (1 - t)) ** 2 + phi * t * t

    farthest = -phi / np.sqrt(2 * epsilon)
    if phi < 1:
        root = np.sqrt(phi)
        farthest = max(farthest, -root / (1 - root))
    precise = {"xtol": 1e-300, "rtol": 1e-15, "maxiter": 2000}
    left = brentq(slope, 1.0001 * farthest, 0.0, **precise)
    return left, brentq(slope, 0.0, 1.0, **precise)


def _edge(t: float, epsilon: float, phi: float) -> Fraction:
    """The z at t = phi G, after two of Newton's steps in fractions.

    Implements eq-hessian-edges.
    """
    T, e, f = Fraction(t), Fraction(epsilon), Fraction(phi)
    for _ in range(2):
        slope = 2 * e - f * f / T**2 + f / (1 - T) ** 2
        curvature = 2 * f * f / T**3 + 2 * f / (1 - T) ** 3
        T = Fraction(round((T - slope / curvature) * PRECISION), PRECISION)
    return f / T + 1 / (1 - T) + 2 * e * T / f  # eq-hessian-edges


def _upper_coefficients(e: Fraction, f: Fraction) -> tuple[Fraction, Fraction]:
    """Coefficients of z^3 and z^2 in the discriminant, when that of z^4 is made 1."""
    a = 2 * e * f
    b, c = (-2 * e, -f), (f - 1, Fraction(1))  # constant and linear part in z

    def times(p: tuple, q: tuple) -> tuple:
        out = [Fraction(0)] * (len(p) + len(q) - 1)
        for i, x in enumerate(p):
            for j, y in enumerate(q):
                out[i + j] += x * y
        return tuple(out)

    bb, cc = times(b, b), times(c, c)
    quartic = times(bb, cc)
    others = (times(cc, c), times(bb, b))
    cubic = quartic[3] - 4 * a * others[0][3] + 4 * others[1][3]
    square = quartic[2] - 4 * a * others[0][2] + 4 * others[1][2] - 18 * a * times(b, c)[2]
    return cubic / quartic[4], square / quartic[4]

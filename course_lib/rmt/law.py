"""What every spectral law must offer, and what it gets in return.

A law of eigenvalues has a continuous part on a few intervals and perhaps atoms, single points
that carry mass. A law that knows its density gets integrals, moments and distribution function
from here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array
from scipy.integrate import tanhsinh

from course_lib.foundations.validate import expect_whole

_FINE = np.pi / 64 * 2.0 ** -np.arange(12, 0, -1)  # a law may do much near an edge
BREAKS = np.concatenate(
    [[0.0], _FINE, np.linspace(np.pi / 64, np.pi * 63 / 64, 63), np.pi - _FINE[::-1], [np.pi]]
)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
RESOLVED, HALVINGS = 1e-12, 40  # mass by which halving a piece may change it, and how often


class Atom(NamedTuple):
    """A point that carries mass.

    Attributes:
        at: where it is.
        mass: its share of all eigenvalues.
    """

    at: float
    mass: float


class Law(ABC):
    """The limit of the eigenvalues of ever larger random matrices.

    Convention: G(z) is the mean of 1 / (z - t), so G(z) ~ 1/z far away, and G maps the upper half
    plane to the lower one. Many books call m(z) = -G(z) the Stieltjes transform.

    An edge where the density is infinite must lie at 0: elsewhere the distance from the edge has
    too few digits for integrals that are good to 1e-8.
    """

    @property
    @abstractmethod
    def support(self) -> tuple[tuple[float, float], ...]:
        """Where the density is positive: intervals, from left to right."""

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Points that carry mass, from left to right."""
        return ()

    @abstractmethod
    def density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the continuous part; atoms are not seen. NaN gives NaN, as in ``cdf``."""

    @abstractmethod
    def stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G(z), the mean of 1 / (z - t) over the law.

        Args:
            z: points above the real axis. On the axis itself the limit from above is meant.

        Raises:
            ValueError: a point lies below the axis, or is not finite.
        """

    @abstractmethod
    def sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues, in ascending order, of one n x n random matrix whose limit is this law."""

    def integrate(self, function: Callable[[Array], Array]) -> float:
        """Mean of a function over the law, atoms included.

        Args:
            function: takes an array of points and returns its values there; smooth inside the
                support.
        """
        total = sum(atom.mass * float(function(np.array([atom.at]))[0]) for atom in self.atoms)
        for a, b in self.support:
            total += self._pieces(function, a, b).sum()
        return float(total)

    def moment(self, k: int) -> float:
        """Mean of the k-th power.

        Raises:
            ValueError: ``k`` is negative, or no whole number.
        """
        expect_whole("k", k, 0)
        return self.integrate(lambda x: x**k)

    def cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the eigenvalues that are at most x, atoms included."""
        x = np.asarray(x, dtype=float)
        below = np.where(np.isnan(x), np.nan, 0.0)
        for atom in self.atoms:
            below += atom.mass * (x >= atom.at)
        for (a, b), total in self._mass_up_to_breaks.items():
            inside = np.clip((x - a) / (b - a), 0.0, 1.0)
            angle = 2 * np.arcsin(np.sqrt(inside))
            breaks = self._breaks(a, b)
            panel = np.clip(np.searchsorted(breaks, angle) - 1, 0, len(breaks) - 2)
            first, last = panel == 0, panel == len(breaks) - 2
            middle = ~(first | last)
            share = np.empty(x.shape)
            mass = self._integrand(np.ones_like, a, b)
            start = breaks[panel[middle]]
            share[middle] = total[panel[middle]] + _gauss(mass, start, angle[middle])
            share[first] = _double_exponential(mass, 0.0, angle[first])
            share[last] = total[-1] - _double_exponential(mass, angle[last], np.pi)
            below += share
        return below

    def _integrand(
        self, function: Callable[[Array], Array], a: float, b: float
    ) -> Callable[[Array], Array]:
        """Function times density over one interval, as a function of an angle.

        With x = a + (b - a) sin^2(angle / 2) a density that begins like a square root, or like
        its inverse, is smooth in the angle.
        """

        def integrand(angle: Array) -> Array:
            x = np.where(
                angle < np.pi / 2,
                a + (b - a) * np.sin(angle / 2) ** 2,
                b - (b - a) * np.cos(angle / 2) ** 2,
            )
            values = function(x) * self.density(x) * (b - a) * np.sin(angle) / 2
            return np.where(np.isfinite(values), values, 0.0)  # the very end of an infinite edge

        return integrand

    def _pieces(
        self, function: Callable[[Array], Array], a: float, b: float
    ) -> Float[Array, " pieces"]:
        """Integrate function times density between neighbouring angles.

        Edges that are no square roots are left to the double exponential rule.
        """
        integrand, breaks = self._integrand(function, a, b), self._breaks(a, b)
        pieces = _gauss(integrand, breaks[:-1], breaks[1:])
        ends = np.array([0, len(pieces) - 1])
        pieces[ends] = _double_exponential(integrand, breaks[ends], breaks[ends + 1])
        return pieces

    def _breaks(self, a: float, b: float) -> Float[Array, " breaks"]:
        """The angles between which the density is smooth.

        Where two parts of a spectrum have just met, or are about to, the density has a cusp, and
        the pieces around it are halved until halving does not change their mass.
        """
        if (a, b) not in self._known_breaks:
            mass, breaks = self._integrand(np.ones_like, a, b), BREAKS
            left, right = BREAKS[1:-2], BREAKS[2:-1]
            for _ in range(HALVINGS):
                middle = (left + right) / 2
                halves = _gauss(mass, left, middle) + _gauss(mass, middle, right)
                rough = np.abs(halves - _gauss(mass, left, right)) > RESOLVED
                if not rough.any():
                    break
                left, middle, right = left[rough], middle[rough], right[rough]
                breaks = np.append(breaks, middle)
                left, right = np.append(left, middle), np.append(middle, right)
            self._known_breaks[a, b] = np.sort(breaks)
        return self._known_breaks[a, b]

    @cached_property
    def _mass_up_to_breaks(self) -> dict[tuple[float, float], Float[Array, " breaks"]]:
        """For each interval, what lies in it up to each of its breaks."""
        return {
            (a, b): np.append(0.0, np.cumsum(self._pieces(np.ones_like, a, b)))
            for a, b in self.support
        }

    @cached_property
    def _known_breaks(self) -> dict[tuple[float, float], Float[Array, " breaks"]]:
        """What `_breaks` has found."""
        return {}


def _gauss(integrand: Callable[[Array], Array], left: Array, right: Array) -> Array:
    """Gauss's rule on many intervals at once, for what is smooth there."""
    middle, half = (left + right) / 2, (right - left) / 2
    return half * (integrand(middle[..., None] + half[..., None] * NODES) @ WEIGHTS)


def _double_exponential(
    integrand: Callable[[Array], Array], left: Array | float, right: Array | float
) -> Array:
    """An integral whose ends may be sharp; empty intervals give 0."""
    left, right = np.broadcast_arrays(left, right)
    result = np.zeros(left.shape)
    some = right > left
    if some.any():
        result[some] = tanhsinh(integrand, left[some], right[some]).integral
    return result


def expect_upper(z: Complex[Array, "*points"]) -> None:
    """Refuse points below the real axis, where G has another branch, and what is no point.

    >>> expect_upper(np.array([1.0 - 2.0j]))
    Traceback (most recent call last):
        ...
    ValueError: z: expected finite points on or above the real axis, got (1-2j)
    """
    z = np.asarray(z)
    wrong = ~np.isfinite(z) | (z.imag < 0)
    if wrong.any():
        first = complex(z[wrong].flat[0])
        raise ValueError(f"z: expected finite points on or above the real axis, got {first}")


def expect_positive(name: str, value: float) -> None:
    """Refuse a number that is not positive and finite.

    >>> expect_positive("phi", -1.0)
    Traceback (most recent call last):
        ...
    ValueError: phi: expected a positive number, got -1.0
    """
    if not 0 < value < np.inf:
        raise ValueError(f"{name}: expected a positive number, got {value}")

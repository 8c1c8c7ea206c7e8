"""The interface of a spectral law, and what follows from its density.

A law of eigenvalues has a continuous part on a few intervals and perhaps atoms, single points
that carry mass. A law that knows its density gets integrals, moments and distribution function
from here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array
from numpy.polynomial import legendre

from course_lib.foundations.validate import check_whole

_ENDS = np.pi / 32 * 4.0 ** -np.arange(12, 0, -1)  # a function may do much near an edge
BREAKS = np.concatenate(
    [[0.0], _ENDS, np.linspace(np.pi / 32, np.pi * 31 / 32, 31), np.pi - _ENDS[::-1], [np.pi]]
)
NODES, WEIGHTS = legendre.leggauss(16)
_DEGREES = np.arange(len(NODES))
TO_SERIES = WEIGHTS[:, None] * legendre.legvander(NODES, _DEGREES[-1]) * (_DEGREES + 0.5)
RESOLVED = 1e-13  # mass that the last terms of a resolved piece may carry
ROUNDS, AT_ONCE, PARTS = 30, 4, 4  # how often, how many at a time, into how many pieces are cut


class Atom(NamedTuple):
    """A point that carries mass.

    Attributes:
        at: where it is.
        mass: its share of all eigenvalues.
    """

    at: float
    mass: float


class Pieces(NamedTuple):
    """An interval from a to b, cut where it takes to make the density a polynomial on each piece.

    With x = a + (b - a) sin^2(angle / 2) a density that begins like a square root, or like its
    inverse, is smooth in the angle.

    Attributes:
        a: left end.
        b: right end.
        breaks: angles from 0 to pi.
        x: nodes of Gauss's rule on each piece.
        mass: its weights times the density.
        up_to: for each piece, the mass from a to a place in it, as a Legendre series.
    """

    a: float
    b: float
    breaks: Float[Array, " breaks"]
    x: Float[Array, "pieces nodes"]
    mass: Float[Array, "pieces nodes"]
    up_to: Float[Array, "pieces degrees"]

    @classmethod
    def of(cls, density: Callable[[Array], Array], a: float, b: float) -> "Pieces":
        """Cut pieces until the last terms of their series carry no mass.

        Where two parts of a spectrum have just met, or are about to, the density has a cusp, and
        the pieces around it get tiny. Rounding is never resolved: hence the limit.
        """
        left, right = BREAKS[:-1], BREAKS[1:]
        x, values = _values(density, a, b, left, right)
        for _ in range(ROUNDS):
            last = np.abs(values @ TO_SERIES[:, -2:]).max(axis=-1) * (right - left)
            rough = np.argsort(last)[-AT_ONCE:]
            rough = rough[last[rough] > RESOLVED]
            if not rough.size:
                break
            cuts = np.linspace(left[rough], right[rough], PARTS + 1)
            parts = cuts[:-1].ravel(), cuts[1:].ravel()
            new = (*parts, *_values(density, a, b, *parts))
            left, right, x, values = (
                np.concatenate([np.delete(old, rough, axis=0), more])
                for old, more in zip((left, right, x, values), new, strict=True)
            )
        order = np.argsort(left)
        left, right, x, values = (part[order] for part in (left, right, x, values))
        half = (right - left)[:, None] / 2
        mass = half * values * WEIGHTS
        up_to = half * legendre.legint(values @ TO_SERIES, lbnd=-1, axis=1)
        up_to[1:, 0] += np.cumsum(mass.sum(axis=1))[:-1]
        return cls(a, b, np.append(left, np.pi), x, mass, up_to)

    def share(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Mass from a to x."""
        angle = 2 * np.arcsin(np.sqrt(np.clip((x - self.a) / (self.b - self.a), 0.0, 1.0)))
        piece = np.clip(np.searchsorted(self.breaks, angle) - 1, 0, len(self.x) - 1)
        left, right = self.breaks[piece], self.breaks[piece + 1]
        place = (2 * angle - left - right) / (right - left)
        share = legendre.legval(place, np.moveaxis(self.up_to[piece], -1, 0), tensor=False)
        return np.where(x > self.a, share, 0.0)


def _values(
    density: Callable[[Array], Array], a: float, b: float, left: Array, right: Array
) -> tuple[Array, Array]:
    """Nodes between angles, and density there times dx over the angle's element."""
    angle = (left + right)[:, None] / 2 + (right - left)[:, None] / 2 * NODES
    from_a, from_b = (b - a) * np.sin(angle / 2) ** 2, (b - a) * np.cos(angle / 2) ** 2
    x = np.where(angle < np.pi / 2, a + from_a, b - from_b)
    values = density(x) * (b - a) * np.sin(angle) / 2
    return x, np.where(np.isfinite(values), values, 0.0)  # the very end of an infinite edge


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

    def density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the continuous part; atoms are not seen. NaN gives NaN, as in ``cdf``.

        Raises:
            ValueError: ``x`` holds what is no real number.
        """
        return self._density(real_points("x", x))[()]

    def cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the eigenvalues that are at most x, atoms included.

        Raises:
            ValueError: ``x`` holds what is no real number.
        """
        return self._cdf(real_points("x", x))[()]

    def stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G(z), the mean of 1 / (z - t) over the law.

        Args:
            z: points above the real axis. On the axis itself the limit from above is meant.

        Raises:
            ValueError: a point lies below the axis, or is not finite.
        """
        return self._stieltjes(upper_points(z))[()]

    def sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues, in ascending order, of one n x n random matrix whose limit is this law.

        Raises:
            ValueError: ``n`` is no whole number of at least 1, or too small for the law's
                shapes; ``rng`` is no generator.
        """
        check_whole("n", n, 1)
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng: expected a generator of numpy, got {rng!r}")
        return self._sample(n, rng)

    @abstractmethod
    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """The density at real points, NaN among them."""

    @abstractmethod
    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G at finite points on or above the axis."""

    @abstractmethod
    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of one matrix of n rows, n at least 1."""

    def integrate(self, function: Callable[[Array], Array]) -> float:
        """Mean of a function over the law, atoms included.

        Args:
            function: takes an array of points and returns its values there; smooth inside the
                support.
        """
        total = sum(atom.mass * float(function(np.array([atom.at]))[0]) for atom in self.atoms)
        for pieces in self._pieces:
            total += (pieces.mass * function(pieces.x)).sum()
        return float(total)

    def moment(self, k: int) -> float:
        """Mean of the k-th power.

        Raises:
            ValueError: ``k`` is negative, or no whole number.
        """
        check_whole("k", k, 0)
        return self.integrate(lambda x: x**k)

    def _cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Atoms and pieces up to x."""
        below = np.where(np.isnan(x), np.nan, 0.0)
        for atom in self.atoms:
            below += atom.mass * (x >= atom.at)
        return below + sum(pieces.share(x) for pieces in self._pieces)

    @property
    def _parts(self) -> tuple[tuple[float, float], ...]:
        """The support, cut where the density is known to be sharp."""
        return self.support

    @cached_property
    def _pieces(self) -> tuple[Pieces, ...]:
        """What all integrals are made of: each interval, cut into pieces of smooth density."""
        return tuple(Pieces.of(self.density, a, b) for a, b in self._parts)


def real_points(name: str, x: Any) -> Float[Array, "*points"]:
    """Points as an array of doubles.

    Raises:
        ValueError: something in ``x`` is no real number, or may be masked.

    >>> real_points("x", [1, np.nan])
    array([ 1., nan])
    >>> real_points("x", [1, 2j])
    Traceback (most recent call last):
        ...
    ValueError: x: expected real numbers, got 2j
    """
    return _points(name, x, "real numbers", "fiu").astype(float)


def upper_points(z: Any) -> Complex[Array, "*points"]:
    """Points as a complex array, all of them on or above the real axis.

    Raises:
        ValueError: a point lies below the axis, where G has another branch, or is no finite number.

    >>> upper_points([1.0, 2j])
    array([1.+0.j, 0.+2.j])
    >>> upper_points(1.0 - 2.0j)
    Traceback (most recent call last):
        ...
    ValueError: z: expected finite points on or above the real axis, got (1-2j)
    """
    expected = "finite points on or above the real axis"
    z = _points("z", z, expected, "fiuc").astype(complex)
    wrong = ~np.isfinite(z) | (z.imag < 0)
    if wrong.any():
        raise ValueError(f"z: expected {expected}, got {complex(z[wrong].flat[0])}")
    return z


def _points(name: str, points: Any, expected: str, kinds: str) -> Array:
    """Numbers of the kinds that are allowed, as an array."""
    if np.ma.isMaskedArray(points):
        raise ValueError(f"{name}: expected {expected}, got a masked array")
    try:
        array = np.asarray(points)
    except ValueError:
        raise ValueError(f"{name}: expected {expected}, got lists of unequal length") from None
    if array.size and array.dtype.kind not in kinds:
        several = np.ravel(np.asarray(points, dtype=object))
        wrong = (one for one in several if np.asarray(one).dtype.kind not in kinds)
        first = next(wrong, several[0])
        raise ValueError(f"{name}: expected {expected}, got {first!r}")
    return array.astype(float) if not array.size and array.dtype.kind not in kinds else array

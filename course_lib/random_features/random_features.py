"""The spectrum of nonlinear random features: Pennington and Worah's law.

The theorem gives the transform as a root of a quartic, three of whose four roots are wrong. In
the right variable the quartic takes apart: with

    a(p) = p^2 + (phi eta - zeta) p - phi zeta (eta - zeta)
    b(p) = p^2 + (psi eta - zeta) p - psi zeta (eta - zeta)

it reads psi z p (p - zeta)^2 = a(p) b(p), and G = psi (p - zeta) / a(p). Above the axis exactly
one root has Im p > 0 and Im G < 0: given the data, the features are samples of a Gaussian whose
covariance has a shifted Marchenko-Pastur law, with transform phi / p, and Silverstein's equation
for such samples has one solution.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array
from scipy.interpolate import CubicSpline

from course_lib.foundations.validate import check_positive, check_whole, is_number, shown
from course_lib.random_features.feature_map import features, random_feature_setup
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.spectrum import gram_eigenvalues

NODES = 128  # of the first guess, for one interval
LIFT = 1e-9  # by which a real root is lifted off the axis to see on which side it belongs
NEAR = 1e-4  # part of an interval in which square roots cost digits
BESIDE = 1e-10  # part in which an expansion about the edge is a better start
TINY = 1e-13  # part of an interval in which only the leading term of an infinite edge is left
POSITIVE = 1e-9  # the least -Im G / |G| that counts as a density, in the middle of an interval
GOES_ON = 1e-6  # and at an end of one, where rounding makes a square root of itself
ROUNDING = 1e-13  # part of eta by which eta and zeta of a linear function may differ


class Root(NamedTuple):
    """The variable p that belongs to z, and what follows from it."""

    p: Complex[Array, "*points"]
    G: Complex[Array, "*points"]


class Edge(NamedTuple):
    """An end of an interval, where z as a function of p is stationary.

    It is kept with extra digits: close to it a density has only half of those of the distance.

    Attributes:
        at: where it is.
        p: the variable there; not a number at 0.
        curvature: the second derivative of z with respect to p.
    """

    at: np.longdouble
    p: np.longdouble
    curvature: np.longdouble


@dataclass(frozen=True)
class RandomFeatures(Law):
    """Eigenvalues of Y Y^T / m for Y = f(W X), in the limit of many features, inputs and samples.

    Implements eq-features-quartic, eq-features-transform, eq-features-atom and eq-features-moments.

    Args:
        eta: mean square of the activation, E f(s z)^2.
        zeta: its squared mean slope, (E z f(s z))^2; 0 to eta.
        phi: inputs over samples, n0/m.
        psi: inputs over features, n0/n1.

    Raises:
        ValueError: an argument is out of its range.

    Convention: f has mean zero under the Gaussian of its inputs. If it has not, one eigenvalue of
    order n1 leaves the spectrum, and eta stands for the variance. A zeta within 1e-13 of eta counts
    as eta, the mark of a linear f: from an integral it is not known better.
    Accuracy: 1e-8 of the density's own size and better, up to the edges. Where a long double is a
    double, as on Apple's processors and on Windows, the relative error next to an edge is larger:
    1e-6 at 1e-10 of the interval's length from it. The absolute error stays below 1e-9.
    Source: Pennington and Worah (2017).

    >>> RandomFeatures(1.0, 0.0, 1.0, 4.0).support  # Marchenko and Pastur's with ratio 1/4
    ((0.25, 2.25),)
    """

    eta: float
    zeta: float
    phi: float
    psi: float

    def __post_init__(self) -> None:
        """Refuse constants that no activation and no shape can have."""
        for name in ("eta", "phi", "psi"):
            check_positive(name, getattr(self, name))
        if not is_number(self.zeta) or not 0 <= self.zeta <= self.eta:
            raise ValueError(
                f"zeta: expected a number from 0 to eta = {self.eta}, got {shown(self.zeta)}"
            )

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G(z), by the one root of the quartic with Im p > 0 and Im G < 0."""
        G = np.full(z.shape, np.inf, dtype=complex)  # a pole, or a hard edge
        off_zero = z != 0
        G[off_zero] = self._solve(z[off_zero]).G
        return G

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the continuous part, -Im G / pi; infinite at a hard edge."""
        rho = np.where(np.isnan(x), np.nan, 0.0)
        for (left, right), guess in zip(self._intervals, self._guesses, strict=True):
            inside = (x > left.at) & (x < right.at)
            if inside.any():
                rho[inside] = self._between(x[inside], left, right, guess)
        low, high = self.support[0]
        if low == 0.0:
            rho[x == 0.0] = np.inf
            end = np.roots(self._coefficients()[0]).real.min()
            if self.phi == self.psi and end < 0:  # a = b vanish at 0, where p has no digits left
                tiny = (x > 0) & (x < TINY * high)
                rho[tiny] = np.sqrt(self.psi / -end) / (np.pi * np.sqrt(x[tiny]))
        return rho

    def _between(self, x: Array, left: Edge, right: Edge, guess: CubicSpline) -> Array:
        """Density at points of one interval."""
        a, b = float(left.at), float(right.at)
        angle = 2 * np.arcsin(np.sqrt((x - a) / (b - a)))
        p = self._newton(x, guess(angle), 4)
        lost = ~self._is_root(x, p)
        if lost.any():
            p[lost] = self._solve(x[lost] + 0j).p
        rho = -self._transform(p).imag / np.pi
        near = np.minimum(x - a, b - x) < NEAR * (b - a)
        if near.any():
            at, fine = x[near].astype(np.longdouble), p[near].astype(np.clongdouble)
            for edge in (left, right):
                distance = np.abs(at - edge.at)
                beside = (distance < BESIDE * (b - a)) & (edge.at > 0)
                rise = np.sqrt(2 * distance[beside] / np.abs(edge.curvature))
                fine[beside] = edge.p + 1j * rise
            rho[near] = -self._transform(self._newton(at, fine, 6)).imag / np.pi
        return np.maximum(rho, 0.0)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Zeros forced by the rank: at most m, and for a linear f at most n0."""
        rank = min(1.0, float(self.psi / self.phi))
        if self._beyond_linear == 0:
            rank = min(rank, float(self.psi))
        return (Atom(0.0, 1 - rank),) if rank < 1 else ()  # eq-features-atom

    @cached_property
    def support(self) -> tuple[tuple[float, float], ...]:
        """Intervals between critical values of z(p), as far as the density is positive there."""
        return tuple((float(left.at), float(right.at)) for left, right in self._intervals)

    @cached_property
    def _intervals(self) -> tuple[tuple[Edge, Edge], ...]:
        """The support, with all that is known of its ends."""
        edges = self._critical_values()
        ends = np.array([edge.at for edge in edges], dtype=float)
        middle = self._solve((ends[1:] + ends[:-1]) / 2 + 0j).G
        between = self._solve(ends[1:-1] + 0j).G
        inside = middle.imag < -POSITIVE * np.abs(middle)
        goes_on = between.imag < -GOES_ON * np.abs(between)
        intervals: list[tuple[Edge, Edge]] = []
        for k in np.flatnonzero(inside):
            if intervals and intervals[-1][1] is edges[k] and goes_on[k - 1]:
                intervals[-1] = (intervals[-1][0], edges[k + 1])
            else:
                intervals.append((edges[k], edges[k + 1]))
        return tuple(intervals)

    def moment(self, k: int) -> float:
        """The k-th moment, from the series of the quartic at infinity."""
        check_whole("k", k, 0)
        if k == 0:
            return 1.0
        one = np.eye(1, k + 1)[0]
        Q = np.zeros(k + 1)  # P - 1 in powers of t = 1 / (psi z)
        for _ in range(k):  # each round brings one more term
            A = np.convolve(one + self.phi * Q, one + self.psi * Q)[: k + 1]
            tA = np.append(0.0, A[:k])
            power, chain = one, np.zeros(k + 1)
            for _ in range(k):
                power = np.convolve(power, self.zeta * tA)[: k + 1]
                chain += power
            Q = (self.eta - self.zeta) * tA + chain  # eq-features-moments
        return float(Q[k] * self.psi ** (1 - k))

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues for n features of a linear plus an even part with just these constants."""
        n0 = round(n * self.psi)
        m = round(n0 / self.phi)
        if min(n0, m) < 1:
            raise ValueError(f"n: expected enough features for an input and a sample, got {n}")
        even = np.sqrt((self.eta - self.zeta) / (1 - 2 / np.pi))

        def f(z: Array) -> Array:
            return np.sqrt(self.zeta) * z + even * (np.abs(z) - np.sqrt(2 / np.pi))

        return gram_eigenvalues(features(f, random_feature_setup(n0, m, n, rng)))

    @property
    def _beyond_linear(self) -> float:
        """What zeta leaves of eta; rounding must not keep it from being 0, the rank hangs on it."""
        beyond = self.eta - self.zeta
        return beyond if beyond > ROUNDING * self.eta else 0.0

    def _coefficients(self, number: type = float) -> list[Array]:
        """Those of a and b, highest power first, with the digits of a type of number."""
        eta, zeta = number(self.eta), number(self.zeta)
        rest = zeta * number(self._beyond_linear)
        shapes = number(self.phi), number(self.psi)
        return [np.array([1, s * eta - zeta, -s * rest], dtype=number) for s in shapes]

    def _a_b(self, p: Array) -> list[Array]:
        number = _number(p)
        return [p * (p + linear) + constant for _, linear, constant in self._coefficients(number)]

    def _slopes(self, p: Array) -> list[Array]:
        """Derivatives of a and b."""
        return [2 * p + linear for _, linear, _ in self._coefficients(_number(p))]

    def _transform(self, p: Array) -> Array:
        """G, given p."""
        return self.psi * (p - self.zeta) / self._a_b(p)[0]  # eq-features-transform

    def _newton(self, z: Array, p: Array, steps: int) -> Array:
        """Polish roots of psi z p (p - zeta)^2 = a b."""
        for _ in range(steps):
            (a, b), (da, db) = self._a_b(p), self._slopes(p)
            off = p - self.zeta
            value = a * b - self.psi * z * p * off**2  # eq-features-quartic
            slope = da * b + a * db - self.psi * z * off * (off + 2 * p)
            p = p - np.divide(value, slope, out=np.zeros_like(p), where=slope != 0)
        return p

    def _is_root(self, z: Array, p: Array) -> Array:
        """Whether p is the root that is meant, to all but the last digits."""
        a, b = self._a_b(p)
        right = self.psi * z * p * (p - self.zeta) ** 2
        fits = np.abs(a * b - right) < 1e-12 * (np.abs(a * b) + np.abs(right))
        return fits & (p.imag > 0) & (self._transform(p).imag < 0)

    def _solve(self, z: Array) -> Root:
        """All four roots from the eigenvalues of a companion matrix, and the one that is meant."""
        product = np.polymul(*self._coefficients())
        off = (1.0, -self.zeta)
        cubic = self.psi * np.polymul((1.0, 0.0), np.polymul(off, off))
        companion = np.zeros((*z.shape, 4, 4), dtype=complex)
        companion[..., 1:, :3] = np.eye(3)
        companion[..., 0, :] = z[..., None] * cubic - product[1:]
        p = self._newton(z[..., None], np.linalg.eigvals(companion), 2)
        G, above, below = self._sides(z[..., None], p)
        score = np.nan_to_num(np.minimum(above, below), nan=-np.inf)
        best = score.argmax(axis=-1)[..., None]
        return Root(*(np.take_along_axis(part, best, axis=-1)[..., 0] for part in (p, G)))

    def _sides(self, z: Array, p: Array) -> tuple[Array, Array, Array]:
        """G, and how far p is above and G below the axis, a little above z."""
        (a, b), (da, db) = self._a_b(p), self._slopes(p)
        off = p - self.zeta
        with np.errstate(all="ignore"):  # roots at 0 and zeta, which are never meant
            G = self._transform(p)
            rate = self.psi * p * off**2 / (da * b + a * db - a * b * (1 / p + 2 / off))  # dp/dz
            lift = LIFT * np.abs(z)  # in proportion, or roots near 0 are confused
            above = (p.imag + lift * rate.real) / np.abs(p)
            below = -(G.imag + lift * (rate * G * (1 / off - da / a)).real) / np.abs(G)
        return G, above, below

    def _critical_values(self) -> list[Edge]:
        """Zero, and the values of z at real p where dz/dp = 0, in ascending order."""
        a, b = (np.poly1d(c) for c in self._coefficients())
        p, off = np.poly1d((1.0, 0.0)), np.poly1d((1.0, -self.zeta))
        roots = ((a * b).deriv() * p * off - a * b * (off + 2 * p)).roots
        scale = np.abs(roots).max()
        at = roots[np.abs(roots.imag) < 1e-6 * scale].real.astype(np.longdouble)
        for _ in range(5):  # polish; multiple roots stay where they are
            value, slope = self._stationary(at)
            at = at - np.divide(value, slope, out=np.zeros_like(at), where=slope != 0)
        at = at[np.minimum(np.abs(at), np.abs(at - self.zeta)) > 1e-12 * scale]
        a, b = self._a_b(at)
        off = at - self.zeta
        z = a * b / (self.psi * at * off**2)
        curvature = self._stationary(at)[1] / (self.psi * at**2 * off**3)
        some = z > 1e-14 * np.abs(z).max()
        values, first = np.unique(z[some], return_index=True)
        nowhere = np.longdouble(np.nan)
        ends = zip(values, at[some][first], curvature[some][first], strict=True)
        return [Edge(np.longdouble(0), nowhere, nowhere), *(Edge(*end) for end in ends)]

    def _stationary(self, p: Array) -> tuple[Array, Array]:
        """The slope dz/dp times psi p^2 (p - zeta)^3, and its derivative with respect to p."""
        (a, b), (da, db) = self._a_b(p), self._slopes(p)
        off, slope = p - self.zeta, da * b + a * db
        value = slope * p * off - a * b * (off + 2 * p)
        return value, 2 * (a + b + da * db) * p * off - slope * p - 3 * a * b

    @cached_property
    def _guesses(self) -> tuple[CubicSpline, ...]:
        """The root p on a grid of angles in each interval, where it is smooth."""
        angles = (np.arange(NODES) + 0.5) * np.pi / NODES
        return tuple(
            CubicSpline(angles, self._solve(a + (b - a) * np.sin(angles / 2) ** 2 + 0j).p)
            for a, b in self.support
        )


def _number(p: Array) -> type:
    """The type of number that has the digits of an array."""
    return np.longdouble if p.dtype in (np.longdouble, np.clongdouble) else float

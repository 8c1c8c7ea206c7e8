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

from course_lib.foundations.validate import expect_at_least
from course_lib.rmt.feature_map import features, random_feature_setup
from course_lib.rmt.law import Atom, Law, expect_positive, expect_upper
from course_lib.rmt.spectrum import gram_eigenvalues

NODES = 128  # of the first guess, for one interval
LIFT = 1e-9  # by which a real root is lifted off the axis to see on which side it belongs
NEAR = 1e-4  # part of an interval in which square roots cost digits
TINY = 1e-13  # part of an interval in which only the leading term of an infinite edge is left
POSITIVE = 1e-9  # the least density that counts as one, in the middle of an interval
GOES_ON = 1e-6  # and at an end of one, where rounding makes a square root of itself


class Root(NamedTuple):
    """The variable p that belongs to z, and what follows from it."""

    p: Complex[Array, "*points"]
    G: Complex[Array, "*points"]


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
    order n1 leaves the spectrum, and eta stands for the variance.
    Source: Pennington and Worah (2017), theorem 1.

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
            expect_positive(name, getattr(self, name))
        if not 0 <= self.zeta <= self.eta:
            raise ValueError(f"zeta: expected a number from 0 to eta = {self.eta}, got {self.zeta}")

    def stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G(z), by the one root of the quartic with Im p > 0 and Im G < 0."""
        expect_upper(z)
        z = np.asarray(z, dtype=complex)
        G = np.full(z.shape, np.inf, dtype=complex)  # a pole, or a hard edge
        off_zero = z != 0
        G[off_zero] = self._solve(z[off_zero]).G
        return G

    def density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the continuous part, -Im G / pi; infinite at a hard edge."""
        x = np.asarray(x, dtype=float)
        rho = np.zeros(x.shape)
        for (a, b), guess in zip(self.support, self._guesses, strict=True):
            inside = (x > a) & (x < b)
            here = x[inside]
            if here.size:
                p = self._newton(here, guess(_angle(here, a, b)), 4)
                lost = ~self._is_root(here, p)
                if lost.any():
                    p[lost] = self._solve(here[lost] + 0j).p
                near = np.minimum(here - a, b - here) < NEAR * (b - a)
                if near.any():
                    p[near] = self._newton(np.longdouble(here[near]), np.clongdouble(p[near]), 6)
                rho[inside] = np.maximum(-self._transform(p).imag / np.pi, 0.0)
        low, high = self.support[0]
        if low == 0.0:
            rho[x == 0.0] = np.inf
            end = np.roots(self._coefficients()[0]).real.min()
            if self.phi == self.psi and end < 0:  # a = b vanish at 0, where p has no digits left
                tiny = (x > 0) & (x < TINY * high)
                rho[tiny] = np.sqrt(self.psi / (-end * x[tiny])) / np.pi
        return rho

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Zeros forced by the rank: at most m, and for a linear f at most n0."""
        rank = min(1.0, float(self.psi / self.phi))
        if self.zeta == self.eta:
            rank = min(rank, float(self.psi))
        return (Atom(0.0, 1 - rank),) if rank < 1 else ()  # eq-features-atom

    @cached_property
    def support(self) -> tuple[tuple[float, float], ...]:
        """Intervals between critical values of z(p), as far as the density is positive there."""
        ends = self._critical_values()
        inside = self._solve((ends[1:] + ends[:-1]) / 2 + 0j).G.imag < -POSITIVE
        goes_on = self._solve(ends[1:-1] + 0j).G.imag < -GOES_ON
        intervals: list[tuple[float, float]] = []
        for k in np.flatnonzero(inside):
            if intervals and intervals[-1][1] == ends[k] and goes_on[k - 1]:
                intervals[-1] = (intervals[-1][0], float(ends[k + 1]))
            else:
                intervals.append((float(ends[k]), float(ends[k + 1])))
        return tuple(intervals)

    def moment(self, k: int) -> float:
        """The k-th moment, from the series of the quartic at infinity."""
        expect_at_least("k", k, 0)
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

    def sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues for n features of a linear plus an even part with just these constants."""
        expect_at_least("n", n, 1)
        n0 = round(n * self.psi)
        m = round(n0 / self.phi)
        if min(n0, m) < 1:
            raise ValueError(f"n: expected enough features for an input and a sample, got {n}")
        even = np.sqrt((self.eta - self.zeta) / (1 - 2 / np.pi))

        def f(z: Array) -> Array:
            return np.sqrt(self.zeta) * z + even * (np.abs(z) - np.sqrt(2 / np.pi))

        return gram_eigenvalues(features(f, random_feature_setup(n0, m, n, rng)))

    def _coefficients(self) -> list[tuple[float, float, float]]:
        """Those of a and b, highest power first."""
        rest = self.zeta * (self.eta - self.zeta)
        return [(1.0, s * self.eta - self.zeta, -s * rest) for s in (self.phi, self.psi)]

    def _a_b(self, p: Array) -> list[Array]:
        return [p * (p + linear) + constant for _, linear, constant in self._coefficients()]

    def _slopes(self, p: Array) -> list[Array]:
        """Derivatives of a and b."""
        return [2 * p + linear for _, linear, _ in self._coefficients()]

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

    def _critical_values(self) -> Float[Array, " ends"]:
        """Zero, and the values of z at real p where dz/dp = 0, in ascending order."""
        a, b = (np.poly1d(c) for c in self._coefficients())
        p, off = np.poly1d((1.0, 0.0)), np.poly1d((1.0, -self.zeta))
        critical = (a * b).deriv() * p * off - a * b * (off + 2 * p)
        roots = critical.roots
        scale = np.abs(roots).max()
        at = roots[np.abs(roots.imag) < 1e-6 * scale].real
        for _ in range(3):  # polish; multiple roots stay where they are
            slope = critical.deriv()(at)
            at = at - np.divide(critical(at), slope, out=np.zeros_like(at), where=slope != 0)
        at = at[np.minimum(np.abs(at), np.abs(at - self.zeta)) > 1e-12 * scale]
        z = a(at) * b(at) / (self.psi * at * off(at) ** 2)
        return np.unique(np.append(z[z > 1e-14 * np.abs(z).max()], 0.0))

    @cached_property
    def _guesses(self) -> tuple[CubicSpline, ...]:
        """The root p on a grid of angles in each interval, where it is smooth."""
        angles = (np.arange(NODES) + 0.5) * np.pi / NODES
        return tuple(
            CubicSpline(angles, self._solve(a + (b - a) * np.sin(angles / 2) ** 2 + 0j).p)
            for a, b in self.support
        )


def _angle(x: Array, a: float, b: float) -> Array:
    return 2 * np.arcsin(np.sqrt((x - a) / (b - a)))

"""Where a free sum has no eigenvalues: gaps of the sum, from gaps of its two laws.

In a gap of the sum both points that stand for z are real and lie in gaps of the two laws, with
the same G. Turned around: each pair of gaps gives z as a function of G, and where that function
falls, its values are a gap of the sum. The ends of these stretches are the edges.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Complex, Float
from numpy import ndarray as Array
from scipy.optimize.elementwise import find_root

from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.r_transform import outer_ends, real_stieltjes

GRID = np.linspace(-28.0, 28.0, 561)
PARTS, ROUNDS, DIGITS = 32, 9, 1e-13
STEPS = 1e-4 * 2.0 ** np.arange(18)  # from a point at which rounding decides
NOTHING = 1e-9  # blocks narrower than this, in units of the whole, are atoms


class SpectralGap(NamedTuple):
    """An interval without eigenvalues, with a coordinate t that runs from -28 to 28.

    Attributes:
        law: the law that leaves it empty.
        low: its left end, perhaps minus infinity.
        high: its right end, perhaps infinity.
        size: unit of length where an end is infinite.
    """

    law: Law
    low: float
    high: float
    size: float

    def at(self, t: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """The point with coordinate t; the points crowd at the finite ends."""
        if self.low == -np.inf:
            return self.high - self.size * np.exp(-t)
        if self.high == np.inf:
            return self.low + self.size * np.exp(t)
        width = self.high - self.low
        left = self.low + width / (1 + np.exp(-t))
        right = self.high - width / (1 + np.exp(t))
        return np.where(t < 0, left, right)

    def G(self, t: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """G there; it falls as t grows."""
        return real_stieltjes(self.law, self.at(t))

    def weight(self, t: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """G^2 over the modulus of G', at most 1; near an atom it is the atom's mass."""
        with np.errstate(divide="ignore", invalid="ignore"):
            G, step = self.just_above(t)
            weight = G.real**2 * step / -G.imag
        return np.where(np.isfinite(weight), weight, 0.0)

    def just_above(
        self, t: Float[Array, "*points"]
    ) -> tuple[Complex[Array, "*points"], Float[Array, "*points"]]:
        """G a step above the axis, and the step: -Im G over the step is the slope at which G falls.

        No digits are lost to a difference.
        """
        w = self.at(t)
        step = 1e-5 * np.minimum(w - self.low, self.high - w)
        return self.law.stieltjes(w + 1j * step), step


def gaps_of(law: Law) -> list[SpectralGap]:
    """The gaps between and around the intervals and atoms of a law."""
    blocks = sorted([*law.support, *((atom.at, atom.at) for atom in law.atoms)])
    low, high = outer_ends(law)
    size = (high - low) or 1.0
    gaps, reached = [], -np.inf
    for a, b in blocks:
        if a > reached:
            gaps.append(SpectralGap(law, reached, a, size))
        reached = max(reached, b)
    return [*gaps, SpectralGap(law, reached, np.inf, size)]


class Pair(NamedTuple):
    """A gap of one law and a gap of the other."""

    a: SpectralGap
    b: SpectralGap

    def falling(
        self, t: Float[Array, " points"]
    ) -> tuple[Bool[Array, " points"], Float[Array, " points"]]:
        """Whether z falls with G at the coordinate t of the first gap, and z itself.

        Where the second gap does not have the same G, there is no z.
        """
        g = self.a.G(t)
        table = self.b.G(GRID)
        falls = np.isfinite(g) & (g != 0) & (g < table[0]) & (g > table[-1])
        z = np.full(t.shape, np.nan)
        shared = falls.copy()
        t, g = t[shared], g[shared]
        cell = np.clip(np.searchsorted(-table, -g), 1, len(GRID) - 1)
        around = GRID[cell - 1], GRID[cell]
        other = find_root(
            lambda t, g: self.b.G(t) - g, around, args=(g,), tolerances={"xatol": DIGITS}
        ).x
        falls[shared] = self.a.weight(t) + self.b.weight(other) > 1
        z[shared] = self.a.at(t) + self.b.at(other) - 1 / g
        return falls, z

    def empty(self) -> list[tuple[float, float]]:
        """Intervals of z that are gaps of the sum."""
        falls, z = self.falling(GRID)
        found = []
        for start, stop in _runs(falls):
            low, high = z[start], z[stop]
            if start > 0:
                low = self._end(GRID[start], GRID[start - 1])
            if stop < len(GRID) - 1:
                high = self._end(GRID[stop], GRID[stop + 1])
            found.append((float(low), float(high)))
        # Far away the two laws are like single points, and z falls all the way to infinity.
        if found and self.a.low == self.b.low == -np.inf:
            found[0] = (-np.inf, found[0][1])
        if found and self.a.high == self.b.high == np.inf:
            found[-1] = (found[-1][0], np.inf)
        return [(low, high) for low, high in found if low < high]

    def reach(self, t: float, side: int, z: float) -> float:
        """How far z falls to one side of a coordinate near which it cannot be computed.

        Args:
            t: the coordinate.
            side: 1 for coordinates above it, -1 for those below.
            z: its value there, which is returned where nothing is seen to fall.
        """
        steps = t + side * STEPS
        falls, values = self.falling(steps)
        first = int(np.argmax(falls))
        if not falls[first]:
            return z
        last = first + int(np.argmin(np.append(falls[first:], False))) - 1
        if last + 1 == len(steps):
            return float(values[last])
        return self._end(steps[last], steps[last + 1])

    def _end(self, inside: float, outside: float) -> float:
        """The value of z where it stops falling, between two coordinates."""
        at = float(self.falling(np.array([inside]))[1][0])
        for _ in range(ROUNDS):
            t = np.linspace(inside, outside, PARTS + 1)
            falls, z = self.falling(t)
            last = int(np.argmin(falls[1:]))  # the last point before the first that does not fall
            inside, outside, at = t[last], t[last + 1], float(z[last])
        return at


def around_zero(a: SpectralGap, law: Law) -> list[tuple[float, float]]:
    """The gap of the sum in which its G vanishes where that of the first law does, if there is one.

    The point that stands for z in the other law passes through infinity there, where nothing can
    be computed but everything is known. Beside it the gap is followed to both sides.

    Args:
        a: a gap of the first law.
        law: the other law.
    """
    g = a.G(GRID)
    if not g[0] > 0 > g[-1]:
        return []
    t = find_root(a.G, (GRID[:1], GRID[-1:])).x
    mean = law.moment(1)
    variance = law.moment(2) - mean**2
    G, step = a.just_above(t)
    if variance * -G.imag[0] / step[0] >= 1 - 1e-9:
        return []
    below, *_, above = gaps_of(law)
    zero = float(a.at(t)[0] + mean)
    return [(Pair(a, above).reach(t[0], -1, zero), Pair(a, below).reach(t[0], 1, zero))]


def free_support(law_a: Law, law_b: Law) -> tuple[tuple[float, float], ...]:
    """The intervals on which the free sum of two laws has a density.

    Args:
        law_a: any law.
        law_b: any law.
    """
    gaps_a, gaps_b = gaps_of(law_a), gaps_of(law_b)
    empty = [found for a in gaps_a for b in gaps_b for found in Pair(a, b).empty()]
    empty += [found for a in gaps_a for found in around_zero(a, law_b)]
    empty += [found for b in gaps_b for found in around_zero(b, law_a)]
    empty.sort()
    low, high = empty[0][1], empty[-1][0]
    blocks, reached = [], low
    for a, b in empty[1:]:
        if a - reached > NOTHING * max(high - low, NOTHING):
            blocks.append((reached, a))
        reached = max(reached, b)
    return tuple(blocks)


def _runs(flags: Bool[Array, " points"]) -> list[tuple[int, int]]:
    """First and last position of every stretch of True."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(a), int(b) - 1) for a, b in zip(ends[::2], ends[1::2], strict=True)]

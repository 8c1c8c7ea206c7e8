"""The law of the eigenvalues of every layer of a random network: Fan and Wang's theorem.

Given the outputs of layer l - 1, the rows of the pre-activations of layer l are independent
samples. For a smooth f of mean 0 and mean square 1 the spectrum does not see more of them than
the covariance (1 - zeta) I + zeta K of their images, where K holds the overlaps of the samples in
layer l - 1. So each law follows from the one before by the equation for samples from a population
with a given law, and a chain of such equations has a parameter in which all of it is rational.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_whole, is_number, shown
from course_lib.random_features.layer_spectra import layer_eigenvalues, stack_shape
from course_lib.spectral_laws.homotopy import follow
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur

FAR = 1e3  # where a root is known, in units of the largest eigenvalue
SCAN = 600  # points at which the support is looked for, on each of two scales
LOWEST, BESIDE_ATOM = 1e-9, 1e-6  # the least of them, in the same unit; beside an atom G is large
TURNS = 4000  # values of the parameter among which the last turning point of z is sought
POSITIVE = 1e-9  # the least density times x that counts as one
FORGETS = 1e-9  # below it the square of zeta is less than rounding
ROUNDING = 1e-13  # what may separate the zeta of a linear f from 1


class Link(NamedTuple):
    """What belongs to one value of the parameter omega_0 in one layer.

    Attributes:
        ratio: units over samples, r.
        omega: 1 / (r G).
        d_omega: its derivative with respect to omega_0.
        T: omega times the transform, at omega, of the law of the covariance of the layer's rows.
        dT: its derivative.
    """

    ratio: float
    omega: Complex[Array, "*points"]
    d_omega: Complex[Array, "*points"]
    T: Complex[Array, "*points"]
    dT: Complex[Array, "*points"]

    @property
    def z(self) -> Complex[Array, "*points"]:
        """The argument of G."""
        return self.omega * (self.ratio - 1 + self.T)

    @property
    def slope(self) -> Complex[Array, "*points"]:
        """Its derivative with respect to omega_0."""
        return self.d_omega * (self.ratio - 1 + self.T) + self.omega * self.dT

    @property
    def G(self) -> Complex[Array, "*points"]:
        """The transform of the layer's law at z."""
        return 1 / (self.ratio * self.omega)


@dataclass(frozen=True)
class LayerLaw(Law):
    """Eigenvalues of Y Y^T / m for the output Y of layer l, in the limit of large widths.

    Implements eq-layer-law and eq-layer-chain.

    Args:
        layer: l, from 1. Layer 1 is the law of ``RandomFeatures``.
        zeta: squared mean slope of an f that is normalised to mean 0 and mean square 1.
        phi: inputs over samples, n0/m.
        psi: inputs over units, n0/n1; all layers have n1 units.

    Raises:
        ValueError: an argument is out of its range.

    Convention: the Gram matrix has one row for each unit, as in ``layer_spectra``. The theorem is
    stated for the samples' matrix Y^T Y / n1, which has the same eigenvalues times m/n1, but for
    zeros.
    Accuracy: 1e-8 of the largest density; the distribution function has a closed form. Where the
    density is infinite at 0 (as many units as samples; a linear f from layer 2 on) it may rise
    faster than ``integrate`` can follow.
    Source: Fan and Wang (2020), for f with two bounded derivatives.

    >>> round(LayerLaw(3, 0.5, 1.0, 1.5).moment(2), 6)  # 2/3 + 1 + 1/4 + 1/16 + 1/96
    1.989583
    """

    layer: int
    zeta: float
    phi: float
    psi: float

    def __post_init__(self) -> None:
        """Refuse numbers that no stack of layers has."""
        check_whole("layer", self.layer, 1)
        check_positive("phi", self.phi)
        check_positive("psi", self.psi)
        if not is_number(self.zeta) or not 0 <= self.zeta <= 1:
            raise ValueError(f"zeta: expected a number from 0 to 1, got {shown(self.zeta)}")

    @property
    def ratio(self) -> float:
        """Units over samples, n1/m."""
        return float(self.phi / self.psi)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Zeros forced by the rank: at most m, and for a linear f at most n0."""
        rank = min(1.0, 1 / self.ratio)
        if self.zeta > 1 - ROUNDING:
            rank = min(rank, float(self.psi))
        return (Atom(0.0, 1 - rank),) if rank < 1 else ()

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G(z), by the chain's parameter followed down from far above the axis."""
        z = z + 0j  # a negative zero becomes a positive one
        if self._forgets:
            return self._first.stieltjes(z)
        G = np.full(z.shape, np.inf, dtype=complex)  # a pole, or a hard edge
        off_zero = z != 0
        if off_zero.any():
            G[off_zero] = self._last(self._parameter(z[off_zero])).G  # eq-layer-law
        return G

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the continuous part, -Im G / pi."""
        if self._forgets:
            return self._first.density(x)
        rho = np.where(np.isnan(x), np.nan, 0.0)
        inside = np.any([(x > a) & (x < b) for a, b in self.support], axis=0)
        if inside.any():
            rho[inside] = np.maximum(-self.stieltjes(x[inside] + 0j).imag / np.pi, 0.0)
        return rho

    def _cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the eigenvalues that are at most x: the angle of the mean logarithm."""
        if self._forgets:
            return self._first.cdf(x)
        low, high = self.support[0][0], self.support[-1][1]
        mass = sum(atom.mass for atom in self.atoms)
        share = np.where(np.isnan(x), np.nan, np.where(x < high, mass * (x >= 0), 1.0))
        inside = (x > low) & (x < high)
        if inside.any():
            angle = self._mean_log(self._parameter(x[inside] + 0j)).imag
            share[inside] = np.clip(1 - angle / np.pi, mass, 1.0)
        return share

    @cached_property
    def support(self) -> tuple[tuple[float, float], ...]:
        """Where a scan from near 0 to an upper bound finds density, its ends made exact."""
        if self._forgets:
            return self._first.support
        top = self._top
        low = np.geomspace(BESIDE_ATOM if self.atoms else LOWEST, 1e-2, SCAN, endpoint=False)
        x = top * np.append(low, np.linspace(1e-2, 1.0, SCAN, endpoint=False))
        start = self._parameter(x + 0j)
        inside = -x * self._last(start).G.imag > POSITIVE
        starts = np.flatnonzero(inside & ~np.append(False, inside[:-1]))
        stops = np.flatnonzero(inside & ~np.append(inside[1:], False))
        lows = [0.0 if first == 0 else self._edge(start[first].real) for first in starts]
        highs = [self._edge(start[last].real) for last in stops[:-1]] + [top]
        return tuple(zip(lows, highs, strict=True))

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of a stack of n units, for an odd f with this zeta and samples of one norm.

        Raises:
            ValueError: ``n`` is so small that no input or no sample is left.
        """
        linear = np.sqrt(2 / np.pi)  # of the sign function
        rest = np.sqrt((1 - self.zeta) / (1 - linear**2))
        shape = stack_shape(max(1, round(n * self.psi)), self.phi, self.psi)
        shape = shape._replace(units=n)

        def f(z: Array) -> Array:
            return np.sqrt(self.zeta) * z + rest * (np.sign(z) - linear * z)

        return layer_eigenvalues(f, shape, self.layer, rng, unit_norms=True)[-1]

    @property
    def _forgets(self) -> bool:
        """Whether a layer keeps nothing of the overlaps of the layer before."""
        return self.zeta < FORGETS

    @property
    def _first(self) -> MarchenkoPastur:
        return MarchenkoPastur(self.ratio)

    @cached_property
    def _top(self) -> float:
        """The largest eigenvalue: where z first turns as omega_0 comes down from far above.

        It is below the product of the norms of all factors, which says where to begin.
        """
        overlaps = (1 + np.sqrt(1 / self.phi)) ** 2
        for _ in range(self.layer):
            population = 1 - self.zeta + self.zeta * overlaps
            overlaps = (1 + np.sqrt(1 / self.ratio)) ** 2 * population
        far = 10 * overlaps / self.zeta**self.layer
        start = 1 + np.geomspace(far, 1e-6, TURNS)
        turned = np.flatnonzero(self._last(start + 0j).slope.real < 0)[0]
        return self._edge(float(start[turned]))

    def _links(self, start: Array) -> Iterator[Link]:
        """From the parameter omega_0 on: first the data, then one layer after the other."""
        T, dT = start / (start - 1), -1 / (start - 1) ** 2
        link = Link(self.phi, start, np.ones_like(start), T, dT)
        yield link
        for _ in range(self.layer):
            at, d_at = link.z / link.ratio, link.slope / link.ratio
            omega, d_omega = 1 - self.zeta + self.zeta * at, self.zeta * d_at  # eq-layer-chain
            T = link.T * omega / (self.zeta * at)  # eq-layer-chain
            dT = T * (link.dT / link.T + d_omega / omega - d_at / at)
            link = Link(self.ratio, omega, d_omega, T, dT)
            yield link

    def _last(self, start: Array) -> Link:
        """The link of this layer."""
        *_, last = self._links(start)
        return last

    def _mean_log(self, start: Array) -> Array:
        """The mean of log(z - t) over the law, whose derivative with respect to z is G.

        Of three such means each follows from the one before: of the covariance of a layer's rows,
        of the layer, and of the overlaps of its samples.
        """
        rows = np.log(1 - 1 / start)  # mean of log(1 - t/omega) over the eigenvalues t
        data, *layers = self._links(start)
        r, layer = data.ratio, data.T - 1 + rows + data.ratio * np.log(data.omega)
        for link in layers:
            at = (link.omega - 1 + self.zeta) / self.zeta
            overlaps = layer + (1 - r) * np.log(at)
            rows = np.log(self.zeta) + overlaps - np.log(link.omega)
            r, layer = link.ratio, link.T - 1 + rows + link.ratio * np.log(link.omega)
        return layer / r + np.log(r)

    def _parameter(self, z: Array) -> Array:
        """The omega_0 that belongs to z: known far away, where it is in proportion to z."""
        log_rate = np.log(self.ratio) + self.layer * np.log(self.zeta)

        def equation(z: Array, log_start: Array) -> tuple[Array, Array]:
            start = np.exp(log_start)
            link = self._last(start)
            return np.log(link.z / z), link.slope * start / link.z

        floor = min(1e-13 * self._top, 1e-3 * np.abs(z).min())
        logs = follow(equation, z, lambda z: np.log(z) - log_rate, FAR * self._top, floor)
        return np.exp(logs)

    def _edge(self, at: float) -> float:
        """The real z near that of a parameter where its derivative is 0."""
        step = 1e-20 * abs(at)  # a complex step, so small that the derivative is exact
        for _ in range(50):
            slope = self._last(np.array([complex(at, step)])).slope[0]
            move = float(slope.real / (slope.imag / step))
            at -= move
            if abs(move) < 1e-15 * abs(at):
                break
        return float(self._last(np.array([complex(at)])).z[0].real)


def law_distance(law: Law, other: Law, points: int = 1000) -> float:
    """Kolmogorov's distance of two laws: the largest gap of their distribution functions.

    Args:
        law: one law.
        other: the other.
        points: at which each interval of either support is looked at; they crowd at its ends.

    Raises:
        ValueError: ``points`` is below 1.

    >>> round(law_distance(MarchenkoPastur(0.5), MarchenkoPastur(2.0)), 6)  # half are zeros
    0.5
    """
    check_whole("points", points, 1)
    angles = np.linspace(0, np.pi / 2, points)
    pieces = [a + (b - a) * np.sin(angles) ** 2 for side in (law, other) for a, b in side.support]
    jumps = [atom.at for side in (law, other) for atom in side.atoms]
    x = np.concatenate([*pieces, jumps, np.nextafter(jumps, -np.inf)])
    return float(np.abs(law.cdf(x) - other.cdf(x)).max())

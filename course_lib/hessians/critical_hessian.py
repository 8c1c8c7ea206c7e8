"""The Hessian of a loss at a critical point, in theory: a Wishart matrix plus a Wigner matrix."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_whole, is_number, shown
from course_lib.hessians.critical_edges import Discriminant, critical_energy, merging_energy
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.moments import moments_from_free_cumulants
from course_lib.spectral_laws.semicircle import wigner_matrix
from course_lib.spectral_laws.spectrum import gram, gram_eigenvalues, samples_at

POLISHING, ALONE, FAR = 4, 0.1, 100
TURNS = np.exp(2j * np.pi * np.arange(3) / 3)  # the cube roots of one


@dataclass(frozen=True)
class HessianAtCriticalPoint(Law):
    """Eigenvalues of H0 + H1, where H0 is Wishart, H1 is Wigner, and the two are free.

    Implements eq-hessian-r, eq-hessian-cubic, eq-hessian-cumulants and eq-hessian-cdf.

    Args:
        epsilon: the energy. H1 has the variance 2 epsilon; at 0 there is no H1.
        phi: parameters over output values, the shape of H0. (The same letter is n_0/m in the
            theory of random features.)

    Convention: H0 has mean 1, so that epsilon is measured in units of its eigenvalues.
    Accuracy: 1e-8 absolute and better, up to the edges, where a density evaluated from the
    coefficients of the cubic would keep half of its digits. See ``Discriminant``.
    Source: Pennington and Bahri (2017).

    >>> law = HessianAtCriticalPoint(0.5, 0.5)
    >>> round(law.index(), 4)
    0.2489
    >>> [tuple(round(end, 4) for end in part) for part in law.support]
    [(-1.3215, 3.6657)]
    """

    epsilon: float
    phi: float

    def __post_init__(self) -> None:
        """Refuse a negative energy and a ratio that is not positive."""
        if not is_number(self.epsilon) or not 0 <= self.epsilon < np.inf:
            raise ValueError(f"epsilon: expected a number of at least 0, got {shown(self.epsilon)}")
        check_positive("phi", self.phi)

    @cached_property
    def discriminant(self) -> Discriminant:
        """Where the cubic has a double root."""
        return Discriminant.of(float(self.epsilon), float(self.phi))

    @property
    def wishart(self) -> MarchenkoPastur:
        """The law of H0 alone."""
        return MarchenkoPastur(self.phi)

    @property
    def support(self) -> tuple[tuple[float, float], ...]:
        """One interval, or two where phi > 1 and the energy is below ``merging_energy``."""
        if self.epsilon == 0:
            return self.wishart.support
        return self.discriminant.intervals

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """None, unless the energy is 0: adding H1 spreads the zeros of H0 out."""
        return self.wishart.atoms if self.epsilon == 0 else ()

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """The imaginary part of the pair of conjugate roots, by Cardano's formula."""
        if self.epsilon == 0:
            return self.wishart.density(x)
        low, high = self.support[0][0], self.support[-1][1]
        x = np.clip(x, 2 * low - high, 2 * high - low)  # no overflow
        product = self.discriminant(x)
        P = self._linear_coefficient(x)
        s = 2 * self.epsilon * self.phi**2 * np.sqrt(np.maximum(-product, 0.0) / 108)
        # Half the constant coefficient, from the discriminant: near a cusp it must vanish with it.
        q = np.sqrt(np.maximum(s * s - P**3 / 27, 0.0))
        u = np.cbrt(q + s)
        v = -P / (3 * np.where(u > 0, u, 1.0))
        between = u * u + u * v + v * v
        pair = self.phi * np.sqrt(np.maximum(-product, 0.0))
        return pair / (6 * np.pi * np.where(between > 0, between, 1.0))

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """One root of 2 eps phi G^3 - (2 eps + phi z) G^2 + (z + phi - 1) G - 1 = 0.

        Above the axis exactly one root lies below it. On the axis and outside the support, where
        all three are real, it is the one on which G falls.
        """
        if self.epsilon == 0:
            return self.wishart.stieltjes(z)
        roots = self._roots(z)
        chosen = np.argmin(roots.imag, axis=-1)
        outside = self.discriminant(z.real) >= 0
        real = outside & (z.imag <= 1e-3 * self._distance_outside(z.real))
        slope = self._inverse_slope(roots).real  # of z as a function of G
        chosen = np.where(real, np.argmin(slope, axis=-1), chosen)
        G = np.take_along_axis(roots, chosen[..., None], axis=-1)[..., 0]
        far = np.abs(z) > FAR * self.support[-1][1]  # the left end is nearer
        G[far] = 1 / z[far]
        G = self._polished(z, G)
        exactly_real = real & (z.imag == 0)
        # Both zero and infinity times i would be noise here.
        return np.where(exactly_real, G.real, G.real + 1j * np.minimum(G.imag, 0.0))

    def moment(self, k: int) -> float:
        """From the free cumulants: phi^(k-1) for H0, and 2 epsilon more at k = 2 for H1."""
        check_whole("k", k, 0)
        cumulants = float(self.phi) ** np.arange(k)
        cumulants[1:2] += 2 * self.epsilon  # eq-hessian-cumulants
        return float(moments_from_free_cumulants(cumulants)[k])

    def _cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the eigenvalues that are at most x, in closed form.

        The integral of G by z is z G minus that of z by G, and z is an elementary function of G.
        """
        if self.epsilon == 0:
            return self.wishart.cdf(x)
        low, high = self.support[0][0], self.support[-1][1]
        inside = np.where(np.isnan(x), low, np.clip(x, low, high))
        G = self.stieltjes(inside.astype(complex))
        G = G.real + 1j * np.minimum(G.imag, -np.finfo(float).tiny)
        potential = inside * G - np.log(G) + np.log(1 - self.phi * G) / self.phi
        potential = potential - self.epsilon * G**2
        share = np.clip(1 - potential.imag / np.pi, 0.0, 1.0)  # eq-hessian-cdf
        share = np.where(x <= low, 0.0, np.where(x >= high, 1.0, share))
        return np.where(np.isnan(x), np.nan, share)

    @property
    def critical_energy(self) -> float:
        """The energy below which no eigenvalue is negative."""
        return critical_energy(self.phi)

    @property
    def merging_energy(self) -> float:
        """The energy at which the two parts of the spectrum become one; 0 if there is only one."""
        return merging_energy(self.phi)

    def index(self) -> float:
        """The fraction of negative eigenvalues."""
        return float(self.cdf(np.zeros(1))[0]) if self.epsilon > 0 else 0.0

    def r_transform(self, g: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """R of the sum: 1 / (1 - phi g) for H0, plus 2 epsilon g for H1."""
        return 1 / (1 - self.phi * g) + 2 * self.epsilon * g  # eq-hessian-r

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of a Wishart matrix of round(n / phi) samples plus a Gaussian Wigner matrix.

        Raises:
            ValueError: ``n`` is so small that no sample is left.
        """
        Y = rng.standard_normal((n, samples_at("n", n, self.phi)))
        if self.epsilon == 0:
            return gram_eigenvalues(Y)  # whose zeros are exactly zero
        return np.linalg.eigvalsh(gram(Y) + wigner_matrix(n, np.sqrt(2 * self.epsilon), rng))

    def coefficients(
        self, z: Complex[Array, "*points"] | Float[Array, "*points"]
    ) -> tuple[float, Array, Array, float]:
        """The four coefficients of the cubic in G, that of G^3 first."""
        a, b = 2 * self.epsilon * self.phi, -(2 * self.epsilon + self.phi * z)
        return a, b, z + self.phi - 1, -1.0  # eq-hessian-cubic

    def _linear_coefficient(self, z: Array) -> Array:
        """P of the cubic w^3 + P w + Q that a shift makes of the one for y = 2 eps phi G."""
        e, f = self.epsilon, self.phi
        return -((f * z - e) ** 2 + 3 * e * (e - 2 * f * (f - 1))) / 3

    def _inverse_slope(self, G: Array) -> Array:
        """dz/dG, where z = R(G) + 1/G."""
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            slope = self.phi / (1 - self.phi * G) ** 2 + 2 * self.epsilon - 1 / G**2
        return np.where(np.isfinite(slope), slope, np.inf)

    def _distance_outside(self, x: Array) -> Array:
        """How far points lie from the support; 0 inside."""
        gaps = [np.maximum(np.maximum(a - x, x - b), 0.0) for a, b in self.support]
        return np.min(gaps, axis=0)

    def _polished(self, z: Complex[Array, "*points"], G: Complex[Array, "*points"]) -> Array:
        """Newton's steps for roots that stand alone, as they do far away, where G is tiny."""
        a, b, c, d = self.coefficients(z)
        for _ in range(POLISHING):
            parts = a * G**3, b * G**2, c * G, d
            slope = 3 * parts[0] + 2 * parts[1] + parts[2]  # G times dP/dG, P being their sum
            alone = np.abs(slope) > ALONE * sum(np.abs(part) for part in parts)
            G = G * (1 - np.divide(sum(parts), slope, out=np.zeros_like(G), where=alone))
        return G

    def _roots(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points 3"]:
        """All three roots, each to full precision even where two of them meet.

        The cubic is solved for y = 2 eps phi G, whose coefficients stay of order one when the
        energy is small. The pair of roots that lie close together comes as mean plus and minus
        half difference, the latter from the discriminant.
        """
        a, b, c, _ = self.coefficients(z)
        P = self._linear_coefficient(z)
        s = a * self.phi * np.sqrt(-self.discriminant(z) / 108 + 0j)
        half_Q = b**3 / 27 - b * a * c / 6 - a * a / 2
        square = s * s - P**3 / 27
        small = np.abs(s) ** 2 + np.abs(P) ** 3 / 27 <= 4 * np.abs(square)
        other = np.sqrt(square)
        other = np.where((other * np.conj(half_Q)).real >= 0, other, -other)
        half_Q = np.where(small, other, half_Q)

        s = np.where((s * np.conj(-half_Q)).real >= 0, s, -s)
        cube = s - half_Q  # the larger of the two cubes
        u = np.power(cube, 1 / 3)
        v = -P / (3 * np.where(u == 0, 1.0, u))
        turned = u[..., None] * TURNS, v[..., None] * TURNS.conj()
        closest = np.argmin(np.abs(turned[0] - turned[1]), axis=-1)[..., None]
        u, v = (np.take_along_axis(part, closest, axis=-1)[..., 0] for part in turned)

        between = u * u + u * v + v * v
        half_difference = 1j * np.sqrt(3) * s / np.where(between == 0, 1.0, between) / a
        single, middle = u + v - b / 3, -(u + v) / 2 - b / 3
        far = np.abs(single) >= np.abs(middle)
        safe = np.where(far, single, 1.0)
        mean = np.where(far, (c - a / safe) / (2 * safe), middle / a)
        first, second = mean + half_difference, mean - half_difference
        product = np.where(far, 1.0, first * second)
        single = np.where(far, single / a, 1 / (a * product))
        return np.stack([single, first, second], axis=-1)

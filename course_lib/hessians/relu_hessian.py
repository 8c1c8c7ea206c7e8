"""The second part of the Hessian of one hidden relu layer, in theory: it is no semicircle."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_whole
from course_lib.spectral_laws.homotopy import follow
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.spectrum import samples_at


@dataclass(frozen=True)
class ReluSecondPart(Law):
    """Eigenvalues of H1 for W_2 relu(W_1 x) if residuals, samples and weights are independent.

    Implements eq-relu-second-cubic, eq-relu-second-edges and eq-relu-second-cdf. Each hidden
    unit contributes a block that joins its incoming with its outgoing weights, and the block is
    a product of two Gaussian matrices. Eigenvalues come in pairs, plus and minus.

    Args:
        epsilon: the energy, half the variance of a residual.
        phi: parameters over output values, 2 n / m for layers of equal size n.

    Convention: samples have independent entries of variance 1. Unlike the semicircle of the
    simpler theory, whose variance is 2 epsilon, this law has the variance epsilon phi / 2, whatever
    the size of the weights. For phi > 1 a share 1 - 1/phi of the eigenvalues is zero.
    Source: Pennington and Bahri (2017).

    >>> ReluSecondPart(0.5, 0.25).moment(2)
    0.0625
    """

    epsilon: float
    phi: float

    def __post_init__(self) -> None:
        """Refuse an energy or a ratio that is not positive."""
        check_positive("epsilon", self.epsilon)
        check_positive("phi", self.phi)

    @property
    def support(self) -> tuple[tuple[float, float], ...]:
        """One interval, or two with a gap around zero where phi > 1."""
        f, s = self.phi, np.sqrt(self.epsilon / 2)
        t = 2 * f / (2 * f + 1 + np.sqrt(8 * f + 1))
        ends = [self._edge(t, s)]
        if f > 1:
            ends.append(self._edge(1 / t * f / (f - 1), s))  # the product of both t is f/(f - 1)
            inner = abs(ends[1])
            return ((-ends[0], -inner), (inner, ends[0]))
        return ((-ends[0], ends[0]),)

    def _edge(self, t: float, s: float) -> float:
        """The z where (phi s G)^2 = t."""
        root = np.sqrt(t)
        return float(self.phi * s / root + s * root / (1 - t))  # eq-relu-second-edges

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The zeros that blocks of too small a rank must have."""
        return (Atom(0.0, 1 - 1 / self.phi),) if self.phi > 1 else ()

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """The imaginary part of the pair of conjugate roots, by Cardano's formula."""
        inside = np.zeros(x.shape, dtype=bool)
        for a, b in self.support:
            inside |= (a < x) & (x < b)
        z = np.where(inside & (x != 0), x, np.nan)
        # The cubic for 1/G, whose leading coefficient does not vanish at 0.
        linear, constant = self._quadratic, self._cubic * z
        centre = z / 3  # y = 1/G solves y^3 - z y^2 + linear y + constant = 0
        p = linear - z * z / 3
        q = -2 * centre**3 + linear * centre + constant
        root = np.sqrt(np.maximum((q / 2) ** 2 + (p / 3) ** 3, 0.0))
        big = np.cbrt(-q / 2 - np.copysign(root, q))
        small = -p / (3 * big)
        y = -(big + small) / 2 + centre + 1j * np.sqrt(3) / 2 * np.abs(big - small)
        rho = y.imag / (np.pi * np.abs(y) ** 2)
        with np.errstate(divide="ignore"):
            at_zero = 1 / (np.pi * np.sqrt(np.abs(self._quadratic)))  # infinite for phi = 1
        rho = np.where((x == 0) & inside, at_zero, rho)
        return np.where(inside | np.isnan(x), rho, 0.0)

    @property
    def _cubic(self) -> float:
        """Coefficient of z G^3."""
        return self.epsilon * self.phi**2 / 2

    @property
    def _quadratic(self) -> float:
        """Coefficient of G^2."""
        return self.epsilon * self.phi * (1 - self.phi) / 2

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """The root of c z G^3 + d G^2 - z G + 1 = 0 that falls like 1/z, followed from far away.

        c = epsilon phi^2 / 2 and d = epsilon phi (1 - phi) / 2. What is followed is y = 1/G: at 0
        it is finite for every phi.
        """
        c, d = self._cubic, self._quadratic

        def equation(z: Array, y: Array) -> tuple[Array, Array]:
            value = y**3 - z * y**2 + d * y + c * z  # eq-relu-second-cubic
            return value, 3 * y**2 - 2 * z * y + d

        G = np.full(z.shape, np.inf, dtype=complex)  # a pole, or an infinite density
        finite = (z != 0) | (self.phi < 1)
        z, outer = z[finite], self.support[-1][1]
        nearest = min([1e-10 * outer, *np.abs(z[z != 0])])
        floor = max(1e-3 * nearest, np.finfo(float).tiny)
        G[finite] = 1 / follow(equation, z, lambda z: z, 4 * outer, floor)
        return G

    def _cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the eigenvalues that are at most x, in closed form.

        The integral of G by z is z G minus that of z = R(G) + 1/G by G.
        """
        unknown = np.isnan(x)
        (inner, outer), zeros = self.support[-1], sum(atom.mass for atom in self.atoms)
        hole = np.abs(x) <= max(inner, 0.0)  # between the two halves, where symmetry decides
        z = np.where(hole | unknown, outer, np.clip(x, -outer, outer))
        G = self.stieltjes(z.astype(complex))
        G = G.real + 1j * np.minimum(G.imag, -np.finfo(float).tiny)
        scaled = self.phi * np.sqrt(self.epsilon / 2) * G
        logs = np.log(1 - scaled) + np.log(1 + scaled)
        potential = z * G - np.log(G) + logs / (2 * self.phi)
        share = np.clip(1 - potential.imag / np.pi, 0.0, 1.0)  # eq-relu-second-cdf
        share = np.where(hole, (1 + np.where(x < 0, -zeros, zeros)) / 2, share)
        share = np.where(x <= -outer, 0.0, np.where(x >= outer, 1.0, share))
        return np.where(unknown, np.nan, share)

    @property
    def _parts(self) -> tuple[tuple[float, float], ...]:
        """Both halves, for the density has a cusp at zero."""
        inner, outer = max(self.support[-1][0], 0.0), self.support[-1][1]
        return ((-outer, -inner), (inner, outer))

    def moment(self, k: int) -> float:
        """0 for odd k; the variance is known exactly."""
        check_whole("k", k, 0)
        if k == 2:
            return self.epsilon * self.phi / 2
        return 0.0 if k % 2 else super().moment(k)

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Plus and minus the singular values of one block, for n // 2 units' weights on each side.

        Raises:
            ValueError: ``n`` is below 2 or so small that no sample is left.
        """
        check_whole("n", n, 2)
        size = n // 2
        active = samples_at("n // 2", size, self.phi)  # half of the samples
        residuals = rng.standard_normal((size, active)) * np.sqrt(2 * self.epsilon)
        block = residuals @ rng.standard_normal((active, size)) / (2 * active)
        values = np.linalg.svd(block, compute_uv=False)
        values[active:] = 0.0
        return np.sort(np.concatenate([values, -values, np.zeros(n % 2)]))

"""Marchenko and Pastur's law: eigenvalues of the sample covariance of independent features."""

from dataclasses import dataclass
from math import comb

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_positive, check_whole
from course_lib.spectral_laws.law import Atom, Law, check_upper
from course_lib.spectral_laws.spectrum import gram_eigenvalues


@dataclass(frozen=True)
class MarchenkoPastur(Law):
    """Eigenvalues of X X^T / m, for X with independent entries, features by samples.

    Implements eq-mp-density, eq-mp-edges, eq-mp-moments and eq-mp-stieltjes.

    Args:
        ratio: features over samples. Above 1 there are more features than samples, and a share
            1 - 1/ratio of the eigenvalues is exactly zero.
        variance: variance of the entries of X.

    Convention: ``variance`` multiplies eigenvalues, so the edges are variance (1 +- sqrt ratio)^2.
    Source: Marchenko and Pastur (1967).

    >>> MarchenkoPastur(0.25).support
    ((0.25, 2.25),)
    >>> MarchenkoPastur(2.0).atoms
    (Atom(at=0.0, mass=0.5),)
    """

    ratio: float
    variance: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a ratio or a variance that is not positive."""
        check_positive("ratio", self.ratio)
        check_positive("variance", self.variance)

    @property
    def support(self) -> tuple[tuple[float, float], ...]:
        """From variance (1 - sqrt ratio)^2 to variance (1 + sqrt ratio)^2."""
        low, high = self._edges()
        return ((float(low), float(high)),)

    def _edges(self) -> tuple[np.longdouble, np.longdouble]:
        """Both edges with extra digits: a square root near one doubles the digits that are lost."""
        v, r = np.longdouble(self.variance), np.longdouble(self.ratio)
        high = v * (1 + np.sqrt(r)) ** 2  # eq-mp-edges
        return (v * (1 - r)) ** 2 / high, high  # 1 - sqrt r would lose digits where r is near 1

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The zeros that a matrix of too small a rank must have."""
        return (Atom(0.0, 1 - 1 / self.ratio),) if self.ratio > 1 else ()

    def density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the eigenvalues that are not forced to be zero."""
        low, high = self._edges()
        at = np.asarray(x, dtype=np.longdouble)
        inside = np.maximum((at - low) * (high - at), 0)
        positive = np.where(inside > 0, at, 1.0)
        hard_edge = (np.asarray(x) == 0) & (self.ratio == 1)
        scale = 2 * np.pi * self.variance * self.ratio
        rho = np.sqrt(inside) / (scale * positive)  # eq-mp-density
        return np.where(hard_edge, np.inf, rho.astype(float))

    def moment(self, k: int) -> float:
        """A polynomial in the ratio, whose coefficients are Narayana's numbers."""
        check_whole("k", k, 0)
        if k == 0:
            return 1.0
        terms = (comb(k, j) * comb(k, j + 1) / k * self.ratio**j for j in range(k))
        return float(self.variance**k * sum(terms))  # eq-mp-moments

    def stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """The root of r v z G^2 + (v (1 - r) - z) G + 1 = 0 that falls like 1/z.

        At an atom or a hard edge on the axis, which is 0, an infinite limit is returned.
        """
        check_upper(z)
        v, r = np.longdouble(self.variance), np.longdouble(self.ratio)
        low, high = self._edges()
        at = np.asarray(z).astype(np.clongdouble) + 0j  # a negative zero becomes a positive one
        root = np.sqrt(at - low) * np.sqrt(at - high)  # cut on the support only
        b = at - v * (1 - r)
        plus, minus = b + root, b - root  # their product is 4 r v z
        pole = (at == 0) & (r >= 1)
        by_minus = (np.abs(minus) > np.abs(plus)) & ~pole  # plus has lost its digits
        G = 2 / np.where(by_minus | pole, 1, plus)  # eq-mp-stieltjes
        G = np.where(by_minus, minus / (2 * r * v * np.where(by_minus, at, 1)), G)
        real = -np.inf if self.ratio == 1 else float(-1 / (v * r * (r - 1)))
        return np.where(pole, complex(real, -np.inf), G.astype(complex))

    def sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of the covariance of round(n / ratio) Gaussian samples of n features.

        Raises:
            ValueError: ``n`` is so small that no sample is left.
        """
        check_at_least("n", n, 1)
        m = round(n / self.ratio)
        if m < 1:
            raise ValueError(f"n: expected at least {self.ratio / 2:g} at this ratio, got {n}")
        return gram_eigenvalues(rng.standard_normal((n, m)) * np.sqrt(self.variance))

"""Marchenko and Pastur's law: eigenvalues of the sample covariance of independent features."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_whole
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.spectrum import gram_eigenvalues, samples_at
from course_lib.spectral_laws.two_doubles import TwoDoubles, square_root


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
        low, high = self._edges
        return ((low.high, high.high),)

    @cached_property
    def _edges(self) -> tuple[TwoDoubles, TwoDoubles]:
        """Both edges with extra digits: a square root near one doubles the digits that are lost."""
        v, r = Fraction(float(self.variance)), Fraction(float(self.ratio))
        low, high = (v * (1 + sign * square_root(r)) ** 2 for sign in (-1, 1))  # eq-mp-edges
        return TwoDoubles.of(low), TwoDoubles.of(high)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The zeros that a matrix of too small a rank must have."""
        return (Atom(0.0, 1 - 1 / self.ratio),) if self.ratio > 1 else ()

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Density of the eigenvalues that are not forced to be zero."""
        hard_edge = (x == 0) & (self.ratio == 1)
        low, high = self._edges
        x = np.clip(x, np.nextafter(low.high, -np.inf), np.nextafter(high.high, np.inf))
        from_low, from_high = (edge.subtracted_from(x) for edge in self._edges)
        roots = np.sqrt(np.maximum(from_low, 0)), np.sqrt(np.maximum(-from_high, 0))
        positive = np.where(x > 0, x, 1.0)
        scale = 2 * np.pi * self.variance * self.ratio
        rho = roots[0] / positive * roots[1] / scale  # eq-mp-density
        return np.where(hard_edge, np.inf, rho)

    def moment(self, k: int) -> float:
        """A polynomial in the ratio, whose coefficients are Narayana's numbers."""
        check_whole("k", k, 0)
        if k == 0:
            return 1.0
        terms = (comb(k, j) * comb(k, j + 1) / k * self.ratio**j for j in range(k))
        return float(self.variance**k * sum(terms))  # eq-mp-moments

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """The root of r v z G^2 + (v (1 - r) - z) G + 1 = 0 that falls like 1/z.

        At an atom or a hard edge on the axis, which is 0, an infinite limit is returned.
        """
        v, r = self.variance, self.ratio
        at = z + 0j  # a negative zero becomes a positive one
        low, high = (edge.subtracted_from(at) for edge in self._edges)
        root = np.sqrt(low) * np.sqrt(high)  # cut on the support only
        b = at - v * (1 - r)
        plus, minus = b + root, b - root  # their product is 4 r v z
        pole = (at == 0) & (r >= 1)
        by_minus = np.abs(minus) > np.abs(plus)  # plus has lost its digits
        with np.errstate(all="ignore"):  # each at points that take the other
            G = np.where(by_minus, minus / (2 * r * v * at), 2 / plus)  # eq-mp-stieltjes
        real = -np.inf if self.ratio == 1 else float(-1 / (v * r * (r - 1)))
        return np.where(pole, complex(real, -np.inf), G)

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of the covariance of round(n / ratio) Gaussian samples of n features.

        Raises:
            ValueError: ``n`` is so small that no sample is left.
        """
        m = samples_at("n", n, self.ratio)
        return gram_eigenvalues(rng.standard_normal((n, m)) * np.sqrt(self.variance))

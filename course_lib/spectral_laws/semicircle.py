"""Wigner's semicircle, the law of symmetric matrices with independent entries."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import (
    check_one_of,
    check_positive,
    check_whole,
)
from course_lib.spectral_laws.law import Law


@dataclass(frozen=True)
class Semicircle(Law):
    """The density sqrt(4 sigma^2 - x^2) / (2 pi sigma^2) on [-2 sigma, 2 sigma].

    Implements eq-semicircle-density, eq-semicircle-stieltjes and eq-semicircle-moments.

    Args:
        sigma: the standard deviation. (In Marchenko and Pastur's law of the same lecture the
            letter means a variance.)

    Source: Wigner (1958).

    >>> Semicircle(1.0).moment(4)
    2.0
    """

    sigma: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a width that is not positive."""
        check_positive("sigma", self.sigma)

    @property
    def support(self) -> tuple[tuple[float, float], ...]:
        """From -2 sigma to 2 sigma."""
        return ((-2 * self.sigma, 2 * self.sigma),)

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """sqrt(4 sigma^2 - x^2) / (2 pi sigma^2) inside the support, and 0 outside."""
        edge = 2 * self.sigma
        x = np.clip(x, -edge, edge)
        inside = (edge - x) * (edge + x)
        return np.sqrt(inside) / (2 * np.pi * self.sigma**2)  # eq-semicircle-density

    def _cdf(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Share of the eigenvalues that are at most x, in closed form."""
        u = np.clip(x / (2 * self.sigma), -1.0, 1.0)
        return 0.5 + (u * np.sqrt(1 - u * u) + np.arcsin(u)) / np.pi

    def moment(self, k: int) -> float:
        """sigma^k times a Catalan number for even k, and 0 for odd k."""
        check_whole("k", k, 0)
        if k % 2:
            return 0.0
        catalan = comb(k, k // 2) // (k // 2 + 1)
        return float(self.sigma**k * catalan)  # eq-semicircle-moments

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """The root of sigma^2 G^2 - z G + 1 = 0 that falls like 1/z."""
        edge = 2 * self.sigma
        z = z + 0j  # a negative zero becomes a positive one
        root = np.sqrt(z - edge) * np.sqrt(z + edge)  # cut on the support only
        return 2 / (z + root)  # eq-semicircle-stieltjes

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of a matrix of the Gaussian orthogonal ensemble."""
        return np.linalg.eigvalsh(wigner_matrix(n, self.sigma, rng))


def wigner_matrix(
    n: int, sigma: float, rng: np.random.Generator, entries: str = "gaussian"
) -> Float[Array, "n n"]:
    """A symmetric matrix with independent entries, scaled so that its law does not grow with n.

    Implements eq-wigner-matrix: off the diagonal the variance is sigma^2 / n; on it, twice that
    for Gaussian entries (the orthogonal ensemble), sigma^2 / n for all others.

    Args:
        n: size.
        sigma: standard deviation of the limiting law.
        rng: source of the entries.
        entries: ``gaussian``, ``coin`` (plus or minus one), ``uniform``, or ``student`` (five
            degrees of freedom, heavy tails); each with mean 0, and variance 1 before scaling.

    Raises:
        ValueError: ``n`` is below 1, ``sigma`` is not positive, or ``entries`` is unknown.

    >>> np.abs(wigner_matrix(2, 1.0, np.random.default_rng(0), "coin")).round(4)
    array([[0.7071, 0.7071],
           [0.7071, 0.7071]])
    """
    check_whole("n", n, 1)
    check_positive("sigma", sigma)
    check_one_of("entries", entries, ENTRIES)
    A = ENTRIES[entries](rng, (n, n))
    if entries == "gaussian":
        return sigma * (A + A.T) / np.sqrt(2 * n)  # eq-wigner-matrix
    return sigma * (np.triu(A) + np.triu(A, 1).T) / np.sqrt(n)


ENTRIES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Array]] = {
    "gaussian": lambda rng, size: rng.standard_normal(size),
    "coin": lambda rng, size: rng.choice([-1.0, 1.0], size=size),
    "uniform": lambda rng, size: rng.uniform(-np.sqrt(3), np.sqrt(3), size=size),
    "student": lambda rng, size: rng.standard_t(5, size=size) * np.sqrt(3 / 5),
}
"""How single entries are drawn, each with mean 0 and variance 1."""

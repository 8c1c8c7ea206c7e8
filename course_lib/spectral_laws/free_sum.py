"""The law of A + B for any two matrices that are free of each other, by subordination."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array
from scipy.interpolate import CubicSpline

from course_lib.foundations.validate import check_whole
from course_lib.spectral_laws.free_gaps import free_support
from course_lib.spectral_laws.freeness import rotated_sum
from course_lib.spectral_laws.law import Atom, Law
from course_lib.spectral_laws.moments import free_cumulants, moments_from_free_cumulants
from course_lib.spectral_laws.r_transform import outer_ends

HEIGHTS = (1.0, 0.1, 0.01, 1e-4, 1e-6, 0.0)
STEPS, LAST_STEPS = 12, 60
NEAR, CLOSE = 1e-3, 4e-16
NODES = 256  # of the first guess, for one interval
FEW_STEPS, LOST = 6, 1e-14  # from a guess; what has not arrived by then is followed from above


@dataclass(frozen=True)
class FreeSum(Law):
    """The free convolution of two laws: eigenvalues of A + Q B Q^T, with Q a random rotation.

    Implements eq-subordination, eq-free-atoms and eq-free-addition.

    Args:
        law_a: any law, continuous or not.
        law_b: any law.

    Accuracy: inside the support about 1e-12 where both laws are that good, falling to about 1e-8
    at an edge, where the fixed point is a double one. The edges themselves are critical values and
    good to 1e-9 of the spectrum's size. A gap or a band narrower than that is not seen.
    Source: Belinschi and Bercovici (2007).

    >>> from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
    >>> coin = DiscreteMeasure((-1.0, 1.0), (0.5, 0.5))
    >>> rho = FreeSum(coin, coin).density(np.zeros(1))  # the arcsine law
    >>> round(2 * np.pi * float(rho[0]), 9)
    1.0
    """

    law_a: Law
    law_b: Law

    def __post_init__(self) -> None:
        """Refuse what is no law."""
        for name in ("law_a", "law_b"):
            if not isinstance(getattr(self, name), Law):
                raise ValueError(f"{name}: expected a law, got {getattr(self, name)!r}")

    @cached_property
    def support(self) -> tuple[tuple[float, float], ...]:
        """Intervals between the critical values of z = R(G) + 1/G."""
        return free_support(self.law_a, self.law_b)

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """At a + b, where the atoms at a and at b together weigh more than 1: what is over 1."""
        found = [
            Atom(a.at + b.at, a.mass + b.mass - 1)  # eq-free-atoms
            for a in self.law_a.atoms
            for b in self.law_b.atoms
            if a.mass + b.mass > 1 + 1e-12
        ]
        return tuple(sorted(found))

    @cached_property
    def size(self) -> float:
        """A length of the order of the spectrum's width."""
        ends = [outer_ends(law) for law in (self.law_a, self.law_b)]
        return sum(high - low for low, high in ends) or 1.0

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Minus the imaginary part of G over pi; zero outside the support."""
        rho = np.where(np.isnan(x), np.nan, 0.0)
        for (a, b), guess in zip(self.support, self._guesses, strict=True):
            inside = (a <= x) & (x <= b)
            if inside.any():
                z = x[inside].astype(complex)
                omega = guess(_angle(x[inside], a, b))
                above = omega.real + 1j * np.maximum(omega.imag, 0)
                omega = self._fixed_point(z, above, FEW_STEPS, CLOSE)
                moved = np.abs(self._image(z, omega) - omega)
                lost = ~(moved <= LOST * (self.size + np.abs(omega)))
                lost |= omega.imag <= 0
                if lost.any():
                    omega[lost] = self.subordinate(z[lost])
                rho[inside] = np.maximum(-(1 / _reciprocal(self.law_a, omega)).imag / np.pi, 0.0)
        return rho

    @cached_property
    def _guesses(self) -> tuple[CubicSpline, ...]:
        """The subordinate point on a grid of angles in each interval, where it is smooth."""
        angles = (np.arange(NODES) + 0.5) * np.pi / NODES
        return tuple(
            CubicSpline(angles, self.subordinate(a + (b - a) * np.sin(angles / 2) ** 2 + 0j))
            for a, b in self.support
        )

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """G of the first law at the point that stands for z there; infinite at an atom."""
        flat = z.ravel()
        at_atom = np.isin(flat, [atom.at for atom in self.atoms])
        G = np.full(flat.shape, np.inf + 0j)
        elsewhere = flat[~at_atom]
        if elsewhere.size:
            G[~at_atom] = 1 / _reciprocal(self.law_a, self.subordinate(elsewhere))
        return G.reshape(z.shape)

    def subordinate(self, z: Complex[Array, " points"]) -> Complex[Array, " points"]:
        """The omega above the axis with G_sum(z) = G_a(omega).

        It is the one fixed point above the axis of omega -> z + h_b(z + h_a(omega)), where
        h(omega) = 1/G(omega) - omega. For points on the axis it is followed down from above.
        """
        omega = z + 1j * self.size
        for height in HEIGHTS:
            above = z + 1j * height * self.size
            tolerance = NEAR * height if height > 1e-5 else CLOSE
            omega = self._fixed_point(above, omega, STEPS if height else LAST_STEPS, tolerance)
        return omega

    def moment(self, k: int) -> float:
        """From the free cumulants of the two laws, which add."""
        check_whole("k", k, 0)
        first, second = (
            free_cumulants(np.array([1.0, *(law.moment(j) for j in range(1, k + 1))]))
            for law in (self.law_a, self.law_b)
        )
        return float(moments_from_free_cumulants(first + second)[k])  # eq-free-addition

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """Eigenvalues of A + Q B Q^T, with A and B sampled and Q uniform among the rotations."""
        a, b = self.law_a.sample(n, rng), self.law_b.sample(n, rng)
        return np.linalg.eigvalsh(rotated_sum(a, b, rng))

    def _fixed_point(self, z: Array, omega: Array, steps: int, tolerance: float) -> Array:
        """Steffensen's steps where they help, else the mean of omega and its image.

        The mean also converges where the image only turns around the fixed point, as it does for
        two laws of two atoms each.
        """
        omega, once = omega.copy(), self._image(z, omega)
        active = np.arange(len(z))
        for _ in range(steps):
            moved, scale = np.abs(once - omega)[active], self.size + np.abs(omega[active])
            active = active[moved > tolerance * scale]
            if active.size == 0:
                break
            at, here, image = z[active], omega[active], once[active]
            bend = self._image(at, image) - 2 * image + here
            with np.errstate(divide="ignore", invalid="ignore"):
                jump = here - (image - here) ** 2 / bend
            good = np.isfinite(jump) & (jump.imag >= -1e-9 * self.size)
            jump = np.where(good, jump, here)
            jump = jump.real + 1j * np.maximum(jump.imag, at.imag)
            beyond = self._image(at, jump)
            better = good & (np.abs(beyond - jump) < np.abs(image - here))
            omega[active] = np.where(better, jump, (here + image) / 2)
            once[active] = beyond
            rest = active[~better]
            if rest.size:
                once[rest] = self._image(z[rest], omega[rest])
        return omega

    def _image(self, z: Array, omega: Array) -> Array:
        """The map whose fixed point is wanted."""
        other = z + _reciprocal(self.law_a, omega) - omega
        other = other.real + 1j * np.maximum(other.imag, z.imag)  # rounding must not cross the axis
        image = z + _reciprocal(self.law_b, other) - other  # eq-subordination
        return image.real + 1j * np.maximum(image.imag, z.imag)


def _angle(x: Array, a: float, b: float) -> Array:
    """Where a point lies between two ends, with square roots at both made smooth."""
    return 2 * np.arcsin(np.sqrt(np.clip((x - a) / (b - a), 0.0, 1.0)))


def _reciprocal(law: Law, omega: Array) -> Array:
    """1/G, which is 0 at an atom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        G = law.stieltjes(omega)
        F = 1 / G
    return np.where(np.isfinite(G), F, 0.0)

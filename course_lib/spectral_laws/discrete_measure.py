"""Laws that consist of atoms only, such as the two values of a coin."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array

from course_lib.foundations.validate import is_number, shown
from course_lib.spectral_laws.law import Atom, Law


@dataclass(frozen=True)
class DiscreteMeasure(Law):
    """A few points, each with its share of the eigenvalues.

    Args:
        points: where the atoms are, from left to right.
        masses: their shares; they add up to 1.

    Raises:
        ValueError: points and masses do not match, are not in order, or do not add up to 1.

    >>> DiscreteMeasure((-1.0, 1.0), (0.5, 0.5)).moment(2)
    1.0
    """

    points: tuple[float, ...]
    masses: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is not a probability on points in order."""
        for name in ("points", "masses"):
            values = getattr(self, name)
            numbers = isinstance(values, tuple) and all(map(is_number, values))
            if not numbers or not np.isfinite(values).all():
                raise ValueError(f"{name}: expected a tuple of finite numbers, got {shown(values)}")
        if len(self.points) != len(self.masses):
            raise ValueError(
                f"masses: expected {len(self.points)}, one for each point, got {len(self.masses)}"
            )
        if not np.all(np.diff(self.points) > 0):
            raise ValueError(f"points: expected them in ascending order, got {self.points}")
        if min(self.masses, default=0.0) <= 0 or abs(sum(self.masses) - 1) > 1e-12:
            raise ValueError(f"masses: expected positive numbers of sum 1, got {self.masses}")

    @property
    def support(self) -> tuple[tuple[float, float], ...]:
        """Empty: there is no continuous part."""
        return ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Every point, with its mass."""
        return tuple(map(Atom, self.points, self.masses))

    def _density(self, x: Float[Array, "*points"]) -> Float[Array, "*points"]:
        """Zero: atoms are not seen."""
        return np.where(np.isnan(x), np.nan, 0.0)

    def _stieltjes(self, z: Complex[Array, "*points"]) -> Complex[Array, "*points"]:
        """A sum of poles, infinite at the atoms."""
        away = z[..., None] - np.array(self.points)
        with np.errstate(divide="ignore", invalid="ignore"):
            G = (np.array(self.masses) / away).sum(axis=-1)
        return np.where((away == 0).any(axis=-1), np.inf, G)

    def _sample(self, n: int, rng: np.random.Generator) -> Float[Array, " n"]:
        """The points, each as often as its mass says, rounded so that the total is n."""
        ends = np.round(n * np.cumsum(self.masses)).astype(int)
        return np.repeat(self.points, np.diff(ends, prepend=0))

"""Numbers with twice the digits, for edges of spectra.

A density begins like the square root of the distance from its edge. Next to the edge that distance
is a small difference of two large numbers, and a double keeps too few of its digits; the sum of two
doubles keeps enough, on every machine.
"""

from fractions import Fraction
from math import isqrt
from typing import NamedTuple

from jaxtyping import Inexact
from numpy import ndarray as Array

PRECISION = 2**300  # denominators are rounded to this


class TwoDoubles(NamedTuple):
    """A number as the double next to it, and what that leaves out.

    >>> third = TwoDoubles.of(Fraction(1, 3))
    >>> Fraction(third.high) + Fraction(third.rest) - Fraction(1, 3) < Fraction(1, 10**32)
    True
    """

    high: float
    rest: float

    @staticmethod
    def of(number: Fraction) -> "TwoDoubles":
        """The nearest such number."""
        high = float(number)
        return TwoDoubles(high, float(number - Fraction(high)))

    def subtracted_from(self, x: Inexact[Array, "*points"]) -> Inexact[Array, "*points"]:
        """X minus the number, with a relative error of rounding even where the two are close."""
        return (x - self.high) - self.rest


def square_root(number: Fraction) -> Fraction:
    """The square root to about 90 digits, of a number that is not tiny.

    >>> float(square_root(Fraction(2)))
    1.4142135623730951
    """
    return Fraction(isqrt(round(number * PRECISION**2)), PRECISION)

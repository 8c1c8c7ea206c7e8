"""Distances from an edge, against fractions."""

from fractions import Fraction

import numpy as np
import pytest

from course_lib.spectral_laws.two_doubles import TwoDoubles, square_root


@pytest.mark.parametrize(
    "number", [Fraction(1, 3), Fraction(22, 7) * 10**6, square_root(Fraction(2))]
)
def test_distances_keep_their_digits_down_to_the_last_double(number):
    place = float(number)
    x = np.array([place, np.nextafter(place, 9), np.nextafter(place, -9), place + 1, place * 1e-3])
    want = [float(Fraction(point) - number) for point in x]
    np.testing.assert_allclose(TwoDoubles.of(number).subtracted_from(x), want, rtol=1e-15)
    if want[0] != 0:
        assert abs(x[0] - place) == 0  # what a single double would say


def test_points_off_the_axis_are_moved_alike():
    third = TwoDoubles.of(Fraction(1, 3))
    np.testing.assert_allclose(third.subtracted_from(np.array([1 + 2j])), [2 / 3 + 2j], rtol=1e-15)


def test_a_square_root_has_ninety_digits():
    root = square_root(Fraction(2))
    assert abs(root**2 - 2) < Fraction(1, 10**88)
    assert square_root(Fraction(9, 4)) == Fraction(3, 2)

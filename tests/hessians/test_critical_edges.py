"""Edges and special energies of the critical Hessian: exact fractions, mpmath."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from course_lib.hessians.critical_edges import Discriminant, critical_energy, merging_energy


def discriminant(epsilon, phi, z):
    """The textbook discriminant of the cubic, in whatever numbers it is given."""
    a, b, c, d = 2 * epsilon * phi, -(2 * epsilon + z * phi), z + phi - 1, -1
    return b * b * c * c - 4 * a * c**3 - 4 * b**3 * d - 27 * a * a * d * d + 18 * a * b * c * d


@pytest.mark.checks("eq-hessian-edges", against="mpmath")
def test_edges_are_the_real_roots_of_the_discriminant(rng):
    with mpmath.workdps(60):
        for _ in range(40):
            epsilon, phi = 10 ** rng.uniform(-4, 2), 10 ** rng.uniform(-2, 2)
            got = Discriminant.of(epsilon, phi)
            e, f = mpmath.mpf(epsilon), mpmath.mpf(phi)
            for edge, rest in got.edges:
                at = mpmath.mpf(edge) + mpmath.mpf(rest)
                step = mpmath.mpf(10) ** -28 * max(1, abs(at))
                signs = [mpmath.sign(discriminant(e, f, at + s * step)) for s in (-1, 1)]
                assert signs[0] * signs[1] == -1
            assert (got.pair is None) == (len(got.edges) == 4)


def test_product_equals_the_discriminant(rng):
    for epsilon, phi in ((0.3, 0.5), (0.02, 1.0), (0.1, 3.0), (0.5, 8.0)):
        z = rng.normal(size=20) + 1j * rng.normal(size=20)
        want = discriminant(epsilon, phi, z) / phi**2
        np.testing.assert_allclose(Discriminant.of(epsilon, phi)(z), want, rtol=1e-10)


def test_where_two_edges_meet_the_product_is_zero_to_ninety_digits():
    """Energy 4 at phi = 8, both exact, and 5. The density is a sixth root: 15 of its digits."""
    assert abs(Discriminant.of(4.0, 8.0)(np.array([5.0]))[0]) < 1e-90


@pytest.mark.checks("eq-critical-energy", against="exact fractions")
@pytest.mark.parametrize("s", [Fraction(11, 10), Fraction(3, 2), Fraction(2), Fraction(29, 10)])
def test_at_the_critical_energy_zero_is_an_edge(s):
    """Where 1 + 8 phi is the square of a fraction s everything is a fraction."""
    phi = (s * s - 1) / 8
    epsilon = (1 - 20 * phi - 8 * phi**2 + s**3) / 16
    assert discriminant(epsilon, phi, Fraction(0)) == 0
    assert 0 < epsilon < Fraction(1, 8)
    np.testing.assert_allclose(critical_energy(float(phi)), float(epsilon), rtol=1e-14)
    left = Discriminant.of(float(epsilon), float(phi)).edges[0][0]
    assert abs(left) < 1e-14  # and the edge is the left one


def test_critical_energy_at_its_ends():
    assert critical_energy(1.0) == critical_energy(7.0) == 0
    np.testing.assert_allclose(critical_energy(1e-12), 1 / 8, rtol=1e-10)
    phi = np.linspace(0.01, 0.99, 50)
    assert (np.diff([critical_energy(float(p)) for p in phi]) < 0).all()


@pytest.mark.checks("eq-merging-energy", against="counting roots")
@pytest.mark.parametrize("phi", [1.1, 2.0, 8.0, 50.0])
def test_two_parts_below_the_merging_energy_and_one_above(phi):
    energy = merging_energy(phi)
    assert len(Discriminant.of(energy * (1 - 1e-9), phi).intervals) == 2
    assert len(Discriminant.of(energy * (1 + 1e-9), phi).intervals) == 1


def test_one_part_when_there_are_no_zeros_to_split_off():
    assert merging_energy(0.7) == 0
    for epsilon in (1e-6, 1e-2, 10.0):
        assert len(Discriminant.of(epsilon, 0.7).intervals) == 1


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="phi: expected a positive number"):
        critical_energy(-1.0)
    with pytest.raises(ValueError, match="phi: expected a positive number"):
        merging_energy(0.0)

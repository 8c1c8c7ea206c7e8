"""The power 3/2: local slopes near and far, and the limit's factor."""

import mpmath
import numpy as np
import pytest

from course_lib.hessians.critical_edges import critical_energy
from course_lib.hessians.critical_hessian import HessianAtCriticalPoint
from course_lib.hessians.index_exponent import fit_exponent, index_above, leading_factor
from course_lib.spectral_laws.law import Law

INTERVALS = [(0.01, 0.02), (0.02, 0.05), (0.05, 0.1), (0.1, 0.2), (0.2, 0.5)]


@pytest.mark.parametrize(
    ("phi", "slopes"),
    [(0.25, [1.489, 1.475, 1.446, 1.397, 1.295]), (0.5, [1.490, 1.477, 1.452, 1.408, 1.317])],
)
def test_local_slopes_fall_away_from_the_critical_energy(phi, slopes):
    got = [fit_exponent(phi, near, far).exponent for near, far in INTERVALS]
    np.testing.assert_allclose(got, slopes, rtol=0, atol=0.002)


@pytest.mark.parametrize("phi", [0.1, 0.25, 0.5, 0.9])
def test_within_two_percent_the_power_is_three_halves(phi):
    assert abs(fit_exponent(phi, 0.0005, 0.02).exponent - 1.5) < 0.006
    assert abs(fit_exponent(phi, 1e-6, 1e-5).exponent - 1.5) < 1e-4


def test_index_equals_the_integral_of_the_density():
    relative = np.array([0.01, 0.1, 0.5])
    laws = [HessianAtCriticalPoint(critical_energy(0.25) * (1 + r), 0.25) for r in relative]
    want = [Law.cdf(law, np.zeros(1))[0] for law in laws]
    np.testing.assert_allclose(index_above(0.25, relative), want, rtol=1e-8)


@pytest.mark.checks("eq-index-law", against="mpmath")
@pytest.mark.parametrize("phi", [0.1, 0.25, 0.75])
def test_the_factor_of_the_law(phi):
    """The integral of the density over the negative axis, to thirty digits, very near the edge."""
    with mpmath.workdps(40):
        f = mpmath.mpf(phi)
        root = mpmath.sqrt(1 + 8 * f)
        distance = mpmath.mpf(10) ** -10
        e = (1 - 20 * f - 8 * f**2 + root**3) / 16 + distance
        G = min(
            mpmath.polyroots([2 * e * f, -2 * e, f - 1, -1], maxsteps=500, extraprec=300),
            key=lambda r: r.imag,
        )
        potential = mpmath.log(G) - mpmath.log(1 - f * G) / f + e * G**2
        index = 1 + potential.imag / mpmath.pi
        want = float(index / distance ** mpmath.mpf("1.5"))
    np.testing.assert_allclose(leading_factor(phi), want, rtol=1e-6)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="phi: expected a number between 0 and 1, got 2"):
        leading_factor(2.0)
    with pytest.raises(ValueError, match="phi: expected a number between 0 and 1, got 1"):
        leading_factor(1.0)
    with pytest.raises(ValueError, match="phi: expected a number between 0 and 1, got 0"):
        leading_factor(0.0)
    with pytest.raises(ValueError, match="near: expected a positive number"):
        fit_exponent(0.5, 0.0, 0.1)
    with pytest.raises(ValueError, match="far: expected more than near"):
        fit_exponent(0.5, 0.1, 0.1)
    with pytest.raises(ValueError, match="points: expected a whole number, 2 or more"):
        fit_exponent(0.5, 0.1, 0.2, points=1)

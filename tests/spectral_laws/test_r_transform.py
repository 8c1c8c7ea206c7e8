"""R of laws: the functional inverse, closed forms, and free cumulants as its coefficients."""

import numpy as np
import pytest
from scipy.optimize import brentq

from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.moments import free_cumulants
from course_lib.spectral_laws.r_transform import marchenko_pastur_r, r_transform, semicircle_r
from course_lib.spectral_laws.semicircle import Semicircle

COIN = DiscreteMeasure((-1.0, 1.0), (0.5, 0.5))


def inverse_by_quadrature(law: Law, g: float) -> float:
    """R(g), with G as an integral over the density and scipy's root finder."""
    ends = [end for part in law.support for end in part]
    size = max(ends) - min(ends)

    def miss(z):
        return law.integrate(lambda t: 1 / (z - t)) - g

    bracket = (max(ends) + 1e-3 * size, max(ends) + 2 / g) if g > 0 else None
    bracket = bracket or (min(ends) + 2 / g, min(ends) - 1e-3 * size)
    return brentq(miss, *bracket, xtol=1e-13) - 1 / g


@pytest.mark.slow
@pytest.mark.checks("eq-r-semicircle", against="functional inverse of G")
@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_semicircle(sigma):
    g = np.array([-0.8, -0.1, 0.3, 0.9]) / sigma
    want = [inverse_by_quadrature(Semicircle(sigma), at) for at in g]
    np.testing.assert_allclose(semicircle_r(g, sigma), want, rtol=0, atol=1e-9)
    np.testing.assert_allclose(r_transform(Semicircle(sigma), g), want, rtol=0, atol=1e-9)


@pytest.mark.slow
@pytest.mark.checks("eq-r-marchenko-pastur", "eq-r-transform", against="functional inverse of G")
@pytest.mark.parametrize(("ratio", "variance"), [(0.25, 1.0), (0.5, 3.0)])
def test_marchenko_pastur(ratio, variance):
    g = np.array([-0.8, -0.1, 0.2, 0.5]) / variance
    law = MarchenkoPastur(ratio, variance)
    want = [inverse_by_quadrature(law, at) for at in g]
    np.testing.assert_allclose(marchenko_pastur_r(g, ratio, variance), want, rtol=0, atol=1e-9)
    np.testing.assert_allclose(r_transform(law, g), want, rtol=0, atol=1e-9)


def test_an_atom_counts_as_an_end():
    g = np.array([-3.0, -0.5, 0.2])
    got = r_transform(MarchenkoPastur(3.0), g)
    np.testing.assert_allclose(got, marchenko_pastur_r(g, 3.0), rtol=0, atol=1e-12)


def test_a_coin():
    g = np.array([-5.0, -0.3, 0.0, 0.7, 40.0])
    safe = np.where(g == 0, 1.0, g)
    want = np.where(g == 0, 0.0, (np.sqrt(1 + 4 * g * g) - 1) / (2 * safe))
    np.testing.assert_allclose(r_transform(COIN, g), want, rtol=0, atol=1e-12)


def test_its_coefficients_are_the_free_cumulants():
    """A polynomial through R near 0: what it leaves out is of order 0.04^12."""
    law = MarchenkoPastur(0.4, 1.5)
    g = 0.06 * np.cos(np.pi * (np.arange(12) + 0.5) / 12)
    fit = np.polynomial.Polynomial.fit(g, r_transform(law, g), 11).convert().coef
    kappa = free_cumulants(np.array([law.moment(k) for k in range(5)]))
    np.testing.assert_allclose(fit[:4], kappa, rtol=1e-6)


def test_the_value_at_the_edge_is_reached():
    np.testing.assert_allclose(
        r_transform(Semicircle(2.0), np.array([-0.5, 0.5])), [-2, 2], rtol=1e-12
    )


def test_values_that_are_not_reached_are_refused():
    with pytest.raises(ValueError, match="g: expected values that G takes outside the law, got 1"):
        r_transform(Semicircle(1.0), np.array([0.5, 1.01]))
    with pytest.raises(ValueError, match="sigma"):
        semicircle_r(np.zeros(1), -1.0)
    with pytest.raises(ValueError, match="ratio"):
        marchenko_pastur_r(np.zeros(1), 0.0)
    with pytest.raises(ValueError, match="variance"):
        marchenko_pastur_r(np.zeros(1), 1.0, 0.0)

"""eta and zeta: closed forms, scipy, finite differences, and sampling."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from course_lib.random_features.activations import Activation, PiecewiseLinear, by_name
from course_lib.random_features.gaussian_constants import (
    erf_constants,
    eta_zeta,
    gaussian_constants,
    leaky_relu_constants,
    standardized,
)


@pytest.mark.checks("eq-leaky-relu-constants", "eq-eta", "eq-zeta-stein", against="closed form")
@pytest.mark.parametrize("slopes", [(1.0, 1.0), (1.0, 0.0), (1.0, -1.0), (2.0, -0.5)])
@pytest.mark.parametrize("s", [0.4, 1.0, 3.0])
def test_kinked_functions_are_exact(slopes, s):
    right, left = slopes
    f = Activation("kinked", lambda z: np.where(z > 0, right * z, left * z), (0.0,))
    want = leaky_relu_constants(right, left, s)
    mean, eta, zeta = gaussian_constants(f, sigma_w=s)
    assert mean == pytest.approx(s * (right - left) / np.sqrt(2 * np.pi), abs=1e-13)
    assert eta - mean**2 == pytest.approx(want.eta, rel=1e-13)
    assert zeta == pytest.approx(want.zeta, rel=1e-13, abs=1e-13)


@pytest.mark.checks("eq-erf-constants", against="quadrature")
@pytest.mark.parametrize("s", [0.3, 1.0, 2.0])
def test_the_error_function(s):
    got, want = gaussian_constants(by_name("erf"), sigma_x=s), erf_constants(s)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("alpha", "zeta"), [(-1.0, 1.0), (0.0, 0.73347), (1.0, 0.0)])
def test_the_values_of_the_piecewise_linear_family(alpha, zeta):
    f = PiecewiseLinear(alpha)
    got = eta_zeta(f)
    assert got == pytest.approx((1.0, zeta), abs=5e-6)
    assert got[1] == pytest.approx(f.zeta, abs=1e-13)


def test_plain_relu_has_a_mean():
    mean, eta, zeta = gaussian_constants(by_name("relu"))
    assert (round(mean, 4), eta, zeta) == (0.3989, pytest.approx(0.5), pytest.approx(0.25))


@pytest.mark.checks("eq-eta", "eq-zeta-stein", against="scipy")
@pytest.mark.parametrize("name", ["tanh", "cos"])
def test_smooth_functions_match_quad_of_the_slope(name):
    """Stein's lemma: the mean slope, by finite differences, without z f(z)."""
    s, h = 1.3, 1e-5
    f = by_name(name).value
    eta = quad(lambda z: f(s * z) ** 2 * norm.pdf(z), -12, 12, epsabs=1e-12)[0]
    slope = quad(lambda z: (f(s * z + h) - f(s * z - h)) / (2 * h) * norm.pdf(z), -12, 12)[0]
    got = eta_zeta(by_name(name), sigma_w=s)
    assert got[0] == pytest.approx(eta, abs=1e-11)
    assert got[1] == pytest.approx((s * slope) ** 2, abs=1e-8)


def test_a_kink_off_the_grid_costs_digits_when_it_is_not_named():
    def raw(z):
        return np.maximum(z - 0.3, 0.0)

    want = (1 + 0.3**2) * norm.sf(0.3) - 0.3 * norm.pdf(0.3)
    named = eta_zeta(Activation("late relu", raw, (0.3,)))
    assert abs(named[0] - want) < 1e-14
    assert abs(named[1] - norm.sf(0.3) ** 2) < 1e-14
    assert abs(eta_zeta(raw)[1] - norm.sf(0.3) ** 2) > 1e-9


def test_the_numbers_are_means(rng):
    """A million draws know a mean to five of its standard errors; two percent off is seen."""
    z = rng.standard_normal(1_000_000)
    f = PiecewiseLinear(0.5)
    error = 5 * np.std(z * f(z)) / 1000
    measured = np.mean(z * f(z))
    assert abs(measured - np.sqrt(f.zeta)) < error
    assert abs(measured - 1.02 * np.sqrt(f.zeta)) > error


def test_standardized():
    f = standardized(by_name("relu"), sigma_w=0.7)
    mean, eta, _ = gaussian_constants(f, sigma_w=0.7)
    assert (mean, eta) == (pytest.approx(0, abs=1e-14), pytest.approx(1, abs=1e-14))
    assert f.kinks == (0.0,)
    with pytest.raises(ValueError, match="f: expected a function that varies"):
        standardized(np.ones_like)


@pytest.mark.parametrize("f", [lambda z: np.exp(z * z), lambda z: np.exp(z * z / 4)])
def test_an_activation_without_moments_is_refused(f):
    with pytest.raises(ValueError, match="f: expected a finite mean square"):
        gaussian_constants(f)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"f: .* not finite"):
        gaussian_constants(lambda z: np.where(z > 1, np.nan, z))
    with pytest.raises(ValueError, match="f: expected values of shape"):
        gaussian_constants(lambda z: z[:3])
    with pytest.raises(ValueError, match="sigma_w: expected a positive number, got 0"):
        eta_zeta(np.tanh, sigma_w=0.0)
    with pytest.raises(ValueError, match="sigma_x: expected a positive number, got -1"):
        eta_zeta(np.tanh, sigma_x=-1.0)

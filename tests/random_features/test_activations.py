"""Activations, and where they are kinked."""

import numpy as np
import pytest
from scipy.integrate import tanhsinh
from scipy.stats import norm

from course_lib.random_features.activations import Activation, PiecewiseLinear, by_name

ALPHAS = [-1.0, -0.3, 0.0, 0.5, 1.0, 2.5]


@pytest.mark.checks("eq-piecewise-linear", against="scipy")
@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_family_has_mean_zero_and_mean_square_one(alpha):
    f = PiecewiseLinear(alpha)

    def mean(function):
        ends = np.array([-40.0, 0.0, 40.0])
        return tanhsinh(lambda z: function(z) * norm.pdf(z), ends[:-1], ends[1:]).integral.sum()

    assert abs(mean(f)) < 1e-11
    assert abs(mean(lambda z: f(z) ** 2) - 1) < 1e-11
    assert abs(mean(lambda z: z * f(z)) ** 2 - f.zeta) < 1e-11


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_family_has_the_slopes_that_it_promises(alpha):
    f = PiecewiseLinear(alpha)
    left, right = (np.diff(f(np.array(ends)))[0] for ends in ((-3.0, -2.0), (2.0, 3.0)))
    assert right * f.scale == pytest.approx(1.0, abs=1e-12)
    assert left * f.scale == pytest.approx(-alpha, abs=1e-12)


def test_three_members_have_names():
    names = [PiecewiseLinear(alpha).name for alpha in (-1, 0, 1, 0.5)]
    assert names == ["linear", "shifted ReLU", "shifted abs", "alpha = 0.5"]


def test_the_plain_ones(rng):
    z = rng.normal(size=(3, 4))
    assert (by_name("relu")(z) == np.where(z > 0, z, 0)).all()
    assert (by_name("identity")(z) == z).all()
    assert (by_name("sign")(z) * by_name("abs")(z) == z).all()
    assert Activation("cube", lambda x: x**3)(z)[0, 0] == z[0, 0] ** 3
    with pytest.raises(ValueError, match=r"name: expected one of .*'relu'.* got 'swish'"):
        by_name("swish")

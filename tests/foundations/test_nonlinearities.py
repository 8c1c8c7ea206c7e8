import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import IDENTITY, LOGISTIC, RELU, TANH, by_name, logistic

TORCH = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu, "identity": lambda z: z}
ALL = [TANH, LOGISTIC, RELU, IDENTITY]


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_value_and_slope_are_torchs(f, rng):
    z = 3 * rng.standard_normal((5, 7))
    leaf = torch.tensor(z, requires_grad=True)
    out = TORCH[f.name](leaf)
    (slope,) = torch.autograd.grad(out.sum(), leaf)
    np.testing.assert_allclose(f.value(z), out.detach().numpy(), rtol=0, atol=1e-15)
    np.testing.assert_allclose(f.slope(f.value(z)), slope.numpy(), rtol=0, atol=1e-15)


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_max_slope_is_reached_and_never_passed(f):
    slopes = f.slope(f.value(np.linspace(-20, 20, 4001)))  # the grid holds 0 and positive points
    assert slopes.max() == pytest.approx(f.max_slope, abs=1e-15)


def test_logistic_does_not_overflow():
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(logistic(np.array([-1e4, 0.0, 1e4])), [0.0, 0.5, 1.0])


def test_by_name_finds_each_and_refuses_others():
    assert [by_name(f.name) for f in ALL] == ALL
    with pytest.raises(ValueError, match=r"nonlinearity: expected one of 'tanh'.*got 'swish'"):
        by_name("swish")

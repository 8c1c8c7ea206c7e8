import numpy as np
import pytest
import torch

from course_lib.foundations import nonlinearities
from course_lib.foundations.nonlinearities_torch import NONLINEARITIES, by_name

every = pytest.mark.parametrize("f", NONLINEARITIES.values(), ids=lambda f: f.name)


def test_both_backends_have_the_same_names():
    assert list(NONLINEARITIES) == list(nonlinearities.NONLINEARITIES)
    assert [by_name(name).name for name in NONLINEARITIES] == list(NONLINEARITIES)
    with pytest.raises(ValueError, match=r"nonlinearity: expected one of 'tanh'.*got 'linear'"):
        by_name("linear")


@every
def test_value_and_slope_are_the_numpy_ones(f, rng):
    z, twin = 3 * rng.standard_normal((5, 7)), nonlinearities.by_name(f.name)
    h = f.value(torch.tensor(z))
    np.testing.assert_allclose(h.numpy(), twin.value(z), rtol=0, atol=1e-15)
    np.testing.assert_allclose(f.slope(h).numpy(), twin.slope(twin.value(z)), rtol=0, atol=1e-15)


@every
def test_derivatives_are_those_of_autograd(f, rng):
    z = torch.tensor(3 * rng.standard_normal((5, 7)), requires_grad=True)
    h = f.value(z)
    (slope,) = torch.autograd.grad(h.sum(), z, create_graph=True)
    torch.testing.assert_close(f.slope(h), slope, rtol=0, atol=1e-14)
    curvature = torch.zeros_like(z)
    if f.name not in ("relu", "identity"):  # torch keeps no graph of a slope that is constant
        (curvature,) = torch.autograd.grad(slope.sum(), z)
    torch.testing.assert_close(f.curvature(h), curvature, rtol=0, atol=1e-14)

import pytest
import torch

from course_lib.foundations.init_torch import uniform


def test_moments_and_bounds_are_those_of_the_uniform_distribution():
    n, fan_in = 40_000, 9
    W = uniform(n, fan_in=fan_in, generator=torch.Generator().manual_seed(0)).detach()
    assert W.dtype == torch.float64
    assert W.abs().max() < 1 / 3
    assert W.abs().max() > (1 - 20 / n) / 3  # all n fall short of it once in e^20 draws
    deviation = 1 / (3 * 3**0.5)
    assert abs(W.mean()) < 4 * deviation / n**0.5
    # the square has variance (1/5 - 1/9) / fan_in^2
    assert abs((W**2).mean() - deviation**2) < 4 * (4 / 45) ** 0.5 / 9 / n**0.5


def test_the_bound_is_that_of_a_linear_module():
    ours = uniform(50, 16, fan_in=16, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    theirs = torch.nn.Linear(16, 50, dtype=torch.float64).weight
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-15)


def test_type_shape_and_bad_arguments():
    W = uniform(2, 3, fan_in=3, dtype=torch.float32)
    assert W.shape == (2, 3)
    assert W.dtype == torch.float32
    assert W.requires_grad
    with pytest.raises(ValueError, match="fan_in: expected a whole number, 1 or more, got 0"):
        uniform(2, fan_in=0)

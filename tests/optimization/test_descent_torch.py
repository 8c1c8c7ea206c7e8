import numpy as np
import pytest
import torch

from course_lib.optimization import descent
from course_lib.optimization.descent_torch import descend, gradient_of


def loss(theta):
    return (theta.sin() * theta).sum()


def test_every_point_is_that_of_the_numpy_twin_and_of_torchs_sgd(rng):
    start = torch.tensor(rng.normal(size=(2, 3)))
    path = descend(gradient_of(loss), start, 0.1, 8)
    twin = descent.descend(lambda w: np.cos(w) * w + np.sin(w), start.numpy(), 0.1, 8)
    np.testing.assert_allclose(path.numpy(), twin, rtol=0, atol=1e-13)
    theta = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=0.1)
    for point in path:
        torch.testing.assert_close(point, theta.detach(), rtol=0, atol=1e-13)
        optimizer.zero_grad()
        loss(theta).backward()
        optimizer.step()


def test_what_is_recorded_belongs_to_the_points(rng):
    start = torch.tensor(rng.normal(size=4), requires_grad=True)
    path = descend(gradient_of(loss), start, 0.1, 5)
    losses = descend(gradient_of(loss), start, 0.1, 5, record=loss)
    assert losses.tolist() == [float(loss(point)) for point in path]
    assert not path.requires_grad
    assert not losses.requires_grad
    assert torch.equal(path[0], start.detach())


def test_bad_arguments_are_refused():
    one = torch.ones(2, dtype=torch.float64)
    with pytest.raises(ValueError, match="steps: expected a whole number, 0 or more, got -1"):
        descend(gradient_of(loss), one, 0.1, -1)
    with pytest.raises(ValueError, match="learning_rate: expected a positive number, got -1"):
        descend(gradient_of(loss), one, -1.0, 1)
    with pytest.raises(ValueError, match=r"gradient: expected shape \(2,\), got \(\)"):
        descend(lambda theta: theta.sum(), one, 0.1, 1)

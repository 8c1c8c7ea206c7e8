"""The error surface of the single unit: autograd, finite differences, and where the wall stands."""

from functools import partial

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities import LOGISTIC, logistic
from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.gradient_flow.cliff import (
    cliff_bias,
    cliff_sensitivity,
    clipped_gradient,
    pascanu_surface,
)
from course_lib.optimization.descent import descend


@pytest.mark.checks("eq-cliff-unit", "eq-cliff-loss", "eq-cliff-sensitivity", against="autograd")
def test_surface_matches_autograd(rng):
    w, b = rng.uniform(-6, 6, size=(2, 5, 4))
    got = pascanu_surface(w, b, steps=12)
    w_torch, b_torch = (torch.tensor(part, requires_grad=True) for part in (w, b))
    h = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(12):
        h = w_torch * torch.sigmoid(h) + b_torch
    loss = (torch.sigmoid(h) - 0.7) ** 2
    d_w, d_b = torch.autograd.grad(loss.sum(), (w_torch, b_torch))
    for ours, theirs in zip(got, (loss.detach(), d_w, d_b), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.checks("eq-cliff-sensitivity", against="finite differences")
def test_gradient_matches_finite_differences(rng):
    for w, b in rng.uniform(-4, 4, size=(20, 2)):
        at = np.array([w, b])
        want = numerical_gradient(lambda p: float(pascanu_surface(p[0], p[1]).loss), at)
        got = pascanu_surface(w, b)
        np.testing.assert_allclose([got.d_w, got.d_b], want, rtol=1e-5, atol=1e-7)


def test_a_grid_is_its_points(rng):
    w, b = rng.normal(size=(3, 1)), rng.normal(size=(1, 2))
    grid = pascanu_surface(w, b)
    assert grid.loss.shape == (3, 2)
    for i, j in np.ndindex(3, 2):
        point = pascanu_surface(w[i, 0], b[0, j])
        assert [part[i, j] for part in grid] == [float(part) for part in point]


@pytest.mark.checks("eq-cliff-location", against="enumeration")
def test_the_wall_is_where_the_loss_jumps():
    w = np.array([4.6, 5.0, 6.0, 8.0])
    wall = cliff_bias(w)
    biases = np.linspace(-7, 1, 40_001)
    loss = pascanu_surface(w[:, None], biases[None]).loss
    jump = np.abs(np.diff(loss, axis=1)).argmax(axis=1)
    np.testing.assert_allclose(biases[jump], wall, rtol=0, atol=2e-3)
    for side, settled in ((-0.01, "below"), (0.01, "above")):
        h = np.full(4, 0.5)
        for _ in range(2000):
            h = w * logistic(h) + wall + side
        assert (h < 0.5).all() if settled == "below" else (h > 0.5).all()


def test_no_wall_below_the_threshold():
    threshold = 1 / float(LOGISTIC.slope(logistic(np.array([0.5])))[0])
    assert 4 < threshold < 4.3
    wall = cliff_bias(np.array([threshold - 1e-9, threshold + 1e-9]))
    assert np.isnan(wall[0])
    assert np.isfinite(wall[1])


@pytest.mark.checks("eq-cliff-growth", against="autograd")
def test_sensitivity_on_the_wall_is_a_geometric_sum():
    w = np.array([4.5, 5.0, 6.0])
    b = torch.tensor(cliff_bias(w), requires_grad=True)
    h = torch.full((3,), 0.5, dtype=torch.float64)
    for _ in range(20):
        h = torch.tensor(w) * torch.sigmoid(h) + b
    (want,) = torch.autograd.grad(h.sum(), b)
    got = cliff_sensitivity(w, steps=20)
    np.testing.assert_allclose(got, want.numpy(), rtol=1e-6)
    factor = w * LOGISTIC.slope(logistic(np.full(3, 0.5)))
    np.testing.assert_allclose(got, (factor**20 - 1) / (factor - 1), rtol=1e-12)


@pytest.mark.checks("eq-clipped-descent", against="torch")
@pytest.mark.parametrize("threshold", [None, 0.2])
def test_descent_matches_torch(threshold):
    path = descend(lambda at: clipped_gradient(at, threshold, steps=10), (5.0, -1.5), 0.3, 12)
    parameters = torch.tensor([5.0, -1.5], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([parameters], lr=0.3)
    for point in path:
        np.testing.assert_allclose(point, parameters.detach().numpy(), rtol=0, atol=1e-5)
        optimizer.zero_grad()
        h = torch.tensor(0.5, dtype=torch.float64)
        for _ in range(10):
            h = parameters[0] * torch.sigmoid(h) + parameters[1]
        ((torch.sigmoid(h) - 0.7) ** 2).backward()
        if threshold is not None:
            torch.nn.utils.clip_grad_norm_([parameters], threshold)  # divides by the norm + 1e-6
        optimizer.step()


def test_clipping_bounds_every_step():
    free, clipped = (
        descend(partial(clipped_gradient, threshold=threshold), (5.0, -1.9), 1.0, 60)
        for threshold in (None, 0.1)
    )
    lengths = [np.linalg.norm(np.diff(path, axis=0), axis=1).max() for path in (free, clipped)]
    assert lengths[0] > 1.0
    assert lengths[1] <= 0.1 * (1 + 1e-9)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="steps"):
        pascanu_surface(1.0, 0.0, steps=0)
    with pytest.raises(ValueError, match="threshold: expected a positive number, got 0"):
        clipped_gradient(np.ones(2), 0.0)


def test_one_step_is_enough():
    surface = pascanu_surface(2.0, 0.5, steps=1, h0=0.0, target=0.0)
    y = logistic(np.array([2.0 * 0.5 + 0.5]))
    assert surface.loss == pytest.approx(float(y[0]) ** 2, rel=1e-14)
    assert surface.d_w == pytest.approx(float((2 * y * y * (1 - y) * 0.5)[0]), rel=1e-13)

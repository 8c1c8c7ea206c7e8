"""The student and its teacher: what is drawn, in which order, and the way of descent."""

import pytest
import torch

from course_lib.hessians.hessian_split_torch import OneHiddenLayer, squared_loss
from course_lib.hessians.teacher_torch import teacher_problem, training_path


def test_samples_teacher_noise_and_first_weights_are_drawn_in_this_order():
    net, start, X, Y = teacher_problem(3, 7, "tanh", seed=5, noise=0.2, teacher=2.0)
    generator = torch.Generator().manual_seed(5)
    samples = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    W_1, W_2 = torch.randn(18, generator=generator, dtype=torch.float64).view(2, 3, 3)
    noise = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    first = torch.randn(18, generator=generator, dtype=torch.float64) / 3**0.5
    assert net == OneHiddenLayer(3, 3, 3, "tanh")
    assert torch.equal(X, samples)
    want = 4 / 3 * W_2 @ torch.tanh(W_1 @ samples * 2 / 3**0.5) * 3**0.5 / 2 + 0.2 * noise
    torch.testing.assert_close(Y, want, rtol=0, atol=1e-12)
    torch.testing.assert_close(start, first, rtol=0, atol=1e-12)


def test_noise_is_what_the_teacher_cannot_explain():
    net, _, X, Y = teacher_problem(4, 20_000, "relu", seed=1, noise=0.5)
    clean = teacher_problem(4, 20_000, "relu", seed=1, noise=0.0).Y
    assert net.nonlinearity == "relu"
    assert X.dtype == torch.float64
    assert float((Y - clean).std()) == pytest.approx(0.5, rel=4 / (2 * 80_000) ** 0.5)


def test_the_path_goes_down_by_the_rate_times_the_gradient():
    net, start, X, Y = teacher_problem(3, 9, "tanh", seed=0)
    path = training_path(net, start, X, Y, learning_rate=0.1, steps=4)
    assert path.shape == (5, 18)
    assert torch.equal(path[0], start)
    at = path[2].clone().requires_grad_()
    (gradient,) = torch.autograd.grad(squared_loss(net, at, X, Y), at)
    torch.testing.assert_close(path[3], path[2] - 0.1 * gradient, rtol=0, atol=1e-13)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="d_in: expected a whole number, 1 or more"):
        teacher_problem(0, 5, "tanh", seed=0)
    with pytest.raises(ValueError, match="m: expected a whole number, 1 or more, got 0"):
        teacher_problem(2, 0, "tanh", seed=0)
    with pytest.raises(ValueError, match="noise: expected at least 0"):
        teacher_problem(2, 5, "tanh", seed=0, noise=-0.1)
    with pytest.raises(ValueError, match="teacher"):
        teacher_problem(2, 5, "tanh", seed=0, teacher=0.0)
    assert teacher_problem(1, 1, "tanh", seed=0, noise=0).X.shape == (1, 1)

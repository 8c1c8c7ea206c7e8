import numpy as np
import pytest
import torch

from course_lib.optimization.descent import descend


def test_every_point_is_that_of_torchs_sgd(rng):
    A, b, start = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    path = descend(lambda w: A.T @ (A @ w - b), start, 0.05, 12)
    w = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.05)
    for point in path:
        np.testing.assert_allclose(point, w.detach().numpy(), rtol=0, atol=1e-13)
        optimizer.zero_grad()
        (((torch.tensor(A) @ w - torch.tensor(b)) ** 2).sum() / 2).backward()
        optimizer.step()
    assert path.shape == (13, 3)


def test_what_is_recorded_belongs_to_the_points(rng):
    start = rng.normal(size=(2, 3))
    path = descend(np.cos, start, 0.1, 6)
    np.testing.assert_array_equal(path[0], start)
    losses = descend(np.cos, start, 0.1, 6, record=lambda theta: np.sin(theta).sum(axis=1))
    np.testing.assert_array_equal(losses, np.sin(path).sum(axis=2))


def test_the_start_is_left_alone_and_may_be_a_list_of_integers():
    start = np.ones(2)
    assert descend(lambda theta: theta, start, 0.5, 1).tolist() == [[1, 1], [0.5, 0.5]]
    assert start.tolist() == [1, 1]
    assert descend(lambda theta: theta, [1, 3], 0.5, 1)[-1].tolist() == [0.5, 1.5]
    assert descend(lambda theta: theta, [1, 3], 0.5, 0).tolist() == [[1, 3]]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="steps: expected a whole number, 0 or more, got -1"):
        descend(lambda theta: theta, [1.0], 0.1, -1)
    with pytest.raises(ValueError, match="learning_rate: expected a positive number, got 0"):
        descend(lambda theta: theta, [1.0], 0.0, 1)
    with pytest.raises(ValueError, match=r"gradient: expected shape \(2,\), got \(1, 2\)"):
        descend(lambda theta: theta[None], [1.0, 2.0], 0.1, 1)

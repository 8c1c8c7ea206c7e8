import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_lib.foundations.softmax import (
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    softmax,
)


def test_all_four_are_torchs(rng):
    logits = 5 * rng.standard_normal((3, 4, 6))
    targets = rng.integers(0, 6, size=(3, 4))
    leaf = torch.tensor(logits, requires_grad=True)
    loss = F.cross_entropy(leaf.flatten(0, 1), torch.tensor(targets).flatten(), reduction="none")
    (gradient,) = torch.autograd.grad(loss.sum(), leaf)
    close = {"rtol": 0, "atol": 1e-13}
    np.testing.assert_allclose(softmax(logits), leaf.softmax(-1).detach().numpy(), **close)
    np.testing.assert_allclose(log_softmax(logits), leaf.log_softmax(-1).detach().numpy(), **close)
    got = cross_entropy(logits, targets)
    np.testing.assert_allclose(got, loss.detach().numpy().reshape(3, 4), **close)
    np.testing.assert_allclose(cross_entropy_gradient(logits, targets), gradient.numpy(), **close)


def test_adding_a_constant_changes_nothing_and_nothing_overflows():
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_array_equal(softmax(np.array([1e4, 1e4])), [0.5, 0.5])
        np.testing.assert_array_equal(log_softmax(np.array([0.0, -1e4])), [0.0, -1e4])


@pytest.mark.parametrize("targets", [[4], [-1]])
def test_a_class_that_does_not_exist_is_refused(targets):
    with pytest.raises(ValueError, match="targets: expected classes 0 to 3"):
        cross_entropy(np.zeros((1, 4)), np.array(targets))


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_gradient])
def test_loss_and_gradient_refuse_the_same_targets(function, bad_input):
    for targets in np.array([[4], [0]]), np.array([[-1], [0]]):
        with pytest.raises(ValueError, match="targets: expected classes 0 to 3, got"):
            function(np.zeros((2, 1, 4)), targets)
    with pytest.raises(ValueError, match=r"targets: expected shape \(2, 3\), got \(1, 3\)"):
        function(np.zeros((2, 3, 4)), np.zeros((1, 3), int))
    assert function(np.zeros((0, 4)), np.zeros(0, int)).shape[0] == 0
    assert function(np.zeros((1, 1)), np.zeros(1, int)) == 0.0

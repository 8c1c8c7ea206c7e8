"""Plain gradient descent for tensors; the twin of ``descent``."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.foundations.validate import check_positive, check_shape, check_whole


def descend(
    gradient: Callable[[Tensor], Tensor],
    start: Float[Tensor, "*shape"],
    learning_rate: float,
    steps: int,
    record: Callable[[Tensor], Tensor] | None = None,
) -> Float[Tensor, "points ..."]:
    """Step against the gradient a fixed number of times, and report what was passed.

    theta_{k+1} = theta_k - learning_rate * gradient(theta_k).

    Args:
        gradient: takes a point and returns the gradient of the loss there, of the same shape;
            ``gradient_of`` makes one from a loss.
        start: the first point; it is not changed.
        learning_rate: step size.
        steps: how many steps to take.
        record: takes a point and returns a tensor to be reported, for example the loss; None
            reports the point itself.

    Returns:
        What was recorded at the start and after every step, along the first axis; detached.

    Raises:
        ValueError: the rate is not positive, ``steps`` is negative, or the gradient has another
            shape than the point.

    >>> square = gradient_of(lambda theta: theta @ theta)
    >>> descend(square, torch.tensor([8.0]), learning_rate=0.25, steps=3).flatten()
    tensor([8., 4., 2., 1.])
    """
    check_positive("learning_rate", learning_rate)
    check_whole("steps", steps, 0)
    theta = start.detach()
    recorded = [theta if record is None else record(theta).detach()]
    for _ in range(steps):
        slope = gradient(theta)
        check_shape("gradient", slope, tuple(theta.shape))
        theta = theta - learning_rate * slope  # a new tensor: earlier points are kept
        recorded.append(theta if record is None else record(theta).detach())
    return torch.stack(recorded)


def gradient_of(loss: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """The gradient of a scalar function of one tensor, by automatic differentiation.

    Args:
        loss: takes a tensor and returns a scalar one.

    >>> gradient_of(lambda theta: (theta**3).sum())(torch.tensor([1.0, 2.0]))
    tensor([ 3., 12.])
    """

    def gradient(theta: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        theta = theta.detach().requires_grad_()
        (slope,) = torch.autograd.grad(loss(theta), theta)
        return slope

    return gradient

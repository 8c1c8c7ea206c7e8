"""A network that learns from a teacher of its own shape, and its way of gradient descent."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from course_lib.foundations.validate import check_at_least, check_positive, check_whole
from course_lib.hessians.hessian_split_torch import Network, OneHiddenLayer, squared_loss
from course_lib.optimization.descent_torch import descend, gradient_of


class Problem(NamedTuple):
    """A network with weights to start from, samples and targets.

    Attributes:
        net: as many inputs as hidden units and outputs.
        start: its first weights.
        X: samples, as columns.
        Y: targets, as columns.
    """

    net: OneHiddenLayer
    start: Float[Tensor, " parameters"]
    X: Float[Tensor, "n m"]
    Y: Float[Tensor, "n m"]


def teacher_problem(
    n: int, m: int, nonlinearity: str, seed: int, noise: float = 0.5, teacher: float = 1.5
) -> Problem:
    """Gaussian samples, and targets from a random network of the same shape with noise on top.

    Args:
        n: inputs, hidden units and outputs.
        m: samples.
        nonlinearity: the name of f, as in `OneHiddenLayer`.
        seed: of samples, teacher, noise and first weights, drawn in this order.
        noise: standard deviation of what no network can learn.
        teacher: by how much the teacher's weights are larger than the first weights.

    Raises:
        ValueError: a size is below 1, ``noise`` is negative, or ``teacher`` not positive.

    >>> net, start, X, Y = teacher_problem(2, 5, "tanh", seed=0)
    >>> net.parameters, X.shape == Y.shape
    (8, True)
    """
    check_whole("m", m, 1)
    check_at_least("noise", noise, 0)
    check_positive("teacher", teacher)
    generator = torch.Generator().manual_seed(seed)
    net = OneHiddenLayer(n, n, n, nonlinearity)
    X = torch.randn(n, m, generator=generator, dtype=torch.float64)
    clean = net(net.draw(generator, scale=teacher), X)
    Y = clean + noise * torch.randn(n, m, generator=generator, dtype=torch.float64)
    return Problem(net, net.draw(generator), X, Y)


def training_path(
    net: Network,
    start: Float[Tensor, " parameters"],
    X: Float[Tensor, "d_in samples"],
    Y: Float[Tensor, "d_out samples"],
    learning_rate: float,
    steps: int,
) -> Float[Tensor, "points parameters"]:
    """The weights before and after each step of gradient descent on the squared loss.

    >>> net, start, X, Y = teacher_problem(2, 5, "tanh", seed=0)
    >>> training_path(net, start, X, Y, learning_rate=0.1, steps=3).shape
    torch.Size([4, 8])
    """
    return descend(
        gradient_of(lambda theta: squared_loss(net, theta, X, Y)), start, learning_rate, steps
    )

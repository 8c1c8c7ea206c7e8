"""The training loop that the lessons share."""

import math
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from course_lib.foundations.validate import check_one_of, check_positive, check_whole

# Takes parameters and a learning rate; what it returns takes one step by what stands in ``grad``.
Optimizer = Callable[[Sequence[Tensor], float], Callable[[], None]]


def fit(
    parameters: Iterable[Tensor],
    loss: Callable[[int], Tensor],
    steps: int,
    learning_rate: float = 0.01,
    max_norm: float | None = None,
    round_to: float | None = None,
    optimizer: str | Optimizer = "adam",
) -> list[float]:
    """Minimise a loss with Adam or SGD and report its value before every step.

    Args:
        parameters: the tensors to change.
        loss: called with the step number 0, 1, ...; returns a scalar tensor.
            Draw the minibatch inside it, from a generator of your own.
        steps: how many updates.
        learning_rate: the optimizer's step size.
        max_norm: clip the norm of the whole gradient to this value; None means never.
        round_to: round every parameter to a multiple of this after each update; None means not.
            Long trainings are chaotic: they turn a difference in the last bit, which another
            processor may bring, into another network. Rounding to ``2**-20`` removes the
            difference before it grows, so the same network comes out everywhere.
        optimizer: "adam", "sgd", or another function of parameters and learning rate like the
            two of these names below, for example ``partial(adam, epsilon=1e-3)``.

    Returns:
        ``steps`` loss values.

    Raises:
        ValueError: ``steps`` is negative, ``learning_rate``, ``max_norm`` or ``round_to`` is not
            positive, the optimizer is unknown, or the loss is no longer finite.
    """
    check_whole("steps", steps, 0)
    check_positive("learning_rate", learning_rate)
    if isinstance(optimizer, str):
        check_one_of("optimizer", optimizer, OPTIMIZERS)
        optimizer = OPTIMIZERS[optimizer]
    for name, value in (("max_norm", max_norm), ("round_to", round_to)):
        if value is not None:
            check_positive(name, value)
    parameters = list(parameters)
    update = optimizer(parameters, learning_rate)
    history = []
    for step in range(steps):
        for parameter in parameters:
            parameter.grad = None
        value = loss(step)
        history.append(value.item())
        if not math.isfinite(history[-1]):
            raise ValueError(f"loss: expected a finite value, got {history[-1]} at step {step}")
        value.backward()
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        with torch.no_grad():
            update()
            if round_to is not None:
                for parameter in parameters:
                    parameter.div_(round_to).round_().mul_(round_to)
    return history


def adam(
    parameters: Sequence[Tensor], learning_rate: float, epsilon: float = 1e-8
) -> Callable[[], None]:
    """The update of ``torch.optim.Adam``, operation by operation, so that no bit differs.

    The first optimizer of torch that a process makes imports torch's compiler, two seconds
    for which a lesson has no use.

    Args:
        parameters: the tensors to change.
        learning_rate: Adam's step size.
        epsilon: added to the root of the mean square; entries of the gradient that are much
            smaller than this are not brought to the size of the others.

    Returns:
        A function that takes one step by what stands in ``grad``; call it in ``torch.no_grad``.

    >>> x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    >>> x.grad = torch.tensor([3.0, 0.0], dtype=torch.float64)
    >>> adam([x], learning_rate=0.5)()
    >>> x
    tensor([0.5000, 2.0000], dtype=torch.float64)
    """
    beta1, beta2 = 0.9, 0.999
    means = [torch.zeros_like(parameter) for parameter in parameters]
    squares = [torch.zeros_like(parameter) for parameter in parameters]
    steps = [0] * len(parameters)

    def update() -> None:
        for i, (parameter, mean, square) in enumerate(zip(parameters, means, squares, strict=True)):
            if (gradient := parameter.grad) is None:
                continue
            steps[i] += 1
            mean.lerp_(gradient, 1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            unbiased = (square.sqrt() / (1 - beta2 ** steps[i]) ** 0.5).add_(epsilon)
            parameter.addcdiv_(mean, unbiased, value=-learning_rate / (1 - beta1 ** steps[i]))

    return update


def sgd(parameters: Sequence[Tensor], learning_rate: float) -> Callable[[], None]:
    """The update of ``torch.optim.SGD`` without momentum: the gradient times the rate.

    Args:
        parameters: the tensors to change.
        learning_rate: step size.

    Returns:
        A function that takes one step by what stands in ``grad``; call it in ``torch.no_grad``.

    >>> x = torch.tensor([1.0, 2.0])
    >>> x.grad = torch.tensor([3.0, 0.0])
    >>> sgd([x], learning_rate=0.5)()
    >>> x
    tensor([-0.5000,  2.0000])
    """

    def update() -> None:
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.add_(parameter.grad, alpha=-learning_rate)

    return update


OPTIMIZERS = {"adam": adam, "sgd": sgd}
"""The updates by name."""

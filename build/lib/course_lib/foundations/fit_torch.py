"""The training loop that the lessons share."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from course_lib.foundations.validate import expect_at_least


def fit(
    parameters: Iterable[Tensor],
    loss: Callable[[int], Tensor],
    steps: int,
    learning_rate: float = 0.01,
    max_norm: float | None = None,
    grid: float | None = None,
) -> list[float]:
    """Minimise a loss with Adam and report its value before every step.

    Args:
        parameters: the tensors to change.
        loss: called with the step number 0, 1, ...; returns a scalar tensor.
            Draw the minibatch inside it, from a generator of your own.
        steps: how many updates.
        learning_rate: Adam's step size.
        max_norm: clip the norm of the whole gradient to this value; None means never.
        grid: round every parameter to a multiple of this after each update; None means not.
            Long trainings are chaotic: they turn a difference in the last bit, which another
            processor may bring, into another network. Rounding to ``2**-20`` removes the
            difference before it grows, so the same network comes out everywhere.

    Returns:
        ``steps`` loss values.

    Raises:
        ValueError: ``steps`` is negative, ``grid`` is not positive, or the loss is no
            longer finite.
    """
    expect_at_least("steps", steps, 0)
    if grid is not None and not grid > 0:
        raise ValueError(f"grid: expected a positive number or None, got {grid}")
    parameters = list(parameters)
    optimizer = torch.optim.Adam(parameters, lr=learning_rate)
    history = []
    for step in range(steps):
        optimizer.zero_grad()
        value = loss(step)
        if not torch.isfinite(value):
            raise ValueError(f"loss: expected a finite value, got {value.item()} at step {step}")
        value.backward()
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        optimizer.step()
        if grid is not None:
            with torch.no_grad():
                for parameter in parameters:
                    parameter.copy_((parameter / grid).round() * grid)
        history.append(value.item())
    return history

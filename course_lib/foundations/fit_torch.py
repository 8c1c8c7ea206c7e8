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
) -> list[float]:
    """Minimise a loss with Adam and report its value before every step.

    Args:
        parameters: the tensors to change.
        loss: called with the step number 0, 1, ...; returns a scalar tensor.
            Draw the minibatch inside it, from a generator of your own.
        steps: how many updates.
        learning_rate: Adam's step size.
        max_norm: clip the norm of the whole gradient to this value; None means never.

    Returns:
        ``steps`` loss values.

    Raises:
        ValueError: ``steps`` is negative, or the loss is no longer finite.
    """
    expect_at_least("steps", steps, 0)
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
        history.append(value.item())
    return history

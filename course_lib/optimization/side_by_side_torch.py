"""Train several modules of one kind side by side, for hardly more than the time of one.

A step of a small network costs little arithmetic and many calls; side by side, the calls are
shared. No network depends on another: each is updated as it would be alone.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray as Array
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from course_lib.foundations.validate import check_at_least, check_positive, check_whole
from course_lib.optimization.fit_torch import Optimizer, fit


def fit_side_by_side(
    modules: Sequence[nn.Module],
    loss: Callable[..., Tensor],
    draw: Callable[[int], tuple[Tensor, ...]],
    steps: int,
    learning_rate: float = 0.01,
    optimizer: str | Optimizer = "adam",
    max_norm: float | None = None,
    round_to: float | None = None,
    shared: bool = False,
) -> Float[Array, "steps networks"]:
    """Train every module, and leave its new weights in it.

    Args:
        modules: networks with the same parameters and the same forward pass; only the values of
            the parameters may differ.
        loss: takes one network (a function that runs the module) and its share of what was drawn,
            and returns its scalar loss. It is called once for all networks, by ``torch.vmap``, so
            it may not look at the value of a tensor in an ``if``, unless the data are shared.
        draw: called with the step number 0, 1, ...; returns tensors whose first axis counts the
            networks, or without this axis what all of them share.
        steps: how many updates.
        learning_rate: the optimizer's step size.
        optimizer: as in ``fit``.
        max_norm: clip the gradient of each network by itself to this norm; None means never.
        round_to: as in ``fit``.
        shared: whether all networks see the same data.

    Returns:
        The loss of every network before each update.

    Raises:
        ValueError: there is no module, ``steps`` is negative, the parameters do not match, what
            was drawn does not have one part for each, or a loss is no longer finite.

    >>> modules = [nn.Linear(2, 1), nn.Linear(2, 1)]
    >>> xs = torch.ones(2, 5, 2)  # five inputs for each of the two
    >>> history = fit_side_by_side(modules, lambda f, x: (f(x) ** 2).mean(), lambda _: (xs,), 3)
    >>> history.shape
    (3, 2)
    """
    check_at_least("number of modules", len(modules), 1)
    check_whole("steps", steps, 0)
    if max_norm is not None:
        check_positive("max_norm", max_norm)
    shapes = [
        {name: parameter.shape for name, parameter in module.named_parameters()}
        for module in modules
    ]
    for place, other in enumerate(shapes):
        if other != shapes[0]:
            raise ValueError(f"modules: expected equal parameters, got others in number {place}")
    sizes = [shape.numel() for shape in shapes[0].values()]
    rows = [parameters_to_vector(module.parameters()) for module in modules]
    theta = torch.stack(rows).detach().requires_grad_()  # row r: all weights of network r
    if max_norm is not None:
        theta.register_hook(lambda d: d / (d.norm(dim=1, keepdim=True) / max_norm).clamp(min=1.0))
    history = np.empty((steps, len(modules)))

    def loss_of_one(parameters: dict[str, Tensor], parts: tuple[Tensor, ...]) -> Tensor:
        return loss(lambda *xs: functional_call(modules[0], parameters, xs), *parts)

    def total(step: int) -> Tensor:
        parts = draw(step)
        for part in () if shared else parts:
            if len(part) != len(modules):
                raise ValueError(f"draw: expected {len(modules)} parts, got {len(part)}")
        pieces = theta.split(sizes, dim=1)
        stacked = {
            name: piece.reshape(len(modules), *shape)
            for (name, shape), piece in zip(shapes[0].items(), pieces, strict=True)
        }
        losses = vmap(loss_of_one, in_dims=(0, None if shared else 0))(stacked, parts)
        history[step] = losses.detach()
        return losses.sum()

    fit([theta], total, steps, learning_rate, optimizer=optimizer, round_to=round_to)
    for module, row in zip(modules, theta.detach(), strict=True):
        vector_to_parameters(row, module.parameters())
    return history

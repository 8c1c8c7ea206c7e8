"""How far back small recurrent networks learn to look, many of them trained side by side.

One batched product of fifteen small matrices takes far less time than fifteen products. Row r of
``theta`` holds all weights of network r.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray as Array
from torch import Tensor

from course_lib.datasets.long_dependency import long_dependency_task
from course_lib.foundations.validate import check_at_least, check_one_of
from course_lib.optimization.fit_torch import fit

LENGTH = 32
SHAPES = {"W_xh": (16, 6), "W_hh": (16, 16), "b_h": (1, 16), "W_hy": (2, 16)}
WEIGHTS = sum(rows * columns for rows, columns in SHAPES.values())
STEPS = {
    "logistic": lambda z, h_prev: torch.sigmoid(z),
    "tanh": lambda z, h_prev: torch.tanh(z),
    "residual": lambda z, h_prev: h_prev + torch.tanh(z),
}
"""What becomes of z = W_hh h_{t-1} + W_xh x_t + b_h."""


def logits(
    theta: Float[Tensor, "networks weights"], xs: Float[Tensor, "networks batch time 6"], cell: str
) -> Float[Tensor, "networks batch 2"]:
    """Scores of the two classes after the last token, for every network on its own inputs."""
    check_one_of("cell", cell, STEPS)
    parts = theta.split([rows * columns for rows, columns in SHAPES.values()], dim=1)
    pairs = zip(parts, SHAPES.values(), strict=True)
    W_xh, W_hh, b_h, W_hy = (part.unflatten(1, shape) for part, shape in pairs)
    projected = torch.baddbmm(b_h, xs.flatten(1, 2), W_xh.mT).unflatten(1, xs.shape[1:3])
    h = torch.zeros_like(projected[:, :, 0])  # (networks, batch, d_hidden)
    for projected_t in projected.unbind(2):
        z = torch.baddbmm(projected_t, h, W_hh.mT)  # projected_t + h @ W_hh.mT
        h = STEPS[cell](z, h)
    return h @ W_hy.mT


def accuracies(
    cell: str, distances: Sequence[int], updates: int = 250, runs: int = 5
) -> Float[Array, "distances runs"]:
    """Train networks to name a word read some tokens ago, and test them on 500 fresh rows each.

    The losses are added, and the gradient of each network is clipped to the norm 1 by itself, so
    that each learns as it would alone: with Adam at rate 0.01, batches of 32 rows of 32 tokens.

    Args:
        cell: a key of ``STEPS``.
        distances: tokens from the cue to the blank.
        updates: how many.
        runs: networks for each distance.

    Returns:
        Test accuracies; guessing gives 1/2.
    """
    check_at_least("runs", runs, 1)
    rng, generator = np.random.default_rng(0), torch.Generator().manual_seed(0)
    networks = runs * len(distances)
    theta = torch.rand(networks, WEIGHTS, generator=generator, dtype=torch.float64) / 2 - 0.25
    theta.requires_grad_().register_hook(lambda d: d / d.norm(dim=1, keepdim=True).clamp(min=1.0))

    def draw(batch: int) -> tuple[Tensor, Tensor]:
        tasks = [long_dependency_task(rng, runs * batch, d, length=LENGTH) for d in distances]
        xs = np.concatenate([task.xs for task in tasks]).reshape(networks, batch, LENGTH, 6)
        targets = np.concatenate([task.targets for task in tasks]).reshape(networks, batch)
        return torch.tensor(xs), torch.tensor(targets)

    def loss(_: int) -> Tensor:
        xs, targets = draw(32)
        outputs = logits(theta, xs, cell).flatten(0, 1)
        return networks * torch.nn.functional.cross_entropy(outputs, targets.flatten())

    fit([theta], loss, updates, learning_rate=0.01, round_to=2.0**-20)
    xs, targets = draw(500)
    right = logits(theta.detach(), xs, cell).argmax(dim=2) == targets
    return right.numpy().mean(axis=1).reshape(len(distances), runs)

"""Training a network until it classifies every example right, whatever the labels."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from numpy import ndarray as Array
from torch import Tensor

from course_lib.foundations.validate import check_shape
from course_lib.generalization.margins import check_classes
from course_lib.optimization.fit_torch import fit


class Memorized(NamedTuple):
    """A trained network and how it got there.

    Attributes:
        weights: one matrix (d_out, d_in) per layer, no biases.
        losses: cross-entropy before every update.
        accuracies: share of the training examples that were right before every update.
    """

    weights: list[Array]
    losses: list[float]
    accuracies: list[float]


def forward(weights: Sequence[Tensor], x: Float[Tensor, "n d"]) -> Float[Tensor, "n classes"]:
    """Scores of a ReLU network without biases; the twin of ``margins.scores``."""
    h = x
    for depth, W in enumerate(weights):
        h = (h if depth == 0 else h.relu()) @ W.T
    return h


def memorize(
    x: Float[Array, "n d"],
    labels: Int[Array, " n"],
    widths: Sequence[int],
    classes: int,
    steps: int,
    generator: torch.Generator,
    learning_rate: float = 0.003,
) -> Memorized:
    """Fit a ReLU network to labels with Adam on the whole sample, without any regularizer.

    Args:
        x: inputs.
        labels: one class for each, from 0 on.
        widths: units of each hidden layer.
        classes: how many classes there are.
        steps: updates.
        generator: draws the first weights, of variance 2 / d_in.
        learning_rate: of Adam.

    Raises:
        ValueError: ``labels`` does not fit ``x`` or holds what is no class.
    """
    check_shape("labels", labels, (x.shape[0],))
    check_classes(labels, classes)
    weights = [
        torch.randn(d_out, d_in, generator=generator, dtype=torch.float64) * (2.0 / d_in) ** 0.5
        for d_in, d_out in itertools.pairwise([x.shape[1], *widths, classes])
    ]
    inputs, targets = torch.tensor(x, dtype=torch.float64), torch.tensor(labels)
    accuracies = []

    def loss(_: int) -> Tensor:
        given = forward(weights, inputs)
        accuracies.append((given.argmax(dim=1) == targets).double().mean().item())
        return torch.nn.functional.cross_entropy(given, targets)

    for W in weights:
        W.requires_grad_()
    # rounded, so that the same network comes out on every processor
    losses = fit(weights, loss, steps, learning_rate, round_to=2.0**-20)
    return Memorized([W.detach().numpy().copy() for W in weights], losses, accuracies)

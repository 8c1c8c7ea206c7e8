"""Over what distance small recurrent networks learn, for several starts and optimizers.

The networks of one call are trained side by side: same task, same distance, weights and data of
their own.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from numpy import ndarray as Array
from torch import Generator, Tensor, nn

from course_lib.datasets.agreement import AgreementGrammar
from course_lib.datasets.long_dependency import long_dependency_task
from course_lib.foundations.validate import check_one_of, check_whole
from course_lib.optimization.fit_torch import Optimizer
from course_lib.optimization.side_by_side_torch import fit_side_by_side
from course_lib.recurrent.additive_torch import ResidualLayer
from course_lib.recurrent.srn_torch import SRNLayer
from course_lib.sequences.heads_torch import Readout

LENGTH, WORDS, UNITS = 32, 6, 16
"""Tokens in a row of the recall task, different tokens there, and units of every network."""

CELLS = {
    "tanh": SRNLayer,
    "logistic": partial(SRNLayer, nonlinearity="logistic"),
    "residual": ResidualLayer,
}
"""The recurrent layers by name."""


class Reader(nn.Module):
    """A recurrent layer, and scores from each of its states.

    Args:
        words: number of different tokens, one-hot at the input.
        outputs: number of scores.
        cell: a key of ``CELLS``.
        generator: draws the weights; None uses torch's global generator.
        zero_readout: start with output weights 0 instead of those of a linear layer.

    >>> Reader(6, 2)(torch.zeros(4, 32, 6, dtype=torch.float64)).shape
    torch.Size([4, 32, 2])
    """

    def __init__(
        self,
        words: int,
        outputs: int,
        cell: str = "tanh",
        generator: Generator | None = None,
        zero_readout: bool = False,
    ):
        super().__init__()
        check_one_of("cell", cell, CELLS)
        self.layer = CELLS[cell](words, UNITS, generator=generator)
        self.readout = Readout(UNITS, outputs, generator)
        if zero_readout:
            nn.init.zeros_(self.readout.W_hy)

    def forward(self, xs: Float[Tensor, "batch time words"]) -> Float[Tensor, "batch time outputs"]:
        """Scores after every step."""
        return self.readout(self.layer(xs)[0])


class Trained(NamedTuple):
    """What networks have learned.

    Attributes:
        accuracy: on new sequences, at the last step.
        loss: the mean training loss of the last updates, 20 of them.
    """

    accuracy: Float[Array, " runs"]
    loss: Float[Array, " runs"]


def end_loss(model: Callable[[Tensor], Tensor], xs: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy of the last step alone."""
    return F.cross_entropy(model(xs)[:, -1], targets[:, -1])


def recall_loss(
    model: Callable[[Tensor], Tensor], xs: Tensor, targets: Tensor, others_from: int | None = None
) -> Tensor:
    """The cross-entropy of the cue at the last step, and that of other steps if asked for.

    The first two scores are those of the cue. The other six name the token before, and have a
    loss only with ``others_from``: the mean over the steps from this one, counted from 1, to the
    last but one is then added.
    """
    scores = model(xs)
    loss = F.cross_entropy(scores[:, -1, :2], targets[:, -1])
    if others_from is not None:
        others = slice(others_from - 1, -1)
        found = scores[:, others, 2:].flatten(0, 1)
        loss = loss + F.cross_entropy(found, targets[:, others].flatten())
    return loss


def recall_batch(
    rng: np.random.Generator, batch: int, distance: int, noise: float = 0.0
) -> tuple[Tensor, Tensor]:
    """One-hot rows of 32 tokens, and targets: the cue at the end, else the token before.

    The target of the first step is its own token.

    Args:
        rng: the source of randomness.
        batch: number of rows.
        distance: tokens from the cue to the end.
        noise: probability that a target, but the last, is replaced by any token.
    """
    task = long_dependency_task(rng, batch, distance, length=LENGTH)
    targets = np.roll(task.tokens, 1, axis=1)
    targets[:, 0] = task.tokens[:, 0]
    replaced = rng.random(targets.shape) < noise
    targets[replaced] = rng.integers(WORDS, size=replaced.sum())
    targets[:, -1] = task.targets
    return torch.tensor(task.xs), torch.tensor(targets)


def train_recall(
    distance: int,
    updates: int = 250,
    runs: int = 10,
    cell: str = "tanh",
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 0.01,
    others_from: int | None = None,
    noise: float = 0.0,
) -> Trained:
    """Train networks to name, after 32 tokens, a word that they read some tokens ago.

    Batches of 32 new rows; the gradient of each network is clipped to the norm 1. Tested on 500
    new rows; guessing between the two possible words gives 1/2.

    Args:
        distance: tokens from the cue to the blank.
        updates: how many.
        runs: number of networks.
        cell: a key of ``CELLS``.
        optimizer: as in ``fit``.
        learning_rate: its step size.
        others_from: the first of the other steps that have a loss too, for naming the token
            before; None means that only the last step has a loss.
        noise: as in ``recall_batch``.
    """
    check_whole("runs", runs, 1)
    rng, generator = np.random.default_rng(0), Generator().manual_seed(0)
    models = [Reader(WORDS, 2 + WORDS, cell, generator) for _ in range(runs)]

    def draw(batch: int) -> tuple[Tensor, ...]:
        rows = recall_batch(rng, runs * batch, distance, noise)
        return tuple(part.unflatten(0, (runs, batch)) for part in rows)

    history = fit_side_by_side(
        models,
        partial(recall_loss, others_from=others_from),
        lambda _: draw(32),
        updates,
        learning_rate,
        optimizer,
        max_norm=1.0,
        round_to=2.0**-20,
    )
    return _test(models, *draw(500), history, classes=2)


def train_agreement(
    distance: int,
    updates: int = 600,
    runs: int = 5,
    zero_readout: bool = False,
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 0.01,
    frequencies: bool = False,
) -> Trained:
    """Train networks to name the language that belongs to the country of the first word.

    Each has 2000 sentences of its own, in batches of 64, and is tested on 1000 others. Nothing is
    clipped. The best possible accuracy is 0.9, guessing between four languages gives 1/4.

    Args:
        distance: tokens from the country to the language.
        updates: how many.
        runs: number of networks.
        zero_readout: start with output weights 0.
        optimizer: as in ``fit``.
        learning_rate: its step size.
        frequencies: start the output biases at the logarithms of the shares that the words have
            among the last words of the training sentences (one count added to each), not at 0.
    """
    check_whole("runs", runs, 1)
    grammar, generator = AgreementGrammar(distance), Generator().manual_seed(0)
    rngs = [np.random.default_rng(run) for run in range(runs)]
    train, test = (
        torch.tensor(np.stack([grammar.sample(rng, n) for rng in rngs])) for n in (2000, 1000)
    )
    models = [
        Reader(grammar.vocab, grammar.vocab, "tanh", generator, zero_readout) for _ in range(runs)
    ]
    if frequencies:
        for model, sentences in zip(models, train, strict=True):
            counts = torch.bincount(sentences[:, -1], minlength=grammar.vocab).double() + 1.0
            with torch.no_grad():
                model.readout.b_y.copy_((counts / counts.sum()).log())
    one_hot, run = torch.eye(grammar.vocab, dtype=torch.float64), torch.arange(runs)[:, None]

    def draw(_: int) -> tuple[Tensor, ...]:
        rows = torch.randint(2000, (runs, 64), generator=generator)
        sentences = train[run, rows]
        return one_hot[sentences[..., :-1]], sentences[..., 1:]

    history = fit_side_by_side(
        models, end_loss, draw, updates, learning_rate, optimizer, round_to=2.0**-20
    )
    return _test(models, one_hot[test[..., :-1]], test[..., 1:], history)


def _test(
    models: list[Reader], xs: Tensor, targets: Tensor, history: Array, classes: int | None = None
) -> Trained:
    with torch.no_grad():
        right = [
            (model(x)[:, -1, :classes].argmax(dim=1) == y[:, -1]).double().mean().item()
            for model, x, y in zip(models, xs, targets, strict=True)
        ]
    loss = history[-20:].mean(axis=0) if len(history) else np.full(len(models), np.nan)
    return Trained(np.array(right), loss)

"""Classifiers that read their last state beside classifiers that read the mean of all."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.datasets.sentiment import Reviews
from course_lib.optimization.side_by_side_torch import fit_side_by_side
from course_lib.recurrent.classifiers_torch import SequenceClassifier
from course_lib.sequences.batching import pad


def train_classifiers(
    train: Reviews, vocab: int, updates: int, seeds: int = 4
) -> list[SequenceClassifier]:
    """Train networks of 16 units with both ways of pooling on the same minibatches of 64.

    Those of one seed start from the same draw of weights, so that nothing but the pooling is
    different. Each gradient is clipped to the norm 1; Adam's rate is 0.005.

    Returns:
        ``seeds`` classifiers that read the last state, then as many that read the mean.
    """
    tokens, mask = map(torch.tensor, pad(train.tokens))
    targets = torch.tensor(train.targets)
    trained = []
    for pool in ("last", "mean"):
        models = [
            SequenceClassifier(vocab, 8, 16, 2, pool, torch.Generator().manual_seed(seed))
            for seed in range(seeds)
        ]
        rng = np.random.default_rng(0)

        def draw(_: int, rng: np.random.Generator = rng) -> tuple[Tensor, ...]:
            i = torch.tensor(rng.integers(len(tokens), size=64))
            return tokens[i], mask[i], targets[i]

        fit_side_by_side(
            models,
            _loss,
            draw,
            updates,
            learning_rate=0.005,
            max_norm=1.0,
            round_to=2.0**-20,
            shared=True,
        )
        trained += models
    return trained


def _loss(
    scores: Callable[[Tensor, Tensor], Tensor], tokens: Tensor, mask: Tensor, targets: Tensor
) -> Tensor:
    return F.cross_entropy(scores(tokens, mask), targets)

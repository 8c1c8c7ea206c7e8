"""Classifiers that read their last state beside classifiers that read the mean of all."""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.utils import vector_to_parameters

from course_lib.datasets.sentiment import Reviews
from course_lib.optimization.fit_torch import fit
from course_lib.recurrent.classifiers_torch import SequenceClassifier
from course_lib.recurrent.side_by_side_torch import cut_up, recur, stack
from course_lib.sequences.batching import pad


def scores(
    theta: Float[Tensor, "networks weights"],
    model: SequenceClassifier,
    tokens: Int[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"],
) -> Float[Tensor, "networks batch classes"]:
    """The scores of stacked classifiers; the first half reads the last state, the rest the mean.

    Args:
        theta: row r holds all weights of network r.
        model: a classifier of their sizes.
        tokens: what is read.
        mask: False at the padding.
    """
    E, W_xh, W_hh, b_h, W_hy, b_y = cut_up(theta, model)
    projected = ((W_xh @ E).mT + b_h[:, None])[:, tokens]
    hs, T = recur(torch.zeros_like(projected[:, :, 0]), projected, W_hh), mask.sum(dim=1)
    half = len(theta) // 2
    last = hs[:half, torch.arange(len(T)), T - 1]
    mean = torch.einsum("nbth,bt->nbh", hs[half:], mask.double()) / T[:, None]
    return torch.baddbmm(b_y[:, None], torch.cat([last, mean]), W_hy.mT)


def train_classifiers(
    train: Reviews, vocab: int, updates: int, seeds: int = 4
) -> list[SequenceClassifier]:
    """Train networks of 16 units with both ways of pooling on the same minibatches of 64.

    Those of one seed start from the same draw of weights, so that nothing but the pooling is
    different. Each gradient is clipped to the norm 1; Adam's rate is 0.005.

    Returns:
        ``seeds`` classifiers that read the last state, then as many that read the mean.
    """
    models = [
        SequenceClassifier(vocab, 8, 16, 2, pool, torch.Generator().manual_seed(seed))
        for pool in ("last", "mean")
        for seed in range(seeds)
    ]
    theta, rng = stack(models), np.random.default_rng(0)
    tokens, mask = map(torch.tensor, pad(train.tokens))
    targets = torch.tensor(train.targets)

    def loss(_: int) -> Tensor:
        i = torch.tensor(rng.integers(len(tokens), size=64))
        ys = scores(theta, models[0], tokens[i], mask[i]).flatten(0, 1)
        return len(models) * F.cross_entropy(ys, targets[i].repeat(len(models)))

    fit([theta], loss, updates, learning_rate=0.005, round_to=2.0**-20)
    for model, row in zip(models, theta.detach(), strict=True):
        vector_to_parameters(row, model.parameters())
    return models

"""Heads and the sequence loss for torch tensors; the twin of ``heads``, for training."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor, nn

from course_lib.foundations.init_torch import uniform
from course_lib.foundations.validate import check_shape, check_whole


class Readout(nn.Module):
    """Scores from states: W_hy h + b_y, the same at every step.

    Args:
        d_hidden: size of the state.
        vocab: number of classes.
        generator: draws the weights; None uses torch's global generator.
    """

    def __init__(self, d_hidden: int, vocab: int, generator: Generator | None = None):
        super().__init__()
        check_whole("d_hidden", d_hidden, 1)
        check_whole("vocab", vocab, 1)
        self.W_hy = uniform(vocab, d_hidden, fan_in=d_hidden, generator=generator)
        self.b_y = nn.Parameter(torch.zeros(vocab, dtype=torch.float64))

    def forward(self, hs: Float[Tensor, "*steps d_hidden"]) -> Float[Tensor, "*steps vocab"]:
        """One score per class from each state."""
        return hs @ self.W_hy.T + self.b_y


def last_state(
    hs: Float[Tensor, "batch time d_hidden"], mask: Bool[Tensor, "batch time"]
) -> Float[Tensor, "batch d_hidden"]:
    """The state after the last real step of each sequence, padded on the right.

    Raises:
        ValueError: the mask does not fit, or a sequence has no real step, or padding before one.
    """
    lengths = _lengths(hs, mask)
    return hs[torch.arange(len(hs)), lengths - 1]


def mean_state(
    hs: Float[Tensor, "batch time d_hidden"], mask: Bool[Tensor, "batch time"]
) -> Float[Tensor, "batch d_hidden"]:
    """The average of the states over the real steps of each sequence.

    Raises:
        ValueError: the mask does not fit, or a sequence has no real step, or padding before one.
    """
    lengths = _lengths(hs, mask)
    return torch.where(mask[..., None], hs, 0.0).sum(dim=1) / lengths[:, None]


def sequence_loss(
    ys: Float[Tensor, "batch time vocab"],
    targets: Int[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"],
) -> Float[Tensor, ""]:
    """Mean cross-entropy over the real tokens of a batch, in nats.

    Raises:
        ValueError: no step counts, the shapes differ, or a target that counts is no class.
    """
    check_shape("targets", targets, tuple(ys.shape[:-1]))
    check_shape("mask", mask, tuple(ys.shape[:-1]))
    if not mask.any():
        raise ValueError("mask: expected at least one step that counts, got none")
    counted, vocab = targets[mask], ys.shape[-1]
    low, high = int(counted.min()), int(counted.max())
    if not 0 <= low <= high < vocab:  # -100 would be left out without a word
        raise ValueError(f"targets: expected classes 0 to {vocab - 1}, got {low} to {high}")
    return F.cross_entropy(ys[mask], counted)


def _lengths(hs: Tensor, mask: Tensor) -> Int[Tensor, " batch"]:
    check_shape("mask", mask, tuple(hs.shape[:2]))
    lengths = mask.sum(dim=1)
    if (lengths == 0).any():
        empty = int((lengths == 0).nonzero()[0])
        raise ValueError(f"mask: expected a real step in every sequence, got none in {empty}")
    early = (mask[:, 1:] & ~mask[:, :-1]).any(dim=1)
    if early.any():
        row = int(early.nonzero()[0])
        raise ValueError(f"mask: expected padding only at the end, got some before in row {row}")
    return lengths

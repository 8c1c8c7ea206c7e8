"""From states to answers: read out every step, the last one, or their mean; and the loss.

All of them use the mask: padding is never read, never averaged and never scored. What is
trained goes through the twin ``heads_torch``, which needs no backward pass of its own.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.softmax import cross_entropy
from course_lib.foundations.validate import check_one_of, check_shape
from course_lib.sequences.batching import lengths_from_mask


def readout(
    hs: Float[Array, "*steps d_hidden"],
    W_hy: Float[Array, "vocab d_hidden"],
    b_y: Float[Array, " vocab"] | None = None,
) -> Float[Array, "*steps vocab"]:
    """One score per class from each state: y_t = W_hy h_t + b_y.

    Implements eq-readout (chapter: recurrence).

    Args:
        hs: states with any leading axes; pooled states (batch, d_hidden) too.
        W_hy: weights, shared by all steps.
        b_y: bias; None means there is none, as in the Chinese and the Bulgarian lecture.

    Raises:
        ValueError: the states are not as wide as the weights expect.

    >>> readout(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    array([[11.]])
    """
    check_shape("W_hy", W_hy, ("vocab", hs.shape[-1]))
    hs = as_floating("hs", hs)
    ys = hs @ W_hy.T  # eq-readout
    return ys if b_y is None else ys + b_y


def last_state(
    hs: Float[Array, "batch time d_hidden"], mask: Bool[Array, "batch time"] | None = None
) -> Float[Array, "batch d_hidden"]:
    """The state after the last *real* step of each sequence.

    Implements eq-last-state (chapter: recurrence). ``hs[:, -1]`` is the state after
    the last *column*, where all but the longest sequences have run on over padding.

    Args:
        hs: states after every step.
        mask: True where a step is real; None means everywhere.

    Raises:
        ValueError: a sequence has no real step, or padding in its middle.

    >>> hs = np.array([[[1.0], [2.0], [9.0]]])
    >>> last_state(hs, np.array([[True, True, False]]))
    array([[2.]])
    """
    lengths = _lengths(hs, mask)
    hs = as_floating("hs", hs)
    return hs[np.arange(len(hs)), lengths - 1]  # eq-last-state


def mean_state(
    hs: Float[Array, "batch time d_hidden"], mask: Bool[Array, "batch time"] | None = None
) -> Float[Array, "batch d_hidden"]:
    """The average of the states over the *real* steps of each sequence.

    Implements eq-mean-state (chapter: recurrence).

    Args:
        hs: states after every step. Whatever stands at padding, NaN too, is ignored.
        mask: True where a step is real; None means everywhere.

    Raises:
        ValueError: a sequence has no real step, or padding in its middle.

    >>> hs = np.array([[[1.0], [2.0], [9.0]]])
    >>> mean_state(hs, np.array([[True, True, False]]))
    array([[1.5]])
    """
    lengths = _lengths(hs, mask)
    if mask is not None:
        hs = np.where(mask[..., None], hs, 0.0)
    return hs.sum(axis=1) / lengths[:, None]  # eq-mean-state


def step_losses(
    ys: Float[Array, "batch time vocab"],
    targets: Int[Array, "batch time"],
    mask: Bool[Array, "batch time"] | None = None,
) -> Float[Array, "batch time"]:
    """Cross-entropy of every step in nats, and zero at padding.

    Implements eq-step-loss (chapter: recurrence).

    Args:
        ys: scores, before the softmax.
        targets: the right class of each step; at padding any number will do.
        mask: True where a step counts; None means everywhere.

    Raises:
        ValueError: a target that counts is no class.
    """
    if mask is None:
        return cross_entropy(ys, targets)
    check_shape("mask", mask, targets.shape)
    losses = cross_entropy(ys, np.where(mask, targets, 0))  # eq-step-loss
    return np.where(mask, losses, 0.0)


def sequence_loss(
    ys: Float[Array, "batch time vocab"],
    targets: Int[Array, "batch time"],
    mask: Bool[Array, "batch time"] | None = None,
    reduction: str = "mean",
) -> float:
    """The loss of a batch of sequences: one mean over all real tokens, or their sum.

    Implements eq-sequence-loss and eq-token-loss (chapter: recurrence).

    Args:
        ys: scores, before the softmax.
        targets: the right class of each step; at padding any number will do.
        mask: True where a step counts; None means everywhere.
        reduction: "mean" over the tokens, or "sum" as in the lectures' formula.

    Raises:
        ValueError: unknown reduction, no step counts, or a target is no class.

    Convention: the mean is over tokens. The mean over sequences of each
    sequence's mean is another number when lengths differ: it gives a word in a
    short sentence more weight than one in a long sentence.

    >>> round(sequence_loss(np.zeros((2, 3, 4)), np.zeros((2, 3), int)), 4)
    1.3863
    """
    check_one_of("reduction", reduction, ("mean", "sum"))
    tokens = targets.size if mask is None else int(mask.sum())
    if tokens == 0:
        raise ValueError("mask: expected at least one step that counts, got none")
    total = float(step_losses(ys, targets, mask).sum())  # eq-sequence-loss
    return total if reduction == "sum" else total / tokens  # eq-token-loss


def _lengths(hs: Array, mask: Array | None) -> Int[Array, " batch"]:
    """Lengths of the sequences, all at least one."""
    check_shape("hs", hs, ("batch", "time", "d_hidden"))
    if mask is None:
        lengths = np.full(len(hs), hs.shape[1])
    else:
        check_shape("mask", mask, hs.shape[:2])
        lengths = lengths_from_mask(mask)
    empty = np.flatnonzero(lengths == 0)
    if empty.size:
        raise ValueError(f"mask: expected a real step in every sequence, got none in {empty[0]}")
    return lengths

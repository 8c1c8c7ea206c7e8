"""Softmax, log-softmax and cross-entropy, in nats."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_shape


def log_softmax(logits: Float[Array, "*batch vocab"]) -> Float[Array, "*batch vocab"]:
    """Logarithm of softmax over the last axis, without overflow.

    >>> log_softmax(np.array([1000.0, 1000.0])).round(4)
    array([-0.6931, -0.6931])
    """
    logits = as_floating("logits", logits)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(logits: Float[Array, "*batch vocab"]) -> Float[Array, "*batch vocab"]:
    """Positive weights that sum to one over the last axis.

    >>> softmax(np.array([0.0, 0.0, np.log(2.0)]))
    array([0.25, 0.25, 0.5 ])
    """
    logits = as_floating("logits", logits)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def cross_entropy(
    logits: Float[Array, "*batch vocab"], targets: Int[Array, "*batch"]
) -> Float[Array, "*batch"]:
    """Minus the log-probability of each target, in nats.

    Raises:
        ValueError: the shapes differ, or a target is negative or not below the number of classes.

    >>> cross_entropy(np.zeros((1, 4)), np.array([2])).round(4)
    array([1.3863])
    """
    _check_targets(logits, targets)
    return -np.take_along_axis(log_softmax(logits), targets[..., None], axis=-1)[..., 0]


def cross_entropy_gradient(
    logits: Float[Array, "*batch vocab"], targets: Int[Array, "*batch"]
) -> Float[Array, "*batch vocab"]:
    """Gradient of ``cross_entropy`` with respect to the logits: softmax minus one-hot.

    Raises:
        ValueError: as ``cross_entropy`` does.
    """
    _check_targets(logits, targets)
    gradient = softmax(logits)
    picked = np.take_along_axis(gradient, targets[..., None], axis=-1)
    np.put_along_axis(gradient, targets[..., None], picked - 1.0, axis=-1)
    return gradient


def _check_targets(logits: Array, targets: Array) -> None:
    check_shape("targets", targets, logits.shape[:-1])
    vocab = logits.shape[-1]
    if targets.size and not 0 <= targets.min() <= targets.max() < vocab:
        raise ValueError(
            f"targets: expected classes 0 to {vocab - 1}, got {targets.min()} to {targets.max()}"
        )

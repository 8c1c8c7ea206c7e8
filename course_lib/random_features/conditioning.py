"""How uneven a spectrum is, and what that costs gradient descent."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_positive, check_shape, check_whole
from course_lib.optimization.descent import descend


def condition_number(eigenvalues: Float[Array, " n"]) -> float:
    """The largest eigenvalue over the smallest; infinite if that is zero.

    Implements eq-condition-number, for the eigenvalues of a Gram matrix. The condition number of
    the features themselves, a ratio of singular values, is its square root.

    Raises:
        ValueError: an eigenvalue is negative, or all are zero.

    >>> condition_number(np.array([2.0, 0.5]))
    4.0
    """
    _check_spectrum(eigenvalues)
    low, high = eigenvalues.min(), eigenvalues.max()
    return float(high / low) if low > 0 else np.inf  # eq-condition-number


def effective_rank(eigenvalues: Float[Array, " n"]) -> float:
    """The number of equal eigenvalues that would have the same entropy.

    Implements eq-effective-rank: exp of the entropy (nats) of the eigenvalues as shares of their
    sum.

    Raises:
        ValueError: an eigenvalue is negative, or all are zero.

    Convention: Roy and Vetterli (2007) take the shares of the singular values. These are those
    of the eigenvalues of a Gram matrix, the squares, hence shares of variance.

    >>> round(effective_rank(np.array([0.0, 3.0, 3.0])), 12)
    2.0
    """
    _check_spectrum(eigenvalues)
    share = eigenvalues / eigenvalues.sum()
    share = share[share > 0]
    return float(np.exp(-(share * np.log(share)).sum()))  # eq-effective-rank


def participation_ratio(eigenvalues: Float[Array, " n"]) -> float:
    """The number of equal eigenvalues that would have the same first two moments.

    Implements eq-participation-ratio. It never exceeds `effective_rank`.

    Raises:
        ValueError: an eigenvalue is negative, or all are zero.

    >>> participation_ratio(np.array([0.0, 3.0, 3.0]))
    2.0
    """
    _check_spectrum(eigenvalues)
    share = eigenvalues / eigenvalues.sum()
    return float(1 / (share**2).sum())  # eq-participation-ratio


def _check_spectrum(eigenvalues: Float[Array, " n"]) -> None:
    """Refuse what cannot be the spectrum of a Gram matrix that is not zero."""
    check_shape("eigenvalues", eigenvalues, ("n",))
    if len(eigenvalues) == 0 or not (eigenvalues.min() >= 0 and 0 < eigenvalues.max() < np.inf):
        raise ValueError(f"eigenvalues: expected none negative and one positive, got {eigenvalues}")


def least_squares_loss(
    w: Float[Array, "*runs features"],
    Y: Float[Array, "features samples"],
    target: Float[Array, "*runs samples"],
) -> Float[Array, "*runs"] | float:
    """Half the mean squared difference between a weighted sum of features and its target.

    Implements eq-least-squares.

    Args:
        w: weights, one vector for each target.
        Y: features, one sample in each column.
        target: what the weighted sums should be.

    >>> float(least_squares_loss(np.zeros(2), np.eye(2), np.ones(2)))
    0.5
    """
    Y = as_floating("Y", Y)
    residual = w @ Y - target
    return (residual**2).sum(axis=-1) / (2 * Y.shape[1])  # eq-least-squares


def least_squares_gradient(
    w: Float[Array, "*runs features"],
    Y: Float[Array, "features samples"],
    target: Float[Array, "*runs samples"],
) -> Float[Array, "*runs features"]:
    """The gradient of `least_squares_loss` with respect to the weights.

    Implements eq-least-squares-step, together with ``course_lib.optimization.descent.descend``.

    Args:
        w: weights, one vector for each target.
        Y: features, one sample in each column.
        target: what the weighted sums should be.

    >>> least_squares_gradient(np.zeros(2), np.eye(2), np.ones(2))
    array([-0.5, -0.5])
    """
    Y = as_floating("Y", Y)
    return (w @ Y - target) @ Y.T / Y.shape[1]  # eq-least-squares-step


def descent_losses(
    Y: Float[Array, "features samples"],
    target: Float[Array, "*runs samples"],
    learning_rate: float,
    steps: int,
) -> Float[Array, "*runs losses"]:
    """Losses of least squares by gradient descent from zero, before the first step and after each.

    Args:
        Y: features, one sample in each column.
        target: what the weighted sum of the features should be; several targets are fitted side
            by side.
        learning_rate: step size.
        steps: how many.

    Returns:
        ``steps + 1`` losses for each target.

    Raises:
        ValueError: a shape does not match, the rate is not positive, or ``steps`` is negative.

    >>> descent_losses(np.eye(2), np.ones(2), 1.0, 1)
    array([0.5  , 0.125])
    """
    check_shape("Y", Y, ("features", "samples"))
    runs = np.shape(target)[:-1]
    check_shape("target", target, (*runs, Y.shape[1]))
    losses = descend(
        lambda w: least_squares_gradient(w, Y, target),
        np.zeros((*runs, len(Y))),
        learning_rate,
        steps,
        record=lambda w: least_squares_loss(w, Y, target),
    )
    return np.moveaxis(losses, 0, -1)


def expected_losses(
    eigenvalues: Float[Array, " features"],
    samples: int,
    learning_rate: float,
    steps: Float[Array, " times"],
) -> Float[Array, " times"]:
    """Mean of `descent_losses` over targets that are white noise, from the spectrum alone.

    Implements eq-expected-loss. A direction with eigenvalue lambda shrinks by 1 - rate lambda in
    each step. Directions in which the features do not extend keep their share for ever.

    Args:
        eigenvalues: of the Gram matrix Y Y^T / m.
        samples: m.
        learning_rate: step size.
        steps: after how many steps.

    Returns:
        The mean loss after each number of steps; 1/2 at the start.

    Raises:
        ValueError: there is no sample, or the rate is not positive.

    >>> expected_losses(np.array([0.5, 0.5]), 2, 1.0, np.array([0.0, 1.0]))
    array([0.5  , 0.125])
    """
    check_shape("eigenvalues", eigenvalues, ("features",))
    check_whole("samples", samples, 1)
    check_positive("learning_rate", learning_rate)
    modes = np.zeros(samples)
    largest = np.sort(eigenvalues)[::-1][:samples]  # what more there is, is zero
    modes[: len(largest)] = largest
    factors = np.abs(1 - learning_rate * modes)
    powers = factors ** (2 * np.asarray(steps, dtype=float)[:, None])
    return powers.mean(axis=1) / 2  # eq-expected-loss


def steps_to(losses: Float[Array, " losses"], level: float) -> int | None:
    """After how many steps the loss is at most the level; None if never.

    >>> steps_to(np.array([0.5, 0.2, 0.1]), 0.2)
    1
    """
    reached = np.flatnonzero(losses <= level)
    return int(reached[0]) if len(reached) else None

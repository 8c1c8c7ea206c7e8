r"""Margins, and measures of a network's size against which they must be read.

A network here is a list of weight matrices (d_out, d_in), with a ReLU between any two and no
biases. Scaling a matrix scales all margins, so a margin means something only beside a norm.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_positive, check_shape


def scores(
    weights: Sequence[Float[Array, "_ _"]], x: Float[Array, "n d"]
) -> Float[Array, "n classes"]:
    """Output of the network for each row of x."""
    check_at_least("layers", len(weights), 1)
    h = as_floating("x", x)
    for depth, A in enumerate(weights):
        h = (h if depth == 0 else np.maximum(h, 0.0)) @ A.T
    return h


def check_classes(labels: Int[Array, " n"], classes: int) -> None:
    """Refuse labels that are no classes, such as -1 and 1, which would count from the end.

    Raises:
        ValueError: a label is below 0, or ``classes`` or above.

    >>> check_classes(np.array([1, -1]), 2)
    Traceback (most recent call last):
        ...
    ValueError: labels: expected classes from 0 to 1, got -1
    """
    strange = labels[(labels < 0) | (labels >= classes)]
    if strange.size:
        raise ValueError(f"labels: expected classes from 0 to {classes - 1}, got {strange[0]}")


def margins(given: Float[Array, "n classes"], labels: Int[Array, " n"]) -> Float[Array, " n"]:
    """Score of the right class minus the largest score of the others.

    Implements eq-margin. Positive where the network is right.

    Args:
        given: scores, one column per class.
        labels: the right class of each row, from 0 on.

    Raises:
        ValueError: the shapes do not fit or a label is no class.

    >>> margins(np.array([[1.0, 3.0, 2.5]]), np.array([1]))
    array([0.5])
    """
    check_shape("labels", labels, (given.shape[0],))
    check_classes(labels, given.shape[1])
    rows = np.arange(given.shape[0])
    given = as_floating("given", given)
    others = given.copy()
    others[rows, labels] = -np.inf
    return given[rows, labels] - others.max(axis=1)  # eq-margin


def spectral_complexity(weights: Sequence[Float[Array, "_ _"]]) -> float:
    """Product of operator norms, times a correction for how many units each layer is spread over.

    Implements eq-spectral-complexity, with reference matrices 0. The (2, 1) norm of the transpose
    is the sum of the lengths of the rows; over the operator norm it is 1 for a matrix with a single
    row that is not zero, and m for m orthogonal rows of equal length.

    Source: Bartlett, Foster and Telgarsky (2017), equation (1.2).

    >>> round(spectral_complexity([np.diag([2.0, 1.0])]), 9)
    3.0
    """
    check_at_least("layers", len(weights), 1)
    operator = np.array([np.linalg.norm(A, 2) for A in weights])
    rows = np.array([np.linalg.norm(A, axis=1).sum() for A in weights])
    correction = ((rows / operator) ** (2 / 3)).sum() ** 1.5
    return float(operator.prod() * correction)  # eq-spectral-complexity


def normalized_margins(
    weights: Sequence[Float[Array, "_ _"]],
    x: Float[Array, "n d"],
    labels: Int[Array, " n"],
) -> Float[Array, " n"]:
    """Margins divided by what the spectral bound multiplies: complexity and size of the inputs.

    Implements eq-normalized-margin. They do not change when a layer is scaled.
    """
    scale = spectral_complexity(weights) * np.linalg.norm(x) / x.shape[0]
    return margins(scores(weights, x), labels) / scale  # eq-normalized-margin


def margin_bound(
    margin: Float[Array, " n"], rho: float, rademacher: float, delta: float = 0.05
) -> float:
    """Upper bound on the error of a two-class scorer, with probability 1 - delta over samples.

    Implements eq-margin-bound. Holds for a class and a rho that were fixed before the data.

    Args:
        margin: y f(x) of each example of the sample, with labels of -1 and 1.
        rho: the margin below which an example counts as wrong.
        rademacher: empirical Rademacher average of the class of scorers, or a bound on it.
        delta: probability with which the statement may fail.

    Source: Bartlett and Mendelson (2002); Mohri, Rostamizadeh and Talwalkar (2018), theorem 5.8.

    >>> round(margin_bound(np.array([2.0, 0.5]), 1.0, 0.0), 4)
    3.131
    """
    check_positive("rho", rho)
    if not 0.0 < delta < 1.0:
        raise ValueError(f"delta: expected a probability between 0 and 1, got {delta}")
    ramp = np.clip(1.0 - margin / rho, 0.0, 1.0).mean()
    chance = 3.0 * np.sqrt(np.log(2.0 / delta) / (2.0 * margin.size))
    return float(ramp + 2.0 / rho * rademacher + chance)  # eq-margin-bound

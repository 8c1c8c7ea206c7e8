r"""How well a class of functions can follow coin flips: empirical Rademacher averages.

Draw a sign for every point of a sample and let the class choose the function that correlates best
with the signs. The mean of that correlation measures how rich the class is on this sample.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole


class Estimate(NamedTuple):
    """A mean over draws and its standard error.

    Attributes:
        mean: the mean.
        error: one standard error of it.
    """

    mean: float
    error: float


def all_signs(n: int) -> Float[Array, "draws n"]:
    """Every pattern of n signs, one per row, for exact averages.

    >>> all_signs(1)
    array([[-1.],
           [ 1.]])
    """
    check_whole("n", n, 1)
    return np.array(list(itertools.product((-1.0, 1.0), repeat=n)))


def draw_signs(draws: int, n: int, rng: np.random.Generator) -> Float[Array, "draws n"]:
    """Fair coin flips, one row per draw."""
    check_whole("draws", draws, 2)
    return rng.choice((-1.0, 1.0), size=(draws, n))


def average(suprema: Float[Array, " draws"]) -> Estimate:
    """The Rademacher average from the supremum of each draw.

    Over ``all_signs`` the mean is exact and the error means nothing.

    >>> average(np.array([0.0, 1.0, 0.0, 1.0]))[0]
    0.5
    """
    check_at_least("draws", suprema.size, 2)
    return Estimate(float(suprema.mean()), float(suprema.std(ddof=1) / np.sqrt(suprema.size)))


def finite_suprema(
    values: Float[Array, "functions n"], signs: Float[Array, "draws n"]
) -> Float[Array, " draws"]:
    """The best correlation with each draw of signs, in a finite class.

    Implements eq-rademacher.

    Args:
        values: what each function gives at each point of the sample.
        signs: draws of signs.

    >>> finite_suprema(np.array([[1.0, 1.0], [1.0, -1.0]]), all_signs(2))
    array([0., 0., 1., 1.])
    """
    values = as_floating("values", values)
    check_shape("signs", signs, ("draws", values.shape[1]))
    return (signs @ values.T / values.shape[1]).max(axis=1)  # eq-rademacher


def massart_bound(values: Float[Array, "functions n"]) -> float:
    """Upper bound on the Rademacher average of a finite class.

    Implements eq-massart. Source: Massart (2000).

    >>> round(massart_bound(np.array([[1.0, 1.0], [1.0, -1.0]])), 4)
    0.8326
    """
    functions, n = values.shape
    longest = np.linalg.norm(values, axis=1).max()
    return float(longest * np.sqrt(2.0 * np.log(functions)) / n)  # eq-massart


def linear_suprema(
    x: Float[Array, "n d"], signs: Float[Array, "draws n"], radius: float
) -> Float[Array, " draws"]:
    """The best correlation with each draw, among x -> w'x with norm of w at most ``radius``.

    Implements eq-rademacher-linear: by Cauchy and Schwarz the best w points along the signed sum.
    """
    x = as_floating("x", x)
    check_shape("signs", signs, ("draws", x.shape[0]))
    return radius * np.linalg.norm(signs @ x, axis=1) / x.shape[0]  # eq-rademacher-linear


def linear_bound(x: Float[Array, "n d"], radius: float) -> float:
    """Upper bound on the Rademacher average of the linear class.

    Implements eq-rademacher-linear-bound.

    >>> linear_bound(np.ones((4, 1)), radius=3.0)
    1.5
    """
    longest = np.linalg.norm(x, axis=1).max()
    return float(radius * longest / np.sqrt(x.shape[0]))  # eq-rademacher-linear-bound


def network_bound(x: Float[Array, "n d"], norms: Sequence[float]) -> float:
    """Upper bound for ReLU networks without biases whose Frobenius norms are at most ``norms``.

    Implements eq-rademacher-network. A factor 2 for each hidden layer; with a single layer it is
    ``linear_bound``.

    Args:
        x: the sample.
        norms: largest Frobenius norm of each weight matrix.

    Source: Neyshabur, Tomioka and Srebro (2015), for p = q = 2.

    >>> network_bound(np.ones((4, 1)), [1.0, 1.0, 1.0])
    2.0
    """
    check_at_least("layers", len(norms), 1)
    doubled = 2.0 ** (len(norms) - 1) * float(np.prod(norms))
    return doubled * linear_bound(x, 1.0)  # eq-rademacher-network


def network_root_bound(x: Float[Array, "n d"], norms: Sequence[float]) -> float:
    """The same with the root of the depth in place of the power of 2.

    Implements eq-rademacher-network-root.

    Source: Golowich, Rakhlin and Shamir (2018).

    >>> round(network_root_bound(np.ones((4, 1)), [1.0, 1.0, 1.0]), 4)
    1.5197
    """
    check_at_least("layers", len(norms), 1)
    rooted = (np.sqrt(2.0 * np.log(2.0) * len(norms)) + 1.0) * float(np.prod(norms))
    lengths = np.linalg.norm(x) / np.sqrt(x.shape[0])  # root mean square, not the maximum
    return float(rooted * lengths / np.sqrt(x.shape[0]))  # eq-rademacher-network-root


def hidden_layer_suprema(
    x: Float[Array, "n 2"], signs: Float[Array, "draws n"], norms: tuple[float, float]
) -> Float[Array, " draws"]:
    """Exact suprema for networks with one hidden layer of ReLUs, on points in the plane.

    Implements eq-rademacher-one-unit: all the norm goes into a single unit, whose direction is an
    angle. Between two angles at which a point switches, the sum is a sine, whose maximum is known.

    Args:
        x: points in the plane.
        signs: draws of signs.
        norms: largest Frobenius norms of the hidden and of the output matrix.

    >>> hidden_layer_suprema(np.eye(2), all_signs(2), (1.0, 1.0)).round(4)
    array([0.7071, 0.5   , 0.5   , 0.7071])
    """
    x = as_floating("x", x)
    check_shape("x", x, ("n", 2))
    check_shape("signs", signs, ("draws", x.shape[0]))
    angles = np.arctan2(x[:, 1], x[:, 0])
    turns = np.sort(np.concatenate([angles + np.pi / 2, angles - np.pi / 2]) % (2 * np.pi))
    after = np.append(turns[1:], turns[0] + 2 * np.pi)
    middle = (turns + after) / 2
    active = x @ np.stack([np.cos(middle), np.sin(middle)]) > 0
    sums = np.einsum("sn,na,nd->sad", signs, active.astype(float), x)
    ends = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    at_ends = np.abs(signs @ np.maximum(x @ ends.T, 0.0)).max(axis=1)
    size = np.linalg.norm(sums, axis=2)
    best = at_ends
    for half_turn in (0.0, np.pi):  # the output weight may have either sign
        towards = (np.arctan2(sums[..., 1], sums[..., 0]) + half_turn - turns) % (2 * np.pi)
        best = np.maximum(best, np.where(towards <= after - turns, size, 0.0).max(axis=1))
    return norms[0] * norms[1] * best / x.shape[0]  # eq-rademacher-one-unit


def dropconnect_bound(
    p: float,
    k: int,
    d: int,
    n: int,
    B_s: float,
    B_h: float,
    before: float,
) -> float:
    """Upper bound on the Rademacher average of a network with a DropConnect layer.

    Implements eq-rademacher-dropconnect.

    Args:
        p: probability that a weight is KEPT.
        k: classes.
        d: outputs of the DropConnect layer.
        n: inputs of the DropConnect layer; not the size of the sample.
        B_s: largest absolute entry of the softmax weights.
        B_h: largest absolute entry of the DropConnect layer's weights.
        before: Rademacher average of the layers before.

    Raises:
        ValueError: ``p`` is no probability.

    Source: Wan, Zeiler, Zhang, LeCun and Fergus (2013).

    >>> dropconnect_bound(0.5, 4, 9, 2, 1.0, 1.0, 0.1)
    10.8
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p: expected a probability, got {p}")
    factor = 2.0 * np.sqrt(k) * d * B_s * n * np.sqrt(d) * B_h
    return float(p * factor * before)  # eq-rademacher-dropconnect


def expected_largest_gap(values: Float[Array, "functions points"], n: int) -> float:
    """Mean over all samples of the largest of mean minus sample mean, in a finite class.

    Implements eq-symmetrization, its left side. The n points of a sample are drawn uniformly, with
    replacement, from the columns; every sample is looked at.

    >>> expected_largest_gap(np.array([[0.0, 1.0]]), 1)
    0.0
    """
    check_whole("n", n, 1)
    samples = np.array(list(itertools.product(range(values.shape[1]), repeat=n)))
    gaps = values.mean(axis=1)[:, None] - values[:, samples].mean(axis=2)
    return float(gaps.max(axis=0).mean())  # eq-symmetrization


def expected_average(values: Float[Array, "functions points"], n: int) -> float:
    """Mean over all samples of the empirical Rademacher average, in a finite class.

    Implements eq-symmetrization; twice this is its right side.

    >>> expected_average(np.array([[0.0, 1.0]]), 1)
    0.0
    """
    samples, signs = itertools.product(range(values.shape[1]), repeat=n), all_signs(n)
    means = [finite_suprema(values[:, list(sample)], signs).mean() for sample in samples]
    return float(np.mean(means))  # eq-symmetrization

r"""Which labellings of a few points can a class produce? Shattering, counted.

Labels are booleans. A set of m points is shattered if all 2^m labellings occur; the VC dimension
is the size of the largest set that is.
"""

import itertools
from collections.abc import Callable
from math import comb
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray as Array
from scipy.optimize import linprog

from course_lib.foundations.validate import check_at_least, check_shape, check_whole


def all_labellings(m: int) -> Bool[Array, "labellings m"]:
    """All 2^m ways to label m points; row k holds the bits of k, the first point's last.

    >>> all_labellings(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    check_whole("m", m, 1)
    return (np.arange(2**m)[:, None] >> np.arange(m) & 1).astype(bool)


class HalfSpace(NamedTuple):
    """The points x with w'x + b > 0.

    Attributes:
        w: normal vector.
        b: offset.
    """

    w: Float[Array, " d"]
    b: float


def find_half_space(points: Float[Array, "m d"], labels: Bool[Array, " m"]) -> HalfSpace | None:
    """A half-space that holds exactly the points labelled True, or None if there is none.

    Implements eq-separable, by asking a linear program for a point of the feasible set.

    >>> find_half_space(np.array([[0.0], [2.0]]), np.array([False, True])) is None
    False
    """
    check_shape("labels", labels, (points.shape[0],))
    signs = np.where(labels, 1.0, -1.0)
    rows = signs[:, None] * np.column_stack([points, np.ones(points.shape[0])])
    found = linprog(  # eq-separable
        np.zeros(rows.shape[1]), A_ub=-rows, b_ub=-np.ones(len(rows)), bounds=(None, None)
    )
    return HalfSpace(found.x[:-1], float(found.x[-1])) if found.status == 0 else None


def half_space_separates(points: Float[Array, "m d"], labels: Bool[Array, " m"]) -> bool:
    """Whether some half-space holds exactly the points labelled True.

    >>> corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> half_space_separates(corners, np.array([False, False, False, True]))
    True
    >>> half_space_separates(corners, np.array([False, True, True, False]))
    False
    """
    return find_half_space(points, labels) is not None


def rectangle_separates(points: Float[Array, "m d"], labels: Bool[Array, " m"]) -> bool:
    """Whether a box with sides along the axes holds exactly the points labelled True.

    The smallest candidate is the bounding box of those points. In one dimension it is an interval.

    >>> rectangle_separates(np.array([[0.0], [1.0], [2.0]]), np.array([True, False, True]))
    False
    """
    check_shape("labels", labels, (points.shape[0],))
    if not labels.any():
        return True
    low, high = points[labels].min(axis=0), points[labels].max(axis=0)
    inside = ((points >= low) & (points <= high)).all(axis=1)
    return bool((inside == labels).all())


def achievable(
    points: Float[Array, "m d"], separates: Callable[[Array, Array], bool]
) -> Bool[Array, "labellings m"]:
    """The labellings that a class produces on these points, one per row."""
    labellings = all_labellings(points.shape[0])
    return labellings[[separates(points, labels) for labels in labellings]]


def threshold_net_labellings(points: Float[Array, "m d"]) -> Bool[Array, "labellings m"]:
    """What two threshold units joined by a third produce: the smallest network, exhaustively.

    Implements eq-two-units. The output unit is itself a half-space, of the square of hidden labels;
    it computes every function of two bits but XOR and its negation. A unit's complement is again a
    half-space, so that AND and OR of all pairs are all there is.
    """
    labellings = all_labellings(points.shape[0])
    without_last = labellings[: len(labellings) // 2]  # the others are their complements
    hidden = without_last[[half_space_separates(points, labels) for labels in without_last]]
    hidden = np.concatenate([hidden, ~hidden])
    both = hidden[:, None] & hidden[None]  # eq-two-units
    either = hidden[:, None] | hidden[None]
    joined = np.concatenate([both, either]).reshape(-1, points.shape[0])
    return np.unique(joined, axis=0)


def is_shattered(labellings: Bool[Array, "labellings m"]) -> bool:
    """Whether distinct labellings of m points are all of the 2^m.

    >>> is_shattered(all_labellings(3)), is_shattered(all_labellings(3)[1:])
    (True, False)
    """
    return len(labellings) == 2 ** labellings.shape[1]


def cover_count(m: int, d: int) -> int:
    """Labellings of m points in general position in d dimensions by half-spaces.

    Implements eq-cover-count. Source: Cover (1965), the function counting theorem, with the offset
    as one dimension more.

    >>> [cover_count(m, 2) for m in (3, 4, 5)]
    [8, 14, 22]
    """
    check_whole("m", m, 1)
    check_whole("d", d, 0)
    return 2 * sum(comb(m - 1, k) for k in range(d + 1))  # eq-cover-count


def sauer_bound(m: int, dimension: int) -> int:
    """The most labellings of m points that a class of this VC dimension can produce.

    Implements eq-sauer. Source: Sauer (1972), Shelah (1972).

    >>> sauer_bound(4, 3), sauer_bound(4, 4)
    (15, 16)
    """
    check_whole("m", m, 0)
    check_whole("dimension", dimension, 0)
    return sum(comb(m, k) for k in range(dimension + 1))  # eq-sauer


def shattered_subset(labellings: Bool[Array, "labellings m"]) -> int:
    """Size of the largest set of columns on which all labellings occur.

    Implements eq-vc-dimension, for a class on a finite domain.

    >>> shattered_subset(np.eye(4, dtype=bool))
    1
    """
    m = labellings.shape[1]
    for size in range(m, 0, -1):
        for columns in itertools.combinations(range(m), size):
            kinds = np.unique(labellings[:, list(columns)], axis=0)
            if is_shattered(kinds):
                return size  # eq-vc-dimension
    return 0


def vc_gap_bound(n: int, dimension: float, delta: float = 0.05) -> float:
    """What the difference of error and training error is below, with probability 1 - delta.

    Implements eq-vc-gap, for all functions of a class of this VC dimension at once. A value above 1
    says nothing.

    Args:
        n: size of the sample, at least half the dimension.
        dimension: VC dimension, at least 1.
        delta: probability with which the statement may fail.

    Source: Vapnik (1998); the growth function at 2n is bounded by (2en/dimension)^dimension.

    >>> round(vc_gap_bound(10_000, 3), 4)
    0.1644
    """
    check_at_least("dimension", dimension, 1)
    check_at_least("n", n, dimension / 2)
    if not 0.0 < delta < 1.0:
        raise ValueError(f"delta: expected a probability between 0 and 1, got {delta}")
    growth = dimension * np.log(2.0 * np.e * n / dimension)
    return float(np.sqrt(8.0 / n * (growth + np.log(4.0 / delta))))  # eq-vc-gap

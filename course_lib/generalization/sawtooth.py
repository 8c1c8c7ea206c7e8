"""The power of depth: a sawtooth whose number of teeth doubles with every layer."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole


class DenseLayer(NamedTuple):
    """Weights and bias of one layer.

    Attributes:
        W: weights, (units, units below).
        b: bias, one per unit.
    """

    W: Float[Array, "units below"]
    b: Float[Array, " units"]


def forward(net: list[DenseLayer], x: Float[Array, " points"]) -> Float[Array, " points"]:
    """A ReLU network on the line; the last layer is linear.

    Args:
        net: layers, from the one that reads the single input to the one with a single output.
        x: inputs.

    >>> forward([DenseLayer(np.array([[2.0]]), np.array([1.0]))], np.array([3.0]))
    array([7.])
    """
    values = as_floating("x", x)[:, None]
    for layer in net[:-1]:
        values = np.maximum(values @ layer.W.T + layer.b, 0.0)
    return (values @ net[-1].W.T + net[-1].b)[:, 0]


def sawtooth(x: Float[Array, "*points"], depth: int) -> Float[Array, "*points"]:
    """The tent map applied ``depth`` times: 2^depth straight pieces between 0 and 1.

    Implements eq-tent-map.

    Args:
        x: points in [0, 1].
        depth: how often the tent map is applied.

    Raises:
        ValueError: ``depth`` is negative.

    >>> sawtooth(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 2)
    array([0., 1., 0., 1., 0.])
    """
    x = as_floating("x", x)
    check_whole("depth", depth, 0)
    for _ in range(depth):
        x = np.minimum(2 * x, 2 - 2 * x)  # eq-tent-map
    return x


def tent_net(depth: int) -> list[DenseLayer]:
    """The sawtooth as a ReLU network with two units in each of ``depth`` hidden layers.

    Implements eq-tent-net.

    Args:
        depth: number of hidden layers.

    Raises:
        ValueError: ``depth`` is below 1.

    Source: after Telgarsky (2016).

    >>> forward(tent_net(3), np.array([0.125, 0.25, 0.3125]))
    array([1. , 0. , 0.5])
    """
    check_whole("depth", depth, 1)
    bias, tent = np.array([0.0, -0.5]), np.array([[2.0, -4.0]])
    first = DenseLayer(np.ones((2, 1)), bias)
    inner = [DenseLayer(np.repeat(tent, 2, axis=0), bias)] * (depth - 1)
    return [first, *inner, DenseLayer(tent, np.zeros(1))]  # eq-tent-net


def square_from_teeth(x: Float[Array, "*points"], depth: int) -> Float[Array, "*points"]:
    """The square of x from sawtooths of depth 1 to ``depth``: a quarter of the error per layer.

    Implements eq-square-from-teeth. It runs straight between the squares of the multiples of
    2^-depth, so that the error is at most 4^-(depth + 1).

    Args:
        x: points in [0, 1].
        depth: how many sawtooths are used.

    Raises:
        ValueError: ``depth`` is negative.

    Source: Yarotsky (2017).

    >>> square_from_teeth(np.array([0.25, 0.5, 0.75]), 1)
    array([0.125, 0.25 , 0.625])
    """
    check_whole("depth", depth, 0)
    x = as_floating("x", x)
    teeth, square = x, x
    for layer in range(1, depth + 1):
        teeth = sawtooth(teeth, 1)
        square = square - teeth / 4**layer  # eq-square-from-teeth
    return square


def interpolating_net(
    knots: Float[Array, " knots"], values: Float[Array, " knots"]
) -> list[DenseLayer]:
    """One hidden layer that runs straight from point to point: one unit for each piece.

    Implements eq-interpolating-net. Left of the first knot the function is constant.

    Args:
        knots: where; ascending.
        values: what the network returns there.

    Raises:
        ValueError: there are fewer than two knots, they do not ascend, or the shapes differ.

    >>> net = interpolating_net(np.array([0.0, 1.0, 2.0]), np.array([0.0, 3.0, 3.0]))
    >>> forward(net, np.array([0.5, 1.5]))
    array([1.5, 3. ])
    """
    check_at_least("knots (their number)", len(knots), 2)
    check_shape("values", values, knots.shape)
    if not (np.diff(knots) > 0).all():
        raise ValueError(f"knots: expected them in ascending order, got {knots}")
    knots = as_floating("knots", knots)
    values = as_floating("values", values)
    slopes = np.diff(values) / np.diff(knots)
    bends = np.diff(slopes, prepend=0.0)
    hidden = DenseLayer(np.ones((len(bends), 1)), -knots[:-1])
    return [hidden, DenseLayer(bends[None], values[:1])]  # eq-interpolating-net


def linear_pieces(
    net: list[DenseLayer], low: float = 0.0, high: float = 1.0, tolerance: float = 1e-9
) -> tuple[Float[Array, " breaks"], Float[Array, " pieces"]]:
    """The straight pieces of a ReLU network on an interval, without sampling it.

    Implements eq-new-break. On each piece every unit is an affine function of x, whose two
    coefficients are carried along; a layer adds a break where one of its units changes sign.

    Args:
        net: layers, as in `forward`.
        low: left end.
        high: right end.
        tolerance: neighbouring pieces are one if their slopes agree to this, relative to the
            steepest.

    Returns:
        The ends of the pieces (one more than pieces), and the slopes.

    Raises:
        ValueError: the interval is empty.

    >>> breaks, slopes = linear_pieces(tent_net(1))
    >>> breaks, slopes
    (array([0. , 0.5, 1. ]), array([ 2., -2.]))
    """
    if not low < high:
        raise ValueError(f"low: expected a number below {high}, got {low}")
    breaks = np.array([low, high])
    slope, intercept = np.ones((1, 1)), np.zeros((1, 1))  # (pieces, units)
    for layer in net[:-1]:
        slope, intercept = slope @ layer.W.T, intercept @ layer.W.T + layer.b
        with np.errstate(divide="ignore", invalid="ignore"):
            zero = -intercept / slope  # eq-new-break
        inside = (breaks[:-1, None] < zero) & (zero < breaks[1:, None])
        refined = np.unique(np.concatenate([breaks, zero[inside]]))
        middle = (refined[:-1] + refined[1:]) / 2
        parent = np.searchsorted(breaks, middle) - 1
        breaks, slope, intercept = refined, slope[parent], intercept[parent]
        active = slope * middle[:, None] + intercept > 0
        slope, intercept = slope * active, intercept * active
    slopes = (slope @ net[-1].W.T)[:, 0]
    bends = np.abs(np.diff(slopes)) > tolerance * np.abs(slopes).max()
    kept = np.concatenate([[True], bends])
    return np.append(breaks[:-1][kept], breaks[-1]), slopes[kept]


def count_linear_pieces(net: list[DenseLayer], low: float = 0.0, high: float = 1.0) -> int:
    """How many straight pieces a ReLU network has on an interval.

    >>> count_linear_pieces(tent_net(5))
    32
    """
    return len(linear_pieces(net, low, high)[1])


def fewest_mistakes(depth: int, pieces: int) -> int:
    """How many of 2^depth alternating points any function of so few straight pieces must miss.

    Implements eq-fewest-mistakes. The points are i / 2^depth, where the sawtooth is 0 for even i
    and 1 for odd i; a point is missed if the function lies on the wrong side of 1/2, or on it.
    Some continuous function with that many pieces misses no more.

    Args:
        depth: of the sawtooth.
        pieces: of the function that tries to follow it.

    Raises:
        ValueError: ``depth`` or ``pieces`` is below 1.

    >>> fewest_mistakes(depth=10, pieces=101), fewest_mistakes(depth=10, pieces=1023)
    (461, 0)
    """
    check_whole("depth", depth, 1)
    check_whole("pieces", pieces, 1)
    return max(0, 2**depth - pieces) // 2  # eq-fewest-mistakes


def least_sup_error(depth: int, pieces: int) -> float:
    """The smallest largest error with which so few pieces can follow the sawtooth on [0, 1].

    Implements eq-least-sup-error: one half, which the constant 1/2 reaches, or nothing.

    Args:
        depth: of the sawtooth.
        pieces: of the function that tries to follow it.

    Raises:
        ValueError: ``depth`` or ``pieces`` is below 1.

    >>> least_sup_error(depth=4, pieces=15), least_sup_error(depth=4, pieces=16)
    (0.5, 0.0)
    """
    check_whole("depth", depth, 1)
    check_whole("pieces", pieces, 1)
    return 0.5 if pieces < 2**depth else 0.0  # eq-least-sup-error

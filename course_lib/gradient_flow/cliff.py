r"""The error surface of one recurrent unit over fifty steps, which has a wall (a cliff).

The unit h_t = w s(h_{t-1}) + b, with s the logistic function, no input, is the
smallest network whose gradient explodes. Where its start is an unstable fixed
point, states on either side run to different ends, and the loss jumps.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.nonlinearities import LOGISTIC, logistic
from course_lib.foundations.validate import check_whole
from course_lib.optimization.clipping import clip_by_norm


class Surface(NamedTuple):
    """The loss and its gradient at one point or on a grid of points.

    Attributes:
        loss: (s(h_T) - target)^2.
        d_w: derivative of the loss with respect to the recurrent weight.
        d_b: derivative of the loss with respect to the bias.
    """

    loss: Float[Array, "*grid"]
    d_w: Float[Array, "*grid"]
    d_b: Float[Array, "*grid"]


def pascanu_surface(
    w: Float[Array, "*#grid"] | float,
    b: Float[Array, "*#grid"] | float,
    steps: int = 50,
    h0: float = 0.5,
    target: float = 0.7,
) -> Surface:
    """The error surface of the single unit, with its gradient.

    Implements eq-cliff-unit, eq-cliff-loss and eq-cliff-sensitivity. With two
    parameters and one state it is cheapest to carry the derivatives forward
    beside the state.

    Args:
        w: recurrent weight; broadcast against ``b``.
        b: bias.
        steps: length T of the recurrence.
        h0: the first state.
        target: what the logistic of the last state should be.

    Returns:
        Loss and both derivatives, shaped like ``w`` and ``b`` broadcast.

    Raises:
        ValueError: ``steps`` is below 1.

    Source: Pascanu, Mikolov and Bengio (2013), section 2.3, figure 6.

    >>> pascanu_surface(0.0, np.log(0.7 / 0.3)).loss.round(12).item()
    0.0
    """
    check_whole("steps", steps, 1)
    shape = np.broadcast_shapes(np.shape(w), np.shape(b))
    w, b = (np.broadcast_to(part, shape or (1,)) for part in (w, b))
    h = np.full(w.shape, float(h0))
    dh_dw, dh_db = np.zeros_like(h), np.zeros_like(h)
    for _ in range(steps):
        s = logistic(h)
        step_slope = w * LOGISTIC.slope(s)
        dh_dw = s + step_slope * dh_dw  # eq-cliff-sensitivity
        dh_db = 1.0 + step_slope * dh_db
        h = w * s + b  # eq-cliff-unit
    y = logistic(h)
    d_h = 2.0 * (y - target) * LOGISTIC.slope(y)
    loss = (y - target) ** 2  # eq-cliff-loss
    return Surface(*(part.reshape(shape) for part in (loss, d_h * dh_dw, d_h * dh_db)))


def cliff_bias(w: Float[Array, " points"], h0: float = 0.5) -> Float[Array, " points"]:
    """Where the wall stands: the bias that makes the first state a fixed point.

    Implements eq-cliff-location. It is a wall only where the fixed point is
    unstable, which is where w s'(h0) exceeds 1; elsewhere the result is nan.

    >>> cliff_bias(np.array([3.0, 5.0])).round(4)
    array([    nan, -2.6123])
    """
    s = logistic(np.array([h0]))
    unstable = w * LOGISTIC.slope(s) > 1.0
    return np.where(unstable, h0 - w * s, np.nan)  # eq-cliff-location


def cliff_sensitivity(
    w: Float[Array, " points"], steps: int = 50, h0: float = 0.5
) -> Float[Array, " points"]:
    """How strongly the last state answers to the bias, on the wall itself.

    Implements eq-cliff-growth: on the wall every step multiplies by the same
    w s'(h0), so the derivative is a geometric sum, exponential in ``steps``.

    >>> cliff_sensitivity(np.array([0.0, 8.0]), steps=2, h0=0.0)
    array([1., 3.])
    """
    factor = w * LOGISTIC.slope(logistic(np.array([h0])))
    powers = factor[..., None] ** np.arange(steps)
    return powers.sum(axis=-1)  # eq-cliff-growth


def clipped_gradient(
    point: Float[Array, "2"],
    threshold: float | None = None,
    steps: int = 50,
    h0: float = 0.5,
    target: float = 0.7,
) -> Float[Array, "2"]:
    """The gradient of the surface at one point, clipped: what gradient descent subtracts.

    Implements eq-clipped-descent, together with ``course_lib.optimization.descent.descend``.

    Args:
        point: (w, b).
        threshold: clip the gradient's norm to this value; None means never.
        steps: length of the recurrence.
        h0: the first state.
        target: what the logistic of the last state should be.

    Returns:
        The derivatives of the loss with respect to w and b.

    Raises:
        ValueError: ``threshold`` is not positive, or ``steps`` is below 1.

    >>> round(float(np.linalg.norm(clipped_gradient(np.array([5.0, -2.6]), 0.1))), 12)
    0.1
    """
    surface = pascanu_surface(point[0], point[1], steps, h0, target)
    gradient = np.array([surface.d_w, surface.d_b])
    if threshold is None:
        return gradient
    return clip_by_norm(gradient, threshold)  # eq-clipped-descent

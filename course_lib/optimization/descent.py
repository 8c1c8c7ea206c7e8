"""Plain gradient descent: one fixed learning rate, and the whole gradient at every step.

Problems bring their own gradient; what happens to it on the way (clipping, for example) is part
of the gradient function.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_shape, check_whole


def descend(
    gradient: Callable[[Array], Array],
    start: Float[Array, "*shape"] | Sequence[float],
    learning_rate: float,
    steps: int,
    record: Callable[[Array], Array | float] | None = None,
) -> Float[Array, "points ..."]:
    """Step against the gradient a fixed number of times, and report what was passed.

    theta_{k+1} = theta_k - learning_rate * gradient(theta_k).

    Args:
        gradient: takes a point and returns the gradient of the loss there, of the same shape.
        start: the first point; it is not changed.
        learning_rate: step size.
        steps: how many steps to take.
        record: takes a point and returns a number or an array to be reported, for example the
            loss; None reports the point itself.

    Returns:
        What was recorded at the start and after every step, along the first axis.

    Raises:
        ValueError: the rate is not positive, ``steps`` is negative, or the gradient has another
            shape than the point.

    >>> descend(lambda theta: 2 * theta, [8.0], learning_rate=0.25, steps=3)
    array([[8.],
           [4.],
           [2.],
           [1.]])
    >>> descend(lambda theta: 2 * theta, [8.0], 0.25, 2, record=lambda theta: theta @ theta)
    array([64., 16.,  4.])
    """
    check_positive("learning_rate", learning_rate)
    check_whole("steps", steps, 0)
    theta = np.array(start, dtype=float)
    recorded = [theta if record is None else record(theta)]
    for _ in range(steps):
        slope = gradient(theta)
        check_shape("gradient", slope, theta.shape)
        theta = theta - learning_rate * slope  # a new array: earlier points are kept
        recorded.append(theta if record is None else record(theta))
    return np.stack(recorded)

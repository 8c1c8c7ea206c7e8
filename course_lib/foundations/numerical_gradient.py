"""Central differences, to check a gradient that was written by hand."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating


def numerical_gradient(
    function: Callable[[Array], float], at: Float[Array, "*shape"], step: float = 1e-6
) -> Float[Array, "*shape"]:
    """Differentiate a scalar function entry by entry.

    Args:
        function: takes an array shaped like ``at`` and returns a number.
        at: where to differentiate; it is not changed.
        step: half the distance between the two evaluations.

    Returns:
        One central difference per entry; the error is of order ``step**2``
        plus rounding of order ``1e-16 / step``.

    >>> numerical_gradient(lambda x: float((x**2).sum()), np.array([1.0, 3.0])).round(6)
    array([2., 6.])
    """
    at = as_floating("at", at)
    gradient = np.empty_like(at)
    probe = at.copy()
    for index in np.ndindex(at.shape):
        probe[index] = at[index] + step
        above = function(probe)
        probe[index] = at[index] - step
        below = function(probe)
        probe[index] = at[index]
        gradient[index] = (above - below) / (2 * step)
    return gradient

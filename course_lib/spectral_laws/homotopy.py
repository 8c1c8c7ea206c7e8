"""Follow a root from far away, where it is known, down to the real axis."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Complex
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive
from course_lib.spectral_laws.law import upper_points

Equation = Callable[[Array, Array], tuple[Array, Array]]
SHRINK, NEWTON = 0.7, 4


def follow(
    equation: Equation,
    z: Complex[Array, "*points"],
    start: Callable[[Array], Array],
    height: float,
    floor: float = 1e-12,
) -> Complex[Array, "*points"]:
    """Solve an equation for w(z) by Newton's method, from Im z = height downwards.

    A root that is right far above the axis stays right as long as the steps are short, whatever
    other roots come near. It is slow, and needs to know nothing about branches.

    Args:
        equation: takes z and w, returns the value that should be zero and its derivative with
            respect to w.
        z: where the root is wanted, on or above the axis.
        start: takes z far away, returns an approximate root.
        height: how far above the axis to begin.
        floor: the last height before the target itself, for targets on the axis.

    Raises:
        ValueError: a point lies below the axis, or a height is not positive.

    >>> def square(z, w):
    ...     return w * w - z, 2 * w
    >>> follow(square, np.array([4.0 + 0.0j]), np.sqrt, 10.0).round(6)
    array([2.+0.j])
    """
    z = upper_points(z)
    check_positive("height", height)
    check_positive("floor", floor)
    target = np.asarray(z, dtype=complex)
    above = height
    w = start(target + 1j * above)
    while above:
        above = above * SHRINK if above > floor else 0.0
        here = target + 1j * above
        for _ in range(NEWTON):
            value, slope = equation(here, w)
            w = w - value / slope
    return w

"""A sine wave under noise: easy to predict one step ahead, and hard further on."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_whole


def noisy_sine(
    rng: np.random.Generator, time: int, omega: float = 0.01, deviation: float = 0.2
) -> Float[Array, " time"]:
    """Values sin(omega t) + noise for t = 1 to ``time``.

    No predictor has a mean squared error below ``deviation ** 2``: the noise of
    a new value is independent of all that came before.

    Args:
        rng: the source of randomness.
        time: how many values.
        omega: angle per step, in radians.
        deviation: standard deviation of the noise.

    Source: Zhang et al., Dive into Deep Learning, section 9.1.

    >>> noisy_sine(np.random.default_rng(0), 3, omega=np.pi / 2, deviation=0.0).round(12) + 0.0
    array([ 1.,  0., -1.])
    """
    check_whole("time", time, 1)
    check_at_least("deviation", deviation, 0.0)
    return np.sin(omega * np.arange(1, time + 1)) + rng.normal(scale=deviation, size=time)

"""The confidence interval of a mean over seeds."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit  # scipy.stats holds the same, and takes half a second to import

from course_lib.foundations.validate import check_shape, check_whole


def mean_and_interval(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    """The mean of independent values, and half the width of a 95 percent interval for it.

    The interval is Student's, which is exact for normal values.

    Returns:
        Mean and half width; the latter is NaN if there is only one value.

    Raises:
        ValueError: there is no value, or they are not in one row.

    >>> mean, half = mean_and_interval([1.0, 2.0, 3.0])
    >>> round(mean, 4), round(half, 4)
    (2.0, 2.4841)
    """
    values = np.asarray(values, dtype=float)
    check_shape("values", values, ("seeds",))
    n = len(values)
    check_whole("values: length", n, 1)
    mean = float(np.mean(values))
    if n == 1:
        return mean, np.nan
    return mean, float(stdtrit(n - 1, 0.975) * np.std(values, ddof=1) / np.sqrt(n))

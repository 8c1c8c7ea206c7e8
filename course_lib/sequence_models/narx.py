"""Nonlinear autoregression with an exogenous input: a driven system, learned from its record.

Two ways to run such a model look alike and differ much. One step at a time, it
is given the measured past; running free, it is given its own past predictions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole


def narx_features(
    x: Float[Array, " time"], y: Float[Array, " time"], K_x: int, K_y: int
) -> Float[Array, "rows features"]:
    """Rows (x_t, ..., x_{t-K_x}, y_{t-1}, ..., y_{t-K_y}), for every t that has them all.

    The first row belongs to t = max(K_x, K_y).

    Raises:
        ValueError: lengths differ, a lag is out of range, or no t has all its lags.

    >>> narx_features(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0]), K_x=1, K_y=1)
    array([[ 2.,  1., 10.],
           [ 3.,  2., 20.]])
    """
    check_whole("K_x", K_x, 0)
    check_whole("K_y", K_y, 1)
    check_shape("x", x, ("time",))
    check_shape("y", y, (len(x),))
    first = max(K_x, K_y)
    check_at_least("values in y", len(y), first + 1)
    columns = [x[first - k : len(x) - k] for k in range(K_x + 1)]
    columns += [y[first - k : len(y) - k] for k in range(1, K_y + 1)]
    return as_floating("x and y", np.column_stack(columns))


@dataclass(frozen=True)
class NARX:
    """y_t = f(x_t, ..., x_{t-K_x}, y_{t-1}, ..., y_{t-K_y}), for any function f of rows.

    Attributes:
        f: maps rows of features to one prediction each; see ``narx_features``.
        K_x: largest lag of the input.
        K_y: largest lag of the output, at least 1.
    """

    f: Callable[[Array], Array]
    K_x: int
    K_y: int

    @property
    def first(self) -> int:
        """The first time that can be predicted."""
        return max(self.K_x, self.K_y)

    def one_step(
        self, x: Float[Array, " time"], y: Float[Array, " time"]
    ) -> Float[Array, " predictions"]:
        """Predict every y from the *measured* past; the result belongs to ``y[first:]``.

        Implements eq-narx.
        """
        return self.f(narx_features(x, y, self.K_x, self.K_y))  # eq-narx

    def free_run(
        self, x: Float[Array, " time"], start: Float[Array, " first"]
    ) -> Float[Array, " predictions"]:
        """Predict from the input and the model's *own* past predictions.

        Args:
            x: the input, over the whole time.
            start: the first ``first`` measured outputs, to begin with.

        Returns:
            Predictions for times ``first`` to the end of ``x``.

        Raises:
            ValueError: ``start`` does not hold ``first`` values.
        """
        check_shape("start", start, (self.first,))
        check_at_least("values in x", len(x), self.first + 1)
        y = np.concatenate([start, np.zeros(len(x) - self.first)])
        for t in range(self.first, len(x)):
            past = slice(t - self.first, t + 1)
            y[t] = self.f(narx_features(x[past], y[past], self.K_x, self.K_y)).item()
        return y[self.first :]


def fit_arx(x: Float[Array, " time"], y: Float[Array, " time"], K_x: int, K_y: int) -> NARX:
    """The linear case, ARX: an intercept and one weight per feature, by least squares.

    Raises:
        ValueError: fewer rows than parameters.
    """
    features = narx_features(x, y, K_x, K_y)
    design = np.column_stack([np.ones(len(features)), features])
    check_at_least("rows of features", len(design), design.shape[1])
    w = np.linalg.lstsq(design, y[max(K_x, K_y) :])[0]
    return NARX(lambda rows: w[0] + rows @ w[1:], K_x, K_y)

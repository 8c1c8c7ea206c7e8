"""Autoregressive models: a variable predicted from its own past.

Fit by least squares or by the Yule-Walker equations, simulate, and forecast
with honest intervals. What the weights say about memory is in ``ar_memory``.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from numpy.lib.stride_tricks import sliding_window_view

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole


class AR(NamedTuple):
    """y_t = intercept + sum_k weights[k-1] y_{t-k} + noise.

    Attributes:
        intercept: w_0.
        weights: w_1 to w_K, nearest lag first.
        variance: of the noise, which is normal with mean 0.
    """

    intercept: float
    weights: Float[Array, " lags"]
    variance: float


class Fit(NamedTuple):
    """A fitted model with the standard errors of (w_0, w_1, ..., w_K)."""

    model: AR
    standard_errors: Float[Array, " parameters"]


class Forecast(NamedTuple):
    """Mean and standard deviation of the next values, given the past."""

    mean: Float[Array, " steps"]
    deviation: Float[Array, " steps"]


def lag_matrix(series: Float[Array, " time"], lags: int) -> Float[Array, "rows lags"]:
    """One row (y_{t-1}, ..., y_{t-lags}) for each t that has that many values before it.

    >>> lag_matrix(np.array([1.0, 2.0, 3.0, 4.0]), 2)
    array([[2., 1.],
           [3., 2.]])
    """
    check_whole("lags", lags, 1)
    check_at_least("values in series", len(series), lags + 1)
    return sliding_window_view(as_floating("series", series), lags)[:-1, ::-1]


def fit_least_squares(series: Float[Array, " time"], lags: int) -> Fit:
    """Fit an AR model by ordinary least squares, conditioning on the first values.

    Implements eq-ar-least-squares.

    Args:
        series: the observed values, at least ``2 lags + 2`` of them.
        lags: the order K.

    Returns:
        The model and the standard errors of its intercept and weights; the
        noise variance is divided by rows minus parameters.

    Raises:
        ValueError: too few values, or lags that are exactly collinear.
    """
    check_whole("lags", lags, 1)
    check_at_least("values in series", len(series), 2 * lags + 2)
    X = np.column_stack([np.ones(len(series) - lags), lag_matrix(series, lags)])
    y = series[lags:]
    if np.linalg.matrix_rank(X) < lags + 1:
        raise ValueError(
            "series: expected lags that are not collinear, got collinear ones (a constant series?)"
        )
    w = np.linalg.solve(X.T @ X, X.T @ y)  # eq-ar-least-squares
    variance = float(((y - X @ w) ** 2).sum() / (len(y) - len(w)))
    errors = np.sqrt(variance * np.diag(np.linalg.inv(X.T @ X)))
    return Fit(AR(float(w[0]), w[1:], variance), errors)


def sample_autocovariance(series: Float[Array, " time"], max_lag: int) -> Float[Array, " lags"]:
    """Covariance of the series with itself ``k`` steps later, for k = 0 to ``max_lag``.

    Convention: every lag is divided by the length of the whole series, which
    keeps the Toeplitz matrix of the result positive definite.
    """
    check_whole("max_lag", max_lag, 0)
    check_at_least("values in series", len(series), max_lag + 1)
    centred = series - series.mean()
    n = len(series)
    return np.array([centred[k:] @ centred[: n - k] for k in range(max_lag + 1)]) / n


def solve_yule_walker(
    covariance: Float[Array, " lags"],
) -> tuple[Float[Array, " order"], float]:
    """Weights and noise variance whose process has the given autocovariances.

    Implements eq-ar-yule-walker by the Levinson recursion: the model of order
    k + 1 comes from that of order k in O(k) operations, without a matrix.

    Args:
        covariance: lags 0 to K.

    Raises:
        ValueError: the variance (lag 0) is not positive, or there is no lag 1.

    >>> solve_yule_walker(np.array([1.0, 0.5, 0.25]))
    (array([0.5, 0. ]), 0.75)
    """
    check_at_least("lags of covariance", len(covariance), 2)
    if not covariance[0] > 0:
        raise ValueError(f"covariance: expected a positive variance first, got {covariance[0]}")
    w = np.zeros(0)
    variance = float(covariance[0])
    for k in range(1, len(covariance)):
        reflection = (covariance[k] - w @ covariance[k - 1 : 0 : -1]) / variance
        w = np.append(w - reflection * w[::-1], reflection)  # eq-ar-yule-walker
        variance *= 1.0 - float(reflection) ** 2
    return w, variance


def fit_yule_walker(series: Float[Array, " time"], lags: int) -> AR:
    """Fit an AR model to the sample autocovariances; the result is always stationary."""
    check_whole("lags", lags, 1)
    weights, variance = solve_yule_walker(sample_autocovariance(series, lags))
    return AR(float(series.mean() * (1.0 - weights.sum())), weights, variance)


def predict(model: AR, rows: Float[Array, "rows lags"]) -> Float[Array, " rows"]:
    """The mean of the next value after each row of past values, newest first.

    >>> predict(AR(1.0, np.array([0.5, 0.0]), 1.0), np.array([[4.0, 9.0]]))
    array([3.])
    """
    return model.intercept + as_floating("rows", rows) @ model.weights


def simulate(
    model: AR,
    rng: np.random.Generator,
    steps: int,
    history: Float[Array, "series lags"],
) -> Float[Array, "series steps"]:
    """Continue each history with fresh noise.

    Implements eq-ar.

    Args:
        model: the AR model.
        rng: the source of randomness.
        steps: how many new values.
        history: the last K values of each series, oldest first (more are ignored).

    Raises:
        ValueError: the history holds fewer values than the model has lags.
    """
    lags = len(model.weights)
    check_whole("steps", steps, 0)
    check_at_least("values in history", history.shape[1], lags)
    recent = history[:, : -lags - 1 : -1]
    noise = rng.normal(scale=np.sqrt(model.variance), size=(len(history), steps))
    ys = np.empty_like(noise)
    for t in range(steps):
        ys[:, t] = predict(model, recent) + noise[:, t]  # eq-ar
        recent = np.column_stack([ys[:, t], recent[:, :-1]])
    return ys


def forecast(model: AR, history: Float[Array, " time"], steps: int) -> Forecast:
    """The distribution of the next values, given the model and the past.

    Implements eq-ar-forecast-variance. The means come from feeding predictions back;
    the variance adds up what each future noise term will have become by then.

    Args:
        model: the AR model, taken as known: doubt about its weights is not included.
        history: past values, oldest first, at least as many as lags.
        steps: how far ahead.

    Raises:
        ValueError: the history is shorter than the model's lags.
    """
    lags = len(model.weights)
    check_whole("steps", steps, 1)
    check_at_least("values in history", len(history), lags)
    recent, echoes = history[: -lags - 1 : -1], np.zeros(lags)
    means, responses = np.empty(steps), np.empty(steps)
    for k in range(steps):
        means[k] = predict(model, recent[None])[0]
        responses[k] = model.weights @ echoes if k else 1.0
        recent, echoes = np.append(means[k], recent[:-1]), np.append(responses[k], echoes[:-1])
    variance = model.variance * np.cumsum(responses**2)  # eq-ar-forecast-variance
    return Forecast(means, np.sqrt(variance))


def k_step_predictions(
    predict: Callable[[Array], Array], series: Float[Array, " time"], lags: int, k: int
) -> Float[Array, " predictions"]:
    """Predict every value from data that end ``k`` steps before it, feeding predictions back.

    Args:
        predict: maps rows of ``lags`` values, newest first, to the next value of each.
        series: observed values, oldest first.
        lags: how many values ``predict`` looks at.
        k: how many steps ahead; 1 never feeds anything back.

    Returns:
        Predictions of ``series[lags + k - 1 :]``.

    Raises:
        ValueError: ``k`` or ``lags`` is below 1, or the series is too short.

    >>> k_step_predictions(lambda rows: 2 * rows[:, 0], np.array([1.0, 2.0, 3.0]), lags=1, k=2)
    array([4.])
    """
    check_whole("k", k, 1)
    check_whole("lags", lags, 1)
    check_shape("series", series, ("time",))
    check_at_least("values in series", len(series), lags + k)
    rows = sliding_window_view(as_floating("series", series), lags)[:-k, ::-1]
    for _ in range(k - 1):
        rows = np.column_stack([predict(rows), rows[:, :-1]])
    return predict(rows)

"""How long an autoregressive model remembers, read off its weights.

An AR(K) model is a linear recurrence on its last K values. The eigenvalues of
that recurrence are the roots of the characteristic polynomial: their moduli
say how fast a disturbance dies, their angles at which rhythm it rings.
"""

import numpy as np
from jaxtyping import Complex, Float
from numpy import ndarray as Array
from scipy.linalg import solve_discrete_lyapunov

from course_lib.foundations.validate import check_at_least, check_shape, check_whole
from course_lib.sequence_models.autoregressive import AR


def companion(weights: Float[Array, " lags"]) -> Float[Array, "lags lags"]:
    """The matrix that maps (y_{t-1}, ..., y_{t-K}) to (y_t, ..., y_{t-K+1}), noise aside.

    Implements eq-ar-companion: the weights in the first row, a delay line below.

    >>> companion(np.array([0.5, 0.3]))
    array([[0.5, 0.3],
           [1. , 0. ]])
    """
    check_at_least("lags", len(weights), 1)
    C = np.eye(len(weights), k=-1)  # eq-ar-companion
    C[0] = weights
    return C


def roots(weights: Float[Array, " lags"]) -> Complex[Array, " lags"]:
    """Roots lambda of lambda^K - w_1 lambda^{K-1} - ... - w_K, largest modulus first.

    Implements eq-ar-characteristic. They are the eigenvalues of ``companion``.

    Convention: the process is stationary when all roots lie *inside* the unit
    circle. Texts that use 1 - w_1 z - ... - w_K z^K, with z = 1/lambda, have them outside.
    """
    found = np.linalg.eigvals(companion(weights)).astype(complex)  # eq-ar-characteristic
    return found[np.argsort(-np.abs(found), kind="stable")]


def is_stationary(weights: Float[Array, " lags"]) -> bool:
    """Whether disturbances die out, so that mean and variance settle.

    >>> is_stationary(np.array([0.9])), is_stationary(np.array([1.0]))
    (True, False)
    """
    return bool(np.abs(roots(weights)).max() < 1.0)


def weights_from_roots(moduli: list[float], periods: list[float]) -> Float[Array, " lags"]:
    """Weights of the AR model with one pair of complex roots for each modulus and period.

    Args:
        moduli: distance of each pair from 0.
        periods: steps in one turn of each pair, above 2.

    Raises:
        ValueError: the lists differ in length, or a period is not above 2.

    >>> weights_from_roots([0.5], [4.0]).round(12) + 0.0
    array([ 0.  , -0.25])
    """
    if len(moduli) != len(periods):
        raise ValueError(f"periods: expected {len(moduli)} of them, got {len(periods)}")
    polynomial = np.ones(1)
    for modulus, period in zip(moduli, periods, strict=True):
        if not period > 2:
            raise ValueError(f"periods: expected more than 2 steps, got {period}")
        pair = np.array([1.0, -2.0 * modulus * np.cos(2 * np.pi / period), modulus**2])
        polynomial = np.convolve(polynomial, pair)
    return -polynomial[1:]


def impulse_response(weights: Float[Array, " lags"], steps: int) -> Float[Array, " steps"]:
    """What is left, after 0, 1, 2, ... steps, of one unit of noise.

    Implements eq-ar-impulse.

    >>> impulse_response(np.array([0.5]), 4)
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    check_whole("steps", steps, 1)
    C, state = companion(weights), np.eye(len(weights))[0]
    response = np.empty(steps)
    for j in range(steps):
        response[j] = state[0]
        state = C @ state  # eq-ar-impulse
    return response


def order_one_moments(model: AR, max_lag: int) -> tuple[float, Float[Array, " lags"]]:
    """Mean of a stationary AR(1) process, and its autocovariances c_0, ..., c_max_lag.

    Implements eq-ar-one-moments; ``autocovariance`` serves every order.

    Raises:
        ValueError: the model has another order, or is not stationary.

    >>> mean, covariance = order_one_moments(AR(1.0, np.array([0.5]), 3.0), 2)
    >>> mean, covariance.tolist()
    (2.0, [4.0, 2.0, 1.0])
    """
    check_whole("max_lag", max_lag, 0)
    check_shape("weights", model.weights, (1,))
    _check_stationary(model)
    w_1 = float(model.weights[0])
    mean = model.intercept / (1.0 - w_1)  # eq-ar-one-moments
    return mean, model.variance / (1.0 - w_1**2) * w_1 ** np.arange(max_lag + 1)


def autocovariance(model: AR, max_lag: int) -> Float[Array, " lags"]:
    """Covariance of y_t and y_{t+k} in the stationary process, for k = 0 to ``max_lag``.

    The covariance matrix of the last K values, S, reproduces itself:
    ``S = C S C^T + noise``.

    Raises:
        ValueError: the model is not stationary, so there is no such covariance.
    """
    check_whole("max_lag", max_lag, 0)
    _check_stationary(model)
    C = companion(model.weights)
    noise = np.zeros_like(C)
    noise[0, 0] = model.variance
    S = solve_discrete_lyapunov(C, noise)
    covariance = np.empty(max_lag + 1)
    for k in range(max_lag + 1):
        covariance[k] = S[0, 0]
        S = C @ S
    return covariance


def spectrum(model: AR, frequencies: Float[Array, " frequencies"]) -> Float[Array, " frequencies"]:
    """The power spectral density: how the variance is spread over frequencies.

    Implements eq-ar-spectrum.

    Args:
        model: a stationary AR model.
        frequencies: in cycles per step, -1/2 to 1/2.

    Returns:
        The two-sided density: its integral from -1/2 to 1/2 is the variance of y.

    Raises:
        ValueError: the model is not stationary.
    """
    _check_stationary(model)
    lags = np.arange(1, len(model.weights) + 1)
    turns = np.exp(-2j * np.pi * np.outer(frequencies, lags))
    return model.variance / np.abs(1.0 - turns @ model.weights) ** 2  # eq-ar-spectrum


def draw_stationary(
    model: AR, rng: np.random.Generator, series: int, length: int
) -> Float[Array, "series length"]:
    """Draw stretches of the stationary process itself: no warming up, no trace of a start.

    Raises:
        ValueError: the model is not stationary.
    """
    check_whole("length", length, 1)
    covariance = autocovariance(model, length - 1)
    lag = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    mean = model.intercept / (1.0 - model.weights.sum())
    factor = np.linalg.cholesky(covariance[lag])
    return mean + rng.normal(size=(series, length)) @ factor.T


def _check_stationary(model: AR) -> None:
    largest = np.abs(roots(model.weights)).max()
    if not largest < 1.0:
        raise ValueError(f"model: expected roots inside the unit circle, got modulus {largest:.4f}")

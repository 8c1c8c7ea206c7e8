"""Autoregressive models: fits against scipy, forecasts against simulation."""

from functools import partial

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from course_lib.sequence_models.ar_memory import autocovariance, draw_stationary, is_stationary
from course_lib.sequence_models.autoregressive import (
    AR,
    fit_least_squares,
    fit_yule_walker,
    forecast,
    k_step_predictions,
    lag_matrix,
    predict,
    sample_autocovariance,
    simulate,
    solve_yule_walker,
)

MODEL = AR(0.3, np.array([1.2, -0.7, 0.1]), 0.25)


def series_of(model, rng, time):
    return draw_stationary(model, rng, 1, time)[0]


def test_lag_matrix_row_by_row(rng):
    series = rng.normal(size=8)
    expected = [[series[t - k] for k in (1, 2, 3)] for t in range(3, 8)]
    np.testing.assert_array_equal(lag_matrix(series, 3), expected)


@pytest.mark.checks("eq-ar-least-squares", against="numpy")
def test_least_squares_equals_lstsq(rng):
    series = series_of(MODEL, rng, 60)
    rows = [[1.0, *series[t - 3 : t][::-1]] for t in range(3, 60)]
    w, residual, _, _ = np.linalg.lstsq(np.array(rows), series[3:])
    model, errors = fit_least_squares(series, 3)
    np.testing.assert_allclose([model.intercept, *model.weights], w, atol=1e-10)
    assert model.variance == pytest.approx(residual[0] / (57 - 4), rel=1e-10)
    covariance = model.variance * np.linalg.inv(np.array(rows).T @ np.array(rows))
    np.testing.assert_allclose(errors**2, np.diag(covariance), rtol=1e-9)


def test_least_squares_recovers_the_weights_within_three_standard_errors(rng):
    """Over 200 series of 500 values, |z| < 3 in 99.7 percent of cases; 1 percent may fail."""
    truth = np.array([MODEL.intercept, *MODEL.weights])
    outside = 0
    for series in draw_stationary(MODEL, rng, 200, 500):
        model, errors = fit_least_squares(series, 3)
        z = (np.array([model.intercept, *model.weights]) - truth) / errors
        outside += int((np.abs(z) > 3).sum())
    assert outside <= 0.01 * 800


@pytest.mark.checks("eq-ar-yule-walker", against="scipy")
@pytest.mark.parametrize("order", [1, 2, 5])
def test_levinson_equals_solve_toeplitz(rng, order):
    covariance = sample_autocovariance(rng.normal(size=100).cumsum(), order)
    weights, variance = solve_yule_walker(covariance)
    expected = solve_toeplitz(covariance[:-1], covariance[1:])
    np.testing.assert_allclose(weights, expected, atol=1e-10)
    assert variance == pytest.approx(covariance[0] - expected @ covariance[1:], rel=1e-10)


def test_yule_walker_gives_back_the_model_from_exact_covariances():
    weights, variance = solve_yule_walker(autocovariance(MODEL, 3))
    np.testing.assert_allclose(weights, MODEL.weights, atol=1e-10)
    assert variance == pytest.approx(MODEL.variance, rel=1e-10)


def test_yule_walker_is_stationary_where_least_squares_need_not_be(rng):
    """A growing series: least squares follows it out of the unit circle, Yule-Walker cannot."""
    series = simulate(AR(0.0, np.array([1.05]), 1.0), rng, 60, np.ones((1, 1)))[0]
    assert not is_stationary(fit_least_squares(series, 1).model.weights)
    assert is_stationary(fit_yule_walker(series, 1).weights)
    assert is_stationary(fit_yule_walker(series, 4).weights)


def test_sample_autocovariance_against_numpy(rng):
    series = rng.normal(size=30)
    centred = series - series.mean()
    full = np.correlate(centred, centred, mode="full")[29:] / 30
    np.testing.assert_allclose(sample_autocovariance(series, 6), full[:7], atol=1e-12)


@pytest.mark.checks("eq-ar", against="scipy")
def test_simulation_is_a_recursive_filter_of_its_noise():
    """scipy.signal.lfilter runs the same recursion on the same noise."""
    noise = np.random.default_rng(1).normal(scale=0.5, size=(1, 40))
    model = AR(0.0, MODEL.weights, 0.25)
    ys = simulate(model, np.random.default_rng(1), 40, np.zeros((1, 3)))
    expected = lfilter([1.0], [1.0, *-model.weights], noise)
    np.testing.assert_allclose(ys, expected, atol=1e-12)


def test_simulation_uses_the_latest_values_of_the_history(rng):
    quiet = MODEL._replace(variance=0.0)
    long, short = np.array([[9.0, 1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 3.0]])
    ys = simulate(quiet, rng, 2, long)
    np.testing.assert_array_equal(ys, simulate(quiet, rng, 2, short))
    assert ys[0, 0] == pytest.approx(0.3 + 1.2 * 3 - 0.7 * 2 + 0.1 * 1)


@pytest.mark.checks("eq-ar-forecast-variance", against="Monte Carlo")
def test_forecast_has_mean_and_deviation_of_many_futures(rng):
    """20000 futures: means within 5 standard errors, variances within 5 sqrt(2/n)."""
    n, history = 20_000, np.array([0.5, -1.0, 2.0])
    futures = simulate(MODEL, rng, 12, np.tile(history, (n, 1)))
    mean, deviation = forecast(MODEL, history, 12)
    assert (np.abs(futures.mean(axis=0) - mean) < 5 * deviation / np.sqrt(n)).all()
    assert (np.abs(futures.var(axis=0) / deviation**2 - 1) < 5 * np.sqrt(2 / n)).all()


def test_forecast_far_ahead_is_the_stationary_distribution():
    mean, deviation = forecast(MODEL, np.full(3, 40.0), 400)
    assert mean[-1] == pytest.approx(0.3 / (1 - 0.6), abs=1e-9)
    assert deviation[-1] ** 2 == pytest.approx(autocovariance(MODEL, 0)[0], rel=1e-9)
    assert deviation[0] ** 2 == pytest.approx(MODEL.variance)


def test_k_step_predictions_of_a_linear_model_are_its_forecasts(rng):
    series = rng.normal(size=20)
    for k in (1, 2, 7):
        predictions = k_step_predictions(partial(predict, MODEL), series, lags=3, k=k)
        ends = range(3, 20 - k + 1)
        expected = [forecast(MODEL, series[:end], k).mean[-1] for end in ends]
        assert len(predictions) == len(series[3 + k - 1 :])
        np.testing.assert_allclose(predictions, expected, atol=1e-12)


def test_refuses_what_cannot_be_fitted_or_continued(rng):
    with pytest.raises(ValueError, match="values in series: expected at least 8, got 7"):
        fit_least_squares(np.arange(7.0), 3)
    with pytest.raises(ValueError, match="lags: expected a whole number, 1 or more, got 0"):
        fit_least_squares(np.arange(7.0), 0)
    with pytest.raises(ValueError, match="not collinear"):
        fit_least_squares(np.ones(9), 1)
    with pytest.raises(ValueError, match="positive variance"):
        fit_yule_walker(np.ones(9), 1)
    with pytest.raises(ValueError, match="lags of covariance"):
        solve_yule_walker(np.ones(1))
    with pytest.raises(ValueError, match="values in history: expected at least 3, got 2"):
        simulate(MODEL, rng, 1, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="values in history"):
        forecast(MODEL, np.zeros(2), 1)
    with pytest.raises(ValueError, match="values in series: expected at least 6, got 5"):
        k_step_predictions(lambda rows: rows[:, 0], np.zeros(5), lags=2, k=4)
    with pytest.raises(ValueError, match="k: expected a whole number, 1 or more"):
        k_step_predictions(lambda rows: rows[:, 0], np.zeros(5), lags=2, k=0)


def test_the_smallest_arguments_are_allowed(rng):
    walk = AR(1.0, np.array([0.5]), 4.0)
    np.testing.assert_array_equal(lag_matrix(np.array([3.0, 5.0]), 1), [[3.0]])
    assert len(fit_least_squares(np.array([1.0, 2.0, 0.0, 5.0]), 1).standard_errors) == 2
    np.testing.assert_array_equal(sample_autocovariance(np.array([2.0]), 0), [0.0])
    assert simulate(walk, rng, 0, np.zeros((1, 1))).shape == (1, 0)
    one = forecast(walk, np.array([2.0]), 1)
    np.testing.assert_allclose([one.mean, one.deviation], [[2.0], [2.0]])
    assert k_step_predictions(lambda rows: rows[:, 0], np.arange(2.0), 1, 1).tolist() == [0.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lag_matrix(np.zeros(4), 0), "lags: expected a whole number, 1 or more, got 0"),
        (lambda: lag_matrix(np.zeros(2), 2), "values in series: expected at least 3, got 2"),
        (lambda: fit_yule_walker(np.zeros(4), 0), "lags: expected a whole number, 1 or more"),
        (lambda: fit_yule_walker(np.zeros(4), 1.5), "lags: expected a whole number, 1 or more"),
        (
            lambda: sample_autocovariance(np.zeros(2), 2),
            "values in series: expected at least 3, got 2",
        ),
        (lambda: sample_autocovariance(np.zeros(2), -1), "max_lag: expected a whole number, 0"),
        (lambda: forecast(MODEL, np.zeros(3), 0), "steps: expected a whole number, 1 or more"),
        (
            lambda: simulate(MODEL, np.random.default_rng(0), -1, np.zeros((1, 3))),
            "steps: expected a whole number, 0 or more",
        ),
        (
            lambda: k_step_predictions(lambda rows: rows[:, 0], np.zeros(5), lags=0, k=1),
            "lags: expected a whole number, 1 or more",
        ),
        (
            lambda: k_step_predictions(lambda rows: rows[:, 0], np.zeros((5, 2)), lags=1, k=1),
            "series: expected shape",
        ),
        (lambda: solve_yule_walker(np.zeros(2)), "covariance: expected a positive variance"),
    ],
)
def test_every_argument_is_checked(call, message, bad_input):
    with pytest.raises(ValueError, match=message):
        call()

"""What the weights of an autoregressive model say about its memory."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import solve_discrete_lyapunov
from scipy.signal import freqz, lfilter

from course_lib.sequence_models.ar_memory import (
    autocovariance,
    companion,
    draw_stationary,
    impulse_response,
    is_stationary,
    order_one_moments,
    roots,
    spectrum,
    weights_from_roots,
)
from course_lib.sequence_models.autoregressive import AR, simulate

WEIGHTS = np.array([1.2, -0.7, 0.1])
MODEL = AR(0.3, WEIGHTS, 0.25)


@pytest.mark.checks("eq-ar-companion", against="a closed form")
def test_companion_moves_the_last_values_one_step(rng):
    state = rng.normal(size=3)
    expected = [WEIGHTS @ state, state[0], state[1]]
    np.testing.assert_allclose(companion(WEIGHTS) @ state, expected, atol=1e-15)


@pytest.mark.checks("eq-ar-characteristic", against="numpy")
@pytest.mark.parametrize("lags", [1, 2, 5])
def test_roots_are_those_of_the_polynomial(rng, lags):
    weights = rng.normal(size=lags)
    ours, theirs = roots(weights), np.roots([1.0, *-weights])
    np.testing.assert_allclose(np.poly(ours), np.poly(theirs), atol=1e-10)
    assert (np.diff(np.abs(ours)) <= 1e-12).all()


def test_stationarity_triangle_of_order_two():
    """Order 2 is stationary exactly if w_2 > -1, w_2 + w_1 < 1 and w_2 - w_1 < 1."""
    for w_1 in np.linspace(-2.45, 2.45, 21):
        for w_2 in np.linspace(-1.45, 1.45, 21):
            inside = w_2 > -1 and w_2 + w_1 < 1 and w_2 - w_1 < 1
            assert is_stationary(np.array([w_1, w_2])) == inside


def test_random_walk_is_not_stationary():
    assert not is_stationary(np.array([1.0]))


def test_weights_from_roots_and_back():
    weights = weights_from_roots([0.9, 0.5], [8.0, 3.0])
    found = roots(weights)
    np.testing.assert_allclose(np.abs(found), [0.9, 0.9, 0.5, 0.5], atol=1e-10)
    np.testing.assert_allclose(2 * np.pi / np.abs(np.angle(found)), [8, 8, 3, 3], atol=1e-8)


@pytest.mark.checks("eq-ar-impulse", against="scipy")
def test_impulse_response_is_that_of_a_recursive_filter():
    pulse = np.eye(1, 30)[0]
    expected = lfilter([1.0], [1.0, *-WEIGHTS], pulse)
    np.testing.assert_allclose(impulse_response(WEIGHTS, 30), expected, atol=1e-12)


def test_impulse_response_decays_like_the_largest_root():
    weights = weights_from_roots([0.8], [6.0])
    response = impulse_response(weights, 61)
    assert response[60] / response[30] == pytest.approx(0.8**30, rel=1e-9)


@pytest.mark.checks("eq-ar-one-moments", against="scipy")
@pytest.mark.parametrize("w_1", [0.9, 0.0, -0.6])
def test_moments_of_order_one_by_the_lyapunov_equation_and_a_filter(w_1):
    """scipy solves c = w c w + variance, and its filter turns a constant into the mean."""
    mean, covariance = order_one_moments(AR(0.3, np.array([w_1]), 0.25), 5)
    c_0 = solve_discrete_lyapunov([[w_1]], [[0.25]])[0, 0]
    np.testing.assert_allclose(covariance, [c_0 * w_1**k for k in range(6)], atol=1e-12)
    np.testing.assert_allclose(covariance, autocovariance(AR(0.3, np.array([w_1]), 0.25), 5))
    settled = lfilter([1.0], [1.0, -w_1], np.full(400, 0.3))[-1]
    assert mean == pytest.approx(settled, abs=1e-12)


def test_moments_of_order_one_by_simulation(rng):
    """40000 draws: mean within 5 standard errors, covariances within 5 of theirs."""
    model, n = AR(0.3, np.array([-0.6]), 0.25), 40_000
    mean, c = order_one_moments(model, 2)
    ys = simulate(model, rng, 60, np.zeros((n, 1)))[:, -3:] - mean
    assert abs(ys[:, 2].mean()) < 5 * np.sqrt(c[0] / n)
    for k in range(3):
        measured = np.mean(ys[:, 2] * ys[:, 2 - k])
        assert abs(measured - c[k]) < 5 * np.sqrt((c[0] ** 2 + c[k] ** 2) / n)


def test_autocovariance_is_the_sum_over_impulse_responses():
    """Cov(y_t, y_{t+k}) = variance * sum_j psi_j psi_{j+k}."""
    psi = impulse_response(WEIGHTS, 400)
    expected = [0.25 * psi[: 400 - k] @ psi[k:] for k in range(6)]
    np.testing.assert_allclose(autocovariance(MODEL, 5), expected, atol=1e-12)


@pytest.mark.checks("eq-ar-spectrum", against="scipy")
def test_spectrum_is_the_squared_gain_of_the_filter():
    f = np.linspace(0, 0.5, 50)
    _, gain = freqz([1.0], [1.0, *-WEIGHTS], worN=2 * np.pi * f)
    np.testing.assert_allclose(spectrum(MODEL, f), 0.25 * np.abs(gain) ** 2, rtol=1e-10)


@pytest.mark.parametrize("lag", [0, 1, 4])
def test_spectrum_and_autocovariance_are_a_fourier_pair(lag):
    """Integrating S(f) cos(2 pi f k) over one period of f gives the covariance at lag k."""
    density = lambda f: spectrum(MODEL, np.array([f]))[0] * np.cos(2 * np.pi * f * lag)  # noqa: E731
    integral, _ = quad(density, -0.5, 0.5, epsabs=1e-12, limit=200)
    assert integral == pytest.approx(autocovariance(MODEL, lag)[lag], abs=1e-9)


def test_draws_are_stationary_from_the_first_value(rng):
    n = 20_000
    ys = draw_stationary(MODEL, rng, n, 5)
    c = autocovariance(MODEL, 4)
    assert (np.abs(ys.mean(axis=0) - 0.75) < 5 * np.sqrt(c[0] / n)).all()
    assert (np.abs(ys.var(axis=0) / c[0] - 1) < 5 * np.sqrt(2 / n)).all()
    covariance = np.cov(ys[:, 0], ys[:, 4])[0, 1]
    assert abs(covariance - c[4]) < 5 * np.sqrt((c[0] ** 2 + c[4] ** 2) / n)


def test_refuses_what_has_no_answer(rng):
    walk = AR(0.0, np.array([1.0]), 1.0)
    with pytest.raises(ValueError, match=r"inside the unit circle, got modulus 1\.0000"):
        autocovariance(walk, 1)
    with pytest.raises(ValueError, match="model: expected roots inside"):
        order_one_moments(walk, 1)
    with pytest.raises(ValueError, match=r"weights: expected shape \(1,\), got \(3,\)"):
        order_one_moments(MODEL, 1)
    with pytest.raises(ValueError, match="max_lag: expected a whole number, 0 or more, got -1"):
        order_one_moments(MODEL, -1)
    with pytest.raises(ValueError, match="model: expected roots inside"):
        spectrum(walk, np.zeros(1))
    with pytest.raises(ValueError, match="model: expected roots inside"):
        draw_stationary(walk, rng, 1, 2)
    with pytest.raises(ValueError, match="periods: expected 2 of them, got 1"):
        weights_from_roots([0.5, 0.5], [4.0])
    with pytest.raises(ValueError, match="periods: expected more than 2"):
        weights_from_roots([0.5], [2.0])
    with pytest.raises(ValueError, match="lags"):
        companion(np.zeros(0))


def test_the_smallest_arguments_are_allowed(rng, bad_input):
    np.testing.assert_array_equal(impulse_response(np.array([0.5]), 1), [1.0])
    one = AR(1.0, np.array([0.5]), 3.0)
    np.testing.assert_allclose(order_one_moments(one, 0)[1], [4.0])
    np.testing.assert_allclose(autocovariance(one, 0), [4.0])
    assert draw_stationary(one, rng, 1, 1).shape == (1, 1)
    for function in (
        lambda: impulse_response(np.array([0.5]), 0),
        lambda: impulse_response(np.array([0.5]), 2.5),
        lambda: draw_stationary(one, rng, 1, 0),
    ):
        with pytest.raises(ValueError, match="expected a whole number, 1 or more"):
            function()
    with pytest.raises(ValueError, match="max_lag: expected a whole number, 0 or more, got -1"):
        autocovariance(one, -1)

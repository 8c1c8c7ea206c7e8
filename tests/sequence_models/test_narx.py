"""NARX: the lag matrix, the linear case, and the two ways of running."""

import numpy as np
import pytest
from scipy.signal import lfilter

from course_lib.sequence_models.ar_memory import impulse_response
from course_lib.sequence_models.narx import NARX, fit_arx, narx_features


def arx_record(rng, time, deviation=0.0):
    """y_t = .1 + .5 x_t - .3 x_{t-1} + .6 y_{t-1} - .2 y_{t-2} + noise, by scipy's filter."""
    x = rng.normal(size=time)
    noise = rng.normal(scale=deviation, size=time) if deviation else np.zeros(time)
    driven = lfilter([0.5, -0.3], [1.0], x) + 0.1 + noise
    return x, lfilter([1.0], [1.0, -0.6, 0.2], driven)


@pytest.mark.parametrize(("K_x", "K_y"), [(0, 1), (2, 1), (1, 3), (2, 2)])
def test_features_row_by_row(rng, K_x, K_y):
    x, y = rng.normal(size=(2, 9))
    expected = [
        [x[t - k] for k in range(K_x + 1)] + [y[t - k] for k in range(1, K_y + 1)]
        for t in range(max(K_x, K_y), 9)
    ]
    np.testing.assert_array_equal(narx_features(x, y, K_x, K_y), expected)


@pytest.mark.checks("eq-narx", against="numpy")
def test_the_linear_case_is_arx_by_lstsq(rng):
    x, y = arx_record(rng, 80, deviation=0.1)
    rows = [[1.0, x[t], x[t - 1], y[t - 1], y[t - 2]] for t in range(2, 80)]
    w = np.linalg.lstsq(np.array(rows), y[2:])[0]
    model = fit_arx(x, y, K_x=1, K_y=2)
    np.testing.assert_allclose(model.one_step(x, y), np.array(rows) @ w, atol=1e-10)


def test_without_noise_the_system_is_found_exactly(rng):
    """The free run then repeats the record, and on a new input it is the filter itself."""
    x, y = arx_record(rng, 80)
    model = fit_arx(x, y, K_x=1, K_y=2)
    np.testing.assert_allclose(model.free_run(x, y[:2]), y[2:], atol=1e-10)
    probe = np.concatenate([x[:2], rng.normal(size=30)])
    expected = lfilter([1.0], [1.0, -0.6, 0.2], lfilter([0.5, -0.3], [1.0], probe) + 0.1)
    np.testing.assert_allclose(model.free_run(probe, y[:2]), expected[2:], atol=1e-9)


def test_free_run_of_length_one_is_one_step(rng):
    x, y = arx_record(rng, 30, deviation=0.1)
    model = NARX(lambda rows: np.sin(rows).sum(axis=1), K_x=2, K_y=2)
    one = model.one_step(x, y)
    for t in (2, 10, 29):
        assert model.free_run(x[t - 2 : t + 1], y[t - 2 : t])[0] == pytest.approx(one[t - 2])


def test_free_run_never_looks_at_later_inputs(rng):
    x, y = arx_record(rng, 20)
    model = NARX(lambda rows: np.tanh(rows.sum(axis=1)), K_x=2, K_y=3)
    poked = x.copy()
    poked[12] += 1.0
    before, after = model.free_run(x, y[:3]), model.free_run(poked, y[:3])
    np.testing.assert_array_equal(before[: 12 - 3], after[: 12 - 3])
    assert before[12 - 3] != after[12 - 3]


@pytest.mark.slow
def test_errors_of_the_true_model_one_step_and_free(rng):
    """With the true f, the one-step error is the noise; running free it is the sum of its echoes.

    Ratio of variances: sum of squared impulse responses. 8000 values with a
    memory of a few steps: 15 percent is more than 5 standard errors.
    """
    x, y = arx_record(rng, 8000, deviation=0.1)
    truth = np.array([0.5, -0.3, 0.6, -0.2])
    model = NARX(lambda rows: 0.1 + rows @ truth, K_x=1, K_y=2)
    one = np.mean((model.one_step(x, y) - y[2:]) ** 2)
    free = np.mean((model.free_run(x, y[:2]) - y[2:]) ** 2)
    echoes = (impulse_response(np.array([0.6, -0.2]), 60) ** 2).sum()
    assert one == pytest.approx(0.01, rel=0.08)
    assert free / one == pytest.approx(echoes, rel=0.15)


def test_refuses_lags_and_lengths_that_do_not_fit(bad_input):
    x = np.zeros(5)
    with pytest.raises(ValueError, match=r"y: expected shape \(5,\), got \(4,\)"):
        narx_features(x, np.zeros(4), 1, 1)
    with pytest.raises(ValueError, match="K_x: expected a whole number, 0 or more, got -1"):
        narx_features(x, x, -1, 1)
    with pytest.raises(ValueError, match="K_y: expected a whole number, 1 or more, got 0"):
        narx_features(x, x, 0, 0)
    with pytest.raises(ValueError, match="values in y: expected at least 6, got 5"):
        narx_features(x, x, 5, 1)
    with pytest.raises(ValueError, match="rows of features: expected at least 5, got 3"):
        fit_arx(x, x, 1, 2)
    with pytest.raises(ValueError, match=r"start: expected shape \(2,\), got \(1,\)"):
        NARX(lambda rows: rows[:, 0], 1, 2).free_run(x, np.zeros(1))


def test_shortest_records(bad_input):
    model = NARX(lambda rows: rows[:, 0], 1, 2)
    with pytest.raises(ValueError, match="values in x: expected at least 3, got 2"):
        model.free_run(np.zeros(2), np.zeros(2))
    np.testing.assert_array_equal(model.free_run(np.arange(3.0), np.zeros(2)), [2.0])
    np.testing.assert_array_equal(narx_features(np.ones(2), np.zeros(2), 0, 1), [[1.0, 0.0]])
    assert fit_arx(np.array([0.0, 1, 2, 4]), np.array([1.0, 3, 2, 5]), 0, 1).first == 1
    with pytest.raises(ValueError, match=r"x: expected shape \(time,\)"):
        narx_features(np.zeros((2, 2)), np.zeros(2), 0, 1)

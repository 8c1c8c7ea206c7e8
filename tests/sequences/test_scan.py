"""The recurrence: functools.reduce is its last state, itertools.accumulate all of them."""

from functools import reduce
from itertools import accumulate

import numpy as np
import pytest

from course_lib.sequences.scan import delay_line, scan, shift_matrix


@pytest.fixture
def problem(rng):
    W_hh, W_xh = rng.normal(size=(4, 4)), rng.normal(size=(4, 3))
    step = lambda h, x: np.tanh(h @ W_hh.T + x @ W_xh.T)  # noqa: E731
    return step, rng.normal(size=(2, 4)), rng.normal(size=(2, 7, 3))


@pytest.mark.checks("eq-scan", against="a closed form")
def test_scan_is_reduce_and_accumulate(problem):
    step, h0, xs = problem
    by_time = list(xs.swapaxes(0, 1))
    hs = scan(step, h0, xs)
    np.testing.assert_array_equal(hs[:, -1], reduce(step, by_time, h0))
    expected = list(accumulate(by_time, step, initial=h0))[1:]
    np.testing.assert_array_equal(hs, np.stack(expected, axis=1))


@pytest.mark.parametrize("cut", [0, 1, 4, 7])
def test_the_state_is_all_that_the_future_needs(problem, cut):
    """Stopping anywhere and going on from the state changes nothing."""
    step, h0, xs = problem
    first = scan(step, h0, xs[:, :cut])
    middle = first[:, -1] if cut else h0
    rest = scan(step, middle, xs[:, cut:])
    np.testing.assert_array_equal(np.concatenate([first, rest], axis=1), scan(step, h0, xs))


@pytest.mark.parametrize("time", [0, 1, 50])
def test_any_length_with_the_same_parameters(problem, rng, time):
    step, h0, _ = problem
    assert scan(step, h0, rng.normal(size=(2, time, 3))).shape == (2, time, 4)


def test_a_linear_scan_is_a_sum_over_the_past(rng):
    """h_t = W h_{t-1} + x_t unrolls to sum_k W^k x_{t-k}."""
    W, xs = rng.normal(size=(3, 3)) / 2, rng.normal(size=(1, 6, 3))
    hs = scan(lambda h, x: h @ W.T + x, np.zeros((1, 3)), xs)
    for t in range(6):
        unrolled = sum(np.linalg.matrix_power(W, k) @ xs[0, t - k] for k in range(t + 1))
        np.testing.assert_allclose(hs[0, t], unrolled, atol=1e-12)


def test_tokens_are_sequences_too():
    counted = scan(lambda h, x: h + (x[:, None] == 1), np.zeros((1, 1)), np.array([[1, 0, 1]]))
    np.testing.assert_array_equal(counted[0, :, 0], [1.0, 1.0, 2.0])


def test_delay_line_is_a_linear_recurrence_with_a_nilpotent_matrix(rng):
    """The same states as h_t = S h_{t-1} + e_1 x_t, and S to the number of slots is zero."""
    slots, xs = 4, rng.normal(size=(2, 9, 1))
    S, e_1 = shift_matrix(slots), np.eye(slots)[:1]
    hs = scan(delay_line, np.zeros((2, slots)), xs)
    linear = scan(lambda h, x: h @ S.T + x @ e_1, np.zeros((2, slots)), xs)
    np.testing.assert_array_equal(hs, linear)
    np.testing.assert_array_equal(hs[:, -1], xs[:, -1 : -slots - 1 : -1, 0])
    assert np.linalg.matrix_power(S, slots - 1).any()
    assert not np.linalg.matrix_power(S, slots).any()


def test_delay_line_of_vectors(rng):
    xs = rng.normal(size=(1, 5, 2))
    hs = scan(delay_line, np.zeros((1, 6)), xs)
    np.testing.assert_array_equal(hs[0, -1], xs[0, [4, 3, 2]].ravel())


def test_refuses_arguments_that_do_not_fit(bad_input):
    with pytest.raises(ValueError, match=r"xs: expected shape \(2, time, ...\), got \(3, 5, 1\)"):
        scan(delay_line, np.zeros((2, 4)), np.zeros((3, 5, 1)))
    with pytest.raises(ValueError, match="xs: expected shape"):
        scan(delay_line, np.zeros((2, 4)), np.zeros(2))
    with pytest.raises(ValueError, match="state: expected a multiple of d_in = 3 columns, got 4"):
        delay_line(np.zeros((1, 4)), np.zeros((1, 3)))
    with pytest.raises(ValueError, match="slots"):
        shift_matrix(0)


def test_a_delay_line_has_a_slot(bad_input):
    np.testing.assert_array_equal(shift_matrix(1), [[0.0]])
    for bad in 0, 1.5:
        with pytest.raises(ValueError, match="slots: expected a whole number, 1 or more"):
            shift_matrix(bad)

"""Markov chains: counts, powers, walks."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize

from course_lib.sequence_models.markov import (
    check_transition_matrix,
    fit_markov,
    k_step,
    log_likelihood,
    sample_markov,
    stationary_distribution,
    transition_counts,
)

P = np.array([[0.7, 0.2, 0.1], [0.0, 0.5, 0.5], [0.3, 0.3, 0.4]])


def test_counts_by_hand_do_not_cross_sequences():
    counts = transition_counts([np.array([0, 1, 1]), np.array([2, 0]), np.array([1])], 3)
    np.testing.assert_array_equal(counts, [[0, 1, 0], [0, 1, 0], [1, 0, 0]])


@pytest.mark.checks("eq-markov-mle", against="scipy")
def test_relative_frequencies_have_the_greatest_likelihood(rng):
    """A numerical search over softmax rows ends at the counts."""
    chain = sample_markov(P, rng, np.array([0]), 200)
    counts = transition_counts(chain, 3)

    def rows(logits):
        weights = np.exp(logits.reshape(3, 3))
        return weights / weights.sum(axis=1, keepdims=True)

    def negative(logits):
        return -(counts * np.log(rows(logits))).sum()

    found = minimize(negative, np.zeros(9), method="BFGS", options={"gtol": 1e-6})
    fitted = fit_markov(chain, 3)
    # One transition never happens in P, so its best logit runs to minus infinity.
    np.testing.assert_allclose(fitted, rows(found.x), atol=1e-4)
    assert log_likelihood(fitted, chain[0]) >= -found.fun - 1e-9


def test_fit_recovers_the_matrix_within_five_standard_errors(rng):
    chain = sample_markov(P, rng, np.array([0]), 20_000)
    visits = transition_counts(chain, 3).sum(axis=1, keepdims=True)
    errors = np.sqrt(P * (1 - P) / visits)
    assert (np.abs(fit_markov(chain, 3) - P) <= 5 * errors).all()


def test_a_pseudo_count_fills_rows_that_were_never_seen():
    chain = [np.array([0, 0, 1])]
    with pytest.raises(ValueError, match="a pseudo_count above 0, got no step out of state 1"):
        fit_markov(chain, 2)
    smoothed = fit_markov(chain, 2, pseudo_count=1.0)
    np.testing.assert_allclose(smoothed, [[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.checks("eq-markov-chain", against="enumeration")
def test_probabilities_of_all_chains_sum_to_one():
    total = sum(
        np.exp(log_likelihood(P, np.array([1, *tail]))) for tail in product(range(3), repeat=4)
    )
    assert total == pytest.approx(1.0, abs=1e-12)
    assert log_likelihood(P, np.array([1, 0])) == -np.inf


@pytest.mark.checks("eq-markov-two-step", against="enumeration")
def test_two_steps_sum_over_the_state_between():
    for i, j in product(range(3), repeat=2):
        by_hand = sum(P[i, m] * P[m, j] for m in range(3))
        assert k_step(P, 2)[i, j] == pytest.approx(by_hand, abs=1e-15)


@pytest.mark.checks("eq-markov-k-step", against="numpy")
@pytest.mark.parametrize("k", [0, 1, 2, 9])
def test_k_steps_are_a_power(k):
    np.testing.assert_allclose(k_step(P, k), np.linalg.matrix_power(P, k), atol=1e-14)


def test_chapman_kolmogorov_any_stop_on_the_way_will_do():
    for m, n in [(0, 5), (1, 4), (2, 3)]:
        np.testing.assert_allclose(k_step(P, m) @ k_step(P, n), k_step(P, 5), atol=1e-14)


def test_two_steps_by_walking(rng):
    n = 40_000
    ends = sample_markov(P, rng, np.zeros(n, dtype=int), 2)[:, 2]
    frequencies = np.bincount(ends, minlength=3) / n
    exact = k_step(P, 2)[0]
    assert (np.abs(frequencies - exact) < 5 * np.sqrt(exact * (1 - exact) / n)).all()


def test_stationary_distribution_is_where_long_walks_end():
    pi = stationary_distribution(P)
    np.testing.assert_allclose(pi @ P, pi, atol=1e-12)
    np.testing.assert_allclose(k_step(P, 200), np.tile(pi, (3, 1)), atol=1e-12)


def test_walks_keep_their_start_and_never_take_an_impossible_step(rng):
    chains = sample_markov(P, rng, np.array([2, 1, 0]), 300)
    assert chains.shape == (3, 301)
    np.testing.assert_array_equal(chains[:, 0], [2, 1, 0])
    assert transition_counts(chains, 3)[1, 0] == 0


def test_refuses_what_is_not_a_chain(rng, bad_input):
    with pytest.raises(ValueError, match="P: expected rows that are not negative and sum to 1"):
        k_step(np.array([[0.5, 0.4], [0.5, 0.5]]), 2)
    with pytest.raises(ValueError, match="P: expected rows"):
        check_transition_matrix(np.array([[1.5, -0.5], [0.5, 0.5]]))
    with pytest.raises(ValueError, match=r"P: expected shape \(states, 2\), got \(2, 3\)"):
        k_step(np.full((2, 3), 1 / 3), 2)
    with pytest.raises(ValueError, match="k: expected a whole number, 0 or more"):
        k_step(P, -1)
    with pytest.raises(ValueError, match="several"):
        stationary_distribution(np.eye(2))
    with pytest.raises(ValueError, match="sequences: expected tokens 0 to 1, got 0 to 2"):
        transition_counts([np.array([0, 2])], 2)
    with pytest.raises(ValueError, match="start: expected states 0 to 2, got 3 to 3"):
        sample_markov(P, rng, np.array([3]), 1)


def test_numbers_that_are_none_are_refused(rng, bad_input):
    with pytest.raises(ValueError, match="start: expected whole numbers, got float64"):
        sample_markov(np.eye(2), rng, np.array([0.5]), 1)
    for bad in np.inf, np.nan, -1.0:
        with pytest.raises(ValueError, match="pseudo_count: expected"):
            fit_markov([np.array([0, 1])], 2, bad)
    np.testing.assert_array_equal(fit_markov([np.array([0, 0])], 1, 0.0), np.ones((1, 1)))
    assert sample_markov(np.eye(1), rng, np.array([0]), 0).shape == (1, 1)


def test_no_state_and_negative_steps_are_refused(rng):
    with pytest.raises(ValueError, match="states: expected a whole number, 1 or more, got 0"):
        transition_counts([], 0)
    with pytest.raises(ValueError, match="steps: expected a whole number, 0 or more, got -1"):
        sample_markov(np.eye(1), rng, np.array([0]), -1)
    assert transition_counts([np.zeros(0, int), np.array([0])], 1).tolist() == [[0]]

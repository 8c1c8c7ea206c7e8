"""Beliefs of a hidden Markov model, against a sum over every hidden path."""

from itertools import product

import numpy as np
import pytest

from course_lib.sequence_models.hidden_markov_filter import (
    HiddenMarkovModel,
    beliefs,
    best_loss_of_order,
    even_process,
    predict,
    sample_hidden,
    token_losses,
    update,
)
from course_lib.sequence_models.markov import stationary_distribution
from course_lib.sequence_models.ngram import fit_ngram


@pytest.fixture
def model(rng):
    start = rng.dirichlet(np.ones(3))
    return HiddenMarkovModel(
        start, rng.dirichlet(np.ones(3), size=3), rng.dirichlet(np.ones(2), size=3)
    )


def path_sum(model, word):
    """Weight of each last state, summed over all hidden paths that emit the word."""
    states = range(len(model.start))
    weight = np.zeros(len(model.start))
    for path in product(states, repeat=len(word)):
        p = model.start[path[0]] * model.emission[path[0], word[0]]
        for a, b, token in zip(path, path[1:], word[1:], strict=False):
            p *= model.transition[a, b] * model.emission[b, token]
        weight[path[-1]] += p
    return weight


@pytest.mark.checks(
    "eq-latent-state", "eq-latent-output", "eq-latent-belief", against="enumeration"
)
def test_beliefs_and_predictions_by_enumerating_hidden_paths(model):
    tokens = np.array(list(product(range(2), repeat=5)))
    hs = beliefs(model, tokens)
    np.testing.assert_allclose(hs[:, 0], np.tile(model.start, (32, 1)))
    for row, word in enumerate(tokens.tolist()):
        for t in range(1, 5):
            now = path_sum(model, word[:t])
            ahead = (now / now.sum()) @ model.transition
            np.testing.assert_allclose(hs[row, t], ahead, atol=1e-12)
            chance = path_sum(model, [*word[:t], 1]).sum() / now.sum()
            assert predict(model, hs[row : row + 1, t])[0, 1] == pytest.approx(chance, abs=1e-12)


def test_losses_add_up_to_the_probability_of_the_word(model):
    tokens = np.array(list(product(range(2), repeat=6)))
    probabilities = np.exp(-token_losses(model, tokens).sum(axis=1))
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)
    expected = [path_sum(model, word).sum() for word in tokens.tolist()]
    np.testing.assert_allclose(probabilities, expected, atol=1e-12)


def test_a_chain_that_shows_its_states_has_beliefs_that_are_rows_of_P(rng):
    P = rng.dirichlet(np.ones(3), size=3)
    tokens = rng.integers(3, size=(4, 6))
    hs = beliefs(HiddenMarkovModel(np.full(3, 1 / 3), P, np.eye(3)), tokens)
    np.testing.assert_allclose(hs[:, 1:], P[tokens[:, :-1]], atol=1e-12)


def test_runs_of_the_even_process_are_even(rng):
    for word in sample_hidden(even_process(), rng, 5, 400):
        inner = np.flatnonzero(word == 0)
        assert (np.diff(inner) % 2 == 1).all()


def test_even_process_starts_stationary():
    model = even_process()
    np.testing.assert_allclose(stationary_distribution(model.transition), model.start, atol=1e-12)


def test_best_losses_of_the_even_process_fall_to_its_entropy_rate():
    """Two states out of three toss a coin: 2/3 ln 2. No finite order gets there."""
    model = even_process()
    losses = [best_loss_of_order(model, k) for k in range(12)]
    rate = 2 / 3 * np.log(2)
    assert losses[0] == pytest.approx(-np.log(1 / 3) / 3 - 2 * np.log(2 / 3) / 3)
    assert (np.diff(losses) <= 1e-12).all()
    assert all(loss > rate + 1e-4 for loss in losses)
    assert losses[11] - rate < 0.02


def test_best_loss_by_grouping_words(model):
    """Order 2, from the joint probabilities of three tokens."""
    stationary = model._replace(start=stationary_distribution(model.transition))
    loss = 0.0
    for a, b in product(range(2), repeat=2):
        p = np.array([path_sum(stationary, [a, b, c]).sum() for c in range(2)])
        loss -= (p * np.log(p / p.sum())).sum()
    assert best_loss_of_order(stationary, 2) == pytest.approx(loss, abs=1e-12)


def test_beliefs_reach_the_entropy_rate_in_a_sample(rng):
    """3000 words: once the parity is known the mean loss is 2/3 ln 2 (5 standard errors)."""
    losses = token_losses(even_process(), sample_hidden(even_process(), rng, 3000, 60))[:, 40:]
    means = losses.mean(axis=1)
    assert abs(means.mean() - 2 / 3 * np.log(2)) < 5 * means.std() / np.sqrt(3000) + 1e-5


def test_counting_contexts_reaches_the_best_loss_of_its_order(rng):
    model = even_process()
    train, test = (sample_hidden(model, rng, 400, 100) for _ in range(2))
    counted = fit_ngram(train, 2, 2)
    contexts = np.lib.stride_tricks.sliding_window_view(test, 3, axis=1).reshape(-1, 3)
    given = counted.probabilities(contexts[:, :2])
    loss = -np.log(given[np.arange(len(contexts)), contexts[:, 2]]).mean()
    assert loss == pytest.approx(best_loss_of_order(model, 2), abs=0.02)


def test_refuses_impossible_tokens():
    model = HiddenMarkovModel(np.array([1.0, 0.0]), np.eye(2), np.eye(2))
    with pytest.raises(ValueError, match=r"x: expected a token .* allows, got 1 in row 0"):
        update(model, model.start[None], np.array([1]))
    with pytest.raises(ValueError, match="tokens: expected sequences that the model allows"):
        token_losses(model, np.array([[0, 1]]))
    with pytest.raises(ValueError, match="order"):
        best_loss_of_order(model, -1)


def test_tokens_and_times_that_do_not_fit_are_named(rng, bad_input):
    with pytest.raises(ValueError, match=r"tokens: expected shape \(batch, time\), got \(2,\)"):
        beliefs(even_process(), np.zeros(2, dtype=int))
    with pytest.raises(ValueError, match="time: expected a whole number, 1 or more, got 0"):
        sample_hidden(even_process(), rng, 1, 0)
    assert sample_hidden(even_process(), rng, 1, 1).shape == (1, 1)
    assert beliefs(even_process(), np.zeros((1, 1), dtype=int)).shape == (1, 1, 3)

"""Counting contexts: order 1 is a Markov chain, unseen contexts back off."""

import numpy as np
import pytest

from course_lib.datasets.agreement import AgreementGrammar
from course_lib.sequence_models.markov import fit_markov
from course_lib.sequence_models.ngram import fit_ngram


def test_order_one_is_the_fitted_markov_chain(rng):
    tokens = rng.integers(3, size=(4, 50))
    model = fit_ngram(tokens, order=1, vocab=3)
    contexts = np.arange(3)[:, None]
    np.testing.assert_allclose(model.probabilities(contexts), fit_markov(tokens, 3), atol=1e-15)


def test_order_two_counts_by_hand():
    model = fit_ngram(np.array([[0, 1, 0, 0, 1, 2]]), order=2, vocab=3)
    np.testing.assert_allclose(model.probabilities(np.array([[0, 1]])), [[0.5, 0.0, 0.5]])


def test_backs_off_to_the_longest_ending_that_was_seen():
    model = fit_ngram(np.array([[0, 1, 2]]), order=2, vocab=4)
    given = model.probabilities(np.array([[3, 1], [3, 3]]))
    np.testing.assert_allclose(given[0], [0, 0, 1, 0])  # after 1 alone
    np.testing.assert_allclose(given[1], [1 / 3, 1 / 3, 1 / 3, 0])  # after nothing


def test_only_the_last_tokens_of_a_long_context_matter(rng):
    tokens = rng.integers(3, size=(2, 40))
    model = fit_ngram(tokens, order=2, vocab=3)
    long, short = np.array([[2, 2, 0, 1]]), np.array([[0, 1]])
    np.testing.assert_array_equal(model.probabilities(long), model.probabilities(short))


def test_reaches_the_bayes_accuracy_exactly_if_its_order_reaches_the_home(rng):
    """Without slips and with plenty of data: right always from order 3 on, chance below."""
    grammar = AgreementGrammar(distance=3, homes=3, fillers=2, slip=0.0)
    train, test = grammar.sample(rng, 600), grammar.sample(rng, 600)
    scores = {}
    for order in (1, 2, 3):
        model = fit_ngram(train, order, grammar.vocab, last_only=True)
        guesses = model.probabilities(test[:, :-1]).argmax(axis=1)
        scores[order] = (guesses == test[:, -1]).mean()
    assert scores[3] == 1.0
    for order in (1, 2):
        assert abs(scores[order] - 1 / 3) < 5 * np.sqrt(2 / 9 / 600)


def test_no_context_longer_than_the_order_is_counted():
    model = fit_ngram(np.array([[0, 1, 0, 1, 0]]), order=1, vocab=2)
    assert set(model.counts) == {(), (0,), (1,)}


def test_refuses_a_negative_order_and_an_empty_model():
    with pytest.raises(ValueError, match="order: expected at least 0"):
        fit_ngram(np.zeros((1, 3), dtype=int), -1, 2)
    empty = fit_ngram(np.zeros((0, 3), dtype=int), 1, 2)
    with pytest.raises(ValueError, match="counts: expected at least one token, got none"):
        empty.probabilities(np.array([[0]]))

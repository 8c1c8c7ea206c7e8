"""Counting contexts: order 1 is a Markov chain, unseen contexts back off."""

from dataclasses import replace
from fractions import Fraction

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
    with pytest.raises(ValueError, match="order: expected a whole number, 0 or more"):
        fit_ngram(np.zeros((1, 3), dtype=int), -1, 2)
    empty = fit_ngram(np.zeros((0, 3), dtype=int), 1, 2)
    with pytest.raises(ValueError, match="counts: expected at least one token, got none"):
        empty.probabilities(np.array([[0]]))


def smoothed_by_hand(text, context, token, order, pseudocount, vocab):
    """eq-smoothed-ngram in fractions, counting by comparing strings at every place."""
    if order < 0:
        return Fraction(1, vocab)
    ending = context[len(context) - order :]
    places = [i for i in range(order, len(text)) if text[i - order : i] == ending]
    both = sum(text[i] == token for i in places)
    lower = smoothed_by_hand(text, context, token, order - 1, pseudocount, vocab)
    return (both + pseudocount * lower) / (len(places) + pseudocount)


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.checks("eq-smoothed-ngram", against="counting in fractions")
def test_smoothing_mixes_the_orders(order):
    text = [0, 1, 0, 2, 0, 1, 0, 1, 1, 0]
    contexts = [[0, 1, 0], [1, 1, 0], [2, 2, 2], [3, 0, 1]]  # 3 occurs nowhere
    model = fit_ngram(np.array([text]), order, vocab=4)
    got = model.smoothed(np.array(contexts), pseudocount=1.5)
    want = [
        [float(smoothed_by_hand(text, c, w, order, Fraction(3, 2), 4)) for w in range(4)]
        for c in contexts
    ]
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-15)
    np.testing.assert_allclose(got.sum(axis=1), 1.0, atol=1e-15)
    assert got.min() > 0


def test_a_lower_order_of_the_same_counts_is_the_model_fitted_with_it(rng):
    tokens, contexts = rng.integers(3, size=(1, 60)), rng.integers(3, size=(8, 4))
    counted = fit_ngram(tokens, order=4, vocab=3)
    for order in range(4):
        np.testing.assert_array_equal(
            replace(counted, order=order).smoothed(contexts, 2.0),
            fit_ngram(tokens, order, vocab=3).smoothed(contexts, 2.0),
        )


def test_a_small_pseudocount_leaves_the_frequencies(rng):
    tokens = rng.integers(3, size=(1, 200))
    model = fit_ngram(tokens, order=2, vocab=3)
    contexts = np.array([[0, 1], [2, 2], [1, 0]])
    np.testing.assert_allclose(
        model.smoothed(contexts, 1e-9), model.probabilities(contexts), atol=1e-8
    )


def test_a_large_pseudocount_leaves_nothing_but_chance(rng):
    model = fit_ngram(rng.integers(3, size=(1, 50)), order=2, vocab=3)
    np.testing.assert_allclose(model.smoothed(np.array([[0, 1]]), 1e9), 1 / 3, atol=1e-6)


def test_no_context_gives_no_rows_and_bad_arguments_are_named(bad_input):
    model = fit_ngram(np.array([[0, 1]]), order=1, vocab=2)
    assert model.smoothed(np.zeros((0, 1), dtype=int), 1.0).shape == (0, 2)
    with pytest.raises(ValueError, match="pseudocount: expected a positive number, got 0"):
        model.smoothed(np.array([[0]]), 0.0)
    with pytest.raises(ValueError, match=r"contexts: expected shape \(rows, window\)"):
        model.smoothed(np.array([0]), 1.0)


def test_contexts_of_another_shape_are_refused(bad_input):
    model = fit_ngram(np.array([[0, 1]]), order=1, vocab=2)
    with pytest.raises(ValueError, match=r"contexts: expected shape \(rows, window\)"):
        model.probabilities(np.array([0]))
    for bad in 1.5, True:
        with pytest.raises(ValueError, match="order: expected a whole number, 0 or more"):
            fit_ngram(np.array([[0, 1]]), bad, 2)


def test_a_context_shorter_than_the_order_is_used_whole():
    tokens = np.array([[0, 2, 2, 0], [1, 2, 2, 1]])  # the first token tells the last
    model = fit_ngram(tokens, order=5, vocab=3)
    np.testing.assert_array_equal(model.probabilities(tokens[:, :3]), [[1, 0, 0], [0, 1, 0]])
    smoothed = model.smoothed(tokens[:, :3], 1e-9)
    np.testing.assert_allclose(smoothed, [[1, 0, 0], [0, 1, 0]], rtol=0, atol=1e-8)

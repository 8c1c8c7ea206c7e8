"""The grammar against its own latent draws, and what counting words is worth."""

import numpy as np
import pytest

from course_lib.datasets.sentiment import SentimentGrammar


def test_the_rule_reads_what_the_writer_meant(rng):
    grammar = SentimentGrammar(slip=0.0)
    reviews = grammar.sample(rng, 400)
    meant = [grammar.meaning(tokens) for tokens in reviews.tokens]
    np.testing.assert_array_equal(meant, reviews.targets)
    assert grammar.bayes_accuracy == 1.0


@pytest.mark.slow
def test_the_rule_is_right_as_often_as_the_writer_does_not_slip(rng):
    grammar = SentimentGrammar(slip=0.2)
    reviews = grammar.sample(rng, 4000)
    right = np.mean([grammar.meaning(t) for t in reviews.tokens] == reviews.targets)
    assert abs(right - grammar.bayes_accuracy) < 4 * np.sqrt(0.2 * 0.8 / 4000)


def test_the_distance_is_the_one_that_was_reported(rng):
    grammar = SentimentGrammar(max_distance=4)
    reviews = grammar.sample(rng, 200)
    for tokens, distance, negated in zip(
        reviews.tokens, reviews.distance, reviews.negated, strict=True
    ):
        words = grammar.words(tokens)
        start = words.index("not")
        content = [i for i, token in enumerate(tokens) if token < 12 and i > start]
        assert content[0] - start == distance
        assert (tokens[content[0]] < 8) == negated
    assert set(reviews.distance) == {1, 2, 3, 4}


def test_a_count_of_the_words_is_worth_nothing(rng):
    """Given the opinion word and the length, both meanings are equally likely."""
    grammar = SentimentGrammar(slip=0.0)
    reviews = grammar.sample(rng, 4000)
    positive = np.array([(tokens < 4).any() for tokens in reviews.tokens])
    lengths = np.array([len(tokens) for tokens in reviews.tokens])
    for group in (positive, ~positive, lengths > np.median(lengths), lengths <= 8):
        share = (reviews.targets[group] == positive[group]).mean()
        assert abs(share - grammar.bag_of_words_accuracy) < 4 * 0.5 / np.sqrt(group.sum())


def test_one_not_one_opinion_one_neutral_in_every_review(rng):
    for tokens in SentimentGrammar().sample(rng, 100).tokens:
        assert ((tokens < 8).sum(), ((tokens >= 8) & (tokens < 12)).sum()) == (1, 1)
        assert (tokens == 12).sum() == 1


def test_the_same_generator_writes_the_same_reviews():
    one, other = (SentimentGrammar().sample(np.random.default_rng(5), 9) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.tokens, other.tokens, strict=True))


@pytest.mark.parametrize("sequences", [1, 9])
def test_as_many_reviews_as_asked_for(rng, sequences):
    reviews = SentimentGrammar().sample(rng, sequences)
    assert [len(part) for part in reviews] == [sequences] * 4


def test_wrong_arguments_are_named(rng):
    with pytest.raises(ValueError, match="max_distance: expected a whole number, 1 or more"):
        SentimentGrammar(max_distance=0)
    with pytest.raises(ValueError, match=r"slip: expected a probability from 0 to 0\.5"):
        SentimentGrammar(slip=0.6)
    with pytest.raises(ValueError, match="tokens: expected an opinion word"):
        SentimentGrammar().meaning(np.array([13, 14]))
    with pytest.raises(ValueError, match="review: expected words of this grammar, got 'ugly'"):
        SentimentGrammar().encode("the film was ugly")
    with pytest.raises(ValueError, match="sequences: expected a whole number, 1 or more"):
        SentimentGrammar().sample(rng, 0)


@pytest.mark.parametrize(
    ("opinion", "neutral", "praise"), [(0, 8, 1), (3, 11, 1), (4, 8, 0), (7, 11, 0)]
)
def test_meanings_by_hand(opinion, neutral, praise):
    grammar = SentimentGrammar()
    for tokens, expected in (
        ([opinion, neutral], praise),
        ([12, opinion, neutral], 1 - praise),
        ([12, neutral, opinion], praise),
        ([12, 13, opinion], 1 - praise),
        ([opinion, 12, neutral], praise),
    ):
        assert grammar.meaning(np.array(tokens)) == expected


def test_fillers_at_the_ends_and_between_are_0_to_4(rng):
    reviews = SentimentGrammar(max_distance=1).sample(rng, 3000)
    lengths = np.array([len(tokens) for tokens in reviews.tokens])
    assert (lengths.min(), lengths.max()) == (3, 15)
    assert set(reviews.distance) == {1}
    kept = np.concatenate(reviews.tokens)
    vocabulary = SentimentGrammar().vocabulary
    assert set(kept) == set(range(len(vocabulary)))
    fillers = np.bincount(kept, minlength=len(vocabulary))[13:]
    assert abs(fillers / fillers.sum() - 1 / len(fillers)).max() < 5 / np.sqrt(fillers.sum())


def test_every_draw_is_a_fair_coin(rng):
    reviews = SentimentGrammar(max_distance=2, slip=0.0).sample(rng, 2000)
    praise = np.array([(tokens < 4).any() for tokens in reviews.tokens])
    first = np.array([tokens[tokens < 12][0] < 8 for tokens in reviews.tokens])
    for coin in (reviews.negated, praise, first, reviews.distance == 1, reviews.targets):
        assert abs(np.mean(coin) - 0.5) < 5 * 0.5 / np.sqrt(2000)


def test_a_slip_turns_the_target_as_often_as_it_says(rng):
    grammar = SentimentGrammar(slip=0.5)
    reviews = grammar.sample(rng, 1000)
    wrong = [grammar.meaning(t) != y for t, y in zip(reviews.tokens, reviews.targets, strict=True)]
    assert abs(np.mean(wrong) - 0.5) < 5 * 0.5 / np.sqrt(1000)
    assert grammar.bayes_accuracy == grammar.bag_of_words_accuracy == 0.5
    for slip in -0.01, 0.51, np.nan:
        with pytest.raises(ValueError, match="slip: expected a probability"):
            SentimentGrammar(slip=slip)

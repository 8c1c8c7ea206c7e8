"""The posterior against an enumeration of every sequence of words."""

from itertools import product

import numpy as np
import pytest

from course_lib.datasets.segmentation import (
    DICTIONARY,
    STOP,
    TAGS,
    SegmentationGrammar,
    maximum_matching,
)


def tags_of(words):
    return "".join("S" if len(w) == 1 else "B" + "M" * (len(w) - 2) + "E" for w in words)


def continuations(grammar, seen):
    """Every sequence of words that just covers ``seen``, with its probability; by brute force."""
    stack = [([], 1.0)]
    while stack:
        words, mass = stack.pop()
        text = "".join(words)
        if len(text) >= len(seen) or (words and words[-1] == STOP):
            if text.startswith(seen):
                yield words, mass
            continue
        if not seen.startswith(text):
            continue
        for word, p in grammar.words.items():
            stack.append(([*words, word], mass * p * ((1 - grammar.stop) if words else 1.0)))
        if words:
            stack.append(([*words, STOP], mass * grammar.stop))


@pytest.mark.parametrize("text", ["研究生命。", "中国人生学生。", "研究生人生命的。"])
@pytest.mark.parametrize("lookahead", [0, 1, 2, None])
def test_posterior_equals_enumeration(text, lookahead):
    grammar = SegmentationGrammar()
    ours = grammar.tag_posterior(text, lookahead)
    for t in range(len(text)):
        expected = np.zeros(4)
        seen = text if lookahead is None else text[: t + 1 + lookahead]
        for words, mass in continuations(grammar, seen):
            expected[TAGS.index(tags_of(words)[t])] += mass
        np.testing.assert_allclose(ours[t], expected / expected.sum(), atol=1e-12)


def test_the_future_decides_whether_a_word_goes_on():
    grammar = SegmentationGrammar()
    blind, seeing = (grammar.tag_posterior("研究的。", lookahead) for lookahead in (0, 1))
    assert blind[1, TAGS.index("E")] == pytest.approx(9 / 14)  # research 9, graduate student 5
    assert seeing[1, TAGS.index("E")] == pytest.approx(1.0)


@pytest.mark.slow
def test_best_tags_are_right_as_often_as_they_claim(rng):
    """Calibration: the hit rate of the likeliest tag is its mean posterior."""
    grammar = SegmentationGrammar()
    for lookahead in (0, 1, 2):
        hits, claims = [], []
        for words in grammar.sample(rng, 100):
            text = "".join(words)
            posterior = grammar.tag_posterior(text, lookahead)
            claims += posterior.max(axis=1).tolist()
            best = [TAGS[i] for i in posterior.argmax(axis=1)]
            hits += [a == b for a, b in zip(best, tags_of(words), strict=True)]
        assert abs(np.mean(hits) - np.mean(claims)) < 4 * np.std(hits) / np.sqrt(len(hits))


def test_best_tags_take_the_largest_posterior():
    grammar = SegmentationGrammar()
    assert grammar.best_tags("研究生的。") == "BMESS"
    assert grammar.best_tags("研究生的。", 0) == "BEESS"
    assert grammar.best_tags("") == ""


def test_sentences_are_words_of_the_dictionary_and_end_once(rng):
    grammar = SegmentationGrammar(stop=0.3)
    sentences = grammar.sample(rng, 2000)
    known = {word.characters for word in DICTIONARY}
    assert all(set(words[:-1]) <= known and words[-1] == STOP for words in sentences)
    count = np.array([len(words) - 1 for words in sentences])
    assert abs(count.mean() - 1 / 0.3) < 4 * np.sqrt(0.7) / 0.3 / np.sqrt(2000)


def test_every_character_has_a_number_and_a_sound():
    grammar = SegmentationGrammar()
    text = "".join(word.characters for word in DICTIONARY)
    assert set(grammar.encode(text)) == set(range(len(grammar.alphabet))) - {
        grammar.alphabet.index(STOP)
    }
    assert grammar.pinyin("研究生") == ["yán", "jiū", "shēng"]
    for word in DICTIONARY:
        assert grammar.pinyin(word.characters) == word.pinyin.split()


def test_maximum_matching_is_greedy():
    words = SegmentationGrammar().words
    assert maximum_matching("研究生命起源", words) == ["研究生", "命", "起源"]
    assert maximum_matching("研究的起源", words) == ["研究", "的", "起源"]
    assert maximum_matching("xy", words) == ["x", "y"]
    for parts in product(["ab", "c"], repeat=3):  # nothing to go wrong: no word begins another
        assert maximum_matching("".join(parts), ["ab", "c"]) == list(parts)


def test_wrong_arguments_are_named(rng):
    grammar = SegmentationGrammar()
    with pytest.raises(ValueError, match="stop: expected a probability between 0 and 1"):
        SegmentationGrammar(stop=0.0)
    with pytest.raises(ValueError, match="text: expected characters of the dictionary, got 'x'"):
        grammar.encode("x")
    with pytest.raises(ValueError, match="text: expected words of the dictionary only"):
        grammar.tag_posterior("究研。")
    with pytest.raises(ValueError, match="lookahead: expected a whole number, 0 or more"):
        grammar.tag_posterior("人。", -1)
    with pytest.raises(ValueError, match="sentences: expected a whole number, 1 or more"):
        grammar.sample(rng, 0)


def test_without_words_every_character_is_one():
    assert maximum_matching("ab", []) == ["a", "b"]
    assert maximum_matching("", ["ab"]) == []


def test_the_full_stop_is_a_word_and_has_a_sound(rng):
    grammar = SegmentationGrammar()
    assert grammar.pinyin("人。") == ["rén", "."]
    assert grammar.best_tags("人。", 0) == "SS"
    np.testing.assert_allclose(grammar.tag_posterior("人。").sum(axis=1), 1.0, rtol=1e-14)
    (sentence,) = grammar.sample(rng, 1)
    assert sentence[-1] == STOP
    assert len(sentence) >= 2


def test_words_come_as_often_as_the_dictionary_says(rng):
    grammar = SegmentationGrammar()
    drawn = [word for words in grammar.sample(rng, 3000) for word in words[:-1]]
    for word, p in grammar.words.items():
        share = drawn.count(word) / len(drawn)
        assert abs(share - p) < 5 * np.sqrt(p * (1 - p) / len(drawn))
    assert sum(grammar.words.values()) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("stop", [0.0, 1.0, -0.1, np.nan])
def test_a_sentence_ends_sometime_and_not_at_once(stop):
    with pytest.raises(ValueError, match="stop: expected a probability between 0 and 1"):
        SegmentationGrammar(stop=stop)

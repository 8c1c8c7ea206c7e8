"""Tags against independent decoders, over all short sequences."""

import re
from itertools import combinations, pairwise, product

import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from course_lib.sequences.tagging import (
    Span,
    bio_to_spans,
    is_valid_bio,
    is_valid_bmes,
    segmentation_f1,
    span_f1,
    spans_to_bio,
    tags_to_words,
    word_spans,
    words_to_tags,
)

BIO = ("O", "B-p", "I-p", "B-q", "I-q")
LETTERS = dict(zip(BIO, "ObixI", strict=True))  # one letter per tag: p is b i, q is x I


def cuttings(text):
    """Every way to cut a text into words."""
    places = range(1, len(text))
    for k in range(len(text)):
        for cuts in combinations(places, k):
            edges = [0, *cuts, len(text)]
            yield [text[a:b] for a, b in pairwise(edges)]


def decode_by_regex(tags, orphans):
    """BIO spans by pattern matching instead of by a state machine."""
    text = "".join(LETTERS[tag] for tag in tags)
    pattern = r"bi*|xI*|i+|I+" if orphans == "begin" else r"bi*|xI*"
    found = re.finditer(pattern, text)
    return [Span(*m.span(), "p" if m.group()[0] in "bi" else "q") for m in found]


def test_every_cutting_of_six_characters_survives_the_round_trip():
    seen = set()
    for words in cuttings("abcdef"):
        tags = words_to_tags(words)
        assert tags_to_words("abcdef", tags) == words
        assert is_valid_bmes(tags)
        seen.add("".join(tags))
    assert len(seen) == 2**5


def test_exactly_the_tags_of_a_cutting_are_valid():
    valid = {"".join(words_to_tags(words)) for words in cuttings("abcde")}
    for tags in product("BMES", repeat=5):
        assert is_valid_bmes(tags) == ("".join(tags) in valid)


def test_no_tags_lose_a_character():
    """1024 sequences, most of them invalid, against a cut found by pattern matching."""
    for tags in map("".join, product("BMES", repeat=5)):
        words = tags_to_words("abcde", tags)
        assert "".join(words) == "abcde"
        assert [len(w) for w in words] == [
            len(m) for m in re.findall(r"S|BM*E|BM*|M+E?|E", tags)
        ], tags


@pytest.mark.parametrize("orphans", ["begin", "drop"])
def test_bio_decoder_equals_pattern_matching_on_all_sequences_up_to_five(orphans):
    for length in range(6):
        for tags in product(BIO, repeat=length):
            assert bio_to_spans(tags, orphans) == decode_by_regex(tags, orphans)


def test_bio_round_trip_and_validity_on_all_sequences_of_five():
    valid = 0
    for tags in product(BIO, repeat=5):
        again = spans_to_bio(bio_to_spans(tags), 5)
        assert bio_to_spans(again) == bio_to_spans(tags)
        assert (again == list(tags)) == is_valid_bio(tags)
        valid += is_valid_bio(tags)
    # O or B-p or B-q anywhere, I only after its own kind: 3 + 1 continuations inside a span
    inside, outside = 2, 1
    for _ in range(4):
        inside, outside = 2 * (inside + outside) + inside, inside + outside
    assert valid == inside + outside


def test_adjacent_spans_of_one_kind_stay_apart():
    spans = [Span(0, 2, "p"), Span(2, 3, "p")]
    assert spans_to_bio(spans, 3) == ["B-p", "I-p", "B-p"]
    assert bio_to_spans(["B-p", "I-p", "B-p"]) == spans


@pytest.mark.checks("eq-span-f1", against="scikit-learn")
def test_span_f1_is_the_f1_of_the_question_is_this_span_there(rng):
    """Ask scikit-learn about every possible span of every sentence, yes or no."""
    every = [Span(a, b, k) for a in range(5) for b in range(a + 1, 6) for k in "pq"]
    gold, predicted = (
        [bio_to_spans(rng.choice(BIO, size=5).tolist()) for _ in range(40)] for _ in range(2)
    )
    yes = [[s in spans for spans in side for s in every] for side in (gold, predicted)]
    score = span_f1(gold, predicted)
    assert score.precision == pytest.approx(precision_score(*yes), abs=1e-14)
    assert score.recall == pytest.approx(recall_score(*yes), abs=1e-14)
    assert score.f1 == pytest.approx(f1_score(*yes), abs=1e-14)
    assert 0 < score.f1 < 1


def test_span_f1_by_hand():
    gold = [{Span(0, 2, "p"), Span(3, 4, "q")}, {Span(0, 1, "p")}]
    assert span_f1(gold, gold) == (1.0, 1.0, 1.0)
    assert span_f1(gold, [set(), set()]) == (0.0, 0.0, 0.0)
    assert span_f1([set()], [set()]) == (0.0, 0.0, 0.0)
    # one right of two found, of three there; a wrong kind and a wrong end count for nothing
    assert span_f1(gold, [{Span(0, 2, "q"), Span(3, 4, "q")}, set()]) == (1 / 2, 1 / 3, 2 / 5)
    assert span_f1(gold, [{Span(0, 3, "p"), Span(3, 4, "q")}, set()]) == (1 / 2, 1 / 3, 2 / 5)
    # the right span in the wrong sentence is wrong
    assert span_f1(gold, [{Span(0, 1, "p")}, {Span(0, 2, "p")}]) == (0.0, 0.0, 0.0)


def test_token_accuracy_flatters():
    """Seven tags of eight right, and no span."""
    gold, predicted = ["B-p", *["I-p"] * 7], ["B-p", *["I-p"] * 6, "O"]
    right = sum(a == b for a, b in zip(gold, predicted, strict=True))
    assert right == 7
    assert span_f1([bio_to_spans(gold)], [bio_to_spans(predicted)]).f1 == 0.0


def test_segmentation_f1_counts_words_in_their_place():
    assert word_spans(["ab", "c"]) == {Span(0, 2, "word"), Span(2, 3, "word")}
    assert segmentation_f1([["ab", "ab"]], [["ab", "a", "b"]]) == (1 / 3, 1 / 2, 2 / 5)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"words\[1\]: expected at least one character"):
        words_to_tags(["a", ""])
    with pytest.raises(ValueError, match="tags: expected 3, one per token, got 2"):
        tags_to_words("abc", "BE")
    with pytest.raises(ValueError, match=r"tags\[1\]: expected one of B, M, E, S, got 'X'"):
        tags_to_words("ab", "BX")
    for wrong in ("X-p", "B", "B-", "p"):
        with pytest.raises(ValueError, match=r"tags\[0\]: expected O, B-kind or I-kind"):
            bio_to_spans([wrong])
    with pytest.raises(ValueError, match="orphans: expected one of"):
        bio_to_spans(["O"], "keep")
    with pytest.raises(ValueError, match=r"spans: expected no overlap, got \(1, 3, 'p'\)"):
        spans_to_bio([Span(0, 2, "p"), Span(1, 3, "p")], 4)
    for wrong in (Span(2, 5, "p"), Span(2, 2, "p"), Span(-1, 1, "p")):
        with pytest.raises(ValueError, match="spans: expected them within 4 tokens, got "):
            spans_to_bio([wrong], 4)
    with pytest.raises(ValueError, match="predicted: expected 1 sentences, got 2"):
        span_f1([set()], [set(), set()])
    with pytest.raises(ValueError, match="predicted: expected 1 sentences, got 2"):
        segmentation_f1([["ab"]], [["ab"], ["c"]])
    with pytest.raises(ValueError, match=r"predicted\[0\]: expected a cutting of 'ab'"):
        segmentation_f1([["ab"]], [["a"]])

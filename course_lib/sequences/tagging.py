"""Cutting text into pieces, as one tag per token: word boundaries and named spans.

A network that answers once per step cannot say "characters 3 to 6 are one name".
It can say where a piece begins and that it goes on. BMES tags do this for words,
which cover everything; BIO tags for spans with gaps between them.

A network may also answer with tags that no cutting has, such as an I that nothing
began. A decoder must have an answer for these too, and it is part of the score.
"""

from collections.abc import Sequence
from typing import NamedTuple

from course_lib.foundations.validate import check_one_of

BMES = ("B", "M", "E", "S")
"""Begin, middle and end of a word of several characters; a single-character word."""


class Span(NamedTuple):
    """Tokens ``start`` to ``end - 1`` are one thing of this kind.

    >>> Span(0, 2, "person")
    Span(start=0, end=2, kind='person')
    """

    start: int
    end: int
    kind: str


class Score(NamedTuple):
    """Precision, recall and their harmonic mean; 0 where nothing could be counted."""

    precision: float
    recall: float
    f1: float


def words_to_tags(words: Sequence[str]) -> list[str]:
    """One BMES tag per character of a sentence that has been cut into words.

    Raises:
        ValueError: a word is empty.

    >>> words_to_tags(["循环", "神经", "网络"])
    ['B', 'E', 'B', 'E', 'B', 'E']
    >>> "".join(words_to_tags(["a", "bcd"]))
    'SBME'
    """
    tags = []
    for i, word in enumerate(words):
        if not word:
            raise ValueError(f"words[{i}]: expected at least one character, got an empty word")
        tags += ["S"] if len(word) == 1 else ["B", *"M" * (len(word) - 2), "E"]
    return tags


def tags_to_words(text: str, tags: Sequence[str]) -> list[str]:
    """Cut a text where its BMES tags say so, and wherever two tags contradict each other.

    A word begins at B and S, and after E and S: every other boundary would need
    evidence that is not there. So all characters come back, in order, whatever the tags.

    Args:
        text: the characters.
        tags: one of B, M, E, S for each of them; need not be a valid sequence.

    Raises:
        ValueError: not one tag per character, or an unknown tag.

    >>> tags_to_words("abcd", "SBME")
    ['a', 'bcd']
    >>> tags_to_words("abcd", "BBMM")
    ['a', 'bcd']
    """
    _check_tags(tags, len(text), BMES)
    words: list[str] = []
    for i, (character, tag) in enumerate(zip(text, tags, strict=True)):
        if i == 0 or tag in "BS" or tags[i - 1] in "ES":
            words.append(character)
        else:
            words[-1] += character
    return words


def is_valid_bmes(tags: Sequence[str]) -> bool:
    """Whether the tags are those of some cutting.

    >>> is_valid_bmes("SBME"), is_valid_bmes("BBE"), is_valid_bmes("SB")
    (True, False, False)
    """
    inside = False
    for tag in tags:
        if inside != (tag in "ME"):
            return False
        inside = tag in "BM"
    return not inside


def word_spans(words: Sequence[str]) -> set[Span]:
    """Where each word of a cut sentence stands.

    >>> sorted(word_spans(["ab", "c"]))
    [Span(start=0, end=2, kind='word'), Span(start=2, end=3, kind='word')]
    """
    spans, start = set(), 0
    for word in words:
        spans.add(Span(start, start + len(word), "word"))
        start += len(word)
    return spans


def spans_to_bio(spans: Sequence[Span], tokens: int) -> list[str]:
    """One BIO tag per token: B-kind where a span begins, I-kind inside it, O elsewhere.

    Args:
        spans: pieces that do not overlap, in any order.
        tokens: how many tokens the sentence has.

    Raises:
        ValueError: a span is empty, leaves the sentence, or overlaps another.

    >>> spans_to_bio([Span(1, 3, "org")], tokens=4)
    ['O', 'B-org', 'I-org', 'O']
    """
    tags = ["O"] * tokens
    for span in spans:
        if not 0 <= span.start < span.end <= tokens:
            raise ValueError(f"spans: expected them within {tokens} tokens, got {tuple(span)}")
        if set(tags[span.start : span.end]) != {"O"}:
            raise ValueError(f"spans: expected no overlap, got {tuple(span)} on top of another")
        tags[span.start] = f"B-{span.kind}"
        for i in range(span.start + 1, span.end):
            tags[i] = f"I-{span.kind}"
    return tags


def bio_to_spans(tags: Sequence[str], orphans: str = "begin") -> list[Span]:
    """Read the spans off BIO tags, valid or not.

    An orphan is an I that continues nothing: at the start of a sentence, after O,
    or after a tag of another kind.

    Args:
        tags: O, or B- or I- followed by the kind.
        orphans: "begin" reads an orphan as if it were a B, as the scorer of the
            CoNLL shared tasks does; "drop" reads it as O.

    Raises:
        ValueError: an unknown tag, or an unknown way with orphans.

    >>> bio_to_spans(["I-org", "O", "B-person", "I-org"])
    [Span(start=0, end=1, kind='org'), Span(start=2, end=3, kind='person'), \
Span(start=3, end=4, kind='org')]
    >>> bio_to_spans(["I-org", "O", "B-person", "I-org"], orphans="drop")
    [Span(start=2, end=3, kind='person')]
    """
    check_one_of("orphans", orphans, ("begin", "drop"))
    spans: list[Span] = []
    kind = None  # of the span that the previous token belongs to
    for i, tag in enumerate(tags):
        prefix, _, new_kind = tag.partition("-")
        if tag != "O" and not (prefix in ("B", "I") and new_kind):
            raise ValueError(f"tags[{i}]: expected O, B-kind or I-kind, got {tag!r}")
        if prefix == "I" and new_kind == kind:
            spans[-1] = spans[-1]._replace(end=i + 1)
        elif prefix == "B" or (prefix == "I" and orphans == "begin"):
            spans.append(Span(i, i + 1, new_kind))
            kind = new_kind
        else:
            kind = None
    return spans


def is_valid_bio(tags: Sequence[str]) -> bool:
    """Whether every I continues a span of its own kind.

    >>> is_valid_bio(["B-org", "I-org"]), is_valid_bio(["B-org", "I-person"])
    (True, False)
    """
    return bio_to_spans(tags, "begin") == bio_to_spans(tags, "drop")


def span_f1(
    gold: Sequence[set[Span] | list[Span]], predicted: Sequence[set[Span] | list[Span]]
) -> Score:
    """Score whole spans: start, end and kind must all be right.

    Implements eq-span-f1 (chapter: recurrence). Counts are pooled over the
    sentences before any ratio is taken ("micro").

    Args:
        gold: for each sentence, the spans that are there.
        predicted: for each sentence, the spans that were found.

    Raises:
        ValueError: not the same number of sentences.

    >>> span_f1([{Span(0, 2, "org"), Span(3, 4, "date")}], [{Span(0, 2, "org")}]).f1.__round__(4)
    0.6667
    """
    if len(gold) != len(predicted):
        raise ValueError(f"predicted: expected {len(gold)} sentences, got {len(predicted)}")
    there = sum(len(set(spans)) for spans in gold)
    found = sum(len(set(spans)) for spans in predicted)
    right = sum(len(set(g) & set(p)) for g, p in zip(gold, predicted, strict=True))
    if not right:
        return Score(0.0, 0.0, 0.0)
    return Score(right / found, right / there, 2 * right / (there + found))  # eq-span-f1


def segmentation_f1(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Score:
    """Score cuttings of sentences by the words that both have in the same place.

    Raises:
        ValueError: two cuttings are not of the same text.

    >>> round(segmentation_f1([["研究", "生命", "起源"]], [["研究生", "命", "起源"]]).f1, 4)
    0.3333
    """
    for i, (ours, theirs) in enumerate(zip(gold, predicted, strict=False)):
        if "".join(ours) != "".join(theirs):
            raise ValueError(
                f"predicted[{i}]: expected a cutting of {''.join(ours)!r}, got one of"
                f" {''.join(theirs)!r}"
            )
    return span_f1([word_spans(words) for words in gold], [word_spans(w) for w in predicted])


def _check_tags(tags: Sequence[str], tokens: int, known: Sequence[str]) -> None:
    if len(tags) != tokens:
        raise ValueError(f"tags: expected {tokens}, one per token, got {len(tags)}")
    for i, tag in enumerate(tags):
        if tag not in known:
            raise ValueError(f"tags[{i}]: expected one of {', '.join(known)}, got {tag!r}")

"""Chinese sentences from a small dictionary, to be cut into words again.

Chinese is written without spaces, and a character does not say whether a word ends
with it: 研究 is research, 研究生 a graduate student. Here words are drawn one by one
from a dictionary until a full stop is drawn, so the best possible cutting is known
for every number of characters that a reader may look ahead.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_whole

STOP = "。"
TAGS = "BMES"
"""Begin, middle and end of a word, single-character word; the order of ``tag_posterior``."""


class Word(NamedTuple):
    """An entry of the dictionary.

    Attributes:
        characters: as it is written.
        pinyin: as it is said, one syllable per character.
        gloss: what it means.
        weight: how often it is drawn, relative to the others.
    """

    characters: str
    pinyin: str
    gloss: str
    weight: int


DICTIONARY = (
    Word("研究", "yán jiū", "research", 9),
    Word("研究生", "yán jiū shēng", "graduate student", 5),
    Word("生命", "shēng mìng", "life", 7),
    Word("命", "mìng", "fate", 2),
    Word("生", "shēng", "to give birth", 3),
    Word("人生", "rén shēng", "a life", 4),
    Word("人", "rén", "person", 8),
    Word("中国", "zhōng guó", "China", 8),
    Word("中国人", "zhōng guó rén", "a Chinese", 5),
    Word("学", "xué", "to learn", 4),
    Word("学生", "xué shēng", "pupil", 6),
    Word("学习", "xué xí", "to study", 7),
    Word("语言", "yǔ yán", "language", 7),
    Word("语言学", "yǔ yán xué", "linguistics", 3),
    Word("起源", "qǐ yuán", "origin", 4),
    Word("循环", "xún huán", "recurrence", 3),
    Word("神经", "shén jīng", "nerve", 3),
    Word("网络", "wǎng luò", "network", 4),
    Word("的", "de", "of", 10),
    Word("是", "shì", "is", 6),
)


@dataclass(frozen=True)
class SegmentationGrammar:
    """Words drawn independently by weight; after each, a full stop with probability ``stop``.

    Args:
        stop: probability that a sentence ends at a word boundary (not at its start).

    Raises:
        ValueError: ``stop`` is not between 0 and 1.

    >>> grammar = SegmentationGrammar()
    >>> grammar.sample(np.random.default_rng(0), 1)
    [['人生', '研究', '研究', '神经', '的', '。']]
    >>> grammar.pinyin("研究。")
    ['yán', 'jiū', '.']
    """

    stop: float = 0.15

    def __post_init__(self) -> None:
        if not 0 < self.stop < 1:
            raise ValueError(f"stop: expected a probability between 0 and 1, got {self.stop}")

    @cached_property
    def words(self) -> dict[str, float]:
        """Each word and the probability that it is drawn, the full stop left aside."""
        total = sum(word.weight for word in DICTIONARY)
        return {word.characters: word.weight / total for word in DICTIONARY}

    @property
    def alphabet(self) -> tuple[str, ...]:
        """All characters, sorted; a token is a position in it."""
        return tuple(sorted({c for word in DICTIONARY for c in word.characters} | {STOP}))

    def encode(self, text: str) -> Int[Array, " time"]:
        """Characters to numbers.

        Raises:
            ValueError: a character that no word has.
        """
        number = {character: i for i, character in enumerate(self.alphabet)}
        for character in text:
            if character not in number:
                raise ValueError(f"text: expected characters of the dictionary, got {character!r}")
        return np.array([number[character] for character in text], dtype=int)

    def pinyin(self, text: str) -> list[str]:
        """The pronunciation of each character; the full stop as a period."""
        said = {STOP: "."}
        for word in DICTIONARY:
            said.update(zip(word.characters, word.pinyin.split(), strict=True))
        return [said[character] for character in text]

    def sample(self, rng: np.random.Generator, sentences: int) -> list[list[str]]:
        """Sentences as lists of words, the full stop last."""
        check_whole("sentences", sentences, 1)
        words = self.words
        drawn = []
        for _ in range(sentences):
            count = int(rng.geometric(self.stop))
            chosen = rng.choice(list(words), size=count, p=list(words.values()))
            drawn.append([*map(str, chosen), STOP])
        return drawn

    def tag_posterior(self, text: str, lookahead: int | None = None) -> Float[Array, "time 4"]:
        """Probability of each tag of each character, given the text as far as it is seen.

        Sums over all cuttings of what is seen, by running from the left over the word
        boundaries and, inside the window of lookahead, back from the right.

        Args:
            text: a sentence that the grammar can produce.
            lookahead: characters seen beyond the one that is tagged; None means all.

        Returns:
            One row per character; columns B, M, E, S.

        Raises:
            ValueError: no cutting fits the text.
        """
        lookahead = len(text) if lookahead is None else lookahead
        check_whole("lookahead", lookahead, 0)
        boundary = [1.0]  # probability of the text so far, cut here
        for end in range(1, len(text)):
            ways = (
                boundary[end - len(w)] * self._chance(w, end - len(w))
                for w in (*self.words, STOP)
                if text[:end].endswith(w)
            )
            boundary.append(sum(ways))
        longest = max(map(len, self.words))
        rows = []
        for t in range(len(text)):
            seen = text[: t + 1 + lookahead]
            row = np.zeros(len(TAGS))
            ahead = self._ahead(seen, t)
            for start in range(max(0, t + 1 - longest), t + 1):
                for w in _fitting(seen[start : start + longest]):
                    if start + len(w) > t:
                        end = min(start + len(w), len(seen))
                        mass = boundary[start] * self._chance(w, start) * ahead[end]
                        row[TAGS.index(_tag(t - start, len(w)))] += mass
            if not row.sum() > 0:
                raise ValueError(f"text: expected words of the dictionary only, got {seen!r}")
            rows.append(row / row.sum())
        return np.array(rows).reshape(-1, len(TAGS))

    def best_tags(self, text: str, lookahead: int | None = None) -> str:
        """The likeliest tag of each character: no tagger with this lookahead is more accurate."""
        return "".join(TAGS[i] for i in self.tag_posterior(text, lookahead).argmax(axis=1))

    def _chance(self, word: str, start: int) -> float:
        """Probability that ``word`` comes next at a boundary."""
        ends = self.stop if start else 0.0
        return ends if word == STOP else (1.0 - ends) * self.words[word]

    def _ahead(self, seen: str, after: int) -> Float[Array, " boundaries"]:
        """Probability of the rest of what is seen, given a boundary at each place."""
        longest = max(map(len, self.words))
        ahead = np.zeros(len(seen) + 1)
        ahead[len(seen)] = 1.0
        for start in range(len(seen) - 1, after, -1):
            if seen[start - 1] == STOP:
                continue  # nothing follows a full stop
            ahead[start] = sum(
                self._chance(w, start) * ahead[min(start + len(w), len(seen))]
                for w in _fitting(seen[start : start + longest])
            )
        return ahead


def maximum_matching(text: str, words: Collection[str]) -> list[str]:
    """Cut off the longest word that fits, again and again; an unknown character is a word.

    >>> maximum_matching("研究生命起源", ["研究", "研究生", "生命", "起源"])
    ['研究生', '命', '起源']
    """
    longest = max((len(word) for word in words), default=1)
    found, start = [], 0
    while start < len(text):
        size = longest
        while size > 1 and text[start : start + size] not in words:
            size -= 1
        found.append(text[start : start + size])
        start += size
    return found


@cache
def _fitting(seen: str) -> list[str]:
    """The words with which the text can go on, as far as both reach."""
    words = [*dict.fromkeys(word.characters for word in DICTIONARY), STOP]
    return [word for word in words if seen.startswith(word) or word.startswith(seen)]


def _tag(offset: int, size: int) -> str:
    if size == 1:
        return "S"
    return "B" if offset == 0 else "E" if offset == size - 1 else "M"

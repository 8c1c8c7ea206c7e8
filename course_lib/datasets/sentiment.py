"""Toy reviews in which only the order of the words tells praise from blame.

A review has one opinion word, one neutral word and one "not". The "not" turns
the word that follows it next, whatever fillers stand between them:

    the film was not really very good and plot long     (blame)
    the film was good and plot not really very long     (praise)

Both reviews hold the same words, so a count of the words is worth nothing. A reader
who sees the order is right as often as the writer does not slip.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_whole

_GOOD = ("good", "great", "moving", "witty")
_BAD = ("bad", "dull", "silly", "flat")
_NEUTRAL = ("long", "loud", "new", "short")
_FILLERS = ("the", "film", "was", "really", "very", "and", "plot", "so")


class Reviews(NamedTuple):
    """A sample of reviews, each a sequence of tokens of its own length.

    Attributes:
        tokens: one integer array per review.
        targets: 1 praise, 0 blame; (sequences,).
        negated: whether the "not" turns the opinion word; (sequences,).
        distance: words from the "not" to the word that it turns; (sequences,).
    """

    tokens: list[Array]
    targets: Int[Array, " sequences"]
    negated: Array
    distance: Int[Array, " sequences"]


@dataclass(frozen=True)
class SentimentGrammar:
    """Reviews with one "not" whose reach decides what they mean.

    Args:
        max_distance: words from "not" to the word that it turns, at most; 1 is next to it.
        slip: probability that the writer says the opposite of what was meant.

    Raises:
        ValueError: ``max_distance`` below 1, or ``slip`` not between 0 and 1/2.

    >>> grammar = SentimentGrammar()
    >>> grammar.meaning(grammar.encode("the film was not very good and long"))
    0
    >>> grammar.meaning(grammar.encode("the film was good and not very long"))
    1
    """

    max_distance: int = 5
    slip: float = 0.05

    def __post_init__(self) -> None:
        check_whole("max_distance", self.max_distance, 1)
        if not 0 <= self.slip <= 0.5:
            raise ValueError(f"slip: expected a probability from 0 to 0.5, got {self.slip}")

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """All words; a token is a position in it."""
        return (*_GOOD, *_BAD, *_NEUTRAL, "not", *_FILLERS)

    @property
    def bayes_accuracy(self) -> float:
        """The best accuracy of any reader: the writer's slips leave no trace in the text."""
        return 1.0 - self.slip

    @property
    def bag_of_words_accuracy(self) -> float:
        """The best accuracy of one who only counts words: the reach of "not" is a fair coin."""
        return 0.5

    def encode(self, review: str) -> Int[Array, " time"]:
        """The numbers of the words of a review, which are separated by spaces.

        Raises:
            ValueError: a word that the grammar does not have.
        """
        number = {word: i for i, word in enumerate(self.vocabulary)}
        for word in review.split():
            if word not in number:
                raise ValueError(f"review: expected words of this grammar, got {word!r}")
        return np.array([number[word] for word in review.split()], dtype=int)

    def words(self, tokens: Int[Array, " time"]) -> list[str]:
        """The review in words."""
        return [self.vocabulary[token] for token in tokens]

    def meaning(self, tokens: Int[Array, " time"]) -> int:
        """Bayes' rule for this grammar: the opinion word, turned if "not" comes to it first."""
        turned = False
        for word in self.words(tokens):
            if word == "not":
                turned = True
            elif word in _GOOD or word in _BAD:
                return int((word in _GOOD) != turned)
            elif word in _NEUTRAL:
                turned = False
        raise ValueError(f"tokens: expected an opinion word, got {self.words(tokens)}")

    def sample(self, rng: np.random.Generator, sequences: int) -> Reviews:
        """Draw reviews.

        The order of opinion and neutral word, which of them is turned, and the
        distance are drawn uniformly and independently, and so are the fillers,
        of which there are 0 to 4 at either end and 0 to 4 between the two parts.
        """
        check_whole("sequences", sequences, 1)
        tokens, targets, negated, distances = [], [], [], []
        for _ in range(sequences):
            praise, opinion_first, opinion_turned = rng.integers(2, size=3).astype(bool)
            distance = int(rng.integers(1, self.max_distance + 1))
            opinion = [str(rng.choice(_GOOD if praise else _BAD))]
            neutral = [str(rng.choice(_NEUTRAL))]
            turned = ["not", *self._fillers(rng, distance - 1)]
            if opinion_turned:
                opinion = turned + opinion
            else:
                neutral = turned + neutral
            first, second = (opinion, neutral) if opinion_first else (neutral, opinion)
            ends = [self._fillers(rng, int(rng.integers(5))) for _ in range(3)]
            review = [*ends[0], *first, *ends[1], *second, *ends[2]]
            tokens.append(self.encode(" ".join(review)))
            targets.append(int((praise != opinion_turned) != (rng.random() < self.slip)))
            negated.append(bool(opinion_turned))
            distances.append(distance)
        return Reviews(tokens, np.array(targets), np.array(negated), np.array(distances))

    @staticmethod
    def _fillers(rng: np.random.Generator, count: int) -> list[str]:
        return [_FILLERS[i] for i in rng.integers(len(_FILLERS), size=count)]

"""A line of text as letters to predict, and what memory is worth on it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_whole

HELLO = "hello world !"


@dataclass(frozen=True)
class CharText:
    """A text, its alphabet, and the task of predicting each next letter.

    Args:
        text: at least two characters.

    Raises:
        ValueError: the text is shorter than that.

    >>> hello = CharText(HELLO)
    >>> "".join(hello.alphabet)
    ' !dehlorw'
    >>> hello.decode(hello.inputs), hello.decode(hello.targets)
    ('hello world ', 'ello world !')
    """

    text: str

    def __post_init__(self) -> None:
        check_at_least("text: number of characters", len(self.text), 2)

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The different characters, sorted."""
        return tuple(sorted(set(self.text)))

    @property
    def inputs(self) -> Int[Array, " time"]:
        """Every character but the last, which nothing follows."""
        return self.encode(self.text[:-1])

    @property
    def targets(self) -> Int[Array, " time"]:
        """The character that follows each input."""
        return self.encode(self.text[1:])

    def encode(self, text: str) -> Int[Array, " time"]:
        """Characters to numbers.

        Raises:
            ValueError: a character that the text does not have.
        """
        number = {character: i for i, character in enumerate(self.alphabet)}
        for character in text:
            if character not in number:
                raise ValueError(f"text: expected characters of the alphabet, got {character!r}")
        return np.array([number[character] for character in text], dtype=int)

    def decode(self, tokens: Int[Array, " time"]) -> str:
        """Numbers to characters."""
        return "".join(self.alphabet[token] for token in tokens)

    def one_hot(self, tokens: Int[Array, " time"]) -> Array:
        """One row per character, with a single one in it: (time, vocab)."""
        return np.eye(len(self.alphabet))[tokens]


def least_loss(text: str, order: int) -> float:
    """The lowest mean loss in nats that any predictor of the next character can reach
    which sees only the last ``order`` characters.

    Implements eq-least-loss (chapter: recurrence). For each context the best
    prediction is the share of each character that follows it in the text, and the
    loss of that is an entropy; averaged over the text it is the conditional entropy.

    Args:
        text: what is predicted, from its second character on.
        order: how far back the predictor sees; at the start of the text it sees less.

    Raises:
        ValueError: ``order`` is negative or the text has fewer than two characters.

    >>> round(least_loss("hello world !", 0), 4), least_loss("hello world !", 9)
    (1.9792, 0.0)
    """
    check_whole("order", order, 0)
    check_at_least("text: number of characters", len(text), 2)
    pairs = Counter((text[max(0, i - order) : i], text[i]) for i in range(1, len(text)))
    contexts = Counter()
    for (context, _), count in pairs.items():
        contexts[context] += count
    surprise = sum(n * np.log(contexts[context] / n) for (context, _), n in pairs.items())
    return float(surprise) / (len(text) - 1)  # eq-least-loss

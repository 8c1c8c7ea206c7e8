"""Pictures of digits and the word for each, spelled letter by letter.

The pictures are scikit-learn's 8 x 8 digits, which come with the package.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray as Array
from sklearn.datasets import load_digits

from course_lib.foundations.validate import check_at_least, check_whole

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
END = "."
LETTERS = (END, *sorted(set("".join(WORDS))))
"""The alphabet of the captions. Token 0 ends a caption; it also stands before its first letter."""

LONGEST = max(map(len, WORDS)) + 1


class Captions(NamedTuple):
    """Pictures with their captions.

    Attributes:
        images: one picture per row, brightness from 0 to 1; (n, 64).
        digits: which digit it is; (n,).
        inputs: what is read at each step, the letters after a leading end sign; (n, time).
        targets: what is to be written at each step, the letters and the end sign; (n, time).
        mask: True up to the end sign; (n, time).
    """

    images: Float[Array, "n pixels"]
    digits: Int[Array, " n"]
    inputs: Int[Array, "n time"]
    targets: Int[Array, "n time"]
    mask: Bool[Array, "n time"]


def spell(word: str) -> Int[Array, " time"]:
    """The letters of a word as tokens, and the end sign.

    >>> spell("one")
    array([7, 6, 1, 0])
    """
    return np.array([LETTERS.index(letter) for letter in word + END])


def read(tokens: Int[Array, " time"]) -> str:
    """The word that tokens spell, up to the first end sign.

    >>> read(np.array([7, 6, 1, 0, 5]))
    'one'
    """
    return "".join(LETTERS[token] for token in tokens).split(END)[0]


def captions(digits: Int[Array, " n"], images: Float[Array, "n pixels"]) -> Captions:
    """Spell out given digits."""
    rows, lengths = np.zeros((len(WORDS), LONGEST), dtype=int), np.zeros(len(WORDS), dtype=int)
    for row, word in enumerate(WORDS):
        lengths[row] = len(word) + 1
        rows[row, : lengths[row]] = spell(word)
    targets = rows[digits]
    inputs = np.concatenate([np.zeros_like(targets[:, :1]), targets[:, :-1]], axis=1)
    mask = np.arange(LONGEST) < lengths[digits][:, None]
    return Captions(images, digits, inputs, targets, mask)


def digit_captions(rng: np.random.Generator, n_test: int = 360) -> tuple[Captions, Captions]:
    """The digits with their captions, split at random.

    Args:
        rng: draws the split.
        n_test: how many pictures are kept for testing; 1797 there are in all.

    Returns:
        Training and test set.

    Raises:
        ValueError: a set would be empty.

    >>> train, test = digit_captions(np.random.default_rng(0))
    >>> len(train.images), len(test.images)
    (1437, 360)
    >>> read(test.targets[0]) == WORDS[test.digits[0]]
    True
    """
    digits = load_digits()
    images = digits.data / 16.0
    check_whole("n_test", n_test, 1)
    check_at_least("training pictures", len(images) - n_test, 1)
    order = rng.permutation(len(images))
    parts = order[n_test:], order[:n_test]
    train, test = (captions(digits.target[part], images[part]) for part in parts)
    return train, test

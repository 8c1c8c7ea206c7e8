"""Recall one word over a chosen distance, and count such distances in real text.

Two distances belong to the same gap and differ by one. The blank is
``distance`` *tokens* after the cue. The network fills it from the state that
has read everything before the blank, so the gradient runs back through
``distance - 1`` recurrent Jacobians before it meets the state that read the cue.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_whole

PRINTER_TEXT = (
    "Когато Иван се опита да отпечата доклада си, той забеляза, че тонерът на принтера "
    "е свършил. Той отиде да купи нов тонер от офис магазина. Тонерът беше на разпродажба. "
    "След като инсталира новия тонер, Иван най-после успя да отпечата _____."
)
"""The example of the Bulgarian lecture: Ivan, the printer, and the report (доклада)."""


class DependencyGap(NamedTuple):
    """Where a cue and a blank stand in a text, counted from 1.

    Attributes:
        tokens: how many tokens the text has.
        cue: position of the word that decides the blank.
        blank: position of the blank.
        distance: ``blank - cue``, the difference of the positions.
        jacobians: factors dh_t/dh_{t-1} between the state that fills the blank
            and the state that read the cue, ``distance - 1``.
    """

    tokens: int
    cue: int
    blank: int
    distance: int
    jacobians: int


def measure_gap(text: str, cue: str, blank: str = "_____") -> DependencyGap:
    """Count the tokens between a cue word and the blank that it decides.

    Args:
        text: words separated by spaces; punctuation counts as part of its word.
        cue: the word that decides the blank; its first occurrence is meant.
        blank: how the blank is written.

    Raises:
        ValueError: one of the two is missing, or the cue comes after the blank.

    >>> measure_gap("I grew up in China, I speak fluent _____.", "China")
    DependencyGap(tokens=9, cue=5, blank=9, distance=4, jacobians=3)
    """
    tokens = text.split()
    bare = [token.strip(".,;:!?\"'()") for token in tokens]
    for name, word in (("cue", cue), ("blank", blank)):
        if word not in bare:
            raise ValueError(f"{name}: expected a word of the text, got {word!r}")
    at, gap = bare.index(cue) + 1, bare.index(blank) + 1
    if at >= gap:
        raise ValueError(f"cue: expected before the blank, got position {at} and blank at {gap}")
    return DependencyGap(len(tokens), at, gap, gap - at, gap - at - 1)


class LongDependency(NamedTuple):
    """Sequences whose class was shown once, long ago.

    Attributes:
        tokens: what is read before the blank. Tokens below ``classes`` are cues
            and appear exactly once in a row; the others are fillers.
        xs: the same tokens, one-hot, as float64.
        targets: the class that the cue named, to be told after the last token.
        distance: tokens from the cue to the blank.
    """

    tokens: Int[Array, "sequences time"]
    xs: Float[Array, "sequences time d_in"]
    targets: Int[Array, " sequences"]
    distance: int

    @property
    def jacobians(self) -> int:
        """Recurrent Jacobians between the last state and the one that read the cue."""
        return self.distance - 1


def long_dependency_task(
    rng: np.random.Generator,
    sequences: int,
    distance: int,
    classes: int = 2,
    fillers: int = 4,
    length: int | None = None,
) -> LongDependency:
    """Draw sequences that ask for a word read ``distance`` tokens before the blank.

    The best accuracy is 1 for whoever remembers the cue, and ``1 / classes`` for
    whoever sees fewer than ``distance`` tokens: classes are equally likely and
    the fillers are drawn independently of them.

    Args:
        rng: the source of randomness.
        sequences: how many rows.
        distance: tokens from the cue to the blank, which follows the last token.
        classes: how many different cues.
        fillers: how many different filler tokens.
        length: tokens in a row. None means ``distance``, so that the cue comes
            first; a longer row has fillers before the cue too. Keep it fixed
            while ``distance`` varies and nothing else changes.

    Returns:
        ``LongDependency`` with ``d_in = classes + fillers``.

    Raises:
        ValueError: a count is too small, or ``length`` is below ``distance``.

    >>> task = long_dependency_task(np.random.default_rng(0), 2, distance=3, length=5)
    >>> task.tokens.shape, (task.tokens[:, 2] == task.targets).all(), task.jacobians
    ((2, 5), np.True_, 2)
    """
    check_whole("sequences", sequences, 1)
    check_whole("distance", distance, 1)
    check_whole("classes", classes, 2)
    check_whole("fillers", fillers, 1)
    length = distance if length is None else length
    check_whole("length", length, distance)
    tokens = classes + rng.integers(fillers, size=(sequences, length))
    targets = rng.integers(classes, size=sequences)
    tokens[:, length - distance] = targets
    xs = np.eye(classes + fillers)[tokens]
    return LongDependency(tokens, xs, targets, distance)

"""A toy grammar with one planted dependency: where you grew up decides what you speak.

"I grew up in China, ... I speak fluent ( )." A sentence is the name of a home
country, then ``distance - 1`` filler words that mean nothing, then a language:

    china  the old we then  chinese        (distance 5)

The home is ``distance`` tokens before the language. A speaker slips with a
known probability and names one of the other languages instead, so the best
possible accuracy is known, for every number of words that a predictor can see.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape, check_whole

_HOMES = ("china", "bulgaria", "england", "france", "japan", "spain", "greece", "turkey")
_LANGUAGES = (
    "chinese",
    "bulgarian",
    "english",
    "french",
    "japanese",
    "spanish",
    "greek",
    "turkish",
)
_FILLERS = ("the", "old", "we", "then", "river", "and", "far", "once", "school", "by", "moon", "so")


@dataclass(frozen=True)
class AgreementGrammar:
    """Sentences whose last word depends on their first.

    Tokens are numbered homes first, then languages (language ``k`` belongs to
    home ``k``), then fillers.

    Attributes:
        distance: tokens from the home to the language; 1 puts them side by side.
        homes: how many countries, all equally likely, 2 to 8.
        fillers: how many different filler words, 1 to 12.
        slip: probability that the language is one of the others, drawn uniformly.

    Raises:
        ValueError: a count is outside its range, or guessing would beat agreeing
            because ``slip`` is above ``1 - 1/homes``.

    >>> grammar = AgreementGrammar(distance=3, homes=4, slip=0.1)
    >>> grammar.bayes_accuracy(window=3), grammar.bayes_accuracy(window=2)
    (0.9, 0.25)
    """

    distance: int
    homes: int = 4
    fillers: int = 8
    slip: float = 0.1

    def __post_init__(self) -> None:
        """Check the ranges once, where the grammar is made."""
        check_whole("distance", self.distance, 1)
        check_whole("homes", self.homes, 2)
        check_whole("fillers", self.fillers, 1)
        if self.homes > len(_HOMES):
            raise ValueError(f"homes: expected 2 to {len(_HOMES)}, got {self.homes}")
        if self.fillers > len(_FILLERS):
            raise ValueError(f"fillers: expected 1 to {len(_FILLERS)}, got {self.fillers}")
        if not 0.0 <= self.slip <= 1.0 - 1.0 / self.homes:
            largest = 1.0 - 1.0 / self.homes
            raise ValueError(f"slip: expected 0 to {largest:.4f}, got {self.slip}")

    @property
    def words(self) -> tuple[str, ...]:
        """The vocabulary, in the order of the token numbers.

        >>> AgreementGrammar(distance=2, homes=2, fillers=3).words
        ('china', 'bulgaria', 'chinese', 'bulgarian', 'the', 'old', 'we')
        """
        return _HOMES[: self.homes] + _LANGUAGES[: self.homes] + _FILLERS[: self.fillers]

    @property
    def vocab(self) -> int:
        """How many different tokens there are."""
        return 2 * self.homes + self.fillers

    def sample(self, rng: np.random.Generator, sentences: int) -> Int[Array, "sentences time"]:
        """Draw sentences; ``time`` is ``distance + 1`` and the last token is the language.

        Args:
            rng: the source of randomness.
            sentences: how many.

        Raises:
            ValueError: ``sentences`` is below 1.
        """
        check_whole("sentences", sentences, 1)
        home = rng.integers(self.homes, size=sentences)
        filler = rng.integers(self.fillers, size=(sentences, self.distance - 1))
        slips = rng.random(sentences) < self.slip
        other = (home + rng.integers(1, self.homes, size=sentences)) % self.homes
        language = np.where(slips, other, home)
        return np.column_stack([home, 2 * self.homes + filler, self.homes + language])

    def language_probabilities(
        self, context: Int[Array, "sentences window"]
    ) -> Float[Array, "sentences vocab"]:
        """The true distribution of the language, given the words just before it.

        Args:
            context: the ``window`` tokens before the language. A window shorter
                than ``distance`` does not reach the home.

        Raises:
            ValueError: the window is longer than ``distance``, or reaches back to
                a word that is not a home.
        """
        check_shape("context", context, ("sentences", "window"))
        sentences, window = context.shape
        self._check_window(window)
        probabilities = np.zeros((sentences, self.vocab))
        languages = slice(self.homes, 2 * self.homes)
        probabilities[:, languages] = 1.0 / self.homes
        if window == self.distance:
            home = context[:, 0]
            if not ((home >= 0) & (home < self.homes)).all():
                raise ValueError(
                    f"context: expected homes 0 to {self.homes - 1} in column 0,"
                    f" got {home.min()} to {home.max()}"
                )
            probabilities[:, languages] = self.slip / (self.homes - 1)
            probabilities[np.arange(sentences), self.homes + context[:, 0]] = 1.0 - self.slip
        return probabilities

    def bayes_accuracy(self, window: int) -> float:
        """The best accuracy that a predictor of the language can have.

        Implements eq-agreement-bayes.

        Args:
            window: how many words before the language it sees, 0 to ``distance``.

        Returns:
            ``1 - slip`` if the window reaches the home, else ``1 / homes``.
        """
        self._check_window(window)
        reaches = window == self.distance
        return 1.0 - self.slip if reaches else 1.0 / self.homes  # eq-agreement-bayes

    def bayes_loss(self, window: int) -> float:
        """The smallest cross-entropy of the language, in nats, for the same predictor.

        >>> round(AgreementGrammar(distance=2, homes=2, slip=0.5).bayes_loss(2), 4)
        0.6931
        """
        self._check_window(window)
        if window < self.distance:
            return float(np.log(self.homes))
        right, wrong = 1.0 - self.slip, self.slip / (self.homes - 1)
        loss = -right * np.log(right)
        if self.slip:
            loss -= self.slip * np.log(wrong)
        return float(loss)

    def _check_window(self, window: int) -> None:
        check_whole("window", window, 0)
        if window > self.distance:
            raise ValueError(f"window: expected 0 to {self.distance}, got {window}")

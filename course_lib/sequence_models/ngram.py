"""Markov models of higher order by counting: the last few tokens are the state.

A context that was never seen says nothing, so the model backs off to the
longest ending of it that was. Where no token may have probability 0, as in a
language model that is scored on new text, the orders are mixed instead.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive, check_shape, check_whole


@dataclass(frozen=True)
class NGram:
    """Counts of what followed each context of 0 to ``order`` tokens.

    Attributes:
        order: how many tokens of context are used, n - 1 of an n-gram.
        vocab: how many tokens there are.
        counts: for every context seen, the counts of the next token.
    """

    order: int
    vocab: int
    counts: dict[tuple[int, ...], dict[int, int]]

    def probabilities(self, contexts: Int[Array, "rows window"]) -> Float[Array, "rows vocab"]:
        """Relative frequencies after the longest ending of each context that was seen.

        Raises:
            ValueError: nothing at all was counted.
        """
        check_shape("contexts", contexts, ("rows", "window"))
        if () not in self.counts:
            raise ValueError("counts: expected at least one token, got none")
        window = contexts.shape[1]
        used = contexts[:, max(0, window - self.order) :]
        distinct, which = np.unique(used, axis=0, return_inverse=True)
        result = np.zeros((len(distinct), self.vocab))
        for row, context in enumerate(distinct.tolist()):
            seen = tuple(context)
            while seen not in self.counts:
                seen = seen[1:]
            after = self.counts[seen]
            result[row, list(after)] = list(after.values())
        return (result / result.sum(axis=1, keepdims=True))[which]

    def smoothed(
        self, contexts: Int[Array, "rows window"], pseudocount: float
    ) -> Float[Array, "rows vocab"]:
        """Frequencies after each context, mixed with those after its shorter endings.

        Implements eq-smoothed-ngram (chapter: recurrence). Every order adds ``pseudocount``
        imagined observations, spread as the next lower order says; below order 0 they are
        spread evenly, so that no token has probability 0. An unseen context leaves the
        answer to its shorter ending.

        Args:
            contexts: the tokens before the one to be predicted; only the last ``order`` count.
            pseudocount: how many observations the lower order is worth.

        Raises:
            ValueError: ``pseudocount`` is not positive.

        Source: MacKay and Peto (1995), with one pseudocount for all orders.

        >>> model = fit_ngram(np.array([[0, 1, 0, 2]]), order=0, vocab=4)
        >>> model.smoothed(np.zeros((1, 0), dtype=int), pseudocount=4.0)
        array([[0.375, 0.25 , 0.25 , 0.125]])
        """
        check_shape("contexts", contexts, ("rows", "window"))
        check_positive("pseudocount", pseudocount)
        known: dict[tuple[int, ...], Array] = {}

        def after(context: tuple[int, ...]) -> Array:
            if context not in known:
                lower = after(context[1:]) if context else np.full(self.vocab, 1 / self.vocab)
                seen = self.counts.get(context, {})
                counted = pseudocount * lower
                counted[list(seen)] += list(seen.values())
                known[context] = counted / (sum(seen.values()) + pseudocount)  # eq-smoothed-ngram
            return known[context]

        window = contexts.shape[1]
        used = contexts[:, max(0, window - self.order) :].tolist()
        answers = [after(context) for context in map(tuple, used)]
        return np.concatenate(answers or [np.empty(0)]).reshape(-1, self.vocab)


def fit_ngram(
    tokens: Int[Array, "sequences time"], order: int, vocab: int, last_only: bool = False
) -> NGram:
    """Count every context of at most ``order`` tokens and what came next.

    Args:
        tokens: the training sequences; contexts do not reach across them.
        order: the longest context.
        vocab: how many tokens there are.
        last_only: count only what stands last in each sequence, for a model
            that is asked for nothing else.

    Raises:
        ValueError: ``order`` is negative.

    >>> model = fit_ngram(np.array([[0, 1, 0, 2]]), order=1, vocab=3)
    >>> model.probabilities(np.array([[0]]))
    array([[0. , 0.5, 0.5]])
    """
    check_whole("order", order, 0)
    counts: dict[tuple[int, ...], dict[int, int]] = {}
    for sequence in tokens.tolist():
        for t in range(len(sequence) - 1 if last_only else 0, len(sequence)):
            for length in range(min(order, t) + 1):
                after = counts.setdefault(tuple(sequence[t - length : t]), {})
                after[sequence[t]] = after.get(sequence[t], 0) + 1
    return NGram(order, vocab, counts)

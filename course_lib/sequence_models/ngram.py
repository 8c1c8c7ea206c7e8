"""Markov models of higher order by counting: the last few tokens are the state.

A context that was never seen says nothing, so the model backs off to the
longest ending of it that was.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_shape


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
    check_at_least("order", order, 0)
    counts: dict[tuple[int, ...], dict[int, int]] = {}
    for sequence in tokens.tolist():
        for t in range(len(sequence) - 1 if last_only else 0, len(sequence)):
            for length in range(min(order, t) + 1):
                after = counts.setdefault(tuple(sequence[t - length : t]), {})
                after[sequence[t]] = after.get(sequence[t], 0) + 1
    return NGram(order, vocab, counts)

"""Markov chains: the past matters only through the present state.

Convention: ``P[i, j]`` is the probability of going from state i to state j, so
rows sum to 1 and a distribution is a row vector that is multiplied from the left.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_at_least, check_shape, check_whole


def transition_counts(
    sequences: Iterable[Int[Array, " _"]], states: int
) -> Int[Array, "states states"]:
    """How often each state is followed by each; nothing is counted across sequences.

    Raises:
        ValueError: a token is not one of the states.

    >>> transition_counts([np.array([0, 0, 1]), np.array([1, 0])], 2)
    array([[1, 1],
           [1, 0]])
    """
    check_whole("states", states, 1)
    counts = np.zeros((states, states), dtype=int)
    for sequence in sequences:
        if sequence.size and not 0 <= sequence.min() <= sequence.max() < states:
            raise ValueError(
                f"sequences: expected tokens 0 to {states - 1}, "
                f"got {sequence.min()} to {sequence.max()}"
            )
        np.add.at(counts, (sequence[:-1], sequence[1:]), 1)
    return counts


def fit_markov(
    sequences: Iterable[Int[Array, " _"]], states: int, pseudo_count: float = 0.0
) -> Float[Array, "states states"]:
    """Transition probabilities of greatest likelihood: relative frequencies.

    Implements eq-markov-mle.

    Args:
        sequences: observed chains.
        states: how many states there are.
        pseudo_count: added to every count; 0 is maximum likelihood.

    Raises:
        ValueError: a state is never left and ``pseudo_count`` is 0, so its row is 0/0.
    """
    check_at_least("pseudo_count", pseudo_count, 0.0)
    if pseudo_count == np.inf:
        raise ValueError("pseudo_count: expected a finite number, got inf")
    counts = transition_counts(sequences, states) + pseudo_count
    totals = counts.sum(axis=1, keepdims=True)
    unseen = np.flatnonzero(totals[:, 0] == 0)
    if unseen.size:
        raise ValueError(
            "sequences: expected every state to be left, or a pseudo_count above 0,"
            f" got no step out of state {unseen[0]}"
        )
    return counts / totals  # eq-markov-mle


def log_likelihood(P: Float[Array, "states states"], sequence: Int[Array, " time"]) -> float:
    """Logarithm of the probability of a chain given its first state, in nats.

    Implements eq-markov-chain. An impossible step gives minus infinity.

    >>> round(log_likelihood(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([0, 1, 0])), 4)
    -0.6931
    """
    check_transition_matrix(P)
    steps = P[sequence[:-1], sequence[1:]]
    if (steps == 0).any():
        return -np.inf
    return float(np.log(steps).sum())  # eq-markov-chain


def k_step(P: Float[Array, "states states"], k: int) -> Float[Array, "states states"]:
    """Transition probabilities over k steps: the k-th power of P.

    Implements eq-markov-two-step and eq-markov-k-step. Chapman-Kolmogorov says that any stop
    on the way will do: ``k_step(P, m) @ k_step(P, n) == k_step(P, m + n)``.

    Raises:
        ValueError: ``k`` is negative, or a row of P is not a distribution.

    >>> k_step(np.array([[0.5, 0.5], [1.0, 0.0]]), 2)
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    check_whole("k", k, 0)
    check_transition_matrix(P)
    result = np.eye(len(P))
    for _ in range(k):
        result = result @ P  # eq-markov-two-step, eq-markov-k-step
    return result


def stationary_distribution(P: Float[Array, "states states"]) -> Float[Array, " states"]:
    """The distribution that one more step leaves as it is.

    Raises:
        ValueError: there is more than one, because the states fall into
            groups that are never left.

    >>> stationary_distribution(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4)
    array([0.6667, 0.3333])
    """
    check_transition_matrix(P)
    system = np.vstack([P.T - np.eye(len(P)), np.ones(len(P))])
    if np.linalg.matrix_rank(system) < len(P):
        raise ValueError("P: expected a single stationary distribution, got several")
    right = np.append(np.zeros(len(P)), 1.0)
    return np.linalg.lstsq(system, right)[0]


def sample_markov(
    P: Float[Array, "states states"],
    rng: np.random.Generator,
    start: Int[Array, " chains"],
    steps: int,
) -> Int[Array, "chains time"]:
    """Walk ``steps`` steps from each start; the start is kept as the first column.

    Raises:
        ValueError: a row of P is not a distribution, or a start is not a state.
    """
    check_transition_matrix(P)
    check_whole("steps", steps, 0)
    if start.dtype.kind not in "iu":
        raise ValueError(f"start: expected whole numbers, got {start.dtype}")
    if start.size and not 0 <= start.min() <= start.max() < len(P):
        raise ValueError(
            f"start: expected states 0 to {len(P) - 1}, got {start.min()} to {start.max()}"
        )
    chains = np.empty((len(start), steps + 1), dtype=int)
    chains[:, 0] = start
    cumulative = P.cumsum(axis=1)
    cumulative[:, -1] = 1.0
    for t in range(steps):
        u = rng.random((len(start), 1))
        chains[:, t + 1] = (u >= cumulative[chains[:, t]]).sum(axis=1)
    return chains


def check_transition_matrix(P: Float[Array, "states states"]) -> None:
    """Refuse a matrix whose rows are not probability distributions.

    Raises:
        ValueError: P is not square, has a negative entry, or a row does not sum to 1.
    """
    check_shape("P", P, ("states", P.shape[0]))
    if (P < 0).any() or not np.allclose(P.sum(axis=1), 1.0, rtol=0, atol=1e-9):
        sums = P.sum(axis=1)
        raise ValueError(
            "P: expected rows that are not negative and sum to 1,"
            f" got entries from {P.min():g} and sums {sums.min():g} to {sums.max():g}"
        )

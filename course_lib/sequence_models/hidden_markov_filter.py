"""Latent autoregressive models: a state that sums the past up, updated as values arrive.

``h_t = g(h_{t-1}, x_{t-1})`` and ``x_t`` is drawn from ``P(x_t | h_t)``. Recurrent
networks learn g. Here is the one family for which the best g can be written
down, a hidden Markov model: h_t is the belief about the hidden state.
"""

from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape, check_whole
from course_lib.sequence_models.markov import sample_markov
from course_lib.sequences.scan import scan


class HiddenMarkovModel(NamedTuple):
    """A Markov chain that is not seen, and a token that each of its states emits.

    Attributes:
        start: distribution of the first state.
        transition: ``transition[i, j]`` is the probability of going from i to j.
        emission: ``emission[i, v]`` is the probability that state i emits token v.
    """

    start: Float[Array, " states"]
    transition: Float[Array, "states states"]
    emission: Float[Array, "states vocab"]


def even_process() -> HiddenMarkovModel:
    """Tokens a (0) and b (1), where b's come only in runs of even length.

    State 0 emits a, state 1 the first b of a pair, state 2 the second. No Markov
    model of any finite order is exact: inside a long run of b's, only
    its parity says what may come next.
    """
    transition = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0], [0.5, 0.5, 0.0]])
    emission = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    return HiddenMarkovModel(np.full(3, 1 / 3), transition, emission)


def predict(
    model: HiddenMarkovModel, belief: Float[Array, "batch states"]
) -> Float[Array, "batch vocab"]:
    """The distribution of the next token, P(x_t | h_t).

    Implements eq-latent-output.
    """
    return belief @ model.emission  # eq-latent-output


def update(
    model: HiddenMarkovModel, belief: Float[Array, "batch states"], x: Int[Array, " batch"]
) -> Float[Array, "batch states"]:
    """The next belief h_t = g(h_{t-1}, x_{t-1}): take in a token, then let the chain move.

    Implements eq-latent-belief.

    Raises:
        ValueError: a token is impossible under the belief.

    >>> update(even_process(), np.full((1, 3), 1 / 3), np.array([0]))
    array([[0.5, 0.5, 0. ]])
    """
    joint = belief * model.emission[:, x].T
    likelihood = joint.sum(axis=1, keepdims=True)
    if (likelihood == 0).any():
        row = int(np.argwhere(likelihood[:, 0] == 0)[0, 0])
        raise ValueError(f"x: expected a token that the belief allows, got {x[row]} in row {row}")
    return (joint / likelihood) @ model.transition  # eq-latent-belief


def beliefs(
    model: HiddenMarkovModel, tokens: Int[Array, "batch time"]
) -> Float[Array, "batch time states"]:
    """The beliefs h_1, h_2, ..., each held *before* the token of its own step is seen.

    Implements eq-latent-state, as a scan over the tokens but the last.
    """
    check_shape("tokens", tokens, ("batch", "time"))
    h_1 = np.tile(model.start, (len(tokens), 1))
    later = scan(lambda h, x: update(model, h, x), h_1, tokens[:, :-1])  # eq-latent-state
    return np.concatenate([h_1[:, None], later], axis=1)


def token_losses(
    model: HiddenMarkovModel, tokens: Int[Array, "batch time"]
) -> Float[Array, "batch time"]:
    """Minus the log-probability of each token given those before it, in nats.

    Raises:
        ValueError: a sequence is impossible under the model.
    """
    hs = beliefs(model, tokens)
    chance = np.take_along_axis(hs @ model.emission, tokens[..., None], axis=-1)[..., 0]
    if (chance == 0).any():
        raise ValueError(
            "tokens: expected sequences that the model allows, got one of probability 0"
        )
    return -np.log(chance)


def sample_hidden(
    model: HiddenMarkovModel, rng: np.random.Generator, sequences: int, time: int
) -> Int[Array, "sequences time"]:
    """Draw token sequences; the hidden states are thrown away."""
    check_whole("time", time, 1)
    first = rng.choice(len(model.start), size=sequences, p=model.start)
    states = sample_markov(model.transition, rng, first, time - 1)
    cumulative = model.emission.cumsum(axis=1)
    cumulative[:, -1] = 1.0
    return (rng.random((sequences, time, 1)) >= cumulative[states]).sum(axis=-1)


def best_loss_of_order(model: HiddenMarkovModel, order: int) -> float:
    """The smallest loss per token of any predictor that sees the last ``order`` tokens.

    Computed by going through all ``vocab ** (order + 1)`` words: the entropy of
    words of ``order + 1`` tokens minus that of words of ``order``, in nats. It is
    a loss *per token of the stationary process* if ``start`` is stationary.

    >>> round(best_loss_of_order(even_process(), 0), 4)
    0.6365
    """
    check_whole("order", order, 0)
    vocab = model.emission.shape[1]

    def entropy(length: int) -> float:
        words = np.array(list(product(range(vocab), repeat=length)), dtype=int)
        weight = np.tile(model.start, (len(words), 1))
        for t in range(length):
            weight = (weight * model.emission[:, words[:, t]].T) @ model.transition
        probability = weight.sum(axis=1)
        probability = probability[probability > 0]
        return float(-(probability * np.log(probability)).sum())

    return entropy(order + 1) - entropy(order)

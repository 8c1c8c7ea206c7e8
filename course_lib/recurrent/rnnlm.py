"""A recurrent language model without biases, and its gradients by hand.

The model of the Bulgarian lecture: a word picks a column of the embedding
matrix, a simple recurrent network reads it, and a softmax over the vocabulary
guesses the next word.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating, floating_dtype
from course_lib.foundations.softmax import (
    cross_entropy,
    cross_entropy_gradient,
    softmax,
)
from course_lib.foundations.validate import check_shape, check_whole
from course_lib.recurrent import bptt, srn


class Params(NamedTuple):
    """Weights of the language model.

    Attributes:
        E: one column per word, (d_in, vocab).
        W_xh: from the embedded word, (d_hidden, d_in).
        W_hh: from the previous state, (d_hidden, d_hidden).
        W_hy: to the scores, (vocab, d_hidden).
    """

    E: Float[Array, "d_in vocab"]
    W_xh: Float[Array, "d_hidden d_in"]
    W_hh: Float[Array, "d_hidden d_hidden"]
    W_hy: Float[Array, "vocab d_hidden"]


def init(rng: np.random.Generator, vocab: int, d_in: int, d_hidden: int) -> Params:
    """Draw parameters: unit normal embeddings, the rest uniform from +-1/sqrt(d_hidden)."""
    for name, size in ("vocab", vocab), ("d_in", d_in), ("d_hidden", d_hidden):
        check_whole(name, size, 1)
    bound = d_hidden**-0.5
    shapes = (d_hidden, d_in), (d_hidden, d_hidden), (vocab, d_hidden)
    return Params(
        rng.normal(size=(d_in, vocab)), *(rng.uniform(-bound, bound, shape) for shape in shapes)
    )


def log_softmax_gradient(logits: Float[Array, " vocab"], target: int) -> Float[Array, " vocab"]:
    """The gradient of log softmax(logits)[target]: one-hot vector minus softmax.

    Implements eq-log-softmax-gradient.

    Raises:
        ValueError: there is no class ``target``.

    >>> log_softmax_gradient(np.zeros(4), target=1)
    array([-0.25,  0.75, -0.25, -0.25])
    """
    if not 0 <= target < len(logits):
        raise ValueError(f"target: expected a class from 0 to {len(logits) - 1}, got {target}")
    logits = as_floating("logits", logits)
    one_hot = np.zeros_like(logits)
    one_hot[target] = 1.0
    return one_hot - softmax(logits)  # eq-log-softmax-gradient


def output_weights_gradient(
    W_hy: Float[Array, "vocab d_hidden"], h: Float[Array, " d_hidden"], target: int
) -> Float[Array, "vocab d_hidden"]:
    """The gradient of -log softmax(W_hy h)[target], the loss at one step, for the output weights.

    Implements eq-output-weights-gradient. The Bulgarian lecture prints the opposite sign.

    >>> output_weights_gradient(np.zeros((2, 1)), np.array([6.0]), target=0)
    array([[-3.],
           [ 3.]])
    """
    logits = as_floating("W_hy", W_hy) @ h
    return np.outer(-log_softmax_gradient(logits, target), h)  # eq-output-weights-gradient


def forward(
    params: Params, words: Int[Array, "batch time"], cell: srn.SRN | None = None
) -> tuple[Float[Array, "batch time vocab"], Float[Array, "batch time d_hidden"], bptt.Trace]:
    """Read every word of a batch of texts.

    Implements eq-rnnlm, up to the scores.

    Args:
        params: weights.
        words: indices into the vocabulary.
        cell: which nonlinearity; None means tanh.

    Returns:
        Scores of the word after each word, the states, and the trace for the backward pass.

    Raises:
        ValueError: a word is not in the vocabulary.
    """
    vocab = params.E.shape[1]
    check_shape("words", words, ("batch", "time"))
    if words.size and not 0 <= words.min() <= words.max() < vocab:
        raise ValueError(
            f"words: expected indices 0 to {vocab - 1}, got {words.min()} to {words.max()}"
        )
    xs = as_floating("E", params.E).T[words]  # eq-rnnlm
    hs, trace = bptt.forward(cell or srn.SRN(), recurrent_part(params), xs)
    return hs @ params.W_hy.T, hs, trace  # eq-rnnlm


def loss_and_gradients(
    params: Params,
    words: Int[Array, "batch time"],
    targets: Int[Array, "batch time"],
    cell: srn.SRN | None = None,
) -> tuple[float, Params]:
    """Mean cross-entropy of the next words in nats, and its gradients.

    Implements eq-loss-to-state, here with the scores' gradient of the mean loss.

    Args:
        params: weights.
        words: the words that are read.
        targets: the word that follows each of them.
        cell: which nonlinearity; None means tanh.

    Raises:
        ValueError: there is no word, one is not in the vocabulary, or the shapes differ.
    """
    cell = cell or srn.SRN()
    check_shape("targets", targets, words.shape)
    if targets.size == 0:
        raise ValueError("words: expected at least one, got none")
    logits, hs, trace = forward(params, words, cell)
    loss = cross_entropy(logits, targets).mean()
    d_logits = cross_entropy_gradient(logits, targets) / targets.size
    d_hs = d_logits @ params.W_hy  # eq-loss-to-state
    grads = bptt.backward(cell, recurrent_part(params), trace, d_hs)
    d_E = np.zeros_like(as_floating("E", params.E).T)
    np.add.at(d_E, words, grads.xs)  # a word that comes twice collects twice
    d_W_hy = np.einsum("btv,bth->vh", d_logits, hs)
    return float(loss), Params(d_E.T, grads.params.W_xh, grads.params.W_hh, d_W_hy)


def recurrent_part(params: Params) -> srn.Params:
    """The simple recurrent network inside the model; its bias is zero."""
    bias = np.zeros(len(params.W_hh), floating_dtype(params.W_hh))
    return srn.Params(params.W_xh, params.W_hh, bias)

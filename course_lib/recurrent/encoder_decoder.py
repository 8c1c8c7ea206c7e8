"""Encoder and decoder: read a whole sequence, then generate another (the asynchronous pattern).

One cell reads the input and answers nothing. Its last state starts a second cell,
which answers at every step and reads its own previous answer. How to train such a
pair, and how to search for better answers (beam search), is the chapter on attention.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray as Array

from course_lib.foundations.validate import check_whole
from course_lib.recurrent import bptt
from course_lib.recurrent.cell import Cell, Params, State
from course_lib.sequences.heads import readout


class Decoder(NamedTuple):
    """What a decoder has beside its cell: it turns states into words and words into inputs.

    Attributes:
        E: the vector of each word as a column, (d_in, vocab).
        W_hy: scores of the words, (vocab, d_hidden).
        b_y: bias of the scores, (vocab,).
        begin: the word that the first step reads, since there is none before it.
    """

    E: Float[Array, "d_in vocab"]
    W_hy: Float[Array, "vocab d_hidden"]
    b_y: Float[Array, " vocab"]
    begin: int


def encode(
    cell: Cell,
    params: Params,
    xs: Float[Array, "batch time d_in"],
    mask: Bool[Array, "batch time"] | None = None,
) -> State:
    """Read everything and hand over the state after each sequence's last real step.

    Implements eq-async-encoder (chapter: recurrence).
    """
    _, trace = bptt.forward(cell, params, xs, mask=mask)  # eq-async-encoder
    return trace.state


def generate(
    cell: Cell, params: Params, decoder: Decoder, state: State, steps: int
) -> tuple[Int[Array, "batch steps"], Float[Array, "batch steps vocab"]]:
    """Greedy decoding: at each step the likeliest word, which the next step reads.

    Implements eq-async-decoder and eq-async-output (chapter: recurrence).

    Args:
        cell: the second cell; its own weights, or the first one's.
        params: its parameters.
        decoder: words to inputs and states to words.
        state: where to start from, usually what ``encode`` returned.
        steps: how many words.

    Returns:
        The words, and the scores that they were chosen by.

    Raises:
        ValueError: ``steps`` is below 1, or ``begin`` is no word.
    """
    check_whole("steps", steps, 1)
    vocab = decoder.E.shape[1]
    if not 0 <= decoder.begin < vocab:
        raise ValueError(f"begin: expected a word from 0 to {vocab - 1}, got {decoder.begin}")
    word = np.full(len(cell.output(state)), decoder.begin)
    words, scores = [], []
    for _ in range(steps):
        state, _ = cell.step(params, decoder.E.T[word], state)  # eq-async-decoder
        scores.append(readout(cell.output(state), decoder.W_hy, decoder.b_y))  # eq-async-output
        word = scores[-1].argmax(axis=-1)
        words.append(word)
    return np.stack(words, axis=1), np.stack(scores, axis=1)

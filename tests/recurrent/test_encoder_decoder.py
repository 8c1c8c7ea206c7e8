"""Reading and writing against a torch loop, and a copying machine made by hand."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from course_lib.recurrent.encoder_decoder import Decoder, encode, generate
from course_lib.recurrent.srn import SRN, Params
from course_lib.sequences.batching import pad

LENGTHS = [3, 5, 1]


def torch_pair():
    torch.manual_seed(4)
    encoder = torch.nn.RNN(3, 4, batch_first=True, dtype=torch.float64)
    decoder = torch.nn.RNN(2, 4, batch_first=True, dtype=torch.float64)
    embedding = torch.nn.Embedding(6, 2, dtype=torch.float64)
    linear = torch.nn.Linear(4, 6, dtype=torch.float64)
    return encoder, decoder, embedding, linear


@pytest.mark.checks("eq-async-encoder", "eq-async-decoder", "eq-async-output", against="torch")
def test_equals_a_loop_over_torch_modules(rng):
    encoder, decoder, embedding, linear = torch_pair()
    xs, mask = pad([rng.normal(size=(length, 3)) for length in LENGTHS], value=9.0)
    packed = pack_padded_sequence(
        torch.tensor(xs), mask.sum(axis=1), batch_first=True, enforce_sorted=False
    )
    state = encoder(packed)[1]
    ours = encode(SRN(), SRN().params_from_torch(encoder), xs, mask)
    np.testing.assert_allclose(ours, state[0].detach().numpy(), atol=1e-13)

    word, words, scores = torch.full((3, 1), 5), [], []
    for _ in range(7):
        out, state = decoder(embedding(word), state)
        scores.append(linear(out[:, 0]))
        word = scores[-1].argmax(dim=1, keepdim=True)
        words.append(word[:, 0])
    E, W_hy, b_y = (w.detach().numpy() for w in (embedding.weight.T, linear.weight, linear.bias))
    head = Decoder(E, W_hy, b_y, begin=5)
    our_words, our_scores = generate(SRN(), SRN().params_from_torch(decoder), head, ours, 7)
    np.testing.assert_array_equal(our_words, torch.stack(words, dim=1).numpy())
    np.testing.assert_allclose(our_scores, torch.stack(scores, dim=1).detach().numpy(), atol=1e-12)


def test_each_word_is_the_input_of_the_next_step():
    """W_hh = 0 and an output that adds one: the machine must count from ``begin``, modulo 4."""
    params = Params(W_xh=np.eye(4), W_hh=np.zeros((4, 4)), b_h=np.zeros(4))
    successor = np.roll(np.eye(4), 1, axis=0)
    words, _ = generate(
        SRN("identity"), params, Decoder(np.eye(4), successor, np.zeros(4), 2), np.zeros((1, 4)), 5
    )
    assert words.tolist() == [[3, 0, 1, 2, 3]]


def test_a_pair_of_shift_registers_recites_backwards(rng):
    """A delay line reads, its transpose writes; what does not fit into the line is lost."""
    V, slots = 5, 4
    N = (slots + 1) * V
    reader = Params(W_xh=np.eye(N, V, k=-V), W_hh=np.eye(N, k=-V), b_h=np.zeros(N))
    decoder = Params(W_xh=np.zeros((N, V)), W_hh=np.eye(N, k=V), b_h=np.zeros(N))
    head = Decoder(np.eye(V), np.eye(V, N), np.zeros(V), begin=0)
    text = rng.integers(1, V, size=(1, 7))
    state = encode(SRN("identity"), reader, np.eye(V)[text])
    words, _ = generate(SRN("identity"), decoder, head, state, 7)
    assert words[0].tolist() == [*text[0, :2:-1].tolist(), 0, 0, 0]


def test_wrong_arguments_are_named():
    params = Params(np.eye(2), np.eye(2), np.zeros(2))
    head = Decoder(np.eye(2), np.eye(2), np.zeros(2), begin=0)
    with pytest.raises(ValueError, match="steps: expected a whole number, 1 or more, got 0"):
        generate(SRN(), params, head, np.zeros((1, 2)), 0)
    for begin in -1, 2:
        with pytest.raises(ValueError, match=f"begin: expected a word from 0 to 1, got {begin}"):
            generate(SRN(), params, head._replace(begin=begin), np.zeros((1, 2)), 3)
    assert generate(SRN(), params, head, np.zeros((1, 2)), 1)[0].tolist() == [[0]]

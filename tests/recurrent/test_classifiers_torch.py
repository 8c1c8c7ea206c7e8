"""Classifier and tagger against torch.nn, padding, and one thing that they can learn."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_lib.datasets.char_text import HELLO, CharText, least_loss
from course_lib.optimization.fit_torch import fit
from course_lib.recurrent.classifiers_torch import SequenceClassifier, Tagger
from course_lib.sequences.batching import pad
from course_lib.sequences.heads_torch import sequence_loss

LENGTHS = [4, 1, 6, 2]


def generator():
    return torch.Generator().manual_seed(3)


@pytest.fixture
def sequences(rng):
    return [rng.integers(7, size=length) for length in LENGTHS]


def padded(sequences, value=0, time=None):
    tokens, mask = pad(sequences, value, time)
    return torch.tensor(tokens), torch.tensor(mask)


def torch_states(model, tokens, mask):
    """nn.Embedding and a packed nn.RNN with the model's weights: all states, and the last."""
    layer = model.recurrent
    embedding = torch.nn.Embedding.from_pretrained(model.E.detach().T)
    rnn = torch.nn.RNN(*layer.W_xh.shape[::-1], batch_first=True, dtype=torch.float64)
    zero = torch.zeros_like(layer.b_h)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = (layer.W_xh, layer.W_hh, layer.b_h, zero)
    rnn.load_state_dict(dict(zip(names, weights, strict=True)))
    packed = pack_padded_sequence(
        embedding(tokens), mask.sum(dim=1), batch_first=True, enforce_sorted=False
    )
    hs, last = rnn(packed)
    return pad_packed_sequence(hs, batch_first=True)[0], last[0]


@pytest.mark.parametrize("pool", ["last", "mean"])
def test_classifier_equals_packed_torch(sequences, pool):
    model = SequenceClassifier(7, 3, 4, 2, pool, generator())
    tokens, mask = padded(sequences)
    hs, last = torch_states(model, tokens, mask)
    pooled = last if pool == "last" else hs.sum(dim=1) / mask.sum(dim=1)[:, None]
    torch.testing.assert_close(model(tokens, mask), model.readout(pooled), atol=1e-12, rtol=0)


@pytest.mark.checks("eq-language-model", against="torch")
def test_tagger_equals_packed_torch(sequences):
    model = Tagger(7, 3, 4, 5, generator())
    tokens, mask = padded(sequences)
    hs, _ = torch_states(model, tokens, mask)
    theirs = model.readout(hs)
    torch.testing.assert_close(model(tokens)[mask], theirs[mask], atol=1e-12, rtol=0)


@pytest.mark.parametrize("pool", ["last", "mean"])
def test_answers_do_not_depend_on_the_padding(sequences, pool):
    model = SequenceClassifier(7, 3, 4, 2, pool, generator())
    expected = model(*padded(sequences))
    assert torch.equal(model(*padded(sequences, value=6)), expected)
    torch.testing.assert_close(model(*padded(sequences, 2, time=9)), expected, atol=1e-15, rtol=0)
    for sequence, row in zip(sequences, expected, strict=True):
        torch.testing.assert_close(model(*padded([sequence]))[0], row, atol=1e-15, rtol=0)


def test_a_tag_does_not_depend_on_what_comes_later(sequences):
    model = Tagger(7, 3, 4, 5, generator())
    tokens, _ = padded(sequences, time=6)
    changed = tokens.clone()
    changed[:, 4:] = 6 - changed[:, 4:]
    assert torch.equal(model(changed)[:, :4], model(tokens)[:, :4])
    assert not torch.equal(model(changed)[:, 4:], model(tokens)[:, 4:])


def test_gradient_does_not_depend_on_the_padding(sequences):
    grads = []
    for value, time in [(0, None), (6, 9)]:
        model = Tagger(7, 3, 4, 5, generator())
        tokens, mask = padded(sequences, value, time)
        sequence_loss(model(tokens), tokens % 5, mask).backward()
        grads.append(torch.cat([p.grad.ravel() for p in model.parameters()]))
    torch.testing.assert_close(*grads, atol=1e-14, rtol=0)


@pytest.mark.slow
def test_tagger_learns_to_remember_the_last_token(rng):
    """Tag = previous token: impossible without memory, easy with it."""
    tokens = torch.tensor(rng.integers(3, size=(16, 8)))
    mask = torch.ones_like(tokens, dtype=bool)
    mask[:, 0] = False
    model = Tagger(3, 4, 12, 3, generator())
    targets = torch.roll(tokens, 1, dims=1)
    history = fit(
        model.parameters(), lambda step: sequence_loss(model(tokens), targets, mask), 300, 0.02
    )
    assert history[0] > 0.9 * np.log(3)
    assert history[-1] < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_hello_world_is_learned_by_heart(seed):
    """Below the floor of predictors without memory, below 0.01 nats, and recited from its "h"."""
    hello = CharText(HELLO)
    x, y = torch.tensor(hello.inputs)[None], torch.tensor(hello.targets)[None]
    everywhere = torch.ones_like(x, dtype=bool)
    model = Tagger(9, 4, 12, 9, torch.Generator().manual_seed(seed))
    losses = fit(model.parameters(), lambda step: sequence_loss(model(x), y, everywhere), 300, 0.01)
    assert losses[0] > least_loss(HELLO, 1) > 0.5
    assert losses[-1] < 0.01
    text = "h"
    while len(text) < len(HELLO):
        scores = model(torch.tensor(hello.encode(text))[None])
        text += hello.alphabet[int(scores[0, -1].argmax())]
    assert text == HELLO


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="pool: expected one of 'last', 'mean', got 'max'"):
        SequenceClassifier(7, 3, 4, 2, "max")
    with pytest.raises(ValueError, match="vocab: expected a whole number, 1 or more"):
        Tagger(0, 3, 4, 2)


def test_one_word_one_unit_one_tag(bad_input):
    words, mask = torch.zeros(1, 1, dtype=int), torch.ones(1, 1, dtype=bool)
    assert Tagger(1, 1, 1, 1)(words).shape == (1, 1, 1)
    assert SequenceClassifier(1, 1, 1, 1)(words, mask).shape == (1, 1)
    for make in (lambda: Tagger(2.5, 1, 1, 1), lambda: SequenceClassifier(0, 1, 1, 1)):
        with pytest.raises(ValueError, match="vocab: expected a whole number, 1 or more"):
            make()


@pytest.mark.parametrize("make", [Tagger, SequenceClassifier])
def test_vectors_of_words_are_drawn_between_minus_one_and_one(make):
    E = make(1000, 10, 2, 2, generator=torch.Generator().manual_seed(0)).E
    assert 0.999 < E.abs().max().item() <= 1.0

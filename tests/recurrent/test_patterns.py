"""The five wirings: which input each answer depends on, found by changing one input at a time."""

import numpy as np
import pytest
import torch

from course_lib.recurrent import bptt, encoder_decoder
from course_lib.recurrent.captioning_torch import CaptionDecoder
from course_lib.recurrent.classifiers_torch import SequenceClassifier, Tagger
from course_lib.recurrent.srn import SRN

TIME, VOCAB = 5, 6


def seen(answer, inputs):
    """Entry (t, s): whether answer t changes with input s; answers (time, ...), inputs a list."""
    before = answer(inputs)
    rows = []
    for s, given in enumerate(inputs):
        changed = [*inputs[:s], given + 1, *inputs[s + 1 :]]
        rows.append(
            [bool(np.abs(a - b).max() > 0) for a, b in zip(before, answer(changed), strict=True)]
        )
    return np.array(rows).T


def tokens():
    return [0, 3, 1, 4, 2]


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("pool", ["last", "mean"])
@pytest.mark.parametrize("length", [1, TIME])  # of one input: one to one
def test_many_to_one_gives_one_answer_that_sees_every_input_and_no_padding(pool, length):
    model = SequenceClassifier(VOCAB, 3, 4, 2, pool, generator())
    mask = torch.arange(TIME)[None] < length

    def answer(inputs):
        return model(torch.tensor([inputs]), mask).detach().numpy()

    found = seen(answer, tokens())
    assert found.tolist() == [[s < length for s in range(TIME)]]


def test_in_step_answer_t_sees_the_inputs_up_to_t():
    model = Tagger(VOCAB, 3, 4, 2, generator())

    def answer(inputs):
        return model(torch.tensor([inputs]))[0].detach().numpy()

    assert np.array_equal(seen(answer, tokens()), np.tri(TIME, dtype=bool))


def test_one_after_the_other_every_answer_sees_every_input(rng):
    cell = SRN()
    encoder, decoder = cell.init(rng, VOCAB, 4), cell.init(rng, 2, 4)
    E, W_hy, b_y = rng.normal(size=(2, 7)), rng.normal(size=(7, 4)), rng.normal(size=7)
    head = encoder_decoder.Decoder(E, W_hy, b_y, begin=0)

    def answer(inputs):
        state = encoder_decoder.encode(cell, encoder, np.eye(VOCAB)[inputs][None])
        return encoder_decoder.generate(cell, decoder, head, state, 3)[1][0]

    assert seen(answer, tokens()).all()
    hs, _ = bptt.forward(cell, encoder, np.eye(VOCAB)[tokens()][None])
    only_last = encoder_decoder.generate(cell, decoder, head, hs[:, -1], 3)[1][0]
    assert np.array_equal(answer(tokens()), only_last)  # nothing else passes between the two


@pytest.mark.parametrize("mode", ["input", "start"])
def test_one_to_many_every_answer_sees_the_picture_and_the_letters_before(mode):
    model = CaptionDecoder(3, VOCAB, 3, 4, mode, generator=generator())

    def answer(inputs):
        picture, *letters = inputs
        return model(picture, torch.tensor([letters]))[0].detach().numpy()

    found = seen(answer, [torch.ones(1, 3, dtype=torch.float64), *tokens()])
    assert found[:, 0].all()
    assert np.array_equal(found[:, 1:], np.tri(TIME, dtype=bool))

"""Both ways to condition against torch.nn.RNN, and writing against reading."""

import pytest
import torch
import torch.nn.functional as F

from course_lib.optimization.fit_torch import fit
from course_lib.recurrent.captioning_torch import CaptionDecoder

PIXELS, VOCAB, D_IN, D_HIDDEN = 5, 6, 3, 4


def decoder(mode, begin=0, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return CaptionDecoder(PIXELS, VOCAB, D_IN, D_HIDDEN, mode, begin, generator)


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(2)
    pictures = torch.rand(7, PIXELS, generator=generator, dtype=torch.float64)
    return pictures, torch.randint(VOCAB, (7, 5), generator=generator)


def torch_rnn(model, extra):
    """nn.RNN with the decoder's weights and ``extra`` more inputs per step."""
    layer = model.recurrent
    rnn = torch.nn.RNN(D_IN + extra, D_HIDDEN, batch_first=True, dtype=torch.float64)
    W = torch.cat([layer.W_xh, model.W_v], dim=1) if extra else layer.W_xh
    weights = (W, layer.W_hh, layer.b_h, torch.zeros_like(layer.b_h))
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    rnn.load_state_dict(dict(zip(names, weights, strict=True)))
    return rnn


@pytest.mark.checks("eq-caption-input", against="torch")
def test_input_mode_is_an_rnn_with_the_picture_beside_every_letter(batch):
    pictures, inputs = batch
    model = decoder("input")
    xs = F.embedding(inputs, model.E.T)
    beside = torch.cat([xs, pictures[:, None].expand(-1, 5, -1)], dim=2)
    theirs = model.readout(torch_rnn(model, PIXELS)(beside)[0])
    torch.testing.assert_close(model(pictures, inputs), theirs, atol=1e-13, rtol=0)


@pytest.mark.checks("eq-caption-start", against="torch")
def test_start_mode_is_an_rnn_that_starts_from_the_picture(batch):
    pictures, inputs = batch
    model = decoder("start")
    h0 = torch.tanh(F.linear(pictures, model.W_v))
    theirs = model.readout(torch_rnn(model, 0)(F.embedding(inputs, model.E.T), h0[None])[0])
    torch.testing.assert_close(model(pictures, inputs), theirs, atol=1e-13, rtol=0)


@pytest.mark.parametrize("mode", ["input", "start"])
def test_what_is_generated_is_the_likeliest_answer_to_itself(batch, mode):
    """Read the generated tokens back in: every one must be the best answer at its step."""
    pictures, _ = batch
    model = decoder(mode, begin=2)
    generated = model.generate(pictures, steps=6)
    inputs = torch.cat([torch.full((7, 1), 2), generated[:, :-1]], dim=1)
    assert torch.equal(model(pictures, inputs).argmax(dim=-1), generated)


@pytest.mark.parametrize("mode", ["input", "start"])
def test_the_picture_makes_a_difference_at_every_step(batch, mode):
    pictures, inputs = batch
    model = decoder(mode)
    change = abs(model(pictures + 1.0, inputs) - model(pictures, inputs)).amax(dim=(0, 2))
    assert (change > 1e-4).all()


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["input", "start"])
def test_three_pictures_can_be_captioned_by_heart(mode):
    pictures = torch.eye(3, PIXELS, dtype=torch.float64)
    targets = torch.tensor([[1, 2, 3, 4], [5, 5, 1, 1], [4, 1, 5, 2]])
    inputs = F.pad(targets[:, :-1], (1, 0))
    model = CaptionDecoder(PIXELS, VOCAB, 4, 12, mode, 0, torch.Generator().manual_seed(0))
    fit(
        model.parameters(),
        lambda step: F.cross_entropy(model(pictures, inputs).transpose(1, 2), targets),
        200,
        0.02,
    )
    assert torch.equal(model.generate(pictures, 4), targets)


def test_wrong_arguments_are_named(batch, bad_input):
    pictures, inputs = batch
    with pytest.raises(ValueError, match="mode: expected one of 'input', 'start', got 'both'"):
        decoder("both")
    with pytest.raises(ValueError, match="begin: expected a token from 0 to 5, got 6"):
        decoder("start", begin=6)
    with pytest.raises(ValueError, match=r"pictures: expected shape \(7, 5\), got \(7, 4\)"):
        decoder("input")(pictures[:, :4], inputs)
    with pytest.raises(ValueError, match="steps: expected a whole number, 1 or more"):
        decoder("input").generate(pictures, 0)


def test_first_weights_fill_their_bounds():
    model = CaptionDecoder(100, 100, 100, 100, "input", 0, torch.Generator().manual_seed(0))
    for weight, bound in (model.E, 1.0), (model.W_v, 0.1):
        assert 0.999 * bound < weight.abs().max().item() <= bound


def test_the_first_and_the_last_token_may_begin():
    for begin in 0, VOCAB - 1:
        assert decoder("input", begin).begin == begin
    with pytest.raises(ValueError, match="begin: expected a token from 0 to 5, got -1"):
        decoder("input", begin=-1)


def test_a_picture_of_one_number_is_the_smallest():
    model = CaptionDecoder(1, vocab=1, d_in=1, d_hidden=1, mode="start")
    assert model.generate(torch.ones(1, 1, dtype=torch.float64), steps=1).tolist() == [[0]]
    with pytest.raises(ValueError, match="d_picture: expected a whole number, 1 or more, got 0"):
        CaptionDecoder(0, vocab=3, d_in=2, d_hidden=2, mode="input")

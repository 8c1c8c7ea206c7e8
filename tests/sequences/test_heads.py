"""Heads and losses against torch, and what padding must never do."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN
from course_lib.sequences.batching import pad
from course_lib.sequences.heads import (
    last_state,
    mean_state,
    readout,
    sequence_loss,
    step_losses,
)

LENGTHS = [4, 1, 6, 2]


@pytest.fixture
def sequences(rng):
    return [rng.normal(size=(length, 3)) for length in LENGTHS]


@pytest.fixture
def scored(rng):
    """Scores (batch, time, vocab), targets and mask of a padded batch."""
    ys, mask = pad([rng.normal(size=(length, 5)) for length in LENGTHS])
    return ys, rng.integers(5, size=mask.shape), mask


def torch_rnn(d_in=3, d_hidden=4):
    torch.manual_seed(1)
    return torch.nn.RNN(d_in, d_hidden, batch_first=True, dtype=torch.float64)


@pytest.mark.checks("eq-readout", against="torch")
def test_readout_equals_linear(rng):
    linear = torch.nn.Linear(4, 5, dtype=torch.float64)
    hs = rng.normal(size=(2, 3, 4))
    W_hy, b_y = linear.weight.detach().numpy(), linear.bias.detach().numpy()
    theirs = linear(torch.tensor(hs)).detach().numpy()
    np.testing.assert_allclose(readout(hs, W_hy, b_y), theirs, atol=1e-14)
    np.testing.assert_allclose(readout(hs, W_hy) + b_y, theirs, atol=1e-14)


@pytest.mark.checks("eq-last-state", against="torch")
def test_last_state_is_what_a_packed_rnn_returns(sequences):
    xs, mask = pad(sequences, value=50.0)
    rnn = torch_rnn()
    packed = pack_padded_sequence(
        torch.tensor(xs), mask.sum(axis=1), batch_first=True, enforce_sorted=False
    )
    theirs = rnn(packed)[1][0].detach().numpy()
    hs, _ = bptt.forward(SRN(), SRN().params_from_torch(rnn), xs)  # runs on over the padding
    np.testing.assert_allclose(last_state(hs, mask), theirs, atol=1e-12)
    assert abs(hs[:, -1] - theirs).max() > 0.1  # the trap


@pytest.mark.checks("eq-mean-state", against="torch")
def test_mean_state_is_the_mean_of_what_a_packed_rnn_returns(sequences):
    xs, mask = pad(sequences, value=50.0)
    rnn = torch_rnn()
    packed = pack_padded_sequence(
        torch.tensor(xs), mask.sum(axis=1), batch_first=True, enforce_sorted=False
    )
    theirs, lengths = pad_packed_sequence(rnn(packed)[0], batch_first=True)  # zeros at padding
    theirs = (theirs.sum(dim=1) / lengths[:, None]).detach().numpy()
    hs, _ = bptt.forward(SRN(), SRN().params_from_torch(rnn), xs)
    np.testing.assert_allclose(mean_state(hs, mask), theirs, atol=1e-12)
    assert abs(hs.mean(axis=1) - theirs).max() > 0.1  # the trap


@pytest.mark.parametrize("pool", [last_state, mean_state])
def test_without_a_mask_every_step_is_real(rng, pool):
    hs = rng.normal(size=(3, 5, 2))
    np.testing.assert_array_equal(pool(hs), pool(hs, np.ones((3, 5), bool)))


@pytest.mark.parametrize("pool", [last_state, mean_state])
def test_nothing_depends_on_the_padding(sequences, rng, pool):
    """Bit for bit: other fillings, longer rectangles, and each sequence on its own."""
    params = SRN().init(rng, 3, 4)

    def pooled(value, time):
        xs, mask = pad(sequences, value, time)
        return pool(bptt.forward(SRN(), params, xs)[0], mask)

    expected = pooled(0.0, None)
    np.testing.assert_array_equal(pooled(-3.0, None), expected)
    np.testing.assert_allclose(pooled(1e3, 11), expected, rtol=0, atol=1e-15)
    for sequence, row in zip(sequences, expected, strict=True):
        alone = pool(bptt.forward(SRN(), params, sequence[None])[0])
        np.testing.assert_allclose(alone[0], row, rtol=0, atol=1e-15)


def test_not_even_nan_leaks_out_of_the_padding(scored):
    ys, targets, mask = scored
    spoilt = np.where(mask[..., None], ys, np.nan)
    np.testing.assert_array_equal(mean_state(spoilt, mask), mean_state(ys, mask))
    np.testing.assert_array_equal(last_state(spoilt, mask), last_state(ys, mask))
    assert sequence_loss(spoilt, targets, mask) == sequence_loss(ys, targets, mask)


@pytest.mark.checks("eq-step-loss", "eq-sequence-loss", "eq-token-loss", against="torch")
def test_losses_equal_torch_with_ignored_targets(scored):
    ys, targets, mask = scored
    ignored = torch.tensor(np.where(mask, targets, -100))
    scores = torch.tensor(ys).transpose(1, 2)
    each = F.cross_entropy(scores, ignored, reduction="none").numpy()
    np.testing.assert_allclose(step_losses(ys, targets, mask), each, atol=1e-13)
    for reduction in ("mean", "sum"):
        theirs = F.cross_entropy(scores, ignored, reduction=reduction).item()
        assert sequence_loss(ys, targets, mask, reduction) == pytest.approx(theirs, abs=1e-12)


def test_mean_of_means_is_another_number(scored):
    """Known by hand: losses 0 on one token, log 3 - log 1 on three."""
    ys = np.zeros((2, 3, 3))
    ys[0, 0] = [1000.0, 0.0, 0.0]
    mask = np.array([[True, False, False], [True, True, True]])
    targets = np.zeros((2, 3), int)
    assert sequence_loss(ys, targets, mask) == pytest.approx(3 / 4 * np.log(3))
    mean_of_means = (step_losses(ys, targets, mask).sum(axis=1) / mask.sum(axis=1)).mean()
    assert mean_of_means == pytest.approx(1 / 2 * np.log(3))


def test_padded_targets_may_be_anything(scored):
    ys, targets, mask = scored
    wild = np.where(mask, targets, -100)
    assert sequence_loss(ys, wild, mask) == sequence_loss(ys, targets, mask)


def test_wrong_arguments_are_named(rng, bad_input):
    hs, mask = np.zeros((2, 3, 4)), np.ones((2, 3), bool)
    with pytest.raises(ValueError, match="W_hy: expected shape \\(vocab, 4\\)"):
        readout(hs, np.zeros((5, 3)))
    with pytest.raises(ValueError, match="hs: expected shape \\(batch, time, d_hidden\\)"):
        last_state(hs[0])
    with pytest.raises(ValueError, match="mask: expected shape \\(2, 3\\)"):
        mean_state(hs, mask[:, :2])
    with pytest.raises(ValueError, match=r"mask: expected a real step .* none in 1"):
        mean_state(hs, np.array([[True, True, True], [False, False, False]]))
    with pytest.raises(ValueError, match=r"mask: expected padding .* in row 0"):
        last_state(hs, np.array([[False, True, True], [True, True, True]]))
    with pytest.raises(ValueError, match="reduction: expected one of"):
        sequence_loss(hs, np.zeros((2, 3), int), mask, "average")
    with pytest.raises(ValueError, match="mask: expected at least one step"):
        sequence_loss(hs, np.zeros((2, 3), int), ~mask)
    with pytest.raises(ValueError, match="targets: expected classes 0 to 3, got 0 to 4"):
        sequence_loss(hs, np.array([[0, 0, 4], [0, 0, 0]]), mask)


def test_a_mask_of_another_shape_is_refused(bad_input):
    ys, targets = np.zeros((2, 3, 4)), np.zeros((2, 3), int)
    for function in (step_losses, sequence_loss):
        with pytest.raises(ValueError, match=r"mask: expected shape \(2, 3\), got \(1, 3\)"):
            function(ys, targets, np.ones((1, 3), bool))


def test_one_sequence_of_one_step_and_one_class():
    one, real = np.full((1, 1, 1), 7.0), np.ones((1, 1), bool)
    assert last_state(one, real) == mean_state(one, real) == 7.0
    assert sequence_loss(one, np.zeros((1, 1), int), real) == 0.0

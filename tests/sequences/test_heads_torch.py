"""The torch heads against the numpy ones."""

import numpy as np
import pytest
import torch

from course_lib.sequences import heads
from course_lib.sequences.batching import mask_from_lengths
from course_lib.sequences.heads_torch import Readout, last_state, mean_state, sequence_loss

MASK = mask_from_lengths([3, 1, 5, 2])


@pytest.fixture
def hs(rng):
    return np.where(MASK[..., None], rng.normal(size=(4, 5, 3)), np.nan)


POOLS = [(last_state, heads.last_state), (mean_state, heads.mean_state)]


@pytest.mark.parametrize(("ours", "theirs"), POOLS)
def test_pooling_equals_numpy(hs, ours, theirs):
    pooled = ours(torch.tensor(hs), torch.tensor(MASK)).numpy()
    np.testing.assert_allclose(pooled, theirs(hs, MASK), atol=1e-15)


def test_readout_and_loss_equal_numpy(hs, rng):
    readout = Readout(3, 4, torch.Generator().manual_seed(0))
    readout.b_y.data += torch.tensor(rng.normal(size=4))
    targets = rng.integers(4, size=MASK.shape)
    ys = readout(torch.tensor(hs))
    expected = heads.readout(hs, readout.W_hy.detach().numpy(), readout.b_y.detach().numpy())
    np.testing.assert_allclose(ys.detach().numpy(), expected, atol=1e-14)
    loss = sequence_loss(ys, torch.tensor(targets), torch.tensor(MASK))
    assert loss.item() == pytest.approx(heads.sequence_loss(expected, targets, MASK), abs=1e-13)


def test_gradients_reach_real_steps_only(hs, rng):
    states = torch.tensor(np.nan_to_num(hs), requires_grad=True)
    (
        last_state(states, torch.tensor(MASK)) + mean_state(states, torch.tensor(MASK))
    ).sum().backward()
    lengths = MASK.sum(axis=1)
    expected = MASK / lengths[:, None]  # each real step has an equal share of the mean
    expected[np.arange(4), lengths - 1] += 1  # and the last one is read out
    np.testing.assert_allclose(states.grad.numpy(), np.tile(expected[..., None], 3), atol=1e-15)


def test_the_same_generator_draws_the_same_weights():
    one, other = (Readout(3, 4, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(one.W_hy, other.W_hy)
    assert abs(one.W_hy).max() <= 3**-0.5


def test_wrong_arguments_are_named(hs, bad_input):
    states, mask = torch.tensor(hs), torch.tensor(MASK)
    with pytest.raises(ValueError, match=r"mask: expected shape \(4, 5\)"):
        last_state(states, mask[:, :2])
    with pytest.raises(ValueError, match=r"mask: expected a real step .* none in 0"):
        mean_state(states, ~mask & mask)
    with pytest.raises(ValueError, match="mask: expected at least one step"):
        sequence_loss(states, torch.zeros(4, 5, dtype=int), ~mask & mask)
    with pytest.raises(ValueError, match="vocab: expected a whole number, 1 or more"):
        Readout(3, 0)
    with pytest.raises(ValueError, match="d_hidden: expected a whole number, 1 or more"):
        Readout(0, 4)
    assert Readout(1, 1)(torch.zeros(2, 1, dtype=torch.float64)).shape == (2, 1)


def test_what_numpy_refuses_is_refused_alike(hs, bad_input):
    states, mask = np.nan_to_num(hs), MASK
    late = np.array([*MASK[:3], [False, True, True, True, True]])
    targets = np.zeros(MASK.shape, int)
    out_of_range = np.where(np.arange(5) == 0, 3, targets)
    ignored = np.full(MASK.shape, -100)  # torch's own loss leaves these out
    pairs = [
        *((ours, theirs, (states, late)) for ours, theirs in POOLS),
        *((ours, theirs, (states, ~mask & mask)) for ours, theirs in POOLS),
        *((ours, theirs, (states, mask[:1])) for ours, theirs in POOLS),
        *(
            (sequence_loss, heads.sequence_loss, arguments)
            for arguments in (
                (states, targets, ~mask & mask),
                (states, targets, mask[:1]),
                (states, targets[:1], mask[:1]),
                (states, out_of_range, mask),
                (states, ignored, mask | True),
            )
        ),
    ]
    for ours, theirs, arguments in pairs:
        with pytest.raises(ValueError, match="expected") as numpy_says:
            theirs(*arguments)
        with pytest.raises(ValueError, match="expected") as torch_says:
            ours(*map(torch.tensor, arguments))
        assert str(torch_says.value) == str(numpy_says.value)

"""Padding against torch's own, round trips, and the traps."""

from itertools import pairwise, permutations

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from course_lib.sequences.batching import (
    bucketed_batches,
    lengths_from_mask,
    mask_from_lengths,
    pad,
    reverse_by_length,
    unpad,
    wasted_fraction,
)


@pytest.fixture
def sequences(rng):
    return [rng.normal(size=(time, 3)) for time in (4, 1, 6, 2)]


def test_pad_equals_torch(sequences):
    xs, mask = pad(sequences)
    theirs = pad_sequence([torch.tensor(s) for s in sequences], batch_first=True)
    np.testing.assert_array_equal(xs, theirs.numpy())
    np.testing.assert_array_equal(mask.sum(axis=1), [4, 1, 6, 2])


@pytest.mark.parametrize("value", [0.0, 7.5, np.nan])
@pytest.mark.parametrize("time", [None, 6, 9])
def test_unpad_undoes_pad_whatever_it_was_filled_with(sequences, value, time):
    back = unpad(*pad(sequences, value=value, time=time))
    assert all(np.array_equal(a, b) for a, b in zip(back, sequences, strict=True))


def test_pad_keeps_integers_and_takes_an_empty_sequence():
    xs, mask = pad([[3, 1], []], value=-1)
    assert xs.tolist() == [[3, 1], [-1, -1]]
    assert mask.tolist() == [[True, True], [False, False]]
    assert xs.dtype.kind == "i"


def test_mask_and_lengths_are_inverse(rng):
    lengths = rng.integers(0, 7, size=9)
    np.testing.assert_array_equal(lengths_from_mask(mask_from_lengths(lengths, 8)), lengths)


def test_reverse_turns_each_sequence_and_keeps_the_padding(sequences):
    xs, mask = pad(sequences, value=9.0)
    turned = reverse_by_length(xs, mask)
    for sequence, row in zip(sequences, turned, strict=True):
        np.testing.assert_array_equal(row[: len(sequence)], sequence[::-1])
        assert (row[len(sequence) :] == 9.0).all()
    np.testing.assert_array_equal(reverse_by_length(turned, mask), xs)
    assert not np.array_equal(xs[:, ::-1], turned)


def test_reverse_is_the_order_in_which_a_packed_backward_rnn_reads(sequences):
    """The backward half of torch's bidirectional RNN is a forward pass over our reversal."""
    xs, mask = pad(sequences)
    torch.manual_seed(0)
    both = torch.nn.RNN(3, 2, batch_first=True, bidirectional=True, dtype=torch.float64)
    packed = pack_padded_sequence(
        torch.tensor(xs), mask.sum(axis=1), batch_first=True, enforce_sorted=False
    )
    backward_half = pad_packed_sequence(both(packed)[0], batch_first=True)[0][..., 2:]
    one = torch.nn.RNN(3, 2, batch_first=True, dtype=torch.float64)
    one.load_state_dict(
        {
            name.removesuffix("_reverse"): value
            for name, value in both.state_dict().items()
            if name.endswith("_reverse")
        }
    )
    ours = reverse_by_length(
        one(torch.tensor(reverse_by_length(xs, mask)))[0].detach().numpy(), mask
    )
    np.testing.assert_allclose(ours[mask], backward_half.detach().numpy()[mask], atol=1e-14)


@pytest.mark.parametrize("pool", [None, 1, 8, 1000])
def test_the_batches_hold_each_sequence_once(rng, pool):
    lengths = rng.integers(1, 30, size=53)
    batches = bucketed_batches(rng, lengths, 8, pool)
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(53))
    assert max(len(batch) for batch in batches) <= 8


def test_buckets_hold_neighbours_in_length(rng):
    lengths = rng.integers(1, 100, size=64)
    batches = bucketed_batches(rng, lengths, 8)
    spans = sorted((lengths[b].min(), lengths[b].max()) for b in batches)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@pytest.mark.checks("eq-padding-waste", against="enumeration")
def test_wasted_fraction_counts_the_cells_of_the_rectangles(rng):
    lengths = rng.integers(1, 12, size=23)
    batches = bucketed_batches(rng, lengths, 5, pool=7)
    masks = [pad([np.zeros(lengths[i]) for i in batch]).mask for batch in batches]
    cells = np.concatenate([mask.ravel() for mask in masks])
    assert wasted_fraction(lengths, batches) == pytest.approx(1 - cells.mean(), abs=1e-15)


def test_sorting_everything_wastes_least_of_all_cuts_into_equal_batches(rng):
    """For six sequences in three pairs, try every order."""
    lengths = rng.integers(1, 20, size=6)
    best = min(
        wasted_fraction(lengths, [np.array(order[i : i + 2]) for i in (0, 2, 4)])
        for order in permutations(range(6))
    )
    assert wasted_fraction(lengths, bucketed_batches(rng, lengths, 2)) == pytest.approx(best)


def test_wrong_arguments_are_named(rng):
    with pytest.raises(ValueError, match="sequences: expected at least one"):
        pad([])
    with pytest.raises(ValueError, match=r"sequences\[1\]: expected shape \(time, 3\)"):
        pad([np.zeros((2, 3)), np.zeros((2, 4))])
    with pytest.raises(ValueError, match="time: expected a whole number, 3 or more, got 2"):
        pad([np.zeros(3)], time=2)
    with pytest.raises(ValueError, match=r"mask: expected padding .* in row 1"):
        lengths_from_mask(np.array([[True, False], [False, True]]))
    with pytest.raises(ValueError, match="batch_size: expected a whole number, 1 or more"):
        bucketed_batches(rng, [1, 2, 3], 0)
    with pytest.raises(ValueError, match="pool: expected a whole number, 1 or more"):
        bucketed_batches(rng, [1, 2], 1, pool=0)


@pytest.mark.parametrize("value", [np.nan, 0.5, -np.inf, 300, -1])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, bool])
def test_what_is_filled_in_is_not_cut_down_to_whole_numbers(value, dtype):
    xs, mask = pad([np.ones(3, dtype), np.ones(1, dtype)], value=value)
    np.testing.assert_array_equal(xs, [[1, 1, 1], [1, value, value]])
    np.testing.assert_array_equal(mask, [[True, True, True], [True, False, False]])


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.int64, bool])
def test_a_value_that_fits_changes_no_type(dtype):
    assert pad([np.ones(2, dtype), np.ones(1, dtype)], value=1).xs.dtype == dtype
    assert pad([np.ones(2, np.float32), np.ones(1, np.float32)], value=0.1).xs.dtype == np.float32


def test_batches_without_sequences_waste_nothing():
    empty = np.zeros(0, dtype=int)
    assert wasted_fraction([4, 1], [np.array([0, 1]), empty]) == 0.375
    for batches in ([], [empty], [np.array([2])]):
        with pytest.raises(ValueError, match="batches: expected at least one step, got none"):
            wasted_fraction([4, 1, 0], batches)


@pytest.mark.parametrize("lengths", [[2.5], [-1, 3], [True], ["2"]])
def test_lengths_are_whole_numbers(rng, lengths, bad_input):
    for function in (
        mask_from_lengths,
        lambda lengths: bucketed_batches(rng, lengths, 1),
        lambda lengths: wasted_fraction(lengths, [np.array([0])]),
    ):
        with pytest.raises(ValueError, match="lengths: expected whole numbers, 0 or more, got"):
            function(lengths)
    assert mask_from_lengths([]).shape == (0, 0)


def test_the_smallest_numbers_are_allowed(rng):
    assert pad([[]], time=0).xs.shape == (1, 0)
    assert bucketed_batches(rng, [], 1) == []
    assert [len(batch) for batch in bucketed_batches(rng, [3, 1], 1, pool=1)] == [1, 1]


def test_padding_that_is_not_all_alike_stays_where_it_is():
    mask = mask_from_lengths([2, 5, 0], time=5)
    turned = reverse_by_length(np.tile(np.arange(5), (3, 1)), mask)
    np.testing.assert_array_equal(turned, [[1, 0, 2, 3, 4], [4, 3, 2, 1, 0], [0, 1, 2, 3, 4]])

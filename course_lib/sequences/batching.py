"""Sequences of unequal length in one array: pad, mask, reverse, sort into batches.

A batch is a rectangle, sentences are not. Padding fills the rectangle, the mask
remembers which entries are real (True = keep), and everything that later averages,
reverses or reads "the last state" has to ask the mask. Padding is on the right.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Shaped
from numpy import ndarray as Array

from course_lib.foundations.validate import check_whole


class Padded(NamedTuple):
    """A rectangle of sequences and the mask that tells real entries from padding.

    Attributes:
        xs: (batch, time, ...), the sequences, filled up on the right.
        mask: (batch, time) bool, True where ``xs`` is real.
    """

    xs: Array
    mask: Array


def pad(sequences: Sequence[Array | Sequence], value: float = 0, time: int | None = None) -> Padded:
    """Stack sequences of unequal length into one rectangle.

    Args:
        sequences: arrays (time, ...) that agree in everything but their length;
            lists of numbers are welcome too.
        value: what to fill with. No result may depend on it. Whole numbers become real
            ones where it is none, such as NaN or 0.5.
        time: the length to fill up to; None means the longest sequence.

    Returns:
        The rectangle and its mask.

    Raises:
        ValueError: no sequences, unequal feature axes, or ``time`` below the longest.

    >>> pad([[7, 8, 9], [5]]).xs
    array([[7, 8, 9],
           [5, 0, 0]])
    >>> pad([[7, 8, 9], [5]]).mask.astype(int)
    array([[1, 1, 1],
           [1, 0, 0]])
    """
    arrays = [np.asarray(sequence) for sequence in sequences]
    if not arrays:
        raise ValueError("sequences: expected at least one, got none")
    features = arrays[0].shape[1:]
    for i, array in enumerate(arrays):
        if array.ndim == 0 or array.shape[1:] != features:
            axes = ", ".join(("time", *map(str, features)))
            raise ValueError(f"sequences[{i}]: expected shape ({axes}), got {array.shape}")
    longest = max(len(array) for array in arrays)
    time = longest if time is None else time
    check_whole("time", time, longest)
    dtype = np.result_type(*([array for array in arrays if array.size] or arrays))
    if dtype.kind in "biu" and not _holds(dtype, value):
        dtype = np.result_type(dtype, np.asarray(value).dtype)
    xs = np.full((len(arrays), time, *features), value, dtype=dtype)
    for row, array in zip(xs, arrays, strict=True):
        row[: len(array)] = array
    return Padded(xs, mask_from_lengths([len(array) for array in arrays], time))


def mask_from_lengths(
    lengths: Sequence[int] | Int[Array, " batch"], time: int | None = None
) -> Bool[Array, "batch time"]:
    """True for the first ``lengths[i]`` entries of row i.

    Raises:
        ValueError: a length is negative or no whole number.

    >>> mask_from_lengths([2, 0], time=3).astype(int)
    array([[1, 1, 0],
           [0, 0, 0]])
    """
    lengths = _whole_numbers(lengths)
    time = int(lengths.max(initial=0)) if time is None else time
    return np.arange(time) < lengths[:, None]


def lengths_from_mask(mask: Bool[Array, "batch time"]) -> Int[Array, " batch"]:
    """Count the real entries of each row.

    Raises:
        ValueError: a row has padding before or between its real entries.

    >>> lengths_from_mask(np.array([[True, True, False]]))
    array([2])
    """
    lengths = mask.sum(axis=1)
    holes = np.flatnonzero((mask != mask_from_lengths(lengths, mask.shape[1])).any(axis=1))
    if holes.size:
        raise ValueError(
            f"mask: expected padding only at the end, got some before in row {holes[0]}"
        )
    return lengths


def unpad(
    xs: Shaped[Array, "batch time *features"], mask: Bool[Array, "batch time"]
) -> list[Array]:
    """Cut the padding off again: ``unpad(*pad(sequences))`` gives the sequences back.

    >>> unpad(*pad([[7, 8, 9], [5]]))
    [array([7, 8, 9]), array([5])]
    """
    return [row[:length] for row, length in zip(xs, lengths_from_mask(mask), strict=True)]


def reverse_by_length(
    xs: Shaped[Array, "batch time *features"], mask: Bool[Array, "batch time"]
) -> Shaped[Array, "batch time *features"]:
    """Turn each sequence round and leave its padding where it is.

    ``xs[:, ::-1]`` would move the padding to the front, and a network that reads
    from right to left would start on it.

    >>> reverse_by_length(*pad([[7, 8, 9], [5, 6]]))
    array([[9, 8, 7],
           [6, 5, 0]])
    """
    position = np.arange(xs.shape[1])
    source = np.where(mask, lengths_from_mask(mask)[:, None] - 1 - position, position)
    return xs[np.arange(len(xs))[:, None], source]


def bucketed_batches(
    rng: np.random.Generator,
    lengths: Sequence[int] | Int[Array, " n"],
    batch_size: int,
    pool: int | None = None,
) -> list[Int[Array, " _"]]:
    """Batch sequences of similar length together, so that little is padded.

    The data are shuffled, cut into pools, sorted by length inside each pool and
    only then cut into batches, whose order is shuffled again. Small pools keep the
    batches random, large pools keep them even.

    Args:
        rng: shuffles.
        lengths: one length per sequence.
        batch_size: sequences in a batch; the last batch of a pool may be smaller.
        pool: sequences sorted together; None means all of them.

    Returns:
        Index arrays that together hold every sequence once.

    Raises:
        ValueError: ``batch_size`` or ``pool`` is below 1.
    """
    lengths = _whole_numbers(lengths)
    check_whole("batch_size", batch_size, 1)
    pool = max(len(lengths), 1) if pool is None else pool
    check_whole("pool", pool, 1)
    batches = []
    for chosen in _cut(rng.permutation(len(lengths)), pool):
        batches += _cut(chosen[np.argsort(lengths[chosen], kind="stable")], batch_size)
    return [batches[i] for i in rng.permutation(len(batches))]


def wasted_fraction(
    lengths: Sequence[int] | Int[Array, " n"], batches: Sequence[Int[Array, " _"]]
) -> float:
    r"""Share of the steps computed that are padding, each batch padded to its longest.

    Implements eq-padding-waste (chapter: recurrence).

    Raises:
        ValueError: a length is negative or no whole number, or no step is computed at all.

    >>> wasted_fraction([4, 1, 4, 1], [np.array([0, 1]), np.array([2, 3])])
    0.375
    >>> wasted_fraction([4, 1, 4, 1], [np.array([0, 2]), np.array([1, 3])])
    0.0
    """
    lengths = _whole_numbers(lengths)
    batches = [batch for batch in batches if len(batch)]
    computed = sum(len(batch) * int(lengths[batch].max()) for batch in batches)
    if computed == 0:
        raise ValueError("batches: expected at least one step, got none")
    real = sum(int(lengths[batch].sum()) for batch in batches)
    return 1.0 - real / computed  # eq-padding-waste


def _holds(dtype: np.dtype, value: float) -> bool:
    """Whether a type of whole numbers or of truth values can hold a number as it is."""
    try:
        with np.errstate(invalid="ignore"):
            return bool(np.array(value).astype(dtype) == value)
    except OverflowError:
        return False


def _whole_numbers(lengths: Sequence[int] | Int[Array, " n"]) -> Int[Array, " n"]:
    array = np.asarray(lengths)
    if array.size and (array.dtype.kind not in "iu" or (array < 0).any()):
        raise ValueError(f"lengths: expected whole numbers, 0 or more, got {lengths}")
    return array.astype(int)


def _cut(order: Int[Array, " n"], size: int) -> list[Int[Array, " _"]]:
    return [order[start : start + size] for start in range(0, len(order), size)]

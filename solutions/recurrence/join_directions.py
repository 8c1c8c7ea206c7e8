# %%
import numpy as np
import torch

# %% [markdown]
# ## Two directions, joined
#
# A bidirectional network is two networks side by side, not one on top of the other. The second
# one read each sequence from its own end: what it computed first belongs to the *last* token. In
# `hs_bw` the entry at step $s$ therefore belongs to token $n_b - 1 - s$ of a sequence of length
# $n_b$. Turning the whole time axis round would put the padding in front.
#
# $$ h_{bt} = \big[\,\overrightarrow h_{b,t}\,;\ \overleftarrow h_{b,\,n_b-1-t}\,\big]
#    \quad (t < n_b), \qquad h_{bt} = 0 \quad (t \ge n_b). $$
#
# **Write** `join_directions(hs_fw, hs_bw, lengths)`, both states `(batch, time, d_hidden)`,
# lengths `(batch,)`; return `(batch, time, 2 * d_hidden)`, zero in the padding.
#
# *Example.* Length 2 of 3, forward 1, 2, 9 and backward 10, 20, 90: the result is
# $(1, 20), (2, 10), (0, 0)$.


# %%
def join_directions(hs_fw, hs_bw, lengths):
    """Bring the backward states back into reading order and put them beside the forward ones."""
    ### BEGIN SOLUTION
    batch, time, d_hidden = hs_fw.shape
    joined = np.zeros((batch, time, 2 * d_hidden))
    for b, n in enumerate(lengths):
        joined[b, :n, :d_hidden] = hs_fw[b, :n]
        joined[b, :n, d_hidden:] = hs_bw[b, :n][::-1]
    return joined
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def join_inputs(rng):
    time = int(rng.integers(5, 8))
    lengths = np.array([time, time - 2, 2])
    return *rng.normal(size=(2, 3, time, 2)), lengths


def joined_with(hs_fw, hs_bw, lengths):
    keep = np.arange(hs_fw.shape[1])[None, :, None] < np.asarray(lengths)[:, None, None]
    return np.where(keep, np.concatenate([hs_fw, hs_bw], axis=-1), 0.0)


def reversed_by_length(hs, lengths):
    turned = hs.copy()
    for b, n in enumerate(lengths):
        turned[b, :n] = hs[b, :n][::-1]
    return turned


def left_reversed(hs_fw, hs_bw, lengths):
    return joined_with(hs_fw, hs_bw, lengths)


def turns_the_padding(hs_fw, hs_bw, lengths):
    return joined_with(hs_fw, hs_bw[:, ::-1], lengths)


def backward_first(hs_fw, hs_bw, lengths):
    return joined_with(reversed_by_length(hs_bw, lengths), hs_fw, lengths)


def padding_kept(hs_fw, hs_bw, lengths):
    return np.concatenate([hs_fw, reversed_by_length(hs_bw, lengths)], axis=-1)


def joined_as_they_came(hs_fw, hs_bw, lengths):
    return np.concatenate([hs_fw, hs_bw], axis=-1)


def turns_and_keeps_padding(hs_fw, hs_bw, lengths):
    return np.concatenate([hs_fw, hs_bw[:, ::-1]], axis=-1)


def added_up(hs_fw, hs_bw, lengths):
    both = joined_with(hs_fw, reversed_by_length(hs_bw, lengths), lengths)
    return both[..., : hs_fw.shape[-1]] + both[..., hs_fw.shape[-1] :]


def one_after_the_other(hs_fw, hs_bw, lengths):
    both = joined_with(hs_fw, reversed_by_length(hs_bw, lengths), lengths)
    return np.concatenate(np.split(both, 2, axis=-1), axis=1)


def flips_every_axis(hs_fw, hs_bw, lengths):
    return joined_with(hs_fw, np.flip(hs_bw), lengths)


def join_by_indices(hs_fw, hs_bw, lengths):
    steps = np.arange(hs_fw.shape[1])[None, :]
    n = np.asarray(lengths)[:, None]
    source = np.where(steps < n, n - 1 - steps, 0)
    turned = np.take_along_axis(hs_bw, source[:, :, None], axis=1)
    return np.concatenate([hs_fw, turned], axis=-1) * (steps < n)[:, :, None]


def join_by_torch(hs_fw, hs_bw, lengths):
    rows = []
    for fw, bw, n in zip(torch.from_numpy(hs_fw), torch.from_numpy(hs_bw), lengths, strict=True):
        row = torch.cat([fw[:n], bw[:n].flip(0)], dim=-1)
        rows.append(torch.nn.functional.pad(row, (0, 0, 0, len(fw) - n)))
    return torch.stack(rows)


def join_in_plain_lists(hs_fw, hs_bw, lengths):
    rows = []
    for fw, bw, n in zip(hs_fw.tolist(), hs_bw.tolist(), lengths, strict=True):
        row = [left + right for left, right in zip(fw[:n], reversed(bw[:n]), strict=True)]
        rows.append(row + [[0] * 2 * len(fw[0])] * (len(fw) - n))
    return rows


def join_in_single_precision(hs_fw, hs_bw, lengths):
    d_hidden = hs_fw.shape[2]
    joined = np.pad(hs_fw, [(0, 0), (0, 0), (0, d_hidden)]).astype(np.float32)
    for b, n in enumerate(lengths):
        joined[b, n:] = 0
        joined[b, :n, d_hidden:] = hs_bw[b, n - 1 :: -1]
    return joined


task = Task(
    join_directions,
    points=2,
    compare=Close(condition=10, float32=True),
    forbidden=("course_lib.sequences.batching", "course_lib.recurrent.bidirectional"),
    examples=[
        (np.array([[[1.0], [2.0], [9.0]]]), np.array([[[10.0], [20.0], [90.0]]]), np.array([2]))
    ],
    regimes={"drawn": join_inputs},
    right=[join_by_indices, join_by_torch, join_in_plain_lists, join_in_single_precision],
    wrong={
        "left reversed": (
            (
                "The backward states are still in the order in which they were computed; turn "
                "each sequence round before joining."
            ),
            left_reversed,
        ),
        "turns the padding": (
            (
                "The whole time axis was turned round, so the padding came to the front; turn "
                "only the first `lengths[b]` steps of each sequence."
            ),
            turns_the_padding,
        ),
        "backward first": (
            "The two halves are swapped: forward states come first, backward states second.",
            backward_first,
        ),
        "padding kept": (
            "The padding is not zero: steps from `lengths[b]` on must hold 0.",
            padding_kept,
        ),
        "left reversed, padding kept": (
            (
                "The two are joined as they came: the backward states are still in the order in"
                " which they were computed, and the padding is not zero."
            ),
            joined_as_they_came,
        ),
        "turns the padding and keeps it": (
            (
                "The whole time axis was turned round, so the padding came to the front, and it"
                " is not zero; turn only the first `lengths[b]` steps of each sequence and put "
                "0 after them."
            ),
            turns_and_keeps_padding,
        ),
        "added up": (
            "The two directions are added; put them side by side along the last axis.",
            added_up,
        ),
        "one after the other": (
            "The two are joined along time; put them side by side along the last axis.",
            one_after_the_other,
        ),
        "flips every axis": (
            (
                "`np.flip` without an axis turns every axis round, the batch and the units too;"
                " turn only the first `lengths[b]` steps of each sequence."
            ),
            flips_every_axis,
        ),
    },
)

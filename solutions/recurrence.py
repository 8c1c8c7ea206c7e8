# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises: recurrent networks
#
# Each task asks for one function. Replace the line `...  # your answer here`, run the cell, then
# run the `check` under it: it answers at once, and where it can it names the mistake. The checks
# use a few public cases; the grading uses fresh ones, so write the function for every input that
# the task allows, not for the cases you see. Loops are welcome. So is torch: a tensor counts like
# an array. What must be right are the values and the shapes; single precision is good enough unless
# digits are asked for.
#
# Letters and axes are those of the course: $h_t = f(W_{hh} h_{t-1} + W_{xh} x_t + b_h)$, weights
# `(d_out, d_in)`, batch first, `mask` True where there is something. Steps are counted from 0.

# %%
from fractions import Fraction

import numpy as np
import torch

# %% [markdown]
# ## 1. Mean over what is there
#
# A batch of sentences is padded to one length, and what stands in the padding is nobody's
# business: it may be zero, old numbers, or NaN. A classifier that reads the mean state must give
# the same answer however long the padding is. For sequence $b$ with mask $m_{bt}\in\{0,1\}$,
#
# $$ \bar h_b = \frac{\sum_t m_{bt}\, h_{bt}}{\sum_t m_{bt}} . $$
#
# The mask may have holes anywhere. A sequence of which nothing is kept has the mean 0.
#
# **Write** `masked_mean(hs, mask)` with `hs` `(batch, time, d_hidden)` and `mask` `(batch, time)`;
# return `(batch, d_hidden)`.
#
# *Example.* States 1, 3, 100 with mask True, True, False: the mean is $(1+3)/2 = 2$.


# %%
def masked_mean(hs, mask):
    """Average the states of each sequence over the steps that are kept."""
    ### BEGIN SOLUTION
    kept = np.where(mask[:, :, None], hs, 0.0)
    n_kept = np.maximum(mask.sum(axis=1), 1)
    return kept.sum(axis=1) / n_kept[:, None]
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close, Exact
from course_tools.exercises.spec import Task

# Conditions: about 30 roundings lie between inputs and answer, each of which the rest of the way
# amplifies at most by the factor beside the condition: what ``verify.amplification`` measured in
# 1,200 draws. The result is rounded up. Where numbers are only moved about, 10 is plenty.

mean_task = Task(
    "masked_mean",
    points=1,
    compare=Close(condition=1e2, float32=True),  # 30 * 1.3
    forbidden=(
        "course_lib.sequences.heads",
        "course_lib.sequences.heads_torch",
    ),
)
mean_task.example(np.array([[[1.0], [3.0], [100.0]]]), np.array([[True, True, False]]))


@mean_task.inputs
def mean_inputs(rng):
    batch, time = 4, int(rng.integers(5, 8))
    hs = rng.normal(size=(batch, time, 2)) + 1
    mask = rng.random((batch, time)) < 0.6
    mask[:, 0], mask[:, 2] = True, False
    mask[3] = False
    hs[0][~mask[0]] = np.nan
    hs[1:][~mask[1:]] *= 10
    return hs, mask


@mean_task.wrong(
    "divides by time",
    "The sum runs over the kept steps but is divided by the length of the padded axis; "
    "divide by the number of kept steps.",
)
def divides_by_time(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).mean(axis=1)


@mean_task.wrong(
    "averages the padding",
    "The mask is not used: the padding is averaged in with the rest.",
)
def averages_padding(hs, mask):
    return hs.mean(axis=1)


@mean_task.wrong(
    "NaN times zero",
    "The padding is multiplied by 0, but NaN times 0 is NaN; choose with `np.where` instead.",
)
def multiplies_by_mask(hs, mask):
    return (hs * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]


@mean_task.wrong(
    "one length for all",
    "All sums are divided by one average length; every sequence has its own number of kept steps.",
)
def one_length_for_all(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).sum(axis=1) / mask.sum(axis=1).mean()


@mean_task.wrong(
    "nothing over nothing",
    "A sequence of which nothing is kept has the mean 0; dividing by its number of steps is 0/0.",
)
def nothing_over_nothing(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).sum(axis=1) / mask.sum(axis=1)[:, None]


@mean_task.wrong(
    "mask turned round",
    "The steps that the mask leaves out are averaged; True means that a step is kept.",
)
def mask_turned_round(hs, mask):
    return masked_mean(hs, ~mask)


@mean_task.wrong(
    "sum, not mean",
    "This is the sum of the kept states; divide by their number.",
)
def sum_not_mean(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).sum(axis=1)


@mean_task.right("loops")
def mean_by_loops(hs, mask):
    means = np.zeros((hs.shape[0], hs.shape[2]))
    for b in range(len(hs)):
        steps = [hs[b, t] for t in range(hs.shape[1]) if mask[b, t]]
        if steps:
            means[b] = sum(steps) / len(steps)
    return means


@mean_task.right("torch")
def mean_by_torch(hs, mask):
    states, keep = torch.from_numpy(hs), torch.from_numpy(mask)
    total = states.masked_fill(~keep[..., None], 0).sum(1)
    return total / keep.sum(1, keepdim=True).clamp(min=1)


@mean_task.right("plain lists")
def mean_in_plain_lists(hs, mask):
    means = []
    for states, keep in zip(hs.tolist(), mask.tolist(), strict=True):
        mean, n_kept = [0] * hs.shape[2], 0
        for state, here in zip(states, keep, strict=True):
            if here:
                n_kept += 1
                mean = [m + (h - m) / n_kept for m, h in zip(mean, state, strict=True)]
        means.append(mean)
    return means


@mean_task.right("nanmean")
def mean_by_nanmean(hs, mask):
    return np.nan_to_num(np.nanmean(np.where(mask[..., None], hs, np.nan), axis=1))


@mean_task.right("einsum in single precision")
def mean_in_single_precision(hs, mask):
    weights = torch.tensor(mask, dtype=torch.float32)
    weights /= weights.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("bt,btd->bd", weights, torch.Tensor(hs).nan_to_num())


# %% [markdown]
# ## 2. The last state that counts
#
# Reading off `hs[:, -1]` reads padding for every sequence but the longest. Here the mask may also
# have holes, as when single steps were dropped by a sensor, so the number of kept steps does not
# say where the last one stands.
#
# $$ t_b = \max\{t : m_{bt} = 1\}, \qquad \text{return } h_{b,t_b} \text{ and } t_b . $$
#
# **Write** `last_valid(hs, mask)` that returns the pair `(states, steps)` of shapes
# `(batch, d_hidden)` and `(batch,)`. Every sequence has at least one kept step.
#
# *Example.* States 5, 6, 7, 8 with mask True, False, True, False: the pair is state 7, step 2.


# %%
def last_valid(hs, mask):
    """Find the last kept step of each sequence, and the state there."""
    ### BEGIN SOLUTION
    from_the_end = np.argmax(mask[:, ::-1], axis=1)
    steps = mask.shape[1] - 1 - from_the_end
    return hs[np.arange(len(hs)), steps], steps
    ### END SOLUTION


# %% tags=["spec"]
last_task = Task(
    "last_valid",
    points=1,
    compare=Close(condition=10, float32=True),
    returns=("states", "steps"),
    forbidden=(
        "course_lib.sequences.heads",
        "course_lib.sequences.heads_torch",
    ),
)
last_task.example(np.array([[[5.0], [6.0], [7.0], [8.0]]]), np.array([[True, False, True, False]]))


@last_task.inputs
def last_inputs(rng):
    batch, time = 3, int(rng.integers(6, 9))
    mask = rng.random((batch, time)) < 0.5
    mask[:, 1], mask[:, 3], mask[:, -1] = False, True, False
    mask[1, 2], mask[2, 0] = True, True
    return rng.normal(size=(batch, time, 2)), mask


@last_task.wrong(
    "last column",
    "The state of the last column is read, which is padding here; find the last True of each row.",
)
def last_column(hs, mask):
    return hs[:, -1], np.full(len(hs), hs.shape[1] - 1)


@last_task.wrong(
    "counts the steps",
    "The number of kept steps minus 1 is the last one only if the mask has no holes.",
)
def counts_the_steps(hs, mask):
    steps = mask.sum(axis=1) - 1
    return hs[np.arange(len(hs)), steps], steps


@last_task.wrong(
    "first step",
    "This is the first kept step, which is what `argmax` of a mask finds; wanted is the last.",
)
def first_step(hs, mask):
    steps = np.argmax(mask, axis=1)
    return hs[np.arange(len(hs)), steps], steps


@last_task.wrong(
    "one step too far",
    "One step too far: the step after the last kept one.",
)
def one_step_too_far(hs, mask):
    steps = mask.shape[1] - np.argmax(mask[:, ::-1], axis=1)
    return hs[np.arange(len(hs)), steps], steps


@last_task.wrong(
    "stops at the first hole",
    "The search stops at the first hole; after a hole there may be steps that are kept.",
)
def stops_at_the_first_hole(hs, mask):
    steps = np.argmin(mask, axis=1) - 1
    return hs[np.arange(len(hs)), steps], steps


@last_task.wrong(
    "counts from 1",
    "The states are right, but the steps are counted from 1; here the first step is step 0.",
)
def counts_from_one(hs, mask):
    states, steps = last_valid(hs, mask)
    return states, steps + 1


@last_task.wrong(
    "pair turned round",
    "The pair is the wrong way round: the states come first, then the steps.",
)
def steps_first(hs, mask):
    return last_valid(hs, mask)[::-1]


@last_task.right("loops")
def last_by_loops(hs, mask):
    steps = [max(t for t in range(mask.shape[1]) if row[t]) for row in mask]
    return np.stack([hs[b, t] for b, t in enumerate(steps)]), steps


@last_task.right("torch")
def last_by_torch(hs, mask):
    steps = (torch.from_numpy(mask) * torch.arange(mask.shape[1])).argmax(dim=1)
    return torch.from_numpy(hs)[torch.arange(len(hs)), steps], steps


@last_task.right("plain lists")
def last_in_plain_lists(hs, mask):
    states, steps = [], []
    for row, keep in zip(hs.tolist(), mask.tolist(), strict=True):
        steps.append(len(keep) - 1 - keep[::-1].index(True))
        states.append(row[steps[-1]])
    return states, steps


@last_task.right("carried along")
def last_by_carrying(hs, mask):
    states, steps = hs[:, 0], np.zeros(len(hs))
    for t in range(hs.shape[1]):
        states = np.where(mask[:, t, None], hs[:, t], states)
        steps = np.where(mask[:, t], t, steps)
    return states, steps


@last_task.right("gather in single precision")
def last_in_single_precision(hs, mask):
    places = torch.from_numpy(mask) * torch.arange(1, mask.shape[1] + 1)
    steps = places.max(dim=1).values - 1
    rows = steps[:, None, None].expand(-1, 1, hs.shape[2])
    return [torch.Tensor(hs).gather(1, rows)[:, 0], steps.int()]


# %% [markdown]
# ## 3. Two directions, joined
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
join_task = Task(
    "join_directions",
    points=2,
    compare=Close(condition=10, float32=True),
    forbidden=(
        "course_lib.sequences.batching",
        "course_lib.recurrent.bidirectional",
    ),
)
join_task.example(
    np.array([[[1.0], [2.0], [9.0]]]), np.array([[[10.0], [20.0], [90.0]]]), np.array([2])
)


@join_task.inputs
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


@join_task.wrong(
    "left reversed",
    "The backward states are still in the order in which they were computed; "
    "turn each sequence round before joining.",
)
def left_reversed(hs_fw, hs_bw, lengths):
    return joined_with(hs_fw, hs_bw, lengths)


@join_task.wrong(
    "turns the padding",
    "The whole time axis was turned round, so the padding came to the front; "
    "turn only the first `lengths[b]` steps of each sequence.",
)
def turns_the_padding(hs_fw, hs_bw, lengths):
    return joined_with(hs_fw, hs_bw[:, ::-1], lengths)


@join_task.wrong(
    "backward first",
    "The two halves are swapped: forward states come first, backward states second.",
)
def backward_first(hs_fw, hs_bw, lengths):
    return joined_with(reversed_by_length(hs_bw, lengths), hs_fw, lengths)


@join_task.wrong(
    "padding kept",
    "The padding is not zero: steps from `lengths[b]` on must hold 0.",
)
def padding_kept(hs_fw, hs_bw, lengths):
    return np.concatenate([hs_fw, reversed_by_length(hs_bw, lengths)], axis=-1)


@join_task.wrong(
    "left reversed, padding kept",
    "The two are joined as they came: the backward states are still in the order in which they "
    "were computed, and the padding is not zero.",
)
def joined_as_they_came(hs_fw, hs_bw, lengths):
    return np.concatenate([hs_fw, hs_bw], axis=-1)


@join_task.wrong(
    "turns the padding and keeps it",
    "The whole time axis was turned round, so the padding came to the front, and it is not zero; "
    "turn only the first `lengths[b]` steps of each sequence and put 0 after them.",
)
def turns_and_keeps_padding(hs_fw, hs_bw, lengths):
    return np.concatenate([hs_fw, hs_bw[:, ::-1]], axis=-1)


@join_task.wrong(
    "added up",
    "The two directions are added; put them side by side along the last axis.",
)
def added_up(hs_fw, hs_bw, lengths):
    both = joined_with(hs_fw, reversed_by_length(hs_bw, lengths), lengths)
    return both[..., : hs_fw.shape[-1]] + both[..., hs_fw.shape[-1] :]


@join_task.wrong(
    "one after the other",
    "The two are joined along time; put them side by side along the last axis.",
)
def one_after_the_other(hs_fw, hs_bw, lengths):
    both = joined_with(hs_fw, reversed_by_length(hs_bw, lengths), lengths)
    return np.concatenate(np.split(both, 2, axis=-1), axis=1)


@join_task.wrong(
    "flips every axis",
    "`np.flip` without an axis turns every axis round, the batch and the units too; "
    "turn only the first `lengths[b]` steps of each sequence.",
)
def flips_every_axis(hs_fw, hs_bw, lengths):
    return joined_with(hs_fw, np.flip(hs_bw), lengths)


@join_task.right("indices")
def join_by_indices(hs_fw, hs_bw, lengths):
    steps = np.arange(hs_fw.shape[1])[None, :]
    n = np.asarray(lengths)[:, None]
    source = np.where(steps < n, n - 1 - steps, 0)
    turned = np.take_along_axis(hs_bw, source[:, :, None], axis=1)
    return np.concatenate([hs_fw, turned], axis=-1) * (steps < n)[:, :, None]


@join_task.right("torch")
def join_by_torch(hs_fw, hs_bw, lengths):
    rows = []
    for fw, bw, n in zip(torch.from_numpy(hs_fw), torch.from_numpy(hs_bw), lengths, strict=True):
        row = torch.cat([fw[:n], bw[:n].flip(0)], dim=-1)
        rows.append(torch.nn.functional.pad(row, (0, 0, 0, len(fw) - n)))
    return torch.stack(rows)


@join_task.right("plain lists")
def join_in_plain_lists(hs_fw, hs_bw, lengths):
    rows = []
    for fw, bw, n in zip(hs_fw.tolist(), hs_bw.tolist(), lengths, strict=True):
        row = [left + right for left, right in zip(fw[:n], reversed(bw[:n]), strict=True)]
        rows.append(row + [[0] * 2 * len(fw[0])] * (len(fw) - n))
    return rows


@join_task.right("filled in single precision")
def join_in_single_precision(hs_fw, hs_bw, lengths):
    d_hidden = hs_fw.shape[2]
    joined = np.pad(hs_fw, [(0, 0), (0, 0), (0, d_hidden)]).astype(np.float32)
    for b, n in enumerate(lengths):
        joined[b, n:] = 0
        joined[b, :n, d_hidden:] = hs_bw[b, n - 1 :: -1]
    return joined


# %% [markdown]
# ## 4. A past in a table
#
# Before a network remembers by itself, its past can be laid out for it: an autoregressive model
# sees the last $K$ values side by side. To forecast $p$ steps ahead (here $K$ is `n_lags` and $p$
# is `horizon`), each row holds
#
# $$ (y_t,\ y_{t-1},\ \dots,\ y_{t-K+1}) \quad\text{and its target}\quad y_{t+p}, $$
#
# for every $t$ at which all of these exist, in order of $t$. The newest value stands first.
#
# **Write** `lag_windows(series, n_lags, horizon)` for a series of shape `(time,)`; return
# `(features, targets)` of shapes `(rows, n_lags)` and `(rows,)`.
#
# *Example.* Series 1, 2, 3, 4, 5 with two lags and horizon 2: the rows are $(2, 1) \to 4$ and
# $(3, 2) \to 5$.


# %%
def lag_windows(series, n_lags, horizon):
    """Lay out the last values of a series, newest first, with the value to forecast."""
    ### BEGIN SOLUTION
    now = np.arange(n_lags - 1, len(series) - horizon)
    features = series[now[:, None] - np.arange(n_lags)[None, :]]
    return features, series[now + horizon]
    ### END SOLUTION


# %% tags=["spec"]
lag_task = Task(
    "lag_windows",
    points=2,
    compare=Close(condition=10, float32=True),
    returns=("features", "targets"),
    forbidden=(
        "course_lib.sequence_models.narx",
        "course_lib.sequence_models.autoregressive",
        "course_lib.sequence_models.ar_memory",
    ),
)
lag_task.example(np.arange(1.0, 6.0), 2, 2)


@lag_task.inputs
def lag_inputs(rng):
    return rng.normal(size=int(rng.integers(9, 14))), int(rng.integers(2, 5)), 3


def windows_at(series, now, n_lags, shift):
    return series[now[:, None] - np.arange(n_lags)[None, :]], series[now + shift]


@lag_task.wrong(
    "oldest first",
    "The values in each row run from old to new; the newest stands first.",
)
def oldest_first(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon)
    features, targets = windows_at(series, now, n_lags, horizon)
    return features[:, ::-1], targets


@lag_task.wrong(
    "one step ahead",
    "The target is the next value whatever the horizon; it should lie `horizon` steps ahead.",
)
def one_step_ahead(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon)
    return windows_at(series, now, n_lags, 1)


@lag_task.wrong(
    "horizon one short",
    "The target is one step too early: with horizon 1 it would be the newest value itself.",
)
def horizon_one_short(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon)
    return windows_at(series, now, n_lags, horizon - 1)


@lag_task.wrong(
    "last row lost",
    "One row is missing at the end: the last row is the one whose target is the last value.",
)
def last_row_lost(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon - 1)
    return windows_at(series, now, n_lags, horizon)


@lag_task.wrong(
    "first row lost",
    "One row is missing at the beginning: the first window that exists ends at step n_lags - 1.",
)
def first_row_lost(series, n_lags, horizon):
    return windows_at(series, np.arange(n_lags, len(series) - horizon), n_lags, horizon)


@lag_task.wrong(
    "horizon one too far",
    "The target is one step too late: it should lie `horizon` steps after the newest value.",
)
def horizon_one_too_far(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon - 1)
    return windows_at(series, now, n_lags, horizon + 1)


@lag_task.wrong(
    "lags down the rows",
    "The features are transposed: one row for each t, one column for each lag.",
)
def lags_down_the_rows(series, n_lags, horizon):
    features, targets = lag_windows(series, n_lags, horizon)
    return features.T, targets


@lag_task.right("loops")
def lags_by_loops(series, n_lags, horizon):
    rows, targets = [], []
    for t in range(len(series)):
        if t - n_lags + 1 >= 0 and t + horizon < len(series):
            rows.append([series[t - k] for k in range(n_lags)])
            targets.append(series[t + horizon])
    return np.array(rows), np.array(targets)


@lag_task.right("torch")
def lags_by_torch(series, n_lags, horizon):
    windows = torch.from_numpy(series).unfold(0, n_lags, 1).flip(1)
    targets = torch.from_numpy(series)[n_lags - 1 + horizon :]
    return windows[: len(targets)], targets


@lag_task.right("sliding windows")
def lags_by_sliding_windows(series, n_lags, horizon):
    windows = np.lib.stride_tricks.sliding_window_view(series[:-horizon], n_lags)
    return windows[:, ::-1], series[n_lags + horizon - 1 :]


@lag_task.right("columns in single precision")
def lags_by_columns(series, n_lags, horizon):
    values = series.astype(np.float32)
    first, end = n_lags - 1, len(series) - horizon
    columns = [values[first - k : end - k] for k in range(n_lags)]
    return np.column_stack(columns), values[first + horizon :].tolist()


# %% [markdown]
# ## 5. The gradient at the output, with its sign
#
# Training a language model starts from one small gradient. With logits $s = W_{hy} h$, loss
# $\mathcal L = -\log \mathrm{softmax}(s)_k$ for the right word $k$, and $e_k$ the vector that is 1
# at $k$ and 0 elsewhere,
#
# $$ \frac{\partial\mathcal L}{\partial s} = \mathrm{softmax}(s) - e_k . $$
#
# A step *against* the gradient has to make the right word more likely: that settles the sign. It
# is worth a check, since one of the lectures behind this course lost it.
#
# **Write** `output_gradient(W_hy, h, label)` with `W_hy` `(vocab, d_hidden)`, `h` `(d_hidden,)`;
# return the pair $(\partial\mathcal L/\partial W_{hy},\ \partial\mathcal L/\partial h)$.
#
# *Example.* Two words, $W_{hy} = 0$, $h = (2)$, label 0: both words have probability $1/2$, so the
# first gradient is $(-1, 1)^\top$ and the second is 0.


# %%
def output_gradient(W_hy, h, label):
    """Differentiate minus the log-probability of the right word."""
    ### BEGIN SOLUTION
    logits = W_hy @ h
    error = np.exp(logits - logits.max())
    error /= error.sum()
    error[label] -= 1
    return np.outer(error, h), W_hy.T @ error
    ### END SOLUTION


# %% tags=["spec"]
output_task = Task(
    "output_gradient",
    points=2,
    compare=Close(condition=5e2, float32=True),  # 30 * 8.5
    returns=("d_W_hy", "d_h"),
    forbidden=(
        "course_lib.sequences.heads",
        "course_lib.recurrent.rnnlm",
    ),
)
output_task.example(np.zeros((2, 1)), np.array([2.0]), 0)


@output_task.inputs
def output_inputs(rng):
    W_hy, h = rng.normal(size=(4, 4)), rng.normal(size=4)
    unlikely = np.argsort(W_hy @ h)[:3]  # of the likeliest word, p - 1 would cancel
    return W_hy, h, int(rng.choice(unlikely))


def error_at_output(W_hy, h, label):
    error = np.exp(W_hy @ h)
    error /= error.sum()
    error[label] -= 1
    return error


@output_task.wrong(
    "sign",
    "The sign is turned round: this is the gradient of the log-probability, the loss is minus it. "
    "The Bulgarian lecture prints it so.",
)
def lost_sign(W_hy, h, label):
    error = -error_at_output(W_hy, h, label)
    return np.outer(error, h), W_hy.T @ error


@output_task.wrong(
    "no label",
    "The label plays no part: subtract 1 from the probability of the right word.",
)
def no_label(W_hy, h, label):
    error = error_at_output(W_hy, h, label)
    error[label] += 1
    return np.outer(error, h), W_hy.T @ error


@output_task.wrong(
    "missing transpose",
    "The gradient goes back through the transpose, `W_hy.T`; here the transpose is missing.",
)
def missing_transpose(W_hy, h, label):
    error = error_at_output(W_hy, h, label)
    return np.outer(error, h), W_hy @ error


@output_task.wrong(
    "outer product turned",
    "The outer product is the wrong way round: its rows belong to the words, as in `W_hy`.",
)
def outer_turned(W_hy, h, label):
    error = error_at_output(W_hy, h, label)
    return np.outer(h, error), W_hy.T @ error


@output_task.wrong(
    "no softmax",
    "The error is taken from the logits; turn them into probabilities first.",
)
def without_softmax(W_hy, h, label):
    error = W_hy @ h
    error[label] -= 1
    return np.outer(error, h), W_hy.T @ error


@output_task.wrong(
    "not normalised",
    "The exponentials are not divided by their sum, so they are no probabilities.",
)
def not_normalised(W_hy, h, label):
    error = np.exp(W_hy @ h)
    error[label] -= 1
    return np.outer(error, h), W_hy.T @ error


@output_task.wrong(
    "pair turned round",
    "The pair is the wrong way round: first the gradient by `W_hy`, then the one by `h`.",
)
def gradients_turned_round(W_hy, h, label):
    return output_gradient(W_hy, h, label)[::-1]


@output_task.right("loops")
def output_by_loops(W_hy, h, label):
    logits = [sum(w * x for w, x in zip(row, h, strict=True)) for row in W_hy]
    total = sum(np.exp(s) for s in logits)
    error = [np.exp(s) / total - (k == label) for k, s in enumerate(logits)]
    d_W = np.array([[e * x for x in h] for e in error])
    d_h = np.array(
        [sum(e * row[j] for e, row in zip(error, W_hy, strict=True)) for j in range(len(h))]
    )
    return d_W, d_h


@output_task.right("autograd")
def output_by_autograd(W_hy, h, label):
    weights = torch.from_numpy(W_hy).requires_grad_()
    state = torch.from_numpy(h).requires_grad_()
    loss = -torch.log_softmax(weights @ state, dim=0)[label]
    return torch.autograd.grad(loss, (weights, state))


@output_task.right("through the Jacobian of the softmax")
def output_by_jacobian(W_hy, h, label):
    scores = np.exp(W_hy @ h)
    p = scores / scores.sum()
    jacobian = np.diag(p) - p[:, None] * p
    error = -jacobian[label] / p[label]
    return np.einsum("v,d->vd", error, h), np.einsum("v,vd->d", error, W_hy)


@output_task.right("single precision")
def output_in_single_precision(W_hy, h, label):
    weights, state = torch.tensor(W_hy, dtype=torch.float32), torch.Tensor(h)
    one_hot = torch.nn.functional.one_hot(torch.tensor(label), len(weights))
    error = torch.softmax(weights @ state, dim=0) - one_hot
    return error[:, None] * state, error @ weights


# %% [markdown]
# ## 6. A mean over tokens, not a mean of means
#
# Sentences have different lengths. If each is averaged by itself and the averages are averaged
# again, a word in a short sentence counts for more than a word in a long one. The course's loss is
# the mean over all kept tokens of the batch:
#
# $$ \mathcal L = \frac{\sum_{b,t} m_{bt}\,\big(-\log \mathrm{softmax}(s_{bt})_{y_{bt}}\big)}
#                      {\sum_{b,t} m_{bt}} . $$
#
# This one is for training, so write it in torch: the check also compares the gradient by `logits`.
#
# **Write** `token_loss(logits, labels, mask)` on tensors of shapes `(batch, time, vocab)`,
# `(batch, time)`, `(batch, time)`; return a tensor of shape `()`.
#
# *Example.* Token losses 1, 1, 1 in one sentence and 3 in the other: the mean over tokens is
# $6/4 = 1.5$; the mean of means would be 2.


# %%
def token_loss(logits, labels, mask):
    """Average the negative log-probability of the labels over the kept tokens."""
    ### BEGIN SOLUTION
    log_probs = torch.log_softmax(logits, dim=-1)
    losses = -log_probs.gather(-1, labels[..., None])[..., 0]
    return losses[mask].mean()
    ### END SOLUTION


# %% tags=["spec"]
loss_task = Task(
    "token_loss",
    points=2,
    compare=Close(condition=1e2, float32=True),  # 30 * 2.1
    returns=("value", "gradient"),
    forbidden=(
        "course_lib.sequences.heads",
        "course_lib.sequences.heads_torch",
    ),
    call="with gradient",
)
loss_task.example(
    np.array([[[0.0, 1.0], [2.0, 0.0]], [[0.0, 3.0], [9.0, 9.0]]]),
    np.array([[0, 0], [0, 0]]),
    np.array([[True, True], [True, False]]),
)


@loss_task.inputs
def loss_inputs(rng):
    batch, time, vocab = 3, int(rng.integers(4, 7)), 4
    lengths = np.array([time, 3, 1])
    mask = np.arange(time)[None, :] < lengths[:, None]
    logits = 2 * rng.normal(size=(batch, time, vocab))
    return logits, rng.integers(vocab, size=(batch, time)), mask


def losses_at_labels(logits, labels):
    return -torch.log_softmax(logits, dim=-1).gather(-1, labels[..., None])[..., 0]


@loss_task.wrong(
    "mean of means",
    "Each sentence is averaged first and the averages are averaged again: words in short "
    "sentences then count for more. Divide one sum by the number of all kept tokens.",
)
def mean_of_means(logits, labels, mask):
    losses = losses_at_labels(logits, labels) * mask
    return (losses.sum(dim=1) / mask.sum(dim=1)).mean()


@loss_task.wrong(
    "divides by batch times time",
    "The sum is divided by batch times time, padding included; divide by the kept tokens.",
)
def divides_by_everything(logits, labels, mask):
    return (losses_at_labels(logits, labels) * mask).mean()


@loss_task.wrong(
    "padding counted",
    "The mask is not used: tokens in the padding have a loss here.",
)
def padding_counted(logits, labels, mask):
    return losses_at_labels(logits, labels).mean()


@loss_task.wrong(
    "detached",
    "The value is right, but no gradient reaches `logits`: do not leave torch (`.item()`, "
    "`.detach()`, numpy) on the way.",
)
def detached(logits, labels, mask):
    return losses_at_labels(logits, labels)[mask].mean().item()


@loss_task.wrong(
    "a new tensor",
    "The value is right, but no gradient reaches `logits`: a tensor made anew from a number, even "
    "with `requires_grad=True`, knows nothing of where the number came from.",
)
def loss_in_a_new_tensor(logits, labels, mask):
    return torch.tensor(detached(logits, labels, mask), requires_grad=True)


@loss_task.wrong(
    "softmax twice",
    "The softmax is applied twice: `cross_entropy` and `log_softmax` want logits, not "
    "probabilities.",
)
def softmax_twice(logits, labels, mask):
    return losses_at_labels(torch.softmax(logits, dim=-1), labels)[mask].mean()


@loss_task.wrong(
    "sign",
    "The sign is turned round: the loss is minus the log-probability.",
)
def loss_without_minus(logits, labels, mask):
    return -losses_at_labels(logits, labels)[mask].mean()


@loss_task.wrong(
    "sum, not mean",
    "This is the sum over the kept tokens; divide by their number.",
)
def loss_summed(logits, labels, mask):
    return losses_at_labels(logits, labels)[mask].sum()


@loss_task.right("cross entropy")
def loss_by_cross_entropy(logits, labels, mask):
    targets = labels.masked_fill(~mask, -100)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


@loss_task.right("loops")
def loss_by_loops(logits, labels, mask):
    total, count = 0, 0
    for b in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[b, t]:
                total = total + logits[b, t].logsumexp(0) - logits[b, t, labels[b, t]]
                count += 1
    return total / count


@loss_task.right("one hot")
def loss_by_one_hot(logits, labels, mask):
    right = torch.nn.functional.one_hot(labels, logits.shape[-1]) * mask[..., None]
    return -(right * (torch.softmax(logits, -1) + 1e-30).log()).sum() / right.sum()


@loss_task.right("single precision")
def loss_in_single_precision(logits, labels, mask):
    log_probs = logits.float()[mask].log_softmax(1)
    return torch.nn.NLLLoss(reduction="sum")(log_probs, labels[mask]) / mask.sum()


# %% [markdown]
# ## 7. A batch of unequal lengths, forward
#
# One loop over time serves the whole batch if the sequences that have ended stand still. Then the
# state after the loop is the last real state of each sequence:
#
# $$ h_t = \begin{cases}\tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h) & m_t = 1\\
#                        h_{t-1} & m_t = 0,\end{cases} \qquad h_{-1} = 0 . $$
#
# **Write** `forward_unequal(xs, mask, W_xh, W_hh, b_h)` with `xs` `(batch, time, d_in)`; return
# the pair `(hs, h_last)`: all states `(batch, time, d_hidden)` with **zeros in the padding**, and
# the state of each sequence after its last real step, `(batch, d_hidden)`. Padding stands at the
# end only.
#
# *Example.* One unit, $W_{xh} = 1$, $W_{hh} = 0$, $b_h = 0$, inputs 0.5 and (padding) 7: the states
# are $\tanh 0.5 = 0.4621$ and 0, the last state is 0.4621.


# %%
def forward_unequal(xs, mask, W_xh, W_hh, b_h):
    """Run a simple recurrent network over sequences of unequal length."""
    ### BEGIN SOLUTION
    batch, time, _ = xs.shape
    h = np.zeros((batch, len(b_h)))
    hs = np.zeros((batch, time, len(b_h)))
    for t in range(time):
        keep = mask[:, t, None]
        h = np.where(keep, np.tanh(h @ W_hh.T + xs[:, t] @ W_xh.T + b_h), h)
        hs[:, t] = np.where(keep, h, 0.0)
    return hs, h
    ### END SOLUTION


# %% tags=["spec"]
forward_task = Task(
    "forward_unequal",
    points=2,
    compare=Close(condition=5e2, float32=True),  # 30 * 11
    returns=("hs", "h_last"),
    forbidden=(
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.recurrent.bptt",
        "course_lib.sequences.scan",
    ),
)
forward_task.example(
    np.array([[[0.5], [7.0]]]), np.array([[True, False]]), np.eye(1), np.zeros((1, 1)), np.zeros(1)
)


@forward_task.inputs
def forward_inputs(rng):
    time, d_in, d_hidden = int(rng.integers(4, 7)), 2, 3
    mask = np.arange(time)[None, :] < np.array([time, time - 2, 2])[:, None]
    weights = rng.normal(size=(d_hidden, d_in)), 0.7 * rng.normal(size=(d_hidden, d_hidden))
    return rng.normal(size=(3, time, d_in)), mask, *weights, rng.normal(size=d_hidden)


def states_of(xs, mask, W_xh, W_hh, b_h):
    h, states = np.zeros((len(xs), len(b_h))), []
    for t in range(xs.shape[1]):
        h = np.where(mask[:, t, None], np.tanh(h @ W_hh.T + xs[:, t] @ W_xh.T + b_h), h)
        states.append(h)
    return np.stack(states, axis=1)


@forward_task.wrong(
    "missing transpose",
    "The recurrent weights act transposed: a batch of rows h is multiplied as `h @ W_hh.T`.",
)
def transposed_weights(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, W_hh.T, b_h)
    return hs * mask[:, :, None], hs[:, -1]


@forward_task.wrong(
    "runs through the padding",
    "The sequences that have ended do not stand still: the padding moves their last state.",
)
def runs_through_padding(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, np.ones_like(mask), W_xh, W_hh, b_h)
    return hs * mask[:, :, None], hs[:, -1]


@forward_task.wrong(
    "no zeros in the padding",
    "The last states are right, but `hs` repeats them in the padding; it must hold zeros there.",
)
def repeated_in_padding(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, W_hh, b_h)
    return hs, hs[:, -1]


@forward_task.wrong(
    "no bias",
    "The bias `b_h` is missing.",
)
def without_bias(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, W_hh, 0 * b_h)
    return hs * mask[:, :, None], hs[:, -1]


@forward_task.wrong(
    "no memory",
    "Every step starts from a zero state: hand the state on from step to step.",
)
def without_memory(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, 0 * W_hh, b_h)
    return hs * mask[:, :, None], hs[:, -1]


@forward_task.wrong(
    "last column",
    "`hs` is right, but the last states are read from its last column, which is 0 in the padding.",
)
def last_states_from_padding(xs, mask, W_xh, W_hh, b_h):
    hs, _ = forward_unequal(xs, mask, W_xh, W_hh, b_h)
    return hs, hs[:, -1]


@forward_task.wrong(
    "no tanh",
    "The nonlinearity is missing: the state is the tanh of the sum.",
)
def without_tanh(xs, mask, W_xh, W_hh, b_h):
    h, states = np.zeros((len(xs), len(b_h))), []
    for t in range(xs.shape[1]):
        h = np.where(mask[:, t, None], h @ W_hh.T + xs[:, t] @ W_xh.T + b_h, h)
        states.append(h * mask[:, t, None])
    return np.stack(states, axis=1), h


@forward_task.right("one sequence at a time")
def forward_by_sequence(xs, mask, W_xh, W_hh, b_h):
    hs, last = np.zeros((*xs.shape[:2], len(b_h))), []
    for b, row in enumerate(xs):
        h = np.zeros(len(b_h))
        for t in range(int(mask[b].sum())):
            h = np.tanh(W_hh @ h + W_xh @ row[t] + b_h)
            hs[b, t] = h
        last.append(h)
    return hs, np.array(last)


@forward_task.right("torch, packed")
def forward_by_torch(xs, mask, W_xh, W_hh, b_h):
    rnn = torch.nn.RNN(xs.shape[-1], len(b_h), batch_first=True, dtype=torch.float64)
    values = (W_xh, W_hh, b_h, 0 * b_h)
    for parameter, value in zip(rnn.parameters(), values, strict=True):
        parameter.data = torch.from_numpy(value)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(xs), torch.from_numpy(mask.sum(1)), batch_first=True, enforce_sorted=False
    )
    hs, last = rnn(packed)
    hs, _ = torch.nn.utils.rnn.pad_packed_sequence(hs, batch_first=True, total_length=xs.shape[1])
    return hs, last[0]


@forward_task.right("plain lists")
def forward_in_plain_lists(xs, mask, W_xh, W_hh, b_h):
    all_states, last = [], []
    for row, keep in zip(xs.tolist(), mask.tolist(), strict=True):
        h, states = [0] * len(b_h), []
        for x, here in zip(row, keep, strict=True):
            if here:
                sums = [
                    b + sum(w * v for w, v in zip([*recurrent, *inner], h + x, strict=True))
                    for b, recurrent, inner in zip(b_h, W_hh, W_xh, strict=True)
                ]
                h = [float(np.tanh(z)) for z in sums]
            states.append(h if here else [0] * len(b_h))
        all_states.append(states)
        last.append(h)
    return all_states, last


@forward_task.right("a cell in single precision")
def forward_in_single_precision(xs, mask, W_xh, W_hh, b_h):
    cell = torch.nn.RNNCell(xs.shape[2], len(b_h))
    for parameter, value in zip(cell.parameters(), (W_xh, W_hh, b_h, 0 * b_h), strict=True):
        parameter.data = torch.Tensor(value)
    inputs, keep, h = torch.Tensor(xs), torch.Tensor(mask)[..., None], torch.zeros(1)
    hs = np.zeros((*xs.shape[:2], len(b_h)))
    for t in range(xs.shape[1]):
        h = keep[:, t] * cell(inputs[:, t], h.expand(len(xs), len(b_h))) + (1 - keep[:, t]) * h
        hs[:, t] = (keep[:, t] * h).detach()
    return hs, h


# %% [markdown]
# ## 8. Errors that travel backwards
#
# Backpropagation through time is one line, run from the last step to the first. Write $g_t$ for
# the part of $\partial\mathcal L/\partial h_t$ that comes from the loss *at* step $t$. The error at
# the pre-activation $z_t$ also collects what later steps send back:
#
# $$ \delta_t = f'(z_t)\odot\big(g_t + W_{hh}^\top\,\delta_{t+1}\big), \qquad \delta_T = 0, \qquad
#    f = \tanh . $$
#
# **Write** `deltas(zs, W_hh, d_hs)`: pre-activations and direct gradients $g_t$ of shape
# `(time, d_hidden)`; return all $\delta_t$, `(time, d_hidden)`, in order of time.
#
# *Example.* One unit, $z = 0$ at both steps (so $f' = 1$), $W_{hh} = 2$, $g = (0, 3)$: first
# $\delta_1 = 3$, then $\delta_0 = 2\cdot 3 = 6$.


# %%
def deltas(zs, W_hh, d_hs):
    """Compute the gradient of the loss by every pre-activation."""
    ### BEGIN SOLUTION
    slopes = 1 - np.tanh(zs) ** 2
    errors = np.zeros_like(zs)
    carried = np.zeros(zs.shape[1])
    for t in reversed(range(len(zs))):
        errors[t] = slopes[t] * (d_hs[t] + carried)
        carried = W_hh.T @ errors[t]
    return errors
    ### END SOLUTION


# %% tags=["spec"]
delta_task = Task(
    "deltas",
    points=3,
    compare=Close(condition=1e3, float32=True),  # 30 * 21
    forbidden=(
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.gradient_flow.delta_table",
    ),
)
delta_task.example(np.zeros((2, 1)), np.array([[2.0]]), np.array([[0.0], [3.0]]))


@delta_task.inputs
def delta_inputs(rng):
    time, d = int(rng.integers(4, 8)), 3
    return 0.6 * rng.normal(size=(time, d)), rng.normal(size=(d, d)), rng.normal(size=(time, d))


def deltas_with(zs, W_back, d_hs, slope, outer=True):
    found, carried = np.zeros_like(zs), np.zeros(zs.shape[1])
    for t in range(len(zs) - 1, -1, -1):
        found[t] = slope(zs[t]) * (d_hs[t] + carried) if outer else slope(zs[t]) * d_hs[t] + carried
        carried = W_back @ found[t]
    return found


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


@delta_task.wrong(
    "missing transpose",
    "Errors travel back through the transpose, `W_hh.T`; here the transpose is missing.",
)
def deltas_without_transpose(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh, d_hs, tanh_slope)


@delta_task.wrong(
    "no slope",
    "The slope, the derivative of tanh at z_t, is missing.",
)
def deltas_without_slope(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, np.ones_like)


@delta_task.wrong(
    "slope on the direct part only",
    "What comes from later steps must be multiplied by the slope too, not only the direct part.",
)
def slope_inside(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, tanh_slope, outer=False)


@delta_task.wrong(
    "nothing carried",
    "Nothing comes back from later steps: add `W_hh.T @ delta` of the step after, then the slope.",
)
def nothing_carried(zs, W_hh, d_hs):
    return deltas_with(zs, 0 * W_hh, d_hs, tanh_slope)


@delta_task.wrong(
    "forward in time",
    "The recursion runs forward in time; begin at the last step and go back to the first.",
)
def forward_in_time(zs, W_hh, d_hs):
    return deltas_with(zs[::-1], W_hh.T, d_hs[::-1], tanh_slope)[::-1]


@delta_task.wrong(
    "slope of the logistic",
    "These are the slopes of the logistic, s(1 - s); here f is tanh, with slope 1 - tanh(z)^2.",
)
def logistic_slope(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2)


@delta_task.wrong(
    "slope from z",
    "The slope is taken as 1 - z^2; it is 1 - h^2 with the state h = tanh(z).",
)
def slope_from_z(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, lambda z: 1 - z**2)


@delta_task.wrong(
    "latest first",
    "The numbers are right, in the order in which they were computed; return them in order of "
    "time.",
)
def latest_first(zs, W_hh, d_hs):
    return deltas(zs, W_hh, d_hs)[::-1]


@delta_task.right("double sum")
def deltas_by_double_sum(zs, W_hh, d_hs):
    found = np.zeros_like(zs)
    for t in range(len(zs)):
        error = tanh_slope(zs[t]) * d_hs[t]
        found[t] += error
        for k in range(t - 1, -1, -1):
            error = tanh_slope(zs[k]) * (W_hh.T @ error)
            found[k] += error
    return found


@delta_task.right("autograd")
def deltas_by_autograd(zs, W_hh, d_hs):
    nudge = torch.zeros(zs.shape, dtype=torch.float64, requires_grad=True)
    z, W = torch.from_numpy(zs), torch.from_numpy(W_hh)
    shift, loss = torch.zeros(zs.shape[1], dtype=torch.float64), 0
    for t in range(len(zs)):
        here = z[t] + W @ shift + nudge[t]
        h = torch.tanh(here)
        shift = h - torch.tanh(z[t])
        loss = loss + h @ torch.from_numpy(d_hs[t])
    return torch.autograd.grad(loss, nudge)[0]


@delta_task.right("one linear system")
def deltas_by_linear_system(zs, W_hh, d_hs):
    slopes = tanh_slope(zs).ravel()
    back = slopes[:, None] * np.kron(np.eye(len(zs), k=1), W_hh.T)
    return np.linalg.solve(np.eye(zs.size) - back, slopes * d_hs.ravel()).reshape(zs.shape)


@delta_task.right("plain lists")
def deltas_in_plain_lists(zs, W_hh, d_hs):
    later, found = [0.0] * len(W_hh), []
    for z, g in zip(zs[::-1].tolist(), d_hs[::-1].tolist(), strict=True):
        back = [sum(w * e for w, e in zip(column, later, strict=True)) for column in W_hh.T]
        terms = zip(z, g, back, strict=True)
        later = [(a + b) / float(np.cosh(u)) ** 2 for u, a, b in terms]
        found.insert(0, later)
    return found


@delta_task.right("single precision")
def deltas_in_single_precision(zs, W_hh, d_hs):
    errors, W = torch.Tensor(d_hs), torch.Tensor(W_hh)
    slopes = 1 - torch.Tensor(zs).tanh().square()
    errors[-1] *= slopes[-1]
    for t in range(len(zs) - 2, -1, -1):
        errors[t] = slopes[t] * (errors[t] + errors[t + 1] @ W)
    return errors


# %% [markdown]
# ## 9. How a state depends on an earlier one
#
# Whether a network can learn a dependency over $j$ steps is decided by one matrix. For
# $h_t = \sigma(z_t)$, $z_t = W_{hh} h_{t-1} + \dots$, with the logistic $\sigma$ and
# $D_t = \mathrm{diag}(\sigma'(z_t))$, the chain rule gives
#
# $$ \frac{\partial h_i}{\partial h_{i-j}} = D_i W_{hh}\, D_{i-1} W_{hh}\cdots D_{i-j+1} W_{hh}, $$
#
# $j$ slopes and $j$ weights, the latest on the left. Matrices do not commute. And a product that
# lacks the first slope and the last weight is another derivative:
# $\partial z_i/\partial z_{i-j+1}$.
#
# **Write** `state_jacobian(zs, W_hh, i, j)` with `zs` `(time, d_hidden)` and $1 \le j \le i$;
# return `(d_hidden, d_hidden)`, rows for $h_i$, columns for $h_{i-j}$.
#
# *Example.* One unit, $z = 0$ (so $\sigma' = 1/4$), $W_{hh} = 2$: over one step the derivative is
# $2/4 = 0.5$, over two steps $0.25$.


# %%
def state_jacobian(zs, W_hh, i, j):
    """Differentiate the state at step i by the state j steps before."""
    ### BEGIN SOLUTION
    sigma = 1 / (1 + np.exp(-zs))
    slopes = sigma * (1 - sigma)
    product = np.eye(len(W_hh))
    for k in range(j):
        product = product @ (slopes[i - k][:, None] * W_hh)
    return product
    ### END SOLUTION


# %% tags=["spec"]
jacobian_task = Task(
    "state_jacobian",
    points=3,
    compare=Close(condition=5e2, float32=True),  # 30 * 7.7
    forbidden=(
        "course_lib.gradient_flow.vanishing",
        "course_lib.recurrent.bptt",
        "course_lib.gradient_flow.lags",
    ),
)
jacobian_task.example(np.zeros((3, 1)), np.array([[2.0]]), 2, 1)
jacobian_task.example(np.zeros((3, 1)), np.array([[2.0]]), 2, 2)


@jacobian_task.inputs
def jacobian_inputs(rng):
    d, i, j = 3, int(rng.integers(4, 7)), int(rng.integers(2, 4))
    return 1.5 * rng.normal(size=(8, d)), 2 * rng.normal(size=(d, d)), i, j


def slope_matrices(zs):
    sigma = 1 / (1 + np.exp(-zs))
    return [np.diag(slope) for slope in sigma * (1 - sigma)]


def product_of(matrices, like):
    product = np.eye(len(like))
    for matrix in matrices:
        product = product @ matrix
    return product


@jacobian_task.wrong(
    "one slope short",
    "This is the derivative of z_i by z_(i-j+1), the product as the Bulgarian lecture prints it: "
    "it lacks the slope at step i and one factor `W_hh`.",
)
def lecture_product(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([W_hh @ D[i - k] for k in range(1, j)], W_hh)


@jacobian_task.wrong(
    "order reversed",
    "The factors are in the wrong order: the latest step stands on the left.",
)
def reversed_product(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([D[i - k] @ W_hh for k in range(j - 1, -1, -1)], W_hh)


@jacobian_task.wrong(
    "weights before slopes",
    "In each factor the slope stands on the wrong side: D_t `W_hh`, not `W_hh` D_t.",
)
def slopes_on_the_right(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([W_hh @ D[i - k] for k in range(j)], W_hh)


@jacobian_task.wrong(
    "one step too many",
    "One factor too many: j steps have j factors.",
)
def one_step_too_many(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([D[i - k] @ W_hh for k in range(j + 1)], W_hh)


@jacobian_task.wrong(
    "no slopes",
    "The slopes of the logistic are missing: this is a power of `W_hh`.",
)
def no_slopes(zs, W_hh, i, j):
    return np.linalg.matrix_power(W_hh, j)


@jacobian_task.wrong(
    "transposed",
    "This is the transpose: rows belong to the later state, columns to the earlier one.",
)
def transposed_jacobian(zs, W_hh, i, j):
    return state_jacobian(zs, W_hh, i, j).T


@jacobian_task.wrong(
    "slope of tanh",
    "These are the slopes of tanh; here the units are logistic, with slope s(1 - s), s = sigma(z).",
)
def slopes_of_tanh(zs, W_hh, i, j):
    D = [np.diag(tanh_slope(z)) for z in zs]
    return product_of([D[i - k] @ W_hh for k in range(j)], W_hh)


@jacobian_task.wrong(
    "slopes one step early",
    "The slopes are those of steps i - 1 to i - j: one step too early. Each factor has the slope "
    "of the step that it leads to.",
)
def slopes_one_step_early(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([D[i - 1 - k] @ W_hh for k in range(j)], W_hh)


@jacobian_task.wrong(
    "weights transposed",
    "The weights are transposed, as for errors on their way back; here a state goes forward.",
)
def weights_transposed(zs, W_hh, i, j):
    return state_jacobian(zs, W_hh.T, i, j)


@jacobian_task.right("column by column")
def jacobian_by_columns(zs, W_hh, i, j):
    D = slope_matrices(zs)
    columns = []
    for e in np.eye(len(W_hh)):
        for t in range(i - j + 1, i + 1):
            e = D[t] @ (W_hh @ e)
        columns.append(e)
    return np.array(columns).T


@jacobian_task.right("autograd")
def jacobian_by_autograd(zs, W_hh, i, j):
    z, W = torch.from_numpy(zs), torch.from_numpy(W_hh)
    states = torch.sigmoid(z)

    def forward(h):
        for t in range(i - j + 1, i + 1):
            h = torch.sigmoid(z[t] + W @ (h - states[t - 1]))
        return h

    return torch.autograd.functional.jacobian(forward, states[i - j])


@jacobian_task.right("recursion in plain lists")
def jacobian_by_recursion(zs, W_hh, i, j):
    units = range(len(W_hh))
    if j == 0:
        return [[int(a == b) for b in units] for a in units]
    earlier = jacobian_by_recursion(zs, W_hh, i - 1, j - 1)
    slopes = [0.25 / float(np.cosh(z / 2)) ** 2 for z in zs[i]]
    return [
        [slopes[a] * sum(float(W_hh[a, c]) * earlier[c][b] for c in units) for b in units]
        for a in units
    ]


@jacobian_task.right("central differences")
def jacobian_by_central_differences(zs, W_hh, i, j):
    states, steps = 1 / (1 + np.exp(-zs)), 1e-6 * np.eye(len(W_hh))

    def forward(h):
        for t in range(i - j + 1, i + 1):
            h = 1 / (1 + np.exp(-zs[t] - W_hh @ (h - states[t - 1])))
        return h

    here = states[i - j]
    return np.array([forward(here + e) - forward(here - e) for e in steps]).T / 2e-6


@jacobian_task.right("single precision")
def jacobian_in_single_precision(zs, W_hh, i, j):
    sigma, W = torch.Tensor(zs).sigmoid(), torch.Tensor(W_hh)
    factors = (sigma * (1 - sigma))[..., None] * W
    return torch.linalg.multi_dot([W.new_ones(len(W)).diag(), *factors[i - j + 1 : i + 1].flip(0)])


# %% [markdown]
# ## 10. Which lag taught what
#
# Let the loss be read from the last state $h_{T-1}$ only. The gradient of $W_{hh}$ is then a sum
# with one term per lag $j$, and seeing the terms side by side shows how far back learning reaches:
#
# $$ \frac{\partial\mathcal L}{\partial W_{hh}} = \sum_{j=0}^{T-1} \delta_{T-1-j}\, h_{T-2-j}^\top,
#    \qquad \delta_{T-1} = f'(z_{T-1})\odot g, \quad
#    \delta_t = f'(z_t)\odot W_{hh}^\top\delta_{t+1}, $$
#
# with $g = \partial\mathcal L/\partial h_{T-1}$, $f = \tanh$, and $h_{-1}$ the initial state. Each
# error meets the state *before* its step.
#
# **Write** `lag_terms(h_init, hs, W_hh, d_last)` with `h_init` `(d_hidden,)`, `hs`
# `(time, d_hidden)`, `d_last` $= g$; return `(time, d_hidden, d_hidden)`, the term of lag $j$ at
# place $j$: the latest step first. The slope can be had from the state: $f'(z_t) = 1 - h_t^2$.
#
# *Example.* One unit, two steps, $W_{hh} = 2$, $h_{-1} = 1$, $h_0 = h_1 = 0.5$ (slopes 0.75),
# $g = 4$: $\delta_1 = 3$ meets $h_0$: term 1.5. $\delta_0 = 0.75\cdot 2\cdot 3 = 4.5$ meets
# $h_{-1}$: term 4.5. The gradient is their sum, 6.


# %%
def lag_terms(h_init, hs, W_hh, d_last):
    """Split the gradient of the recurrent weights by how far back it reaches."""
    ### BEGIN SOLUTION
    before = np.vstack([h_init, hs[:-1]])
    slopes = 1 - hs**2
    error = slopes[-1] * d_last
    terms = []
    for t in range(len(hs) - 1, -1, -1):
        terms.append(np.outer(error, before[t]))
        error = slopes[t - 1] * (W_hh.T @ error)
    return np.stack(terms)
    ### END SOLUTION


# %% tags=["spec"]
terms_task = Task(
    "lag_terms",
    points=3,
    compare=Close(condition=1e3, float32=True),  # 30 * 22
    forbidden=(
        "course_lib.gradient_flow.lags",
        "course_lib.recurrent.bptt",
        "course_lib.gradient_flow.delta_table",
        "course_lib.gradient_flow.rtrl",
    ),
)
terms_task.example(np.array([1.0]), np.array([[0.5], [0.5]]), np.array([[2.0]]), np.array([4.0]))


@terms_task.inputs
def terms_inputs(rng):
    time, d = int(rng.integers(3, 6)), 3
    hs = np.tanh(0.7 * rng.normal(size=(time, d)))
    return rng.normal(size=d), hs, rng.normal(size=(d, d)), rng.normal(size=d)


def terms_with(before, hs, W_back, d_last):
    error, terms = (1 - hs[-1] ** 2) * d_last, []
    for t in range(len(hs) - 1, -1, -1):
        terms.append(np.outer(error, before[t]))
        error = (1 - hs[t - 1] ** 2) * (W_back @ error)
    return np.array(terms)


@terms_task.wrong(
    "state after the step",
    "Each error is paired with the state after its step; the weights saw the state before it.",
)
def state_after(h_init, hs, W_hh, d_last):
    return terms_with(hs, hs, W_hh.T, d_last)


@terms_task.wrong(
    "order of time",
    "The terms are in order of time; lag 0, the latest step, comes first.",
)
def order_of_time(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh.T, d_last)[::-1]


@terms_task.wrong(
    "missing transpose",
    "Errors travel back through the transpose, `W_hh.T`; here the transpose is missing.",
)
def terms_without_transpose(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh, d_last)


@terms_task.wrong(
    "outer products turned",
    "The outer products are the wrong way round: rows belong to the error, columns to the state.",
)
def outer_products_turned(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh.T, d_last).swapaxes(1, 2)


@terms_task.wrong(
    "running sums",
    "Each entry holds the sum of all lags up to it; give each lag by itself.",
)
def running_sums(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh.T, d_last).cumsum(axis=0)


@terms_task.wrong(
    "sum of the terms",
    "This is the whole gradient; return its terms, one for each lag.",
)
def sum_of_terms(h_init, hs, W_hh, d_last):
    return lag_terms(h_init, hs, W_hh, d_last).sum(axis=0)


@terms_task.wrong(
    "initial state taken as 0",
    "The term of the longest lag is 0: the state before the first step is `h_init`, not 0.",
)
def initial_state_as_zero(h_init, hs, W_hh, d_last):
    return lag_terms(0 * h_init, hs, W_hh, d_last)


@terms_task.wrong(
    "slope of the step after",
    "On the way back the slope of the wrong step is used: delta_t has the slope of its own step t.",
)
def slope_of_the_step_after(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), np.vstack([hs[1:], hs[-1:]]), W_hh.T, d_last)


@terms_task.wrong(
    "first slope missing",
    "The slope at the last step is missing: delta begins as the slope times g, not as g.",
)
def first_slope_missing(h_init, hs, W_hh, d_last):
    return lag_terms(h_init, hs, W_hh, d_last / (1 - hs[-1] ** 2))


@terms_task.right("from the jacobians")
def terms_by_jacobians(h_init, hs, W_hh, d_last):
    D = [np.diag(1 - h**2) for h in hs]
    states, jacobian, terms = [h_init, *hs], np.eye(len(h_init)), []
    for t in range(len(hs) - 1, -1, -1):
        terms.append(np.outer(D[t] @ jacobian.T @ d_last, states[t]))
        jacobian = jacobian @ D[t] @ W_hh
    return np.array(terms)


@terms_task.right("einsum and torch")
def terms_by_torch(h_init, hs, W_hh, d_last):
    h, W = torch.from_numpy(np.vstack([h_init, hs])), torch.from_numpy(W_hh)
    errors = [(1 - h[-1] ** 2) * torch.from_numpy(d_last)]
    for t in range(len(hs) - 1, 0, -1):
        errors.append((1 - h[t] ** 2) * (errors[-1] @ W))
    return torch.einsum("ta,tb->tab", torch.stack(errors), h[:-1].flip(0))


@terms_task.right("plain lists")
def terms_in_plain_lists(h_init, hs, W_hh, d_last):
    states, terms = [h_init.tolist(), *hs.tolist()], []
    sent = d_last.tolist()
    while len(states) > 1:
        error = [(1 - h) * (1 + h) * e for h, e in zip(states.pop(), sent, strict=True)]
        terms += [[[e * h for h in states[-1]] for e in error]]
        sent = [sum(e * w for e, w in zip(error, column, strict=True)) for column in W_hh.T]
    return terms


@terms_task.right("a copy of the weights for each step")
def terms_by_autograd(h_init, hs, W_hh, d_last):
    W, states = torch.from_numpy(W_hh), torch.from_numpy(np.vstack([h_init, hs]))
    copies = W.repeat(len(hs), 1, 1).requires_grad_()
    rest = torch.atanh(states[1:]) - states[:-1] @ W.T
    h = states[0]
    for t in range(len(hs)):
        h = torch.tanh(copies[t] @ h + rest[t])
    return torch.autograd.grad(h @ torch.from_numpy(d_last), copies)[0].flip(0)


@terms_task.right("single precision")
def terms_in_single_precision(h_init, hs, W_hh, d_last):
    states = np.vstack([h_init, hs]).astype(np.float32)
    weights, sent = W_hh.astype(np.float32), d_last.astype(np.float32)
    terms = np.zeros((len(hs), *weights.shape))
    for lag in range(len(hs)):
        error = sent * (1 - states[-1 - lag] ** 2)
        terms[lag] = error[:, None] * states[-2 - lag]
        sent = error @ weights
    return terms


# %% [markdown]
# ## 11. Backpropagation through time, cut short
#
# A long recording cannot be kept in memory for one backward pass. Truncated backpropagation cuts
# it into windows of $k$ steps. Going forward nothing is cut: each window starts from the state in
# which the last one ended. Going backward, no error crosses from one window into the one before.
# With
#
# $$ h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h), \quad h_{-1} = 0, \qquad
#    \mathcal L = \tfrac12\sum_t \lVert h_t - y_t\rVert^2 , $$
#
# the truncated gradient is the sum over windows of $\sum_t \delta_t h_{t-1}^\top$, where the
# $\delta_t$ of a window start from 0 at its end. For $k \ge T$ it is the full gradient.
#
# **Write** `truncated_gradient(xs, ys, W_xh, W_hh, b_h, window)` with `xs` `(time, d_in)`, `ys`
# `(time, d_hidden)`; return the pair `(loss, d_W_hh)`. The last window may be shorter.
#
# *Example.* One unit, $W_{xh} = 1$, $W_{hh} = b_h = 0$, $x = (1, 1)$, $y = 0$: both states are
# $\tanh 1 = 0.7616$, the loss is $0.5800$. Only step 1 has a state before it; with window 1 or 2
# the gradient is $0.7616\cdot(1-0.7616^2)\cdot 0.7616 = 0.2436$.


# %%
def truncated_gradient(xs, ys, W_xh, W_hh, b_h, window):
    """Return the loss, and the gradient of the recurrent weights, window by window."""
    ### BEGIN SOLUTION
    states = [np.zeros(len(b_h))]
    for x in xs:
        states.append(np.tanh(W_hh @ states[-1] + W_xh @ x + b_h))
    hs = np.array(states)
    errors = hs[1:] - ys
    d_W_hh = np.zeros_like(W_hh)
    for start in range(0, len(xs), window):
        back = np.zeros(len(b_h))
        for t in reversed(range(start, min(start + window, len(xs)))):
            delta = (1 - hs[t + 1] ** 2) * (errors[t] + back)
            d_W_hh += np.outer(delta, hs[t])
            back = W_hh.T @ delta
    return 0.5 * np.sum(errors**2), d_W_hh
    ### END SOLUTION


# %% tags=["spec"]
cut_task = Task(
    "truncated_gradient",
    points=4,
    compare=Close(condition=2e3, float32=True),  # 30 * 47
    returns=("loss", "d_W_hh"),
    forbidden=(
        "course_lib.gradient_flow.truncated",
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.gradient_flow.checkpointing",
    ),
)
cut_task.example(np.ones((2, 1)), np.zeros((2, 1)), np.eye(1), np.zeros((1, 1)), np.zeros(1), 1)


@cut_task.inputs
def cut_inputs(rng):
    window, d = int(rng.integers(2, 4)), 3
    time = window * int(rng.integers(3, 5)) - int(rng.integers(1, window))  # a shorter last window
    weights = rng.normal(size=(d, 2)), 0.8 * rng.normal(size=(d, d)), 0.3 * rng.normal(size=d)
    return 0.5 * rng.normal(size=(time, 2)), rng.normal(size=(time, d)), *weights, window


def cut_with(xs, ys, W_xh, W_hh, b_h, window, reset=False, only_last=False, transpose=True, pair=0):
    h, loss, total = np.zeros(len(b_h)), 0.0, np.zeros_like(W_hh)
    back_weights = W_hh.T if transpose else W_hh
    for start in range(0, len(xs), window):
        stop = min(start + window, len(xs))
        states = [0 * h if reset else h]
        for t in range(start, stop):
            states.append(np.tanh(W_hh @ states[-1] + W_xh @ xs[t] + b_h))
        carried, gradient = 0 * h, np.zeros_like(W_hh)
        for t in range(stop - 1, start - 1, -1):
            after = states[t - start + 1]
            delta = (1 - after**2) * (after - ys[t] + carried)
            gradient += np.outer(delta, states[t - start + pair])
            carried = back_weights @ delta
            loss += 0.5 * ((after - ys[t]) ** 2).sum()
        h = states[-1]
        total = gradient if only_last else total + gradient
    return loss, total


@cut_task.wrong(
    "not cut",
    "This is the full gradient: errors cross from one window into the one before. In torch, "
    "detach the state at the start of each window.",
)
def not_cut(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, len(xs))


@cut_task.wrong(
    "state reset",
    "The state starts from 0 in every window. Only the errors are cut; carry the state over.",
)
def state_reset(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, reset=True)


@cut_task.wrong(
    "last window only",
    "Only the last window's gradient is returned; sum over the windows.",
)
def last_window_only(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, only_last=True)


@cut_task.wrong(
    "missing transpose",
    "Errors travel back through the transpose, `W_hh.T`; here the transpose is missing.",
)
def cut_without_transpose(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, transpose=False)


@cut_task.wrong(
    "one window per step",
    "Nothing travels back at all: each error stays at its own step, whatever the window.",
)
def one_window_per_step(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, 1)


@cut_task.wrong(
    "shorter window lost",
    "The last window is left out when it is shorter than the others.",
)
def shorter_window_lost(xs, ys, W_xh, W_hh, b_h, window):
    whole_windows = len(xs) // window * window
    return cut_with(xs[:whole_windows], ys, W_xh, W_hh, b_h, window)


@cut_task.wrong(
    "window around every step",
    "Every error goes back `window` steps, wherever it starts; here the windows lie side by side, "
    "and an error goes back to the start of its own window.",
)
def window_around_every_step(xs, ys, W_xh, W_hh, b_h, window):
    loss, total = truncated_gradient(xs, ys, W_xh, W_hh, b_h, len(xs))
    hs = [np.zeros(len(b_h))]
    for x in xs:
        hs.append(np.tanh(W_hh @ hs[-1] + W_xh @ x + b_h))
    total = 0 * W_hh
    for t in range(len(xs)):
        sent = hs[t + 1] - ys[t]
        for k in range(t, max(t - window, -1), -1):
            sent = (1 - hs[k + 1] ** 2) * sent
            total += np.outer(sent, hs[k])
            sent = W_hh.T @ sent
    return loss, total


@cut_task.wrong(
    "no half",
    "Loss and gradient are twice what they should be: the loss has the factor 1/2.",
)
def without_half(xs, ys, W_xh, W_hh, b_h, window):
    loss, total = truncated_gradient(xs, ys, W_xh, W_hh, b_h, window)
    return 2 * loss, 2 * total


@cut_task.wrong(
    "mean, not sum",
    "Loss and gradient are divided by the number of steps; the loss is the sum over the steps.",
)
def mean_over_steps(xs, ys, W_xh, W_hh, b_h, window):
    loss, total = truncated_gradient(xs, ys, W_xh, W_hh, b_h, window)
    return loss / len(xs), total / len(xs)


@cut_task.wrong(
    "state after the step",
    "Each error is paired with the state after its step; the weights saw the state before it.",
)
def paired_with_state_after(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, pair=1)


@cut_task.right("window by window")
def cut_by_windows(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window)


@cut_task.right("autograd")
def cut_by_autograd(xs, ys, W_xh, W_hh, b_h, window):
    W_x, b = torch.from_numpy(W_xh), torch.from_numpy(b_h)
    W = torch.from_numpy(W_hh).requires_grad_()
    h, loss = torch.zeros(len(b_h), dtype=torch.float64), 0
    for t, (x, y) in enumerate(zip(torch.from_numpy(xs), torch.from_numpy(ys), strict=True)):
        if t % window == 0:
            h = h.detach()
        h = torch.tanh(W @ h + W_x @ x + b)
        loss = loss + 0.5 * ((h - y) ** 2).sum()
    loss.backward()
    return loss, W.grad


@cut_task.right("all errors, then one product")
def cut_by_one_product(xs, ys, W_xh, W_hh, b_h, window):
    hs = np.zeros((len(xs) + 1, len(b_h)))
    for t, projected_t in enumerate(xs @ W_xh.T + b_h):
        hs[t + 1] = np.tanh(hs[t] @ W_hh.T + projected_t)
    found = (hs[1:] - ys) * (1 - hs[1:] ** 2)
    for t in range(len(xs) - 2, -1, -1):
        if (t + 1) % window:
            found[t] += (1 - hs[t + 1] ** 2) * (found[t + 1] @ W_hh)
    return np.linalg.norm(hs[1:] - ys) ** 2 / 2, found.T @ hs[:-1]


@cut_task.right("a layer in single precision")
def cut_in_single_precision(xs, ys, W_xh, W_hh, b_h, window):
    layer = torch.nn.RNN(xs.shape[1], len(b_h))
    for parameter, value in zip(layer.parameters(), (W_xh, W_hh, b_h, 0 * b_h), strict=True):
        parameter.data = torch.Tensor(value)
    h, loss = torch.zeros(1, len(b_h)), 0.0
    for x, y in zip(torch.Tensor(xs).split(window), torch.Tensor(ys).split(window), strict=True):
        hs, h = layer(x, h.detach())
        part = torch.nn.functional.mse_loss(hs, y, reduction="sum") / 2
        part.backward()
        loss += part.item()
    return loss, layer.weight_hh_l0.grad


# %% [markdown]
# ## 12. How much a product can stretch
#
# Whether gradients vanish or explode is read off the norm of a product of Jacobians,
#
# $$ \lVert A\rVert = \max_{x\ne 0}\frac{\lVert Ax\rVert}{\lVert x\rVert}, \qquad
#    A = A_n\cdots A_2 A_1 . $$
#
# It is the largest singular value, the square root of the largest eigenvalue of $A^\top A$. It is
# not the largest eigenvalue of $A$: for
# $A = \big(\begin{smallmatrix}0&4\\0&0\end{smallmatrix}\big)$ that is 0, while the norm is 4.
# Power iteration finds the norm with products of matrix and vector only: repeat $u = Ax$,
# $v = A^\top u$, $x = v/\lVert v\rVert$ until $\lVert Ax\rVert$ stands still.
#
# **Write** `product_norm(factors)`: a list of square matrices, `factors[0]` $= A_1$ acting
# **first**; return $\lVert A_n\cdots A_1\rVert$ as a number, right to eight digits. Any method that
# gets there is welcome. Start a power iteration from a random vector.
#
# *Example.* `[diag(3, 1), diag(1, 2)]`: the product is diag(3, 2), its norm is 3. The product of
# the two norms, 6, is only a bound.


# %%
def product_norm(factors):
    """Find the largest factor by which the product of the matrices stretches a vector."""
    ### BEGIN SOLUTION
    x = np.random.default_rng(0).normal(size=len(factors[0]))
    x /= np.linalg.norm(x)
    stretch, previous = 0.0, -1.0
    while abs(stretch - previous) > 1e-14 * stretch:
        previous = stretch
        for A in factors:
            x = A @ x
        stretch = np.linalg.norm(x)
        for A in reversed(factors):
            x = A.T @ x
        if not x.any():
            return 0.0
        x /= np.linalg.norm(x)
    return stretch
    ### END SOLUTION


# %% tags=["spec"]
norm_task = Task(
    "product_norm",
    points=3,
    compare=Close(condition=4.5e7),  # eight digits: 4.5e7 * 2.2e-16 = 1e-8
    forbidden=("course_lib.foundations.norms",),
)
norm_task.example([np.diag([3.0, 1.0]), np.diag([1.0, 2.0])])
norm_task.example([np.array([[0.0, 4.0], [0.0, 0.0]])])


@norm_task.inputs
def norm_inputs(rng):
    while True:  # power iteration needs a gap below the largest singular value
        factors = list(rng.normal(size=(int(rng.integers(2, 5)), 4, 4)))
        stretch = np.linalg.svd(whole(factors), compute_uv=False)
        if stretch[1] < 0.6 * stretch[0]:
            return (factors,)


def whole(factors):
    product = np.eye(len(factors[0]))
    for factor in factors:
        product = factor @ product
    return product


@norm_task.wrong(
    "eigenvalue",
    "This is the largest eigenvalue in modulus, the spectral radius. The norm is the largest "
    "singular value: iterate with `A.T @ A`.",
)
def largest_eigenvalue(factors):
    return np.abs(np.linalg.eigvals(whole(factors))).max()


@norm_task.wrong(
    "no square root",
    "This is the square of the norm: the largest eigenvalue of `A.T @ A` needs a square root.",
)
def no_square_root(factors):
    return np.linalg.norm(whole(factors), 2) ** 2


@norm_task.wrong(
    "product of the norms",
    "This is the product of the norms of the factors: an upper bound, not the norm of the product.",
)
def product_of_norms(factors):
    return np.prod([np.linalg.norm(factor, 2) for factor in factors])


@norm_task.wrong(
    "order reversed",
    "The matrices are multiplied in the wrong order: `factors[0]` acts first, so it stands on the "
    "right.",
)
def factors_reversed(factors):
    return np.linalg.norm(whole(factors[::-1]), 2)


@norm_task.wrong(
    "Frobenius norm",
    "This is the Frobenius norm, the root of the sum of all squared entries; "
    "`np.linalg.norm(A)` gives it unless it is told otherwise.",
)
def frobenius(factors):
    return np.linalg.norm(whole(factors))


@norm_task.wrong(
    "last factor only",
    "This is the norm of the last factor; multiply all of them.",
)
def last_factor_only(factors):
    return np.linalg.norm(factors[-1], 2)


@norm_task.wrong(
    "largest column sum",
    "This is the largest sum of absolute values in a column, `np.linalg.norm(A, 1)`; "
    "the norm asked for is the largest singular value.",
)
def largest_column_sum(factors):
    return np.linalg.norm(whole(factors), 1)


@norm_task.right("singular values")
def norm_by_svd(factors):
    return np.linalg.svd(whole(factors), compute_uv=False)[0]


@norm_task.right("torch")
def norm_by_torch(factors):
    product = torch.eye(len(factors[0]), dtype=torch.float64)
    for factor in factors:
        product = torch.from_numpy(factor) @ product
    return torch.linalg.eigvalsh(product.T @ product)[-1].sqrt()


@norm_task.right("spectral norm of a chain")
def norm_of_chain(factors):
    return np.linalg.norm(np.linalg.multi_dot([np.eye(len(factors[0])), *factors[::-1]]), ord=2)


@norm_task.right("power iteration in plain lists")
def norm_in_plain_lists(factors):
    def times(matrix, x):
        return [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]

    steps = [A.tolist() for A in factors] + [A.T.tolist() for A in factors[::-1]]
    x = [0.6 + 0.1 * k for k in range(len(steps[0]))]
    for _ in range(100):
        for matrix in steps:
            x = times(matrix, x)
        size = sum(v * v for v in x) ** 0.5
        x = [v / size for v in x]
    return size**0.5


@norm_task.right("squared again and again")
def norm_by_squaring(factors):
    product = whole(factors)
    gram = product.T @ product
    for _ in range(12):
        gram = gram @ gram / np.trace(gram @ gram)
    return np.sqrt(np.trace(product @ gram @ product.T))


# %% [markdown]
# ## 13. A machine that subtracts one
#
# A Turing machine is a table: in state $q$, reading symbol $a$, write, move, change state. That a
# recurrent network can run any such table is what "Turing complete" means, so it is good to have
# written one.
#
# The tape holds a binary number $n \ge 1$, its highest digit under the head; all other cells are
# blank, `"_"`. The machine must halt with $n - 1$ on the tape. It halts when the table has no entry
# for what it sees. Zeros in front do no harm: `"011"` counts as 3.
#
# **Write** `decrement_table()`: no arguments; return a dictionary
# `{(state, symbol): (next_state, symbol_to_write, move)}` with move `"L"` or `"R"`, the first state
# called `"start"`. Your states, your choice: any table that works is right.
#
# *Example.* `"110"` (6) becomes `"101"` (5): the last 0 turns into 1 and borrows, the next digit 1
# turns into 0 and the borrowing ends.


# %%
def decrement_table():
    """Write the table of a Turing machine that takes one from a binary number."""
    ### BEGIN SOLUTION
    return {
        ("start", "0"): ("start", "0", "R"),
        ("start", "1"): ("start", "1", "R"),
        ("start", "_"): ("borrow", "_", "L"),
        ("borrow", "0"): ("borrow", "1", "L"),
        ("borrow", "1"): ("done", "0", "L"),
    }
    ### END SOLUTION


# %% tags=["spec"]
table_task = Task(
    "decrement_table",
    points=3,
    compare=Exact(),
    call="without arguments",
    observe="course_lib.computation.tape_reports:tape_reports",
    forbidden=("course_lib.computation.turing_network",),
)
table_task.example(["1", "10", "110", "111", "1000", "1010"])


@table_task.inputs
def table_inputs(rng):
    numbers = [1, 2, 8, *(int(n) for n in rng.integers(3, 2000, size=6))]
    return ([f"{n:b}" for n in numbers],)


@table_task.wrong(
    "no borrow",
    "Only the last digit is changed: where it is 0 the machine has to borrow from the next one.",
)
def table_without_borrow():
    table = decrement_table()
    return table | {("borrow", "0"): ("done", "1", "L")}


@table_task.wrong(
    "borrows for ever",
    "The borrowing does not end at the first 1: it goes on to the left and eats further digits.",
)
def table_that_borrows_on():
    table = decrement_table()
    return table | {("borrow", "1"): ("borrow", "0", "L")}


@table_task.wrong(
    "works at the wrong end",
    "The machine works on the highest digit, where the head begins; run right to the end first.",
)
def table_at_the_wrong_end():
    return {
        ("start", "0"): ("start", "1", "R"),
        ("start", "1"): ("done", "0", "R"),
    }


@table_task.wrong(
    "adds one",
    "This machine adds one. To take one away, a 0 turned into 1 passes the borrow on and a 1 "
    "turned into 0 ends it.",
)
def table_that_adds():
    table = {("start", symbol): ("start", symbol, "R") for symbol in "01"}
    return table | {
        ("start", "_"): ("carry", "_", "L"),
        ("carry", "1"): ("carry", "0", "L"),
        ("carry", "0"): ("done", "1", "L"),
        ("carry", "_"): ("done", "1", "L"),
    }


@table_task.wrong(
    "tape unchanged",
    'The tape comes back as it was. Is there an entry for the state "start", in which the machine '
    "begins, and does it go back from the end to change digits?",
)
def table_that_changes_nothing():
    return {("start", symbol): ("start", symbol, "R") for symbol in "01"}


@table_task.wrong(
    "never halts",
    "The machine does not halt: it runs to the right for ever. At the first blank, turn round.",
)
def table_that_never_halts():
    return decrement_table() | {("start", "_"): ("start", "_", "R")}


@table_task.right("leaves no zeros in front")
def tidy_table():
    return {
        ("start", "0"): ("start", "0", "R"),
        ("start", "1"): ("start", "1", "R"),
        ("start", "_"): ("take", "_", "L"),
        ("take", "1"): ("home", "0", "L"),
        ("take", "0"): ("take", "1", "L"),
        ("home", "0"): ("home", "0", "L"),
        ("home", "1"): ("home", "1", "L"),
        ("home", "_"): ("tidy", "_", "R"),
        ("tidy", "0"): ("look", "_", "R"),
        ("look", "_"): ("stop", "0", "R"),
    }


@table_task.right("remembers the digit before")
def lookahead_table():
    table = {("start", s): (f"saw {s}", s, "R") for s in "01"}
    table |= {(f"saw {d}", s): (f"saw {s}", s, "R") for d in "01" for s in "01"}
    table |= {(f"saw {d}", "_"): (f"last {d}", "_", "L") for d in "01"}
    table |= {("last 1", "1"): ("end", "0", "R"), ("last 0", "0"): ("more", "1", "L")}
    return table | {("more", "0"): ("more", "1", "L"), ("more", "1"): ("end", "0", "R")}


@table_task.right("lists, and numbers as states")
def table_with_numbers():
    run = {("start", symbol): ["start", symbol, "R"] for symbol in ("0", "1")}
    return run | {
        ("start", "_"): [1, "_", "L"],
        (1, "0"): [1, "1", "L"],
        (1, "1"): [2, "0", "R"],
    }


@table_task.right("adds one to the complement")
def table_by_complement():
    flip = {"0": "1", "1": "0"}
    table = {("start", "_"): ("add", "_", "L"), ("add", "1"): ("add", "0", "L")}
    table |= {("add", "0"): ("right", "1", "R"), ("right", "_"): ("back", "_", "L")}
    table |= {("start", s): ("start", flip[s], "R") for s in "01"}
    table |= {("right", s): ("right", s, "R") for s in "01"}
    return table | {("back", s): ("back", flip[s], "L") for s in "01"}


# %% [markdown]
# ## 14. A stack in one number
#
# How can a network of fixed size hold a stack of any depth? In the digits of one number. With
# three kinds of bracket, numbered $k = 0, 1, 2$ for `(`, `[`, `{`, use base 6 and only the odd
# digits $2k+1$. The empty stack is $q = 0$, and
#
# $$ \text{push } k:\quad q \leftarrow \frac{q + 2k + 1}{6}, \qquad\qquad
#    \text{top} = \lfloor 6q\rfloor, \qquad\qquad \text{pop}:\quad q \leftarrow 6q - \text{top} . $$
#
# Even digits never occur. That leaves gaps between the cases, which a unit of fixed slope needs in
# order to tell them apart. The arithmetic has to be exact: use `Fraction`.
#
# **Write** `bracket_trace(word)` for a word over `()[]{}`: push at an opening bracket, pop at a
# closing one that fits the top. Return the pair `(balanced, trace)`, where `trace` lists $q$ after
# each symbol as a pair `(numerator, denominator)` in lowest terms. At the first closing bracket
# that does not fit, stop with `balanced` False, without an entry for it.
#
# *Example.* `"[]"`: push 1 gives $(0 + 3)/6 = 1/2$, pop gives $6\cdot\tfrac12 - 3 = 0$. The result
# is `(True, [(1, 2), (0, 1)])`. For `"[)"` it is `(False, [(1, 2)])`.


# %%
def bracket_trace(word):
    """Recognise balanced brackets of three kinds with a stack that is one fraction."""
    ### BEGIN SOLUTION
    q, trace = Fraction(0), []
    for symbol in word:
        if symbol in "([{":
            q = (q + 2 * "([{".index(symbol) + 1) / 6
        else:
            digit = 2 * ")]}".index(symbol) + 1
            if int(6 * q) != digit:
                return False, trace
            q = 6 * q - digit
        trace.append(q.as_integer_ratio())
    return q == 0, trace
    ### END SOLUTION


# %% tags=["spec"]
stack_task = Task(
    "bracket_trace",
    points=4,
    compare=Exact(),
    call="on each",
    n_public=3,
    n_hidden=2,
    forbidden=("course_lib.computation.cantor_stack",),
)
stack_task.example(["[]", "[)", "(", "([{}])", "([)]", "]", ""])
OPENING, CLOSING = "([{", ")]}"


@stack_task.inputs
def stack_inputs(rng):
    words = [balanced_word(rng, int(n)) for n in rng.integers(2, 6, size=2)]
    place = int(rng.integers(len(words[1])))
    misfit = words[1][:place] + "([)]" + words[1][place:]
    reducible = f"[{words[0]}]"  # with 3 as its lowest digit
    return ([*words, reducible, words[0] + "{", misfit, words[1] + "]"],)


def balanced_word(rng, n_pairs):
    word, opened = "", []
    while n_pairs or opened:
        if n_pairs and (not opened or rng.random() < 0.6):
            kind = int(rng.integers(3))
            opened.append(CLOSING[kind])
            word, n_pairs = word + OPENING[kind], n_pairs - 1
        else:
            word += opened.pop()
    return word


def trace_with(word, zero, digits=(1, 3, 5), same_kind=True, must_end_empty=True, take_off=True):
    q, trace = zero, []
    for symbol in word:
        if symbol in OPENING:
            q = (q + digits[OPENING.index(symbol)]) / 6
        else:
            top = int(6 * q)
            fits = top == digits[CLOSING.index(symbol)] if same_kind else q != 0
            if not fits:
                return False, trace
            q = 6 * q - top * take_off
        trace.append(tuple(q.as_integer_ratio()))
    return q == 0 or not must_end_empty, trace


@stack_task.wrong(
    "digits 0, 1, 2",
    "The digits pushed are 0, 1, 2; use 2k+1. With digit 0 a stack of `(` looks empty.",
)
def small_digits(word):
    return trace_with(word, Fraction(0), digits=(0, 1, 2))


@stack_task.wrong(
    "any bracket fits",
    "A closing bracket pops whatever is on top: compare its kind with the top; `([)]` must fail.",
)
def any_bracket_fits(word):
    return trace_with(word, Fraction(0), same_kind=False)


@stack_task.wrong(
    "open brackets forgiven",
    "A word whose brackets are not all closed passes: at the end the stack must be empty.",
)
def open_brackets_forgiven(word):
    return trace_with(word, Fraction(0), must_end_empty=False)


@stack_task.wrong(
    "floating point",
    "These fractions come from floating point, where 1/6 is not exact; keep q a Fraction.",
)
def in_floating_point(word):
    return trace_with(word, 0.0)


@stack_task.wrong(
    "entry for the misfit",
    "The trace has an entry for the bracket that did not fit; stop before writing it.",
)
def entry_for_the_misfit(word):
    balanced, trace = trace_with(word, Fraction(0))
    if len(trace) < len(word):
        trace.append(trace[-1] if trace else (0, 1))
    return balanced, trace


@stack_task.wrong(
    "not in lowest terms",
    "The fractions have the right values but are not in lowest terms: `Fraction` reduces them.",
)
def not_in_lowest_terms(word):
    balanced, trace = trace_with(word, Fraction(0))
    depths = np.cumsum([1 if symbol in OPENING else -1 for symbol in word]).tolist()
    return balanced, [
        (p * 6**depth // q, 6**depth) for (p, q), depth in zip(trace, depths, strict=False)
    ]


@stack_task.wrong(
    "top left on",
    "At a closing bracket q is multiplied by 6 but its top digit is not taken off.",
)
def top_left_on(word):
    return trace_with(word, Fraction(0), take_off=False)


@stack_task.wrong(
    "before each symbol",
    "The trace lists q before each symbol; list it after.",
)
def before_each_symbol(word):
    balanced, trace = trace_with(word, Fraction(0))
    return balanced, [(0, 1), *trace][: len(trace)]


@stack_task.right("a list as the stack")
def trace_by_list(word):
    stack, trace = [], []
    for symbol in word:
        if symbol in OPENING:
            stack.append(OPENING.index(symbol))
        elif not stack or stack.pop() != CLOSING.index(symbol):
            return False, trace
        q = sum(Fraction(2 * k + 1, 6**depth) for depth, k in enumerate(stack[::-1], start=1))
        trace.append((Fraction(q).numerator, Fraction(q).denominator))
    return not stack, trace


@stack_task.right("integers only")
def trace_by_integers(word):
    above, below, trace = 0, 1, []
    for symbol in word:
        if symbol in OPENING:
            above, below = above + (2 * OPENING.index(symbol) + 1) * below, 6 * below
        else:
            digit, rest = divmod(6 * above, below)
            if digit != 2 * CLOSING.index(symbol) + 1:
                return [False, trace]
            above = rest
        q = Fraction(above, below)
        trace.append([q.numerator, q.denominator])
    return [above == 0, trace]


@stack_task.right("digits in base 6")
def trace_by_digits(word):
    digits, trace = "", []
    for symbol in word:
        if symbol in OPENING:
            digits = "135"[OPENING.index(symbol)] + digits
        elif digits[:1] == "135"[CLOSING.index(symbol)]:
            digits = digits[1:]
        else:
            return False, trace
        q = Fraction(int(digits or "0", base=6), 6 ** len(digits))
        trace.append((q.numerator, q.denominator))
    return digits == "", trace


@stack_task.right("numpy integers")
def trace_in_numpy(word):
    powers, stack = 6 ** np.arange(20), np.zeros(0, dtype=np.int64)
    pairs = np.zeros((0, 2), dtype=np.int64)
    for symbol in word:
        if symbol in OPENING:
            stack = np.append(stack, 2 * OPENING.index(symbol) + 1)
        elif len(stack) and stack[-1] == 2 * CLOSING.index(symbol) + 1:
            stack = stack[:-1]
        else:
            return np.bool_(False), pairs
        pair = np.array([stack @ powers[: len(stack)], powers[len(stack)]])
        pairs = np.vstack([pairs, pair // np.gcd(*pair)])
    return np.bool_(len(stack) == 0), pairs

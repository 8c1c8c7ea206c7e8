# %%
import numpy as np
import torch

# %% [markdown]
# ## Mean over what is there
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def mean_inputs(rng):
    batch, time = 4, int(rng.integers(5, 8))
    hs = rng.normal(size=(batch, time, 2)) + 1
    mask = rng.random((batch, time)) < 0.6
    mask[:, 0], mask[:, 2] = True, False
    mask[3] = False
    hs[0][~mask[0]] = np.nan
    hs[1:][~mask[1:]] *= 10
    return hs, mask


def divides_by_time(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).mean(axis=1)


def averages_padding(hs, mask):
    return hs.mean(axis=1)


def multiplies_by_mask(hs, mask):
    return (hs * mask[:, :, None]).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)[:, None]


def one_length_for_all(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).sum(axis=1) / mask.sum(axis=1).mean()


def nothing_over_nothing(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).sum(axis=1) / mask.sum(axis=1)[:, None]


def mask_turned_round(hs, mask):
    return masked_mean(hs, ~mask)


def sum_not_mean(hs, mask):
    return np.where(mask[:, :, None], hs, 0.0).sum(axis=1)


def mean_by_loops(hs, mask):
    means = np.zeros((hs.shape[0], hs.shape[2]))
    for b in range(len(hs)):
        steps = [hs[b, t] for t in range(hs.shape[1]) if mask[b, t]]
        if steps:
            means[b] = sum(steps) / len(steps)
    return means


def mean_by_torch(hs, mask):
    states, keep = torch.from_numpy(hs), torch.from_numpy(mask)
    total = states.masked_fill(~keep[..., None], 0).sum(1)
    return total / keep.sum(1, keepdim=True).clamp(min=1)


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


def mean_by_nanmean(hs, mask):
    return np.nan_to_num(np.nanmean(np.where(mask[..., None], hs, np.nan), axis=1))


def mean_in_single_precision(hs, mask):
    weights = torch.tensor(mask, dtype=torch.float32)
    weights /= weights.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("bt,btd->bd", weights, torch.Tensor(hs).nan_to_num())


# condition: 30 * 1.3
task = Task(
    masked_mean,
    points=1,
    compare=Close(condition=100.0, float32=True),
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    examples=[(np.array([[[1.0], [3.0], [100.0]]]), np.array([[True, True, False]]))],
    regimes={"drawn": mean_inputs},
    right=[
        mean_by_loops,
        mean_by_torch,
        mean_in_plain_lists,
        mean_by_nanmean,
        mean_in_single_precision,
    ],
    wrong={
        "divides by time": (
            (
                "The sum runs over the kept steps but is divided by the length of the padded "
                "axis; divide by the number of kept steps."
            ),
            divides_by_time,
        ),
        "averages the padding": (
            "The mask is not used: the padding is averaged in with the rest.",
            averages_padding,
        ),
        "NaN times zero": (
            (
                "The padding is multiplied by 0, but NaN times 0 is NaN; choose with `np.where`"
                " instead."
            ),
            multiplies_by_mask,
        ),
        "one length for all": (
            (
                "All sums are divided by one average length; every sequence has its own number "
                "of kept steps."
            ),
            one_length_for_all,
        ),
        "nothing over nothing": (
            (
                "A sequence of which nothing is kept has the mean 0; dividing by its number of "
                "steps is 0/0."
            ),
            nothing_over_nothing,
        ),
        "mask turned round": (
            ("The steps that the mask leaves out are averaged; True means that a step is kept."),
            mask_turned_round,
        ),
        "sum, not mean": (
            "This is the sum of the kept states; divide by their number.",
            sum_not_mean,
        ),
    },
)

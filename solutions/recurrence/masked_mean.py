# %%
import numpy as np

# %% [markdown]
# ## Mean over what is there
#
# A batch of sentences is padded to one length. The padding may hold anything: zeros, old numbers,
# or NaN. A classifier that reads the mean state must give the same answer however long the padding
# is and whatever it holds. For sequence $b$ with mask $m_{bt}\in\{0,1\}$,
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


def holes(rng, batch, time):
    mask = rng.random((batch, time)) < 0.6
    mask[0, 0] = True
    return mask


def batch_of(rng, mask, d_hidden=3):
    """States around 1, and large numbers where nothing is kept."""
    hs = rng.normal(size=(*mask.shape, d_hidden)) + 1
    return np.where(mask[:, :, None], hs, 10 * hs), mask


def nan_in_the_padding(rng):
    hs, mask = batch_of(rng, holes(rng, 3, 6) & (np.arange(6) != 3), 2)
    hs[2, ~mask[2]] = np.nan
    return hs, mask


def zeros_kept(rng):
    hs, mask = batch_of(rng, holes(rng, 2, 5) | (np.arange(5) == 2))
    hs[0, 2] = 0.0
    return hs, mask


def by_selection(hs, mask):
    kept = [h[m] for h, m in zip(hs, mask, strict=True)]
    return np.array([h.mean(axis=0) if len(h) else np.zeros(h.shape[1]) for h in kept])


DIVISOR, CHOICE = "n_kept[:, None]", "np.where(mask[:, :, None], hs, 0.0)"
task = Task(
    masked_mean,
    points=1,
    compare=Close(condition=1e2, float32=True),  # 30 roundings, amplified by 1.3
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    examples=[(np.array([[[1.0], [3.0], [100.0]]]), np.array([[True, True, False]]))],
    regimes={
        "any batch": lambda rng: batch_of(
            rng, holes(rng, *rng.integers([2, 4], [5, 8])), rng.integers(2, 4)
        ),
        "one sequence of one unit": lambda rng: batch_of(rng, holes(rng, 1, rng.integers(2, 6)), 1),
        "nothing kept in one sequence": lambda rng: batch_of(
            rng, holes(rng, 3, 5) & [[True], [False], [True]]
        ),
        "one step kept": lambda rng: batch_of(rng, np.arange(4) == rng.integers(4, size=(2, 1))),
        "NaN in the padding": nan_in_the_padding,
        "a kept state of zeros": zeros_kept,
    },
    right=[by_selection],
    wrong={
        "divides by time": (
            "The sum is divided by the length of the axis; divide by the number of kept steps.",
            {DIVISOR: "mask.shape[1]"},
        ),
        "averages the padding": (
            "The padding is averaged in with the rest; average the kept steps only.",
            lambda right, hs, mask: hs.mean(axis=1),
        ),
        "NaN times zero": (
            "The padding is multiplied by 0, but NaN times 0 is NaN; choose the kept steps.",
            {CHOICE: "hs * mask[:, :, None]"},
        ),
        "one length for all": (
            "All sums are divided by one average length; divide each by its own number of steps.",
            {DIVISOR: "mask.sum(axis=1).mean()"},
        ),
        "nothing over nothing": (
            "The mean of a sequence of which nothing is kept is 0/0; let it be 0.",
            {"np.maximum(mask.sum(axis=1), 1)": "mask.sum(axis=1)"},
        ),
        "sum, not mean": (
            "This is a sum; divide by the number of kept steps.",
            {f" / {DIVISOR}": ""},
        ),
    },
)

# %%
import numpy as np

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


def batch_of(rng, batch, time, d_hidden):
    """States around 1, a mask with holes, and large numbers where nothing is kept."""
    mask = rng.random((batch, time)) < 0.6
    mask[0, 0] = True
    hs = rng.normal(size=(batch, time, d_hidden)) + 1
    hs[~mask] *= 10
    return hs, mask


def any_batch(rng):
    return batch_of(rng, *rng.integers([2, 4, 2], [5, 8, 4]))


def nothing_kept_in_one(rng):
    hs, mask = batch_of(rng, 3, 5, 2)
    mask[1] = False
    return hs, mask


def one_step_kept(rng):
    hs, _ = batch_of(rng, 2, 4, 3)
    return hs, np.arange(4) == rng.integers(4, size=(2, 1))


def nan_in_the_padding(rng):
    hs, mask = batch_of(rng, 3, 6, 2)
    mask[2, 3] = False
    hs[2][~mask[2]] = np.nan
    return hs, mask


def zeros_kept(rng):
    hs, mask = batch_of(rng, 2, 5, 3)
    mask[:, 2], hs[0, 2] = True, 0.0
    return hs, mask


def by_loops(hs, mask):
    means = np.zeros((hs.shape[0], hs.shape[2]))
    for b in range(len(hs)):
        steps = [hs[b, t] for t in range(hs.shape[1]) if mask[b, t]]
        if steps:
            means[b] = sum(steps) / len(steps)
    return means


DIVISOR, CHOICE = "n_kept[:, None]", "np.where(mask[:, :, None], hs, 0.0)"
task = Task(
    masked_mean,
    points=1,
    compare=Close(condition=1e2, float32=True),  # 30 roundings, amplified by 1.3
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    examples=[(np.array([[[1.0], [3.0], [100.0]]]), np.array([[True, True, False]]))],
    regimes={
        "any batch": any_batch,
        "one sequence of one unit": lambda rng: batch_of(rng, 1, int(rng.integers(2, 6)), 1),
        "nothing kept in one sequence": nothing_kept_in_one,
        "one step kept": one_step_kept,
        "NaN in the padding": nan_in_the_padding,
        "a kept state of zeros": zeros_kept,
    },
    right=[by_loops],
    wrong={
        "divides by time": (
            "The sum runs over the kept steps but is divided by the length of the padded axis; "
            "divide by the number of kept steps.",
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
        "mask turned round": (
            "The steps that the mask leaves out are averaged; average those where it is True.",
            lambda right, hs, mask: right(hs, ~mask),
        ),
        "sum, not mean": (
            "This is the sum of the kept states; divide by their number.",
            {" / n_kept[:, None]": ""},
        ),
    },
)

# %%
from itertools import pairwise

import numpy as np
import torch

# %% [markdown]
# ## A histogram that can be laid over a density
#
# A law gives a density; a histogram gives counts. The two can share an axis only if the area of
# each bar is the share of *all* eigenvalues that fall into it, also when the bins differ in width
# and when some eigenvalues lie outside the window that is drawn:
#
# $$ h_i = \frac{\#\{j : a_i < \lambda_j < a_{i+1}\}}{n\,(a_{i+1}-a_i)} . $$
#
# Eigenvalues outside the window count in $n$ and in no bar: the total area is then the share that
# the window shows, which is what the law says about it too.
#
# **Write** `bar_heights(eigenvalues, edges)` with `eigenvalues` `(n,)` in any order and rising
# `edges` `(bins + 1,)`; return `(bins,)`. No eigenvalue lies on an edge.
#
# *Example.* Eigenvalues 0.5, 1.5, 2.5, 9 and edges 0, 1, 3: one of four in a bin of width 1 and
# two of four in a bin of width 2 make the heights $1/4$ and $1/4$.


# %%
def bar_heights(eigenvalues, edges):
    """Find the heights whose areas are shares of all eigenvalues."""
    ### BEGIN SOLUTION
    counts, _ = np.histogram(eigenvalues, bins=edges)
    return counts / (len(eigenvalues) * np.diff(edges))
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def bars_inputs(rng):
    widths = rng.uniform(0.4, 1.5, size=5)
    edges = rng.uniform(-1, 0) + np.concatenate([[0.0], np.cumsum(widths)])
    left, right = edges[:-1], edges[1:]
    counts = rng.integers(1, 7, size=5)
    margin = 0.1 * np.repeat(widths, counts)  # single precision must not move one over an edge
    inside = rng.uniform(np.repeat(left, counts) + margin, np.repeat(right, counts) - margin)
    outside = edges[-1] + rng.uniform(0.1, 3, size=int(rng.integers(3, 7)))
    return rng.permutation(np.concatenate([inside, outside])), edges


def bars_counted(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0]


def bars_as_shares(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / len(eigenvalues)


def bars_of_the_window(eigenvalues, edges):
    return np.histogram(eigenvalues, edges, density=True)[0]


def bars_of_one_width(eigenvalues, edges):
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    return np.histogram(eigenvalues, edges)[0] / (len(eigenvalues) * width)


def bars_of_the_first_width(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / (len(eigenvalues) * (edges[1] - edges[0]))


def bars_without_n(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / np.diff(edges)


def bars_over_bins(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / ((len(edges) - 1) * np.diff(edges))


def bars_cumulative(eigenvalues, edges):
    below = (eigenvalues[:, None] < edges[None, 1:]).mean(axis=0)
    return below / np.diff(edges)


def bars_by_loops(eigenvalues, edges):
    heights = np.zeros(len(edges) - 1)
    for i in range(len(heights)):
        for value in eigenvalues:
            if edges[i] <= value < edges[i + 1]:
                heights[i] += 1 / len(eigenvalues)
        heights[i] /= edges[i + 1] - edges[i]
    return heights


def bars_by_torch(eigenvalues, edges):
    values, ends = torch.from_numpy(eigenvalues), torch.from_numpy(edges)
    place = torch.bucketize(values, ends)
    counts = torch.bincount(place, minlength=len(ends) + 1)[1 : len(ends)]
    return counts / (ends.diff() * len(values))


def bars_in_plain_lists(eigenvalues, edges):
    rest = sorted(eigenvalues.tolist())
    ends = edges.tolist()
    return [
        sum(low < value < high for value in rest) / len(rest) / (high - low)
        for low, high in pairwise(ends)
    ]


def bars_by_slopes(eigenvalues, edges):
    below = np.searchsorted(np.sort(eigenvalues), edges) / np.float32(len(eigenvalues))
    return (np.diff(below) / np.diff(edges)).astype(np.float32)


# condition: 30 * 15
task = Task(
    bar_heights,
    points=1,
    compare=Close(condition=500.0, float32=True),
    forbidden=("course_lib.viz.spectra", "course_lib.spectral_laws.spectrum"),
    examples=[(np.array([0.5, 1.5, 2.5, 9.0]), np.array([0.0, 1.0, 3.0]))],
    regimes={"drawn": bars_inputs},
    right=[bars_by_loops, bars_by_torch, bars_in_plain_lists, bars_by_slopes],
    wrong={
        "counts": (
            (
                "These are counts; a density divides them by the number of eigenvalues and by "
                "the bin's width."
            ),
            bars_counted,
        ),
        "shares": (
            (
                "These are shares of the eigenvalues, the areas of the bars; a height is area "
                "over width."
            ),
            bars_as_shares,
        ),
        "window taken for all": (
            (
                "The bars have area 1 in the window, as with `density=True`. Eigenvalues "
                "outside it count in n: the area must be the share that the window shows."
            ),
            bars_of_the_window,
        ),
        "one width for all": (
            (
                "All bins are treated as equally wide; each bar is divided by the width of its "
                "own bin."
            ),
            bars_of_one_width,
        ),
        "width of the first bin for all": (
            (
                "All bars are divided by the width of the first bin; each bar is divided by the"
                " width of its own bin."
            ),
            bars_of_the_first_width,
        ),
        "not divided by n": (
            (
                "The counts are divided by the widths only; divide by the number of eigenvalues"
                " as well."
            ),
            bars_without_n,
        ),
        "divided by the number of bins": (
            "The counts are divided by the number of bins; n is the number of eigenvalues.",
            bars_over_bins,
        ),
        "cumulative": (
            "Each bar counts everything below its upper edge; count from the lower edge on.",
            bars_cumulative,
        ),
    },
)

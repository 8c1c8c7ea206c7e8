# %%
from itertools import product

import numpy as np
import torch

# %% [markdown]
# ## How well a class fits noise
#
# A class of functions that can agree with any labels learns nothing from agreement. Rademacher's
# average measures this on the sample at hand: draw signs $s_i=\pm1$ by fair coins and see how well
# the *best* function for these signs agrees with them,
#
# $$ \hat{\mathcal R} = \mathbb E_s\Big[\max_{f}\ \frac1n\sum_{i=1}^n s_i\,f(x_i)\Big] . $$
#
# For a finite class and few points, no sampling is needed: there are only $2^n$ vectors of signs.
# The best function is chosen anew for each of them.
#
# **Write** `noise_fit(values)` with `values` `(n_functions, n)`, where `values[j, i]` is
# $f_j(x_i)$; return the exact average, a number. $n$ is at most 9.
#
# *Example.* Two functions on two points with values $(1,1)$ and $(1,-1)$: for the signs ++ and
# $+-$ the best agreement is 1, for $-+$ and $--$ it is 0. The average is $1/2$.


# %%
def noise_fit(values):
    """Average over all signs how well the best function agrees with them."""
    ### BEGIN SOLUTION
    n = values.shape[1]
    signs = np.array(list(product([-1, 1], repeat=n)))
    return (signs @ values.T).max(axis=1).mean() / n
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def all_signs(n):
    return np.array(list(product([-1, 1], repeat=n)))


def fit_inputs(rng):
    n = int(rng.integers(4, 8))
    return (rng.normal(size=(int(rng.integers(3, 7)), n)) + 0.3,)


def fit_not_divided(values):
    return (all_signs(values.shape[1]) @ values.T).max(axis=1).mean()


def fit_in_absolute_value(values):
    return np.abs(all_signs(values.shape[1]) @ values.T).max(axis=1).mean() / values.shape[1]


def fit_by_one_function(values):
    agreement = (all_signs(values.shape[1]) @ values.T).mean(axis=0).max() / values.shape[1]
    return agreement.round(12) + 0.0


def fit_at_the_worst(values):
    return (all_signs(values.shape[1]) @ values.T).max() / values.shape[1]


def fit_by_bits(values):
    return ((all_signs(values.shape[1]) > 0) @ values.T).max(axis=1).mean() / values.shape[1]


def fit_over_root(values):
    n = values.shape[1]
    return (all_signs(n) @ values.T).max(axis=1).mean() / np.sqrt(n)


def fit_of_the_transpose(values):
    return (all_signs(len(values)) @ values).max(axis=1).mean() / len(values)


def fit_by_loops(values):
    n_functions, n = values.shape
    total = 0.0
    for code in range(2**n):
        best = -np.inf
        for j in range(n_functions):
            agreement = 0.0
            for i in range(n):
                agreement += values[j, i] if code >> i & 1 else -values[j, i]
            best = max(best, agreement / n)
        total += best
    return total / 2**n


def fit_by_torch(values):
    table = torch.from_numpy(values)
    choices = [torch.tensor([-1.0, 1.0], dtype=torch.float64)] * table.shape[1]
    return (torch.cartesian_prod(*choices) @ table.T / table.shape[1]).amax(dim=1).mean()


def fit_in_plain_lists(values):
    rows, n = values.tolist(), values.shape[1]
    sums = [
        max(sum(s * v for s, v in zip(signs, row, strict=True)) for row in rows)
        for signs in product((-1, 1), repeat=n)
    ]
    return sum(sums) / (n * len(sums))


def fit_by_doubling(values):
    sums = np.zeros((1, len(values)), dtype=np.float32)
    for column in values.astype(np.float32).T:
        sums = np.concatenate([sums + column, sums - column])
    return sums.max(axis=1).mean() / np.float32(values.shape[1])


# condition: 30 * 1.2
task = Task(
    noise_fit,
    points=1,
    compare=Close(condition=100.0, float32=True),
    forbidden=("course_lib.generalization.rademacher",),
    examples=[(np.array([[1.0, 1.0], [1.0, -1.0]]),)],
    regimes={"drawn": fit_inputs},
    right=[fit_by_loops, fit_by_torch, fit_in_plain_lists, fit_by_doubling],
    wrong={
        "not divided by n": (
            "The agreement is a mean over the points: divide by n.",
            fit_not_divided,
        ),
        "absolute agreement": (
            (
                "The maximum is of the agreement, not of its absolute value: a function counts "
                "only where it agrees (the other definition exists too, and is larger)."
            ),
            fit_in_absolute_value,
        ),
        "one function for all signs": (
            (
                "The maximum stands outside the mean. For each vector of signs its own best "
                "function is taken; one function for all signs has average 0."
            ),
            fit_by_one_function,
        ),
        "worst signs": (
            "This is the largest agreement over all signs; take the mean over the signs.",
            fit_at_the_worst,
        ),
        "signs 0 and 1": ("The coins show 0 and 1; the signs are -1 and 1.", fit_by_bits),
        "root of n": ("The sum is divided by the root of n; divide by n.", fit_over_root),
        "axes turned round": (
            (
                "Points and functions have changed places: one row for each function, one "
                "column for each point."
            ),
            fit_of_the_transpose,
        ),
    },
)

# %%
from itertools import product

import numpy as np

# %% [markdown]
# ## How well a class fits noise
#
# If a class of functions can agree with any labels, a good agreement with the labels of the sample
# says nothing about new data. The empirical Rademacher complexity measures this on a given sample:
# draw random signs $s_i=\pm1$ with fair coins and measure how well the *best* function for these
# signs agrees with them,
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


def functions(rng, n_functions, n):
    return (rng.normal(size=(n_functions, n)) + 0.3,)


def classifiers(rng):
    """Functions with the values -1 and 1, among them all ways to label the first two points."""
    values = rng.choice([-1.0, 1.0], size=rng.integers([5, 4], [9, 7]))
    values[:4, :2] = list(product([-1, 1], repeat=2))
    return (rng.permutation(values),)


def constants(rng):
    levels = rng.normal(size=(int(rng.integers(2, 5)), 1))
    return (np.repeat(levels, int(rng.integers(3, 7)), axis=1),)


def by_doubling(values):
    sums = np.zeros((1, len(values)))
    for column in values.T:
        sums = np.concatenate([sums + column, sums - column])
    return sums.max(axis=1).mean() / values.shape[1]


AGREEMENT, BEST = "(signs @ values.T)", ".max(axis=1).mean()"
task = Task(
    noise_fit,
    points=1,
    compare=Close(condition=100.0, float32=True),  # 30 * 1.2
    forbidden=("course_lib.generalization.rademacher",),
    examples=[(np.array([[1.0, 1.0], [1.0, -1.0]]),)],
    regimes={
        "any class": lambda rng: functions(rng, *rng.integers([3, 4], [7, 8])),
        "one point": lambda rng: functions(rng, int(rng.integers(2, 5)), 1),
        "nine points": lambda rng: functions(rng, int(rng.integers(2, 5)), 9),
        "one function": lambda rng: (rng.integers(1, 6, size=(1, int(rng.integers(2, 7)))) * 1.0,),
        "more functions than points": lambda rng: functions(rng, 10, int(rng.integers(2, 4))),
        "functions with values -1 and 1": classifiers,
        "constant functions": constants,
    },
    right=[by_doubling],
    wrong={
        "not divided by n": (
            "The agreement is a mean over the points: divide by n.",
            {" / n": ""},
        ),
        "absolute agreement": (
            "The largest absolute agreement is taken; a function counts only where it agrees.",
            {AGREEMENT: "np.abs(signs @ values.T)"},
        ),
        "one function for all signs": (
            "One function serves all signs; choose the best anew for each vector of signs.",
            {BEST: ".mean(axis=0).max().round(12)"},
        ),
        "worst signs": (
            "This is the largest agreement over all signs; take the mean over the signs.",
            {BEST: ".max()"},
        ),
        "signs 0 and 1": ("The coins show 0 and 1; the signs are -1 and 1.", {"[-1, 1]": "[0, 1]"}),
        "root of n": (
            "The sum is divided by the root of n; divide by n.",
            {" / n": " / np.sqrt(n)"},
        ),
        "axes turned round": (
            "Points and functions have changed places: one row for each function.",
            lambda right, values: right(values.T),
        ),
    },
)

# %%
import numpy as np

# %% [markdown]
# ## A past in a table
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
# `(features, targets)` of shapes `(rows, n_lags)` and `(rows,)`. Both whole numbers are at least 1,
# the series is long enough for at least one row, and its values may be small integers.
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def windows_of(rng, n_lags, horizon, n_rows):
    """A series just long enough for some rows."""
    return rng.normal(size=n_lags + horizon - 1 + n_rows), n_lags, horizon


def between(rng, low, high):
    return windows_of(rng, *map(int, rng.integers(low, high)))


def by_sliding_view(series, n_lags, horizon):
    windows = np.lib.stride_tricks.sliding_window_view(series, n_lags + horizon)
    return windows[:, n_lags - 1 :: -1], windows[:, -1]


END, TARGET = "len(series) - horizon)", "series[now + horizon]"
task = Task(
    lag_windows,
    points=2,
    compare=Close(condition=10, float32=True),
    returns=("features", "targets"),
    forbidden=(
        "course_lib.sequence_models.narx",
        "course_lib.sequence_models.autoregressive",
        "course_lib.sequence_models.ar_memory",
    ),
    examples=[(np.arange(1.0, 6.0), 2, 2)],
    regimes={
        "more lags than steps ahead": lambda rng: between(rng, [5, 3, 6], [8, 5, 12]),
        "more steps ahead than lags": lambda rng: between(rng, [2, 5, 2], [4, 9, 5]),
        "one step ahead": lambda rng: between(rng, [3, 1, 3], [4, 2, 7]),
        "one lag": lambda rng: between(rng, [1, 3, 3], [2, 4, 7]),
        "one row": lambda rng: windows_of(rng, 3, 2, 1),
        "one row of one lag": lambda rng: windows_of(rng, 1, 1, 1),
        "as many rows as lags": lambda rng: windows_of(rng, 4, 3, 4),
        "integers": lambda rng: (rng.permutation(np.arange(-4, 6)), int(rng.integers(2, 4)), 2),
    },
    right=[by_sliding_view],
    equivalent={"result -> 32-bit integers": "the integers of a series are small"},
    wrong={
        "oldest first": (
            "The values in each row run from old to new; put the newest first.",
            {"np.arange(n_lags)[None, :]": "np.arange(n_lags)[None, ::-1]"},
        ),
        "one step ahead": (
            "The target is the next value whatever the horizon; go `horizon` steps ahead.",
            {TARGET: "series[now + 1]"},
        ),
        "horizon one short": (
            "The target is one step too early; take the value `horizon` steps after the newest.",
            {TARGET: "series[now + horizon - 1]"},
        ),
        "last row lost": (
            "One row is missing at the end; go on until the last value is the target.",
            {END: "len(series) - horizon - 1)"},
        ),
        "first row lost": (
            "One row is missing at the beginning; let the first window end at step n_lags - 1.",
            {"n_lags - 1,": "n_lags,"},
        ),
        "lags down the rows": (
            "The features are transposed; make a row for each t and a column for each lag.",
            {"return features,": "return features.T,"},
        ),
    },
)

# %%
import numpy as np
import torch

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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def lag_inputs(rng):
    return rng.normal(size=int(rng.integers(9, 14))), int(rng.integers(2, 5)), 3


def windows_at(series, now, n_lags, shift):
    return series[now[:, None] - np.arange(n_lags)[None, :]], series[now + shift]


def oldest_first(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon)
    features, targets = windows_at(series, now, n_lags, horizon)
    return features[:, ::-1], targets


def one_step_ahead(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon)
    return windows_at(series, now, n_lags, 1)


def horizon_one_short(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon)
    return windows_at(series, now, n_lags, horizon - 1)


def last_row_lost(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon - 1)
    return windows_at(series, now, n_lags, horizon)


def first_row_lost(series, n_lags, horizon):
    return windows_at(series, np.arange(n_lags, len(series) - horizon), n_lags, horizon)


def horizon_one_too_far(series, n_lags, horizon):
    now = np.arange(n_lags - 1, len(series) - horizon - 1)
    return windows_at(series, now, n_lags, horizon + 1)


def lags_down_the_rows(series, n_lags, horizon):
    features, targets = lag_windows(series, n_lags, horizon)
    return features.T, targets


def lags_by_loops(series, n_lags, horizon):
    rows, targets = [], []
    for t in range(len(series)):
        if t - n_lags + 1 >= 0 and t + horizon < len(series):
            rows.append([series[t - k] for k in range(n_lags)])
            targets.append(series[t + horizon])
    return np.array(rows), np.array(targets)


def lags_by_torch(series, n_lags, horizon):
    windows = torch.from_numpy(series).unfold(0, n_lags, 1).flip(1)
    targets = torch.from_numpy(series)[n_lags - 1 + horizon :]
    return windows[: len(targets)], targets


def lags_by_sliding_windows(series, n_lags, horizon):
    windows = np.lib.stride_tricks.sliding_window_view(series[:-horizon], n_lags)
    return windows[:, ::-1], series[n_lags + horizon - 1 :]


def lags_by_columns(series, n_lags, horizon):
    values = series.astype(np.float32)
    first, end = n_lags - 1, len(series) - horizon
    columns = [values[first - k : end - k] for k in range(n_lags)]
    return np.column_stack(columns), values[first + horizon :].tolist()


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
    regimes={"drawn": lag_inputs},
    right=[lags_by_loops, lags_by_torch, lags_by_sliding_windows, lags_by_columns],
    wrong={
        "oldest first": (
            "The values in each row run from old to new; the newest stands first.",
            oldest_first,
        ),
        "one step ahead": (
            (
                "The target is the next value whatever the horizon; it should lie `horizon` "
                "steps ahead."
            ),
            one_step_ahead,
        ),
        "horizon one short": (
            (
                "The target is one step too early: with horizon 1 it would be the newest value "
                "itself."
            ),
            horizon_one_short,
        ),
        "last row lost": (
            (
                "One row is missing at the end: the last row is the one whose target is the "
                "last value."
            ),
            last_row_lost,
        ),
        "first row lost": (
            (
                "One row is missing at the beginning: the first window that exists ends at step"
                " n_lags - 1."
            ),
            first_row_lost,
        ),
        "horizon one too far": (
            (
                "The target is one step too late: it should lie `horizon` steps after the "
                "newest value."
            ),
            horizon_one_too_far,
        ),
        "lags down the rows": (
            "The features are transposed: one row for each t, one column for each lag.",
            lags_down_the_rows,
        ),
    },
)

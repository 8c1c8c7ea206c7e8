# %%
import numpy as np
import torch

# %% [markdown]
# ## A batch of unequal lengths, forward
#
# One loop over time serves the whole batch if the state of a sequence that has ended is held. Then
# the state after the loop is the last real state of each sequence:
#
# $$ h_t = \begin{cases}\tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h) & m_t = 1\\
#                        h_{t-1} & m_t = 0,\end{cases} \qquad h_0 = 0 . $$
#
# **Write** `forward_unequal(xs, mask, W_xh, W_hh, b_h)` with `xs` `(batch, time, d_in)`; return
# the pair `(hs, h_last)`: all states `(batch, time, d_hidden)` with **zeros in the padding**, and
# the state of each sequence after its last real step, `(batch, d_hidden)`. Padding stands at the
# end only, and its inputs are any finite numbers; every sequence has at least one real step.
#
# *Example.* One unit, $W_{xh} = 1$, $W_{hh} = 0$, $b_h = 0$, $x_1 = 0.5$ and, in the padding,
# $x_2 = 7$: the returned states are $\tanh 0.5 = 0.4621$ and 0, the last state is 0.4621.


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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def batch_of(rng, d_in, d_hidden, time, lengths):
    """Any weights, and large numbers in the padding."""
    mask = np.arange(time) < np.array(lengths)[:, None]
    xs = rng.normal(size=(*mask.shape, d_in))
    xs[~mask] *= 10
    W_hh = 1.2 * rng.normal(size=(d_hidden, d_hidden)) / np.sqrt(d_hidden)
    return xs, mask, rng.normal(size=(d_hidden, d_in)), W_hh, rng.normal(size=d_hidden)


def any_sizes(rng):
    d_in, d_hidden, time, n_more = rng.integers([2, 4, 4, 1], [4, 6, 8, 4])
    lengths = rng.permutation([1, time, *rng.integers(2, time, size=n_more)])
    return batch_of(rng, *rng.permutation([d_in, d_hidden]), time, lengths)


def by_torch(xs, mask, W_xh, W_hh, b_h):
    rnn = torch.nn.RNN(xs.shape[-1], len(b_h), batch_first=True, dtype=torch.float64)
    for parameter, value in zip(rnn.parameters(), (W_xh, W_hh, b_h, 0 * b_h), strict=True):
        parameter.data = torch.from_numpy(value)
    hs = rnn(torch.from_numpy(xs))[0] * torch.from_numpy(mask)[:, :, None]
    return hs, hs[range(len(xs)), mask.sum(axis=1) - 1]


EXAMPLE = np.array([[[0.5], [7.0]]]), np.array([[True, False]])
task = Task(
    forward_unequal,
    points=2,
    compare=Close(condition=500.0, float32=True),  # 30 * 11
    returns=("hs", "h_last"),
    forbidden=(
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.recurrent.bptt",
        "course_lib.sequences.scan",
    ),
    examples=[(*EXAMPLE, np.eye(1), np.zeros((1, 1)), np.zeros(1))],
    regimes={
        "any sizes": any_sizes,
        "all shorter than the time axis": lambda rng: batch_of(rng, 2, 3, 6, [2, 4, 3]),
        "no padding": lambda rng: batch_of(rng, 2, 3, 4, [4, 4]),
        "as many inputs as units": lambda rng: batch_of(rng, 3, 3, 3, [2, 3, 1]),
        "one sequence of one step and one unit": lambda rng: batch_of(rng, 1, 1, 1, [1]),
    },
    right=[by_torch],
    wrong={
        "missing transpose": (
            "The recurrent weights act transposed; multiply a batch of rows as `h @ W_hh.T`.",
            {"W_hh.T": "W_hh"},
        ),
        "runs through the padding": (
            "The padding moves the last states; let the sequences that have ended stand still.",
            {"np.where(keep, np.tanh": "(np.tanh", "b_h), h)": "b_h))"},
        ),
        "no zeros in the padding": (
            "The last states are right, but `hs` repeats them in the padding; put zeros there.",
            {"np.where(keep, h, 0.0)": "h"},
        ),
        "no bias": ("The bias plays no part; add `b_h` at every step.", {" + b_h": ""}),
        "no memory": ("Every step starts from zero; hand the state on.", {"(h @ W_hh.T": "(0"}),
        "last column": (
            "The last state is 0 where padding follows; take the one after the last real step.",
            {"return hs, h": "return hs, hs[:, -1]"},
        ),
        "no tanh": ("The nonlinearity is missing; take the tanh of the sum.", {"np.tanh": ""}),
    },
)

# %%
import numpy as np
import torch

# %% [markdown]
# ## A batch of unequal lengths, forward
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


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


def transposed_weights(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, W_hh.T, b_h)
    return hs * mask[:, :, None], hs[:, -1]


def runs_through_padding(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, np.ones_like(mask), W_xh, W_hh, b_h)
    return hs * mask[:, :, None], hs[:, -1]


def repeated_in_padding(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, W_hh, b_h)
    return hs, hs[:, -1]


def without_bias(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, W_hh, 0 * b_h)
    return hs * mask[:, :, None], hs[:, -1]


def without_memory(xs, mask, W_xh, W_hh, b_h):
    hs = states_of(xs, mask, W_xh, 0 * W_hh, b_h)
    return hs * mask[:, :, None], hs[:, -1]


def last_states_from_padding(xs, mask, W_xh, W_hh, b_h):
    hs, _ = forward_unequal(xs, mask, W_xh, W_hh, b_h)
    return hs, hs[:, -1]


def without_tanh(xs, mask, W_xh, W_hh, b_h):
    h, states = np.zeros((len(xs), len(b_h))), []
    for t in range(xs.shape[1]):
        h = np.where(mask[:, t, None], h @ W_hh.T + xs[:, t] @ W_xh.T + b_h, h)
        states.append(h * mask[:, t, None])
    return np.stack(states, axis=1), h


def forward_by_sequence(xs, mask, W_xh, W_hh, b_h):
    hs, last = np.zeros((*xs.shape[:2], len(b_h))), []
    for b, row in enumerate(xs):
        h = np.zeros(len(b_h))
        for t in range(int(mask[b].sum())):
            h = np.tanh(W_hh @ h + W_xh @ row[t] + b_h)
            hs[b, t] = h
        last.append(h)
    return hs, np.array(last)


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


# condition: 30 * 11
task = Task(
    forward_unequal,
    points=2,
    compare=Close(condition=500.0, float32=True),
    returns=("hs", "h_last"),
    forbidden=(
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.recurrent.bptt",
        "course_lib.sequences.scan",
    ),
    examples=[
        (
            np.array([[[0.5], [7.0]]]),
            np.array([[True, False]]),
            np.eye(1),
            np.zeros((1, 1)),
            np.zeros(1),
        )
    ],
    regimes={"drawn": forward_inputs},
    right=[
        forward_by_sequence,
        forward_by_torch,
        forward_in_plain_lists,
        forward_in_single_precision,
    ],
    wrong={
        "missing transpose": (
            (
                "The recurrent weights act transposed: a batch of rows h is multiplied as `h @ "
                "W_hh.T`."
            ),
            transposed_weights,
        ),
        "runs through the padding": (
            (
                "The sequences that have ended do not stand still: the padding moves their last"
                " state."
            ),
            runs_through_padding,
        ),
        "no zeros in the padding": (
            (
                "The last states are right, but `hs` repeats them in the padding; it must hold "
                "zeros there."
            ),
            repeated_in_padding,
        ),
        "no bias": ("The bias `b_h` is missing.", without_bias),
        "no memory": (
            "Every step starts from a zero state: hand the state on from step to step.",
            without_memory,
        ),
        "last column": (
            (
                "`hs` is right, but the last states are read from its last column, which is 0 "
                "in the padding."
            ),
            last_states_from_padding,
        ),
        "no tanh": ("The nonlinearity is missing: the state is the tanh of the sum.", without_tanh),
    },
)

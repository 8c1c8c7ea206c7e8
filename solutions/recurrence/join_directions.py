# %%
import numpy as np

# %% [markdown]
# ## Two directions, joined
#
# A bidirectional network consists of two networks side by side, not of one on top of the other. The
# second one has read each sequence from its own end, so its first state belongs to the *last*
# token. In `hs_bw` the state of its step $s$ therefore belongs to token $n_b + 1 - s$ of a sequence
# of length $n_b$, where $s = 1$ is `hs_bw[:, 0]`. Reversing the whole time axis would put the
# padding in front.
#
# $$ h_{bt} = \big[\,\overrightarrow h_{b,t}\,;\ \overleftarrow h_{b,\,n_b+1-t}\,\big]
#    \quad (t \le n_b), \qquad h_{bt} = 0 \quad (t > n_b). $$
#
# **Write** `join_directions(hs_fw, hs_bw, lengths)`, both states `(batch, time, d_hidden)`,
# lengths `(batch,)`; return `(batch, time, 2 * d_hidden)`, zero in the padding. Every sequence has
# at least one step, and all may be shorter than the time axis, which keeps its length; the padding
# of the inputs holds any finite numbers.
#
# *Example.* Length 2 of 3, forward 1, 2, 9 and backward 10, 20, 90: the result is
# $(1, 20), (2, 10), (0, 0)$.


# %%
def join_directions(hs_fw, hs_bw, lengths):
    """Bring the backward states back into reading order and put them beside the forward ones."""
    ### BEGIN SOLUTION
    batch, time, d_hidden = hs_fw.shape
    joined = np.zeros((batch, time, 2 * d_hidden))
    for b, n in enumerate(lengths):
        joined[b, :n, :d_hidden] = hs_fw[b, :n]
        joined[b, :n, d_hidden:] = hs_bw[b, :n][::-1]
    return joined
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def batch_of(rng, time, d_hidden, lengths):
    return *rng.normal(size=(2, len(lengths), time, d_hidden)), np.array(lengths)


def any_lengths(rng):
    time, d_hidden, n_more = rng.integers([5, 2, 0], [10, 5, 3])
    lengths = [1, int(time) - 1, int(time), *rng.integers(1, time + 1, size=n_more)]
    return batch_of(rng, time, d_hidden, rng.permutation(lengths))


def all_shorter(rng):
    time = int(rng.integers(5, 8))
    return batch_of(rng, time, 3, rng.permutation([2, time - 2, time - 1]))


def by_indices(hs_fw, hs_bw, lengths):
    steps = lengths[:, None] - 1 - np.arange(hs_fw.shape[1])
    turned = np.take_along_axis(hs_bw, np.maximum(steps, 0)[:, :, None], axis=1)
    return np.concatenate([hs_fw, turned], axis=-1) * (steps >= 0)[:, :, None]


def halves(joined):
    return np.split(joined, 2, axis=-1)


NOTHING, TURNED = "np.zeros((batch, time, 2 * d_hidden))", "hs_bw[b, :n][::-1]"
task = Task(
    join_directions,
    points=2,
    compare=Close(condition=10, float32=True),
    forbidden=("course_lib.sequences.batching", "course_lib.recurrent.bidirectional"),
    examples=[
        (np.array([[[1.0], [2.0], [9.0]]]), np.array([[[10.0], [20.0], [90.0]]]), np.array([2]))
    ],
    regimes={
        "any lengths": any_lengths,
        "all shorter than the time axis": all_shorter,
        "no padding": lambda rng: batch_of(rng, 4, 2, [4, 4]),
        "as many sequences as steps and units": lambda rng: batch_of(rng, 3, 3, [2, 3, 1]),
        "one sequence of one step and one unit": lambda rng: batch_of(rng, 1, 1, [1]),
    },
    right=[by_indices],
    wrong={
        "left reversed": ("The backward states are still reversed; turn them.", {"[::-1]": ""}),
        "turns the padding": (
            "The padding was turned to the front; turn only the first `lengths[b]` steps.",
            {TURNED: "hs_bw[b, ::-1][:n]"},
        ),
        "backward first": (
            "The two halves are swapped; put the forward states first, the backward states second.",
            lambda right, *inputs: np.concatenate(halves(right(*inputs))[::-1], axis=-1),
        ),
        "padding kept": (
            "The padding is not zero; put 0 into the steps from `lengths[b]` on.",
            {NOTHING: "np.concatenate([hs_fw, hs_bw], axis=-1)"},
        ),
        "turns the padding and keeps it": (
            "The padding was turned to the front; turn only `lengths[b]` steps, put 0 after them.",
            lambda right, hs_fw, hs_bw, _: np.concatenate([hs_fw, hs_bw[:, ::-1]], axis=-1),
        ),
        "added up": (
            "The two directions are added; put them side by side along the last axis.",
            lambda right, *inputs: sum(halves(right(*inputs))),
        ),
        "time axis trimmed": (
            "The result ends with the longest sequence; give it as many steps as the inputs have.",
            lambda right, *inputs: right(*inputs)[:, : max(inputs[2])],
        ),
    },
)

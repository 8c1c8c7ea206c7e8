# %%
import numpy as np
import torch

# %% [markdown]
# ## The last state that counts
#
# Reading off `hs[:, -1]` reads padding for every sequence but the longest. Here the mask may also
# have holes, as when single steps were dropped by a sensor, so the number of kept steps does not
# say where the last one stands.
#
# $$ t_b = \max\{t : m_{bt} = 1\}, \qquad \text{return } h_{b,t_b} \text{ and } t_b . $$
#
# **Write** `last_valid(hs, mask)` that returns the pair `(states, steps)` of shapes
# `(batch, d_hidden)` and `(batch,)`. Every sequence has at least one kept step.
#
# *Example.* States 5, 6, 7, 8 with mask True, False, True, False: the pair is state 7, step 2.


# %%
def last_valid(hs, mask):
    """Find the last kept step of each sequence, and the state there."""
    ### BEGIN SOLUTION
    from_the_end = np.argmax(mask[:, ::-1], axis=1)
    steps = mask.shape[1] - 1 - from_the_end
    return hs[np.arange(len(hs)), steps], steps
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def last_inputs(rng):
    batch, time = 3, int(rng.integers(6, 9))
    mask = rng.random((batch, time)) < 0.5
    mask[:, 1], mask[:, 3], mask[:, -1] = False, True, False
    mask[1, 2], mask[2, 0] = True, True
    return rng.normal(size=(batch, time, 2)), mask


def last_column(hs, mask):
    return hs[:, -1], np.full(len(hs), hs.shape[1] - 1)


def counts_the_steps(hs, mask):
    steps = mask.sum(axis=1) - 1
    return hs[np.arange(len(hs)), steps], steps


def first_step(hs, mask):
    steps = np.argmax(mask, axis=1)
    return hs[np.arange(len(hs)), steps], steps


def one_step_too_far(hs, mask):
    steps = mask.shape[1] - np.argmax(mask[:, ::-1], axis=1)
    return hs[np.arange(len(hs)), steps], steps


def stops_at_the_first_hole(hs, mask):
    steps = np.argmin(mask, axis=1) - 1
    return hs[np.arange(len(hs)), steps], steps


def counts_from_one(hs, mask):
    states, steps = last_valid(hs, mask)
    return states, steps + 1


def steps_first(hs, mask):
    return last_valid(hs, mask)[::-1]


def last_by_loops(hs, mask):
    steps = [max(t for t in range(mask.shape[1]) if row[t]) for row in mask]
    return np.stack([hs[b, t] for b, t in enumerate(steps)]), steps


def last_by_torch(hs, mask):
    steps = (torch.from_numpy(mask) * torch.arange(mask.shape[1])).argmax(dim=1)
    return torch.from_numpy(hs)[torch.arange(len(hs)), steps], steps


def last_in_plain_lists(hs, mask):
    states, steps = [], []
    for row, keep in zip(hs.tolist(), mask.tolist(), strict=True):
        steps.append(len(keep) - 1 - keep[::-1].index(True))
        states.append(row[steps[-1]])
    return states, steps


def last_by_carrying(hs, mask):
    states, steps = hs[:, 0], np.zeros(len(hs))
    for t in range(hs.shape[1]):
        states = np.where(mask[:, t, None], hs[:, t], states)
        steps = np.where(mask[:, t], t, steps)
    return states, steps


def last_in_single_precision(hs, mask):
    places = torch.from_numpy(mask) * torch.arange(1, mask.shape[1] + 1)
    steps = places.max(dim=1).values - 1
    rows = steps[:, None, None].expand(-1, 1, hs.shape[2])
    return [torch.Tensor(hs).gather(1, rows)[:, 0], steps.int()]


task = Task(
    last_valid,
    points=1,
    compare=Close(condition=10, float32=True),
    returns=("states", "steps"),
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    examples=[(np.array([[[5.0], [6.0], [7.0], [8.0]]]), np.array([[True, False, True, False]]))],
    regimes={"drawn": last_inputs},
    right=[
        last_by_loops,
        last_by_torch,
        last_in_plain_lists,
        last_by_carrying,
        last_in_single_precision,
    ],
    wrong={
        "last column": (
            (
                "The state of the last column is read, which is padding here; find the last "
                "True of each row."
            ),
            last_column,
        ),
        "counts the steps": (
            ("The number of kept steps minus 1 is the last one only if the mask has no holes."),
            counts_the_steps,
        ),
        "first step": (
            (
                "This is the first kept step, which is what `argmax` of a mask finds; wanted is"
                " the last."
            ),
            first_step,
        ),
        "one step too far": (
            "One step too far: the step after the last kept one.",
            one_step_too_far,
        ),
        "stops at the first hole": (
            ("The search stops at the first hole; after a hole there may be steps that are kept."),
            stops_at_the_first_hole,
        ),
        "counts from 1": (
            (
                "The states are right, but the steps are counted from 1; here the first step is"
                " step 0."
            ),
            counts_from_one,
        ),
        "pair turned round": (
            "The pair is the wrong way round: the states come first, then the steps.",
            steps_first,
        ),
    },
)

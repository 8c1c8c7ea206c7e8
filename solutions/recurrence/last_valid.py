# %%
import numpy as np

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
# `(batch, d_hidden)` and `(batch,)`. Every sequence has at least one kept step; the steps that are
# not kept hold any finite numbers.
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


def kept_until(rng, d_hidden, time, last):
    """Any states, and a mask with holes whose last kept steps are given."""
    steps, last = np.arange(time), np.array(last)[:, None]
    mask = (steps == last) | (steps < last) & (rng.random((len(last), time)) < 0.5)
    return rng.normal(size=(len(last), time, d_hidden)), mask


def holes_and_padding(rng):
    n_more, d_hidden, time = rng.integers([1, 2, 10], [4, 5, 14])
    last = [time - 2, *rng.integers(4, time - 1, size=n_more)]
    hs, mask = kept_until(rng, d_hidden, time, last)
    mask[:, 1], mask[:, 2] = False, True
    return hs, mask


def last_state_of_zeros(rng):
    hs, mask = kept_until(rng, 2, 5, [3, 1])
    hs[0, 3] = hs[1, 1, 1] = 0.0
    return hs, mask


def by_nonzero(hs, mask):
    steps = [np.flatnonzero(row)[-1] for row in mask]
    return np.stack([hs[b, t] for b, t in enumerate(steps)]), steps


FOUND, REVERSED = "mask.shape[1] - 1 - from_the_end", "mask[:, ::-1]"
task = Task(
    last_valid,
    points=1,
    compare=Close(condition=10, float32=True),
    returns=("states", "steps"),
    forbidden=("course_lib.sequences.heads", "course_lib.sequences.heads_torch"),
    examples=[(np.array([[[5.0], [6.0], [7.0], [8.0]]]), np.array([[True, False, True, False]]))],
    regimes={
        "holes and padding": holes_and_padding,
        "the last column kept": lambda rng: kept_until(rng, 3, 6, [5, rng.integers(5), 5]),
        "only the first step kept": lambda rng: kept_until(rng, 2, 4, [rng.integers(1, 4), 0]),
        "every step kept": lambda rng: (rng.normal(size=(2, 5, 2)), np.ones((2, 5), dtype=bool)),
        "one sequence of one step": lambda rng: kept_until(rng, 1, 1, [0]),
        "a last state of zeros": last_state_of_zeros,
    },
    right=[by_nonzero],
    equivalent={"result -> 32-bit integers": "no padded axis is longer than 32 bits can count"},
    wrong={
        "last column": (
            "The state of the last column is read, padding or not; find the last True of each row.",
            lambda right, hs, mask: right(hs, np.ones_like(mask)),
        ),
        "counts the steps": (
            "The kept steps are counted, but the mask has holes; look where the last True stands.",
            {FOUND: "mask.sum(axis=1) - 1"},
        ),
        "first step": (
            "This is the first kept step of each sequence; find the last one.",
            {REVERSED: "mask", FOUND: "from_the_end"},
        ),
        "last column overlooked": (
            "A kept step in the last column is overlooked; search the time axis up to its end.",
            {REVERSED: "mask[:, -2::-1]", FOUND: "mask.shape[1] - 2 - from_the_end"},
        ),
        "stops at the first hole": (
            "The search ends at the first hole; go on, since more kept steps may follow.",
            {f"argmax({REVERSED}": "argmin(mask", FOUND: "from_the_end - 1"},
        ),
        "counts from 1": (
            "The steps are counted from 1; count from 0.",
            {"], steps": "], steps + 1"},
        ),
    },
)

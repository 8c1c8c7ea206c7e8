"""Recomputed states give the same gradients, and fewer of them are alive at once."""

import gc
import weakref
from typing import ClassVar

import numpy as np
import pytest
from contracts.sketched_cells import LSTMSketch

from course_lib.gradient_flow.checkpointing import checkpointed_gradients, most_states_stored
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN

BATCH, TIME, D_IN, D_HIDDEN = 2, 11, 2, 3


@pytest.mark.parametrize("cell", [SRN(), LSTMSketch()], ids=["srn", "two-array state"])
@pytest.mark.parametrize("every", [1, 2, 3, 11, 50])
@pytest.mark.parametrize("lengths", [(11, 11), (11, 4)])
def test_gives_the_gradients_of_the_full_pass(cell, every, lengths, rng):
    params = cell.init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, TIME, D_IN))
    mask = np.arange(TIME) < np.array(lengths)[:, None]
    target = rng.normal(size=(BATCH, TIME, D_HIDDEN))

    def loss_gradient(hs, start):
        return hs - target[:, start : start + hs.shape[1]]  # of half the squared distance

    hs, trace = bptt.forward(cell, params, xs, mask=mask)
    want = bptt.backward(cell, params, trace, loss_gradient(hs, 0))
    got = checkpointed_gradients(cell, params, xs, loss_gradient, every, mask=mask)
    for ours, wanted in zip(
        [*got.params, got.xs, *np.atleast_2d(got.state0)],
        [*want.params, want.xs, *np.atleast_2d(want.state0)],
        strict=True,
    ):
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("every", [2, 11])
def test_begins_at_the_state_that_it_is_given(every, rng):
    params = SRN().init(rng, D_IN, D_HIDDEN)
    xs, state0 = rng.normal(size=(BATCH, TIME, D_IN)), rng.normal(size=(BATCH, D_HIDDEN))
    hs, trace = bptt.forward(SRN(), params, xs, state0)
    want = bptt.backward(SRN(), params, trace, hs)
    got = checkpointed_gradients(SRN(), params, xs, lambda hs, start: hs, every, state0)
    for ours, wanted in zip([*got.params, got.state0], [*want.params, want.state0], strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-12)


class Census(SRN):
    """A cell that counts how many of the states that it made are still held by someone."""

    alive: ClassVar[set[int]] = set()
    most: ClassVar[int] = 0

    def step_projected(self, params, projected, state):
        state, cache = super().step_projected(params, projected, state)
        token = id(state)
        Census.alive.add(token)
        weakref.finalize(state, Census.alive.discard, token)
        Census.most = max(Census.most, len(Census.alive))
        return state, cache


def count(work) -> int:
    gc.collect()
    Census.alive, Census.most = set(), 0
    work()
    return Census.most


@pytest.mark.slow
@pytest.mark.parametrize(("time", "every"), [(12, 3), (16, 4), (25, 5), (12, 12)])
@pytest.mark.checks("eq-checkpoint-memory", against="enumeration")
def test_states_alive_at_once_are_as_many_as_promised(time, every, rng):
    params = SRN().init(rng, D_IN, D_HIDDEN)
    xs = rng.normal(size=(BATCH, time, D_IN))
    few = count(lambda: checkpointed_gradients(Census(), params, xs, lambda hs, start: hs, every))
    all_of_them = count(lambda: bptt.forward(Census(), params, xs))
    assert all_of_them == time
    assert few == most_states_stored(time, every) - 1  # the zero state is not one that it made


def test_the_square_root_is_the_best_length():
    counts = [most_states_stored(400, every) for every in range(1, 401)]
    assert min(counts) == 40 == most_states_stored(400, 20)
    assert most_states_stored(3, 10) == 4  # one segment, longer than the sequence


def test_refuses_segments_without_steps(rng):
    params = SRN().init(rng, D_IN, D_HIDDEN)
    xs = np.zeros((BATCH, TIME, D_IN))
    with pytest.raises(ValueError, match="every: expected a whole number, 1 or more, got 0"):
        checkpointed_gradients(SRN(), params, xs, lambda hs, start: hs, every=0)
    with pytest.raises(ValueError, match="time: expected a whole number, 1 or more"):
        most_states_stored(0, 1)
    with pytest.raises(ValueError, match="xs: expected at least one step"):
        checkpointed_gradients(SRN(), params, xs[:, :0], lambda hs, start: hs, every=2)


def test_segments_have_a_whole_number_of_steps(bad_input):
    for bad in 0, 2.5:
        with pytest.raises(ValueError, match="every: expected a whole number, 1 or more"):
            most_states_stored(3, bad)
    assert most_states_stored(1, 1) == 2

"""The helpers that cells share, and the refusals of the protocol."""

from typing import NamedTuple

import numpy as np
import pytest

from course_lib.recurrent.cell import Cell, SplitCell, expect_state, map_state
from course_lib.recurrent.srn import SRN


class Pair(NamedTuple):
    h: np.ndarray
    c: np.ndarray


def test_map_state_keeps_the_kind_of_state():
    doubled = map_state(lambda part: 2 * part, Pair(np.ones(2), np.full(2, 3.0)))
    assert isinstance(doubled, Pair)
    np.testing.assert_array_equal(doubled.c, [6.0, 6.0])


def test_map_state_refuses_states_of_different_length():
    with pytest.raises(ValueError, match="zip"):
        map_state(np.add, Pair(np.ones(1), np.ones(1)), (np.ones(1),))


def test_expect_state_names_the_field():
    good = Pair(np.zeros((2, 3)), np.zeros((2, 3)))
    expect_state("state0", good, good)
    with pytest.raises(ValueError, match=r"state0\.c: expected shape \(2, 3\), got \(2, 4\)"):
        expect_state("state0", Pair(good.h, np.zeros((2, 4))), good)


def test_expect_state_refuses_another_kind():
    with pytest.raises(ValueError, match="state0: expected a Pair, got ndarray"):
        expect_state("state0", np.zeros((2, 3)), Pair(np.zeros((2, 3)), np.zeros((2, 3))))


@pytest.mark.parametrize("kind", [Cell, SplitCell])
def test_an_unfinished_cell_cannot_be_made(kind):
    with pytest.raises(TypeError, match="abstract"):
        kind()


def test_a_step_refuses_a_state_of_the_wrong_shape(rng, bad_input):
    params = SRN().init(rng, 2, 4)
    with pytest.raises(ValueError, match=r"state: expected shape \(3, 4\), got \(3, 2\)"):
        SRN().step(params, np.zeros((3, 2)), np.zeros((3, 2)))

"""The helpers that cells share, and the refusals of the protocol."""

from typing import NamedTuple

import numpy as np
import pytest
from contracts.sketched_cells import StepOnlySketch

from course_lib.recurrent.cell import Cell, check_state, tree_map
from course_lib.recurrent.srn import SRN


class Pair(NamedTuple):
    h: np.ndarray
    c: np.ndarray


def test_tree_map_keeps_the_kind_of_state():
    doubled = tree_map(lambda part: 2 * part, Pair(np.ones(2), np.full(2, 3.0)))
    assert isinstance(doubled, Pair)
    np.testing.assert_array_equal(doubled.c, [6.0, 6.0])


def test_tree_map_refuses_states_of_different_length():
    with pytest.raises(ValueError, match="zip"):
        tree_map(np.add, Pair(np.ones(1), np.ones(1)), (np.ones(1),))


def test_check_state_names_the_field():
    good = Pair(np.zeros((2, 3)), np.zeros((2, 3)))
    check_state("state0", good, good)
    with pytest.raises(ValueError, match=r"state0\.c: expected shape \(2, 3\), got \(2, 4\)"):
        check_state("state0", Pair(good.h, np.zeros((2, 4))), good)


def test_check_state_refuses_another_kind():
    with pytest.raises(ValueError, match="state0: expected a Pair, got ndarray"):
        check_state("state0", np.zeros((2, 3)), Pair(np.zeros((2, 3)), np.zeros((2, 3))))


def test_tree_map_goes_into_nested_trees():
    doubled = tree_map(lambda part: 2 * part, Pair(Pair(np.ones(1), np.zeros(1)), np.ones(2)))
    assert isinstance(doubled.h, Pair)
    np.testing.assert_array_equal(doubled.h.h, [2.0])
    np.testing.assert_array_equal(doubled.c, [2.0, 2.0])


def test_a_cell_without_step_and_step_backward_cannot_be_made():
    with pytest.raises(TypeError, match=r"abstract.*\bstep, step_backward"):
        Cell()


@pytest.mark.parametrize("plain", ["step", "step_backward"])
def test_a_new_step_beside_an_inherited_split_form_is_refused(plain):
    split = {"step": "step_projected", "step_backward": "step_projected_backward"}[plain]
    with pytest.raises(TypeError, match=f"Half: expected {split} beside {plain}, got none"):
        type("Half", (SRN,), {plain: lambda self, *arguments: None})


def test_a_new_step_is_enough_where_nothing_is_split():
    class Other(StepOnlySketch):
        def step(self, params, x, state):
            return state + x, None

    state, _ = Other().step_projected(None, np.ones((1, 2)), np.ones((1, 2)))
    np.testing.assert_array_equal(state, [[2.0, 2.0]])


def test_a_step_refuses_a_state_of_the_wrong_shape(rng, bad_input):
    params = SRN().init(rng, 2, 4)
    with pytest.raises(ValueError, match=r"state: expected shape \(3, 4\), got \(3, 2\)"):
        SRN().step(params, np.zeros((3, 2)), np.zeros((3, 2)))


def test_only_cells_of_torch_take_its_weights():
    with pytest.raises(ValueError, match=r"cell: expected one .* too, got StepOnlySketch"):
        StepOnlySketch().params_from_torch(None)

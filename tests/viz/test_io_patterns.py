"""What is drawn is what was asked for."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Annotation

from course_lib.viz.io_patterns import draw_pattern


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def drawn(ax):
    boxes = [p for p in ax.patches if isinstance(p, FancyBboxPatch)]
    arrows = [c for c in ax.texts if isinstance(c, Annotation)]
    return len(boxes), len(arrows), sorted(t.get_text() for t in ax.texts if t.get_text())


def test_many_to_one(ax):
    boxes, arrows, words = drawn(draw_pattern(ax, ["a", "b", "c"], ["", "", "y"]))
    assert boxes == 3 + 3 + 1
    assert arrows == 3 + 1 + 2
    assert words == ["a", "b", "c", "y"]


def test_one_step_has_no_loop_and_fed_back_steps_have_an_arrow_more(ax):
    assert drawn(draw_pattern(ax, ["x"], ["y"], ["h"]))[:2] == (3, 2)
    ax.clear()
    boxes, arrows, _ = drawn(draw_pattern(ax, ["x", "", ""], ["", "p", "q"], fed_back=[1, 2]))
    assert (boxes, arrows) == (3 + 1 + 2, 1 + 2 + 2 + 1)
    ax.clear()
    assert drawn(draw_pattern(ax, ["x", "x"], ["y", "y"], recurrent=False))[:2] == (6, 4)


def test_wrong_arguments_are_named(ax):
    with pytest.raises(ValueError, match="number of steps: expected at least 1"):
        draw_pattern(ax, [], [])
    with pytest.raises(ValueError, match="outputs: expected 2 entries"):
        draw_pattern(ax, ["a", "b"], ["y"])
    with pytest.raises(ValueError, match="states: expected 1 entries"):
        draw_pattern(ax, ["a"], ["y"], [])

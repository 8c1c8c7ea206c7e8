"""Drawings in time: the coloured nodes are the receptive field."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from course_lib.viz.style import COLOURS
from course_lib.viz.time_graphs import draw_delay_layers, draw_unrolled


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


@pytest.mark.parametrize(("layers", "K"), [(1, 2), (2, 2), (3, 1)])
def test_coloured_inputs_are_the_receptive_field(ax, layers, K):
    draw_delay_layers(ax, layers, K, time=9)
    fill = ax.collections[0].get_facecolors()
    coloured = [np.allclose(colour, to_rgba(COLOURS[0])) for colour in fill]
    assert sum(coloured) == layers * K + 1
    assert coloured[-1]


def test_unrolled_shows_every_step(ax):
    draw_unrolled(ax, 4)
    texts = [text.get_text() for text in ax.texts]
    for t in range(1, 5):
        assert {f"${letter}_{{{t}}}$" for letter in "xhy"} <= set(texts)


def test_refuses_nothing_to_draw(ax):
    with pytest.raises(ValueError, match="layers: expected at least 1"):
        draw_delay_layers(ax, 0, 1, 5)
    with pytest.raises(ValueError, match="steps"):
        draw_unrolled(ax, 0)

"""Every tag is there, and the wrong ones stand out without colour."""

import matplotlib.pyplot as plt
import pytest

from course_lib.viz.tag_strip import draw_tag_strip


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_wrong_tags_are_bold_and_framed(ax):
    draw_tag_strip(ax, ["yán", "jiū"], {"truth": "BE", "guess": "BM"})
    bold = [t.get_text() for t in ax.texts if t.get_weight() == "bold"]
    framed = [p.get_linewidth() for p in ax.patches if p.get_linewidth() > 2]
    assert bold == ["M"]
    assert len(framed) == 1
    assert [t.get_text() for t in ax.texts] == ["yán", "jiū", "truth", "B", "E", "guess", "B", "M"]


def test_equal_tags_have_equal_colours(ax):
    draw_tag_strip(ax, list("abc"), {"truth": "SBE", "guess": "SSS"})
    colours = [p.get_facecolor() for p in ax.patches]
    assert colours[0] == colours[3] == colours[4] == colours[5]
    assert len(set(colours)) == 3


def test_wrong_arguments_are_named(ax):
    with pytest.raises(ValueError, match="rows: expected at least one"):
        draw_tag_strip(ax, ["a"], {})
    with pytest.raises(ValueError, match="rows: expected 2 tags in 'guess', one per token, got 1"):
        draw_tag_strip(ax, ["a", "b"], {"truth": "BE", "guess": "B"})

"""The histogram: its columns are the counts, its words say the same."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from course_tools.reports.class_statistics import count_in_bins
from course_tools.reports.plots import BOTTOM, TOP, count_step, histogram, in_words


@pytest.mark.parametrize("maximum", [1, 10, 32, 99.5])
def test_columns_are_as_high_as_the_counts(maximum):
    scores = [0.0, 0.1, 0.1 * maximum, 0.5 * maximum, 0.5 * maximum, maximum]
    bins = count_in_bins(scores, maximum)
    svg = ET.fromstring(histogram(bins))
    heights = [float(part.get("height")) for part in svg if part.get("class") == "column"]
    left = [part for part in svg if part.get("text-anchor") == "end"]  # labels of the upright axis
    top = max(left, key=lambda part: int(part.text))
    unit = (BOTTOM + 5 - float(top.get("y"))) / int(top.text)
    assert heights == pytest.approx([unit * bin.count for bin in bins], abs=0.2)
    assert max(heights) <= BOTTOM - TOP


def test_axes_are_named_and_labels_do_not_touch():
    svg = ET.fromstring(histogram(count_in_bins([250.0] * 7, 500)))
    texts = [part.text for part in svg if part.tag == "text"]
    assert {"score (points)", "students"} <= set(texts)
    assert texts.count("0") == 2  # one for each axis
    below = [float(part.get("x")) for part in svg if part.get("y") == f"{BOTTOM + 20:.1f}"]
    assert min(b - a for a, b in pairwise(below)) > 35


def test_its_words_are_a_sentence_and_stand_in_the_picture():
    bins = count_in_bins([1.0, 9.0, 9.5, 10.0], 10)
    words = in_words(bins)
    assert words == (
        "Histogram of 4 scores between 0 and 10 points in 10 columns;"
        " the highest holds 3 students, from 9 to 10 points."
    )
    assert ET.fromstring(histogram(bins)).get("aria-label") == words


def test_nobody_and_a_thousand_have_a_scale():
    for most in range(1, 2000, 7):
        assert 2 <= most / count_step(most) <= 5 or most < 5
    assert histogram(count_in_bins([], 10)).count("<line") == 2

"""Recall over a distance: the cue decides everything, and nothing else does."""

from collections import Counter

import numpy as np
import pytest

from course_lib.datasets.long_dependency import (
    PRINTER_TEXT,
    DependencyGap,
    long_dependency_task,
    measure_gap,
)


def test_the_printer_example_counted():
    """40 tokens, the report is the 7th, the blank the 40th: 33 tokens apart, 32 Jacobians."""
    gap = measure_gap(PRINTER_TEXT, "доклада")
    assert gap == DependencyGap(tokens=40, cue=7, blank=40, distance=33, jacobians=32)
    between = PRINTER_TEXT.split()[gap.cue : gap.blank - 1]
    assert len(between) == gap.jacobians


def test_measure_gap_refuses_what_it_cannot_count():
    with pytest.raises(ValueError, match="cue: expected a word of the text, got 'tea'"):
        measure_gap("we drink _____", "tea")
    with pytest.raises(ValueError, match="blank: expected a word"):
        measure_gap("we drink tea", "tea")
    with pytest.raises(ValueError, match="cue: expected before the blank"):
        measure_gap("we _____ tea", "tea")
    with pytest.raises(ValueError, match="got position 2 and blank at 2"):
        measure_gap("we _____", "_____")


@pytest.mark.parametrize(("distance", "length"), [(1, None), (5, None), (5, 9), (33, 40)])
def test_reading_the_cue_is_always_right(rng, distance, length):
    """Bayes accuracy 1: the only cue in a row names the target, `distance` before the blank."""
    task = long_dependency_task(rng, 200, distance, classes=3, length=length)
    time = task.tokens.shape[1]
    assert time == (length or distance)
    is_cue = task.tokens < 3
    np.testing.assert_array_equal(is_cue.sum(axis=1), 1)
    np.testing.assert_array_equal(is_cue.argmax(axis=1), time - distance)
    np.testing.assert_array_equal(task.tokens[:, time - distance], task.targets)
    assert task.jacobians == (time - 1) - (time - distance)


def test_the_rest_says_nothing_about_the_class(rng):
    """Given any filler pattern, both classes are equally likely (5 standard errors)."""
    n = 20_000
    task = long_dependency_task(rng, n, distance=3, fillers=2)
    patterns = Counter(map(tuple, task.tokens[:, 1:].tolist()))
    assert len(patterns) == 4
    for pattern, count in patterns.items():
        rows = (task.tokens[:, 1:] == pattern).all(axis=1)
        assert abs(task.targets[rows].mean() - 0.5) < 5 * 0.5 / np.sqrt(count)


def test_xs_is_the_one_hot_code_of_the_tokens(rng):
    task = long_dependency_task(rng, 6, distance=4, classes=3, fillers=2)
    assert task.xs.shape == (6, 4, 5)
    assert task.xs.dtype == np.float64
    np.testing.assert_array_equal(task.xs.sum(axis=-1), 1.0)
    np.testing.assert_array_equal(task.xs.argmax(axis=-1), task.tokens)


def test_fixed_length_moves_only_the_cue():
    """The same generator state draws the same fillers, whatever the distance."""
    near, far = (
        long_dependency_task(np.random.default_rng(5), 8, distance, length=10)
        for distance in (2, 9)
    )
    np.testing.assert_array_equal(near.targets, far.targets)
    same = np.delete(near.tokens, [1, 8], axis=1) == np.delete(far.tokens, [1, 8], axis=1)
    assert same.all()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"sequences": 0}, "sequences"),
        ({"distance": 0}, "distance"),
        ({"classes": 1}, "classes"),
        ({"fillers": 0}, "fillers"),
        ({"length": 4}, "length"),
    ],
)
def test_refuses_settings_outside_their_range(rng, settings, name):
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number, "):
        long_dependency_task(rng, **({"sequences": 2, "distance": 5} | settings))


def test_the_smallest_task(rng):
    task = long_dependency_task(rng, 1, 1, classes=2, fillers=1, length=1)
    np.testing.assert_array_equal(task.tokens[:, 0], task.targets)
    assert task.xs.shape == (1, 1, 3)
    assert task.jacobians == 0


def test_cues_and_fillers_are_drawn_evenly(rng):
    task = long_dependency_task(rng, 6000, 2, classes=3, fillers=4)
    for drawn, kinds in ((task.targets, 3), (task.tokens[:, 1] - 3, 4)):
        share = np.bincount(drawn, minlength=kinds) / 6000
        assert len(share) == kinds
        assert abs(share - 1 / kinds).max() < 5 * 0.5 / np.sqrt(6000)

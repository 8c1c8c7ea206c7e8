"""Shattering: formulas for the counts, known VC dimensions, other ways to separate."""

import itertools
from math import comb

import numpy as np
import pytest

from course_lib.generalization import shattering
from course_lib.generalization.shattering import (
    achievable,
    half_space_separates,
    is_shattered,
    rectangle_separates,
)


def circle(m):
    angles = 2 * np.pi * np.arange(m) / m
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


@pytest.mark.checks("eq-separable", against="enumeration")
def test_lines_in_the_plane_against_all_lines_through_two_points(rng):
    """Tilted and shifted a little, the lines through two points give every labelling by a line."""
    points = rng.normal(size=(6, 2))
    seen = {(True,) * 6, (False,) * 6}
    for i, j in itertools.combinations(range(6), 2):
        along = points[j] - points[i]
        for tilt, shift in itertools.product((-1e-6, 1e-6), (-1e-9, 1e-9, 0.5e-6, -0.5e-6)):
            for pivot in (points[i], points[j], (points[i] + points[j]) / 2):
                normal = np.array([-along[1] - tilt * along[0], along[0] - tilt * along[1]])
                side = (points - pivot) @ normal + shift > 0
                seen |= {tuple(side.tolist()), tuple((~side).tolist())}
    got = {tuple(row) for row in achievable(points, half_space_separates).tolist()}
    assert got == seen


def test_the_half_space_found_holds_the_points(rng):
    points = rng.normal(size=(5, 3))
    found = 0
    for labels in shattering.all_labellings(5):
        half_space = shattering.find_half_space(points, labels)
        if half_space is not None:
            np.testing.assert_array_equal(points @ half_space.w + half_space.b > 0, labels)
            found += 1
    assert found == shattering.cover_count(5, 3)


@pytest.mark.slow
@pytest.mark.checks("eq-cover-count", against="linear programming")
@pytest.mark.parametrize("d", [1, 2, 3])
def test_half_spaces_produce_as_many_labellings_as_cover_counts(d, rng):
    for m in range(1, 7):
        got = achievable(rng.normal(size=(m, d)), half_space_separates)
        assert len(got) == shattering.cover_count(m, d)
        assert is_shattered(got) == (m <= d + 1)


def test_points_on_a_line_are_not_in_general_position():
    three = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    assert len(achievable(three, half_space_separates)) == 6 < shattering.cover_count(3, 2)


def test_half_of_all_labellings_at_twice_the_dimension():
    for d in (1, 4, 9):
        assert shattering.cover_count(2 * (d + 1), d) == 2 ** (2 * (d + 1)) // 2


def test_intervals_and_rectangles(rng):
    for m in range(1, 8):
        got = achievable(rng.normal(size=(m, 1)), rectangle_separates)
        assert len(got) == m * (m + 1) // 2 + 1
        assert is_shattered(got) == (m <= 2)
    three = achievable(np.arange(3.0)[:, None], rectangle_separates).astype(int).tolist()
    missing = [row for row in itertools.product((0, 1), repeat=3) if list(row) not in three]
    assert missing == [(1, 0, 1)]
    assert is_shattered(achievable(circle(4), rectangle_separates))
    assert rectangle_separates(np.array([[0.0], [1e-9]]), np.array([True, False]))
    assert rectangle_separates(np.array([[0.0], [-1e-9]]), np.array([True, False]))
    for _ in range(200):
        assert not is_shattered(achievable(rng.normal(size=(5, 2)), rectangle_separates))


@pytest.mark.checks("eq-vc-dimension", against="enumeration")
def test_vc_dimension_of_classes_on_a_finite_domain(rng):
    line = np.arange(7.0)[:, None]
    assert shattering.shattered_subset(achievable(line, rectangle_separates)) == 2
    assert shattering.shattered_subset(achievable(line, half_space_separates)) == 2
    plane = rng.normal(size=(6, 2))
    assert shattering.shattered_subset(achievable(plane, half_space_separates)) == 3
    assert shattering.shattered_subset(shattering.all_labellings(5)) == 5
    assert shattering.shattered_subset(np.zeros((1, 4), dtype=bool)) == 0
    for k in range(5):  # at most k points of six
        few = shattering.all_labellings(6)
        assert shattering.shattered_subset(few[few.sum(axis=1) <= k]) == k


@pytest.mark.checks("eq-sauer", against="enumeration")
def test_sauers_bound(rng):
    few = shattering.all_labellings(6)
    for k in range(7):  # this class attains it
        assert (few.sum(axis=1) <= k).sum() == shattering.sauer_bound(6, k)
    for size in (3, 8, 20, 40):
        some = few[rng.permutation(64)[:size]]
        assert size <= shattering.sauer_bound(6, shattering.shattered_subset(some))
    assert shattering.cover_count(6, 2) <= shattering.sauer_bound(6, 3)


def test_no_point_has_one_labelling_and_no_dimension_two():
    assert shattering.sauer_bound(0, 0) == shattering.sauer_bound(0, 3) == 1
    assert shattering.cover_count(1, 0) == shattering.cover_count(5, 0) == 2


@pytest.mark.checks("eq-two-units", against="enumeration")
def test_two_threshold_units_against_weights_drawn_at_random(rng):
    points = circle(5)
    exact = {tuple(row) for row in shattering.threshold_net_labellings(points).tolist()}
    found = set()
    hidden = rng.normal(size=(60_000, 2, 2)) @ points.T + rng.uniform(-1, 1, (60_000, 2, 1)) > 0
    out = rng.normal(size=(60_000, 2, 1))
    labels = (hidden * out).sum(axis=1) + rng.normal(size=(60_000, 1)) > 0
    found = {tuple(row) for row in np.unique(labels, axis=0).tolist()}
    assert found == exact
    assert len(exact) == 32


def test_the_complement_of_a_labelling_is_a_labelling(rng):
    got = shattering.threshold_net_labellings(rng.normal(size=(7, 2)))
    rows = {tuple(row) for row in got.tolist()}
    assert rows == {tuple(row) for row in (~got).tolist()}
    assert len(rows) < 128


def test_a_circle_with_six_points_is_too_much_for_two_units():
    got = shattering.threshold_net_labellings(circle(6))
    assert len(got) == 62
    alternating = np.arange(6) % 2 == 0
    for missing in (alternating, ~alternating):
        assert not (got == missing).all(axis=1).any()


@pytest.mark.checks("eq-vc-gap", against="closed form")
def test_the_vc_bound_by_hand_and_by_simulation(rng):
    for d in (1, 3):
        want = np.sqrt(8 / 1000 * (d * np.log(2000 * np.e / d) + np.log(80)))
        np.testing.assert_allclose(shattering.vc_gap_bound(1000, d), want, rtol=1e-14)
    assert shattering.vc_gap_bound(1000, 1000) > 1
    growth = sum(comb(2000, k) for k in range(4))
    assert growth <= (2000 * np.e / 3) ** 3
    # the class of intervals, two parameters, on labels that are noise: error is 1/2 for all
    largest = []
    for _ in range(50):
        labels = rng.choice((-1, 1), size=1000)
        walk = np.concatenate([[0], np.cumsum(labels)])
        best = (walk - np.minimum.accumulate(walk)).max()  # the interval with most agreement
        agree = (labels == -1).sum() + best
        largest.append(agree / 1000 - 0.5)
    assert max(largest) < shattering.vc_gap_bound(1000, 2)


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="labels: expected shape"):
        half_space_separates(np.zeros((3, 2)), np.zeros(2, dtype=bool))
    with pytest.raises(ValueError, match="labels: expected shape"):
        rectangle_separates(np.zeros((3, 2)), np.zeros(2, dtype=bool))
    with pytest.raises(ValueError, match="m: expected"):
        shattering.cover_count(0, 2)
    with pytest.raises(ValueError, match="dimension"):
        shattering.sauer_bound(3, -1)
    with pytest.raises(ValueError, match="n: expected at least"):
        shattering.vc_gap_bound(10, 30)
    for delta in (0.0, 1.0):
        with pytest.raises(ValueError, match="delta"):
            shattering.vc_gap_bound(100, 3, delta)

"""Gaps of laws and of their free sums."""

import numpy as np
import pytest

from course_lib.spectral_laws.discrete_measure import DiscreteMeasure
from course_lib.spectral_laws.free_gaps import GRID, Pair, free_support, gaps_of
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.spectral_laws.semicircle import Semicircle

COIN = DiscreteMeasure((-1.0, 1.0), (0.5, 0.5))


def test_gaps_lie_between_intervals_and_atoms():
    gaps = [(gap.low, gap.high) for gap in gaps_of(MarchenkoPastur(4.0))]
    assert gaps == [(-np.inf, 0.0), (0.0, 1.0), (9.0, np.inf)]


def test_a_gap_is_run_through_from_left_to_right_with_falling_transform():
    for gap in gaps_of(COIN):
        assert (np.diff(gap.at(GRID)) >= 0).all()
        assert (np.diff(gap.G(GRID)) <= 0).all()


def test_points_that_crowd_at_an_end_keep_their_digits():
    t = np.arange(0.0, 29.0)
    distance = 1 / (1 + np.exp(t))
    ends_at_zero = gaps_of(DiscreteMeasure((-1.0, 0.0), (0.5, 0.5)))[1]
    begins_at_zero = gaps_of(DiscreteMeasure((0.0, 1.0), (0.5, 0.5)))[1]
    np.testing.assert_allclose(ends_at_zero.at(t), -distance, rtol=1e-14)
    np.testing.assert_allclose(begins_at_zero.at(-t), distance, rtol=1e-14)


def test_the_weight_is_the_mass_near_an_atom_and_at_most_one():
    for gap in gaps_of(DiscreteMeasure((0.0, 1.0), (0.3, 0.7))):
        assert (gap.weight(GRID[60:500]) <= 1 + 1e-9).all()
    inner = gaps_of(DiscreteMeasure((0.0, 1.0), (0.3, 0.7)))[1]
    np.testing.assert_allclose(inner.weight(np.array([-20.0, 20.0])), [0.3, 0.7], rtol=1e-6)


@pytest.mark.parametrize("sigma", [0.9, 0.99, 0.999, 0.9999])
def test_a_gap_that_is_about_to_close_is_seen(sigma):
    """Between the parts z = (1 - sqrt(1 + 4 g^2)) / 2g + s^2 g, and an edge is where it turns."""
    (left, low), (high, right) = free_support(COIN, Semicircle(sigma))
    g = np.linspace(1e-3, 2.5, 400_001) * np.sqrt(1 - sigma**2)
    want = ((1 - np.sqrt(1 + 4 * g * g)) / (2 * g) + sigma**2 * g).min()
    np.testing.assert_allclose([low, high], [want, -want], rtol=1e-6, atol=3e-10)
    np.testing.assert_allclose(right, -left, rtol=1e-12)


@pytest.mark.parametrize("sigma", [1 - 1e-7, 1.0])
def test_a_gap_too_narrow_to_be_seen_takes_nothing_away(sigma):
    support = free_support(COIN, Semicircle(sigma))
    np.testing.assert_allclose([support[0][0], support[-1][1]], [-(27**0.5) / 2, 27**0.5 / 2])
    assert all(b - a > 2.5 for a, b in support)


def test_a_gap_too_narrow_to_be_seen_lies_at_the_sum_of_both_centres():
    """Of two coins whose steps are 1 and s the sum has the gap from s - 1 to 1 - s."""
    far = DiscreteMeasure((1 + 1e-7, 3 - 1e-7), (0.5, 0.5))
    for support in (free_support(COIN, far), free_support(far, COIN)):
        np.testing.assert_allclose(support, [(0, 2), (2, 4)], rtol=0, atol=2e-7)


def test_from_a_variance_of_one_on_a_coin_and_a_semicircle_have_no_gap():
    assert len(free_support(COIN, Semicircle(1.01))) == 1


def test_a_single_point_moves_the_support():
    point = DiscreteMeasure((2.0,), (1.0,))
    for support in (free_support(point, Semicircle(1.5)), free_support(Semicircle(1.5), point)):
        np.testing.assert_allclose(support, [(-1, 5)], rtol=1e-11)


def test_edges_are_critical_values():
    """The outer edge of a coin plus a semicircle, from the derivative of z by G on a fine grid."""
    ((left, right),) = free_support(COIN, Semicircle(1.5))
    g = np.linspace(0.05, 1.0, 2_000_001)
    z = (np.sqrt(1 + 4 * g * g) - 1) / (2 * g) + 1.5**2 * g + 1 / g
    np.testing.assert_allclose([left, right], [-z.min(), z.min()], rtol=1e-11)


def test_a_pair_of_gaps_on_different_sides_shares_nothing():
    left, _, right = gaps_of(COIN)
    assert Pair(left, right).empty() == []

"""Rademacher averages: every sign pattern, brute force over weights, and the bounds."""

import numpy as np
import pytest

from course_lib.generalization import rademacher
from course_lib.generalization.rademacher import all_signs


def unit_rows(rng, n, d):
    x = rng.normal(size=(n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.checks("eq-rademacher", against="enumeration")
def test_a_finite_class_by_loops(rng):
    values = rng.normal(size=(5, 6))
    total = 0.0
    for code in range(64):
        sigma = [1 if code >> i & 1 else -1 for i in range(6)]
        total += max(sum(s * v for s, v in zip(sigma, f, strict=True)) / 6 for f in values)
    exact = rademacher.average(rademacher.finite_suprema(values, all_signs(6)))
    np.testing.assert_allclose(exact.mean, total / 64, atol=1e-14)
    drawn = rademacher.draw_signs(4000, 6, rng)
    estimate = rademacher.average(rademacher.finite_suprema(values, drawn))
    assert abs(estimate.mean - exact.mean) < 4 * estimate.error < 0.05 * exact.mean


def test_drawn_signs_are_fair_coin_flips(rng):
    signs = rademacher.draw_signs(2, 5000, rng)
    assert np.unique(signs).tolist() == [-1.0, 1.0]
    assert abs(signs.mean()) < 4 / np.sqrt(signs.size)


def test_the_error_bar_of_four_draws_and_of_two():
    assert rademacher.average(np.array([0.0, 1.0, 0.0, 1.0])).error == pytest.approx(12**-0.5)
    assert rademacher.average(np.array([0.0, 1.0])).error == pytest.approx(0.5)


def test_the_error_bar_covers_as_often_as_it_should(rng):
    values = rng.normal(size=(4, 5))
    exact = rademacher.finite_suprema(values, all_signs(5)).mean()
    inside = 0
    for _ in range(400):
        suprema = rademacher.finite_suprema(values, rademacher.draw_signs(200, 5, rng))
        estimate = rademacher.average(suprema)
        inside += abs(estimate.mean - exact) < 2 * estimate.error
    assert 400 * 0.954 - 4 * 4.2 < inside < 400 * 0.954 + 4 * 4.2  # binomial, 4 deviations


def test_all_functions_follow_all_signs_and_one_function_none(rng):
    assert rademacher.finite_suprema(all_signs(4), all_signs(4)).tolist() == [1.0] * 16
    alone = rademacher.finite_suprema(rng.normal(size=(1, 4)), all_signs(4))
    assert abs(alone.mean()) < 1e-15


@pytest.mark.checks("eq-massart", against="enumeration")
def test_massarts_bound_holds_and_is_not_idle(rng):
    for functions in (1, 2, 16, 256):
        values = rng.choice((-1.0, 1.0), size=(functions, 10))
        exact = rademacher.finite_suprema(values, all_signs(10)).mean()
        assert exact <= rademacher.massart_bound(values) + 1e-15
        if functions > 2:
            assert rademacher.massart_bound(values) < 2 * exact
    values = np.full((7, 10), 3.0)
    np.testing.assert_allclose(
        rademacher.massart_bound(values), 3 * np.sqrt(2 * np.log(7) / 10), rtol=1e-14
    )


@pytest.mark.checks("eq-rademacher-linear", against="enumeration")
def test_the_linear_class_against_many_directions(rng):
    x = rng.normal(size=(6, 2))
    angles = np.linspace(0, 2 * np.pi, 20_001)
    ws = 1.7 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    brute = rademacher.finite_suprema(ws @ x.T, all_signs(6))
    got = rademacher.linear_suprema(x, all_signs(6), 1.7)
    np.testing.assert_allclose(got, brute, rtol=1e-7)
    # the mean square of a signed sum is the sum of the squares
    np.testing.assert_allclose((got**2).mean(), 1.7**2 * np.sum(x**2) / 36, rtol=1e-12)


@pytest.mark.checks("eq-rademacher-linear-bound", against="enumeration")
def test_the_linear_bound(rng):
    for n, d in ((3, 1), (8, 2), (8, 30)):
        x = rng.normal(size=(n, d))
        exact = rademacher.linear_suprema(x, all_signs(n), 2.0).mean()
        assert exact <= rademacher.linear_bound(x, 2.0)
    orthonormal = 0.5 * np.eye(8)  # here it is attained
    exact = rademacher.linear_suprema(orthonormal, all_signs(8), 2.0).mean()
    np.testing.assert_allclose(exact, rademacher.linear_bound(orthonormal, 2.0), rtol=1e-12)


def test_fifty_points_as_published(rng):
    """Fifty unit vectors in five dimensions, weights of norm 2: .2688 below .2828."""
    x = unit_rows(rng, 50, 5)
    drawn = rademacher.draw_signs(20_000, 50, rng)
    estimate = rademacher.average(rademacher.linear_suprema(x, drawn, 2.0))
    assert estimate.error < 0.001
    assert abs(estimate.mean - 0.2688) < 0.004  # the points differ from one draw to the next
    assert round(rademacher.linear_bound(x, 2.0), 4) == 0.2828


def test_the_average_falls_like_one_over_root_n(rng):
    sizes, means = (25, 100, 400, 1600), []
    for n in sizes:
        x = unit_rows(rng, n, 5)
        suprema = rademacher.linear_suprema(x, rademacher.draw_signs(2000, n, rng), 1.0)
        means.append(suprema.mean())
    slope = np.polyfit(np.log(sizes), np.log(means), 1)[0]
    # each mean is known to 0.3 / sqrt(2000), so the slope to about 0.005
    assert abs(slope + 0.5) < 0.02


@pytest.mark.parametrize("phi", [np.abs, np.tanh, lambda a: np.maximum(a, 0.0), np.sin])
def test_a_lipschitz_function_does_not_raise_the_average(phi, rng):
    for _ in range(20):
        values = 2 * rng.normal(size=(6, 7))
        before = rademacher.finite_suprema(values, all_signs(7)).mean()
        after = rademacher.finite_suprema(phi(values), all_signs(7)).mean()
        assert after <= before + 1e-15


@pytest.mark.checks("eq-rademacher-one-unit", against="enumeration")
def test_one_hidden_layer_in_the_plane_against_many_angles(rng):
    x, signs = rng.normal(size=(7, 2)), all_signs(7)
    angles = np.linspace(0, 2 * np.pi, 50_001)
    units = np.maximum(np.stack([np.cos(angles), np.sin(angles)], axis=1) @ x.T, 0.0)
    brute = rademacher.finite_suprema(np.concatenate([units, -units]), signs)
    got = rademacher.hidden_layer_suprema(x, signs, (1.0, 1.0))
    assert (got >= brute - 1e-14).all()
    # at a switch the maximum is a kink, and the grid misses it by half a step of 1.3e-4
    np.testing.assert_allclose(got, brute, rtol=3e-4)
    scaled = rademacher.hidden_layer_suprema(x, signs, (3.0, 0.5))
    np.testing.assert_allclose(scaled, 1.5 * got, rtol=1e-13)
    for _ in range(300):  # no network with more units does better
        W, a = rng.normal(size=(4, 2)), rng.normal(size=4)
        W, a = W / np.linalg.norm(W), a / np.linalg.norm(a)
        assert (signs @ np.maximum(x @ W.T, 0.0) @ a / 7 <= got + 1e-14).all()


@pytest.mark.checks(
    "eq-rademacher-network", "eq-rademacher-network-root", against="exact suprema in the plane"
)
def test_the_network_bounds_hold_for_one_hidden_layer(rng):
    for _ in range(10):
        x = rng.normal(size=(9, 2))
        exact = rademacher.hidden_layer_suprema(x, all_signs(9), (1.5, 0.8)).mean()
        bound = rademacher.network_bound(x, [1.5, 0.8])
        rooted = rademacher.network_root_bound(x, [1.5, 0.8])
        assert exact <= min(bound, rooted)
        assert bound < 8 * exact
        assert rooted < 8 * exact


def test_the_network_bounds_by_hand():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(
        rademacher.network_bound(x, [2.0, 3.0, 0.5]), 4 * 3 * 5 / np.sqrt(2), rtol=1e-14
    )
    np.testing.assert_allclose(
        rademacher.network_root_bound(x, [2.0, 3.0, 0.5]),
        3 * 5 * (np.sqrt(6 * np.log(2)) + 1) / 2,
        rtol=1e-14,
    )
    assert rademacher.network_bound(x, [2.0]) == rademacher.linear_bound(x, 2.0)
    np.testing.assert_allclose(
        rademacher.network_root_bound(x, [2.0]), 5 * (np.sqrt(2 * np.log(2)) + 1), rtol=1e-14
    )


def test_what_the_short_form_leaves_out():
    """Below norm 1 the product falls with depth, and 2^(L-1) does not save it if B < 1/2."""
    x = 10 * np.eye(3)
    small = [rademacher.network_bound(x, [0.4] * layers) for layers in (1, 2, 5)]
    assert small[0] > small[1] > small[2]
    np.testing.assert_allclose(
        rademacher.network_bound(2 * x, [1.0, 1.0]), 2 * rademacher.network_bound(x, [1.0, 1.0])
    )


@pytest.mark.checks("eq-rademacher-dropconnect", against="enumeration")
def test_dropconnect_against_a_linear_layer_solved_exactly(rng):
    """One class, linear features: the mean layer is p W, and the best entries are all extreme."""
    x, signs, keep = rng.normal(size=(8, 3)), all_signs(8), 0.3
    d, n, B_s, B_h = 4, 2, 0.7, 1.1
    features = rademacher.linear_suprema(x, signs, 1.0)  # each input of the layer, at its best
    exact = (keep * d * B_s * n * B_h * features).mean()
    bound = rademacher.dropconnect_bound(keep, 1, d, n, B_s, B_h, features.mean())
    np.testing.assert_allclose(bound / exact, 2 * np.sqrt(d), rtol=1e-12)
    for _ in range(200):  # any member of the class stays below
        V = rng.normal(size=(n, 3))
        V /= np.linalg.norm(V, axis=1, keepdims=True)
        W, s = rng.uniform(-B_h, B_h, (d, n)), rng.uniform(-B_s, B_s, d)
        assert (
            signs @ (x @ V.T @ (keep * W).T @ s) / 8 <= exact * features / features.mean()
        ).all()


def test_dropconnect_is_linear_in_the_probability_of_keeping():
    at = [rademacher.dropconnect_bound(p, 10, 5, 7, 0.3, 0.2, 0.1) for p in (0.0, 0.25, 0.5, 1.0)]
    assert at[0] == 0.0
    np.testing.assert_allclose(at, at[3] * np.array([0.0, 0.25, 0.5, 1.0]), rtol=1e-14)


@pytest.mark.checks("eq-symmetrization", against="enumeration")
def test_symmetrization_over_all_samples(rng):
    for n in (1, 2, 3):
        for _ in range(10):
            values = rng.normal(size=(5, 3))
            left = rademacher.expected_largest_gap(values, n)
            assert 0 <= left <= 2 * rademacher.expected_average(values, n) + 1e-14
    values = rng.normal(size=(3, 4))
    drawn = rng.integers(4, size=(40_000, 2))
    gaps = (values.mean(axis=1)[:, None] - values[:, drawn].mean(axis=2)).max(axis=0)
    error = gaps.std() / 200
    assert abs(rademacher.expected_largest_gap(values, 2) - gaps.mean()) < 4 * error
    flips = rademacher.draw_signs(40_000, 2, rng)
    suprema = (values[:, drawn] * flips).mean(axis=2).max(axis=0)
    estimate = rademacher.average(suprema)
    assert abs(rademacher.expected_average(values, 2) - estimate.mean) < 4 * estimate.error


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="signs: expected shape"):
        rademacher.finite_suprema(np.ones((2, 3)), np.ones((4, 2)))
    with pytest.raises(ValueError, match="signs: expected shape"):
        rademacher.linear_suprema(np.ones((3, 2)), np.ones((4, 2)), 1.0)
    with pytest.raises(ValueError, match="x: expected shape"):
        rademacher.hidden_layer_suprema(np.ones((3, 3)), np.ones((4, 3)), (1.0, 1.0))
    for p in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="p: expected a probability"):
            rademacher.dropconnect_bound(p, 1, 1, 1, 1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="layers"):
        rademacher.network_bound(np.ones((2, 2)), [])
    with pytest.raises(ValueError, match="draws"):
        rademacher.draw_signs(1, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="n: expected a whole number, 1 or more"):
        rademacher.expected_largest_gap(np.ones((2, 3)), 0)

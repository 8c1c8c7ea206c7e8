"""Depth: the exact number of pieces, and what fewer pieces can at best do."""

import itertools

import numpy as np
import pytest
import torch

from course_lib.generalization.sawtooth import (
    DenseLayer,
    count_linear_pieces,
    fewest_mistakes,
    forward,
    interpolating_net,
    least_sup_error,
    linear_pieces,
    sawtooth,
    square_from_teeth,
    tent_net,
)


def random_net(rng, widths):
    sizes = [1, *widths, 1]
    return [
        DenseLayer(rng.normal(size=(rows, columns)), rng.normal(size=rows))
        for columns, rows in itertools.pairwise(sizes)
    ]


def test_forward_matches_torch(rng):
    net = random_net(rng, [4, 3])
    modules = []
    for layer in net:
        linear = torch.nn.Linear(*layer.W.T.shape, dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(layer.W), torch.tensor(layer.b)
        modules += [linear, torch.nn.ReLU()]
    x = rng.normal(size=9)
    want = torch.nn.Sequential(*modules[:-1])(torch.tensor(x)[:, None])[:, 0]
    np.testing.assert_allclose(forward(net, x), want.detach().numpy(), rtol=0, atol=1e-12)


@pytest.mark.checks("eq-tent-map", against="closed form")
@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_teeth_are_distances_to_the_next_even_number(depth):
    x = np.linspace(0, 1, 997)
    scaled = 2**depth * x
    np.testing.assert_allclose(
        sawtooth(x, depth), np.abs(scaled - 2 * np.round(scaled / 2)), rtol=0, atol=1e-12
    )


@pytest.mark.checks("eq-tent-net", against="closed form")
@pytest.mark.parametrize("depth", [1, 3, 8])
def test_the_network_is_the_sawtooth(depth):
    x = np.arange(4097) / 4096
    net = tent_net(depth)
    np.testing.assert_array_equal(forward(net, x), sawtooth(x, depth))  # dyadic, hence exact
    assert [len(layer.b) for layer in net] == [2] * depth + [1]


@pytest.mark.checks("eq-tent-net", "eq-new-break", against="closed form")
@pytest.mark.parametrize("depth", [1, 2, 6, 12])
def test_the_sawtooth_has_two_to_the_depth_pieces(depth):
    breaks, slopes = linear_pieces(tent_net(depth))
    pieces = 2**depth
    np.testing.assert_array_equal(breaks, np.arange(pieces + 1) / pieces)
    np.testing.assert_array_equal(slopes, pieces * (-1.0) ** np.arange(pieces))


@pytest.mark.checks("eq-new-break", against="enumeration")
@pytest.mark.parametrize("widths", [[5], [4, 3], [6, 5, 4]])
def test_pieces_of_random_networks_are_all_there(widths, rng):
    for _ in range(10):
        net = random_net(rng, widths)
        breaks, slopes = linear_pieces(net, -2.0, 2.0)
        x = np.linspace(-2, 2, 20_001)
        y = forward(net, x)
        # Straight in between: the function is recovered from its ends and slopes.
        piece = np.clip(np.searchsorted(breaks, x, side="right") - 1, 0, len(slopes) - 1)
        start = forward(net, breaks[:-1])
        np.testing.assert_allclose(
            y, start[piece] + slopes[piece] * (x - breaks[piece]), rtol=0, atol=1e-9
        )
        # None too many: there is a bend at every break.
        assert (np.abs(np.diff(slopes)) > 1e-9 * np.abs(slopes).max()).all()


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_a_multiple_of_a_network_has_the_same_pieces(scale, rng):
    *below, last = random_net(rng, [6, 5])
    breaks, slopes = linear_pieces([*below, last])
    got_breaks, got_slopes = linear_pieces([*below, DenseLayer(scale * last.W, scale * last.b)])
    np.testing.assert_array_equal(got_breaks, breaks)
    np.testing.assert_allclose(got_slopes, scale * slopes, rtol=1e-12)


def test_a_shallow_network_has_at_most_one_piece_more_than_units(rng):
    counts = [count_linear_pieces(random_net(rng, [7]), -50.0, 50.0) for _ in range(40)]
    assert max(counts) == 8


@pytest.mark.checks("eq-interpolating-net", against="closed form")
def test_interpolating_network_is_linear_interpolation(rng):
    knots, values = np.sort(rng.uniform(0, 1, 9)), rng.normal(size=9)
    net = interpolating_net(knots, values)
    x = np.linspace(knots[0], knots[-1], 301)
    np.testing.assert_allclose(forward(net, x), np.interp(x, knots, values), rtol=0, atol=1e-11)
    assert count_linear_pieces(net, knots[0], knots[-1]) == len(net[0].b) == 8


def test_a_smooth_function_is_met_with_the_square_of_the_spacing():
    x, errors = np.linspace(0, 1, 5001), []
    for units in (8, 16, 32):
        knots = np.linspace(0, 1, units + 1)
        net = interpolating_net(knots, np.sin(6 * knots))
        errors.append(np.abs(forward(net, x) - np.sin(6 * x)).max())
        assert errors[-1] <= 36 / (8 * units**2) * (1 + 1e-9)
    np.testing.assert_allclose(np.log2(np.array(errors[:-1]) / errors[1:]), 2, atol=0.1)


@pytest.mark.checks("eq-square-from-teeth", against="closed form")
@pytest.mark.parametrize("depth", [0, 1, 4, 9])
def test_teeth_add_up_to_the_square(depth):
    knots = np.arange(2**depth + 1) / 2**depth
    x = np.linspace(0, 1, 3001)
    got = square_from_teeth(x, depth)
    np.testing.assert_allclose(got, np.interp(x, knots, knots**2), rtol=0, atol=1e-14)
    middles = (knots[:-1] + knots[1:]) / 2
    error = square_from_teeth(middles, depth) - middles**2
    np.testing.assert_allclose(error, 4.0 ** -(depth + 1), rtol=0, atol=1e-15)
    assert (np.abs(got - x**2) <= 4.0 ** -(depth + 1) + 1e-15).all()


@pytest.mark.checks("eq-fewest-mistakes", against="enumeration")
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_fewest_mistakes_by_trying_all_signs(depth):
    # A function of p pieces changes sides at most p times, so among the points its sides form at
    # most p + 1 blocks; and every such pattern of sides is that of some zigzag.
    points = 2**depth
    wanted = np.arange(points) % 2
    sides = np.array(list(itertools.product([0, 1], repeat=points)))
    changes = np.abs(np.diff(sides, axis=1)).sum(axis=1)
    mistakes = (sides != wanted).sum(axis=1)
    for pieces in range(1, points + 2):
        assert fewest_mistakes(depth, pieces) == mistakes[changes <= pieces].min()


def test_fewest_mistakes_is_reached_by_a_shallow_network():
    depth, pieces = 5, 11
    points = np.arange(32) / 32
    knots = np.append(np.arange(pieces) / 32, 1.0)
    values = np.append(np.arange(pieces) % 2, 0.0).astype(float)
    values[-1] = values[-2] + 31 * (1 - 2 * values[-2])  # cross 1/2 before the next point
    net = interpolating_net(knots, values)
    assert count_linear_pieces(net) == pieces
    wrong = (forward(net, points) > 0.5) != (sawtooth(points, depth) > 0.5)
    assert wrong.sum() == fewest_mistakes(depth, pieces)


def test_no_random_shallow_network_makes_fewer_mistakes(rng):
    points = np.arange(64) / 64
    wanted = sawtooth(points, 6) > 0.5
    for _ in range(200):
        net = random_net(rng, [9])
        pieces = count_linear_pieces(net)
        wrong = (forward(net, points) > 0.5) != wanted
        assert wrong.sum() >= fewest_mistakes(6, pieces)


@pytest.mark.checks("eq-least-sup-error", against="scipy")
@pytest.mark.parametrize("depth", [1, 2])
def test_least_sup_error_by_linear_programming(depth):
    # All continuous functions with breaks at given points: the best sup error is a linear program.
    from scipy.optimize import linprog

    grid, x = np.arange(9) / 8, np.arange(33) / 32
    target = sawtooth(x, depth)
    for pieces in range(1, 2**depth + 1):
        best = np.inf
        for inner in itertools.combinations(grid[1:-1], pieces - 1):
            knots = np.array([0.0, *inner, 1.0])
            basis = np.array([np.interp(x, knots, row) for row in np.eye(len(knots))]).T
            ones = -np.ones((len(x), 1))
            result = linprog(
                np.append(np.zeros(len(knots)), 1.0),
                A_ub=np.block([[basis, ones], [-basis, ones]]),
                b_ub=np.concatenate([target, -target]),
                bounds=[(None, None)] * len(knots) + [(0, None)],
            )
            best = min(best, result.fun)
        assert abs(best - least_sup_error(depth, pieces)) < 1e-9


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="depth"):
        tent_net(0)
    with pytest.raises(ValueError, match="depth"):
        sawtooth(np.zeros(1), -1)
    with pytest.raises(ValueError, match="depth"):
        square_from_teeth(np.zeros(1), -1)
    with pytest.raises(ValueError, match="knots"):
        interpolating_net(np.zeros(1), np.zeros(1))
    with pytest.raises(ValueError, match="ascending"):
        interpolating_net(np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match="values"):
        interpolating_net(np.arange(3.0), np.zeros(2))
    with pytest.raises(ValueError, match="low"):
        linear_pieces(tent_net(1), 1.0, 1.0)
    with pytest.raises(ValueError, match="depth"):
        fewest_mistakes(0, 1)
    with pytest.raises(ValueError, match="pieces"):
        fewest_mistakes(3, 0)
    with pytest.raises(ValueError, match="depth"):
        least_sup_error(0, 2)

"""The three parts of the excess risk: quadrature, Monte Carlo, scipy and torch."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from course_lib.generalization import excess_risk
from course_lib.generalization.excess_risk import Problem
from course_lib.optimization.descent import descend

BUMP = Problem(lambda x: 1.0 / (1.0 + 16.0 * (x - 0.3) ** 2), noise=0.2)


@pytest.fixture
def drawn(rng):
    return excess_risk.sample(BUMP, 40, rng)


def test_one_example_without_noise_lies_on_the_curve(rng):
    x, y = excess_risk.sample(Problem(np.exp, noise=0.0), 1, rng)
    assert y.tolist() == np.exp(x).tolist()


def test_features_are_orthonormal_under_the_uniform_distribution():
    for i in range(6):
        for j in range(6):

            def product(x, i=i, j=j):
                phi = excess_risk.features(np.array([x]), 5)[0]
                return phi[i] * phi[j] / 2

            assert abs(quad(product, -1, 1)[0] - (i == j)) < 1e-12


@pytest.mark.checks("eq-population-risk", against="Monte Carlo")
def test_population_risk_is_the_mean_on_new_examples(rng):
    theta = np.array([0.3, -0.2, 0.1, 0.4])
    x, y = excess_risk.sample(BUMP, 2_000_000, rng)
    losses = (excess_risk.features(x, 3) @ theta - y) ** 2
    error = losses.std() / np.sqrt(losses.size)
    assert error < 0.001
    risk = excess_risk.population_risk(BUMP, theta)
    assert abs(losses.mean() - risk) < 4 * error < 0.005 * risk
    assert abs(excess_risk.empirical_risk(theta, x, y) - losses.mean()) < 1e-12


@pytest.mark.checks("eq-best-in-class", against="scipy")
def test_best_in_class_is_the_projection():
    got = excess_risk.best_in_class(BUMP, 7)
    for k, coefficient in enumerate(got):

        def integrand(x, k=k):
            return BUMP.truth(x) * excess_risk.features(np.array([x]), 7)[0, k] / 2

        want = quad(integrand, -1, 1, points=[0.3], epsabs=1e-13)[0]
        assert abs(coefficient - want) < 1e-12
    # Pythagoras: what the class misses is what its coefficients do not carry
    missed = quad(lambda x: BUMP.truth(x) ** 2 / 2, -1, 1, points=[0.3])[0] - got @ got
    risk = excess_risk.population_risk(BUMP, got)
    np.testing.assert_allclose(risk - BUMP.noise**2, missed, atol=1e-12)


def test_nothing_in_the_class_beats_the_best(rng):
    best = excess_risk.best_in_class(BUMP, 5)
    least = excess_risk.population_risk(BUMP, best)
    for size in (1e-3, 0.1, 1.0):
        moved = best + size * rng.normal(size=6)
        excess = excess_risk.population_risk(BUMP, moved) - least
        np.testing.assert_allclose(excess, np.sum((moved - best) ** 2), rtol=1e-8)


def test_fit_is_numpys_polynomial_fit(drawn, rng):
    x, y = drawn
    theta = excess_risk.fit(x, y, 6)
    series = np.polynomial.legendre.Legendre.fit(x, y, 6, domain=[-1, 1])
    np.testing.assert_allclose(theta * np.sqrt(2 * np.arange(7) + 1), series.coef, atol=1e-10)
    few = x[:4], y[:4]
    np.testing.assert_allclose(
        excess_risk.fit(*few, 9), np.linalg.pinv(excess_risk.features(few[0], 9)) @ few[1]
    )


def path_of(x, y, learning_rate, steps, start):
    gradient = excess_risk.empirical_risk_gradient(x, y, start.size - 1)
    return descend(gradient, start, learning_rate, steps)


@pytest.mark.checks("eq-excess-split", against="Monte Carlo")
def test_the_three_parts_add_up_and_each_is_a_difference_of_mean_losses(drawn, rng):
    x, y = drawn
    theta = path_of(x, y, 0.1, 30, np.zeros(6))[-1]
    parts = excess_risk.split(BUMP, x, y, theta)
    excess = excess_risk.population_risk(BUMP, theta) - BUMP.noise**2
    assert abs(parts.total - excess) < 1e-14
    new_x, new_y = excess_risk.sample(BUMP, 1_000_000, rng)
    phi = excess_risk.features(new_x, 5)
    chain = [
        phi @ theta,
        phi @ np.linalg.lstsq(excess_risk.features(x, 5), y)[0],
        phi @ np.linalg.lstsq(phi, BUMP.truth(new_x))[0],
        BUMP.truth(new_x),
    ]
    for part, worse, better in zip(parts, chain, chain[1:], strict=False):
        difference = (worse - new_y) ** 2 - (better - new_y) ** 2
        error = difference.std() / np.sqrt(difference.size)
        assert abs(part - difference.mean()) < 4 * error
        assert 4 * error < 0.05 * abs(part)  # the test could tell five percent


@pytest.mark.checks("eq-descent-iterate", against="torch")
@pytest.mark.parametrize("degree", [3, 12])
def test_descent_by_formula_by_loop_and_by_torch(degree, rng):
    x, y = excess_risk.sample(BUMP, 9, rng)
    start, rate = rng.normal(size=degree + 1), excess_risk.stable_rate(x, degree)
    path = path_of(x, y, rate, 50, start)
    theta = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=rate)
    phi, target = torch.tensor(excess_risk.features(x, degree)), torch.tensor(y)
    for t in range(51):
        np.testing.assert_allclose(path[t], theta.detach().numpy(), atol=1e-11)
        closed = excess_risk.descent_iterate(x, y, degree, t, rate, start)
        np.testing.assert_allclose(closed, theta.detach().numpy(), atol=1e-10)
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(phi @ theta, target).backward()
        optimizer.step()


@pytest.mark.checks("eq-descent-limit", against="closed form")
def test_the_limit_keeps_what_the_sample_cannot_see(rng):
    x, y = excess_risk.sample(BUMP, 5, rng)
    phi = excess_risk.features(x, 11)
    start, rate = rng.normal(size=12), excess_risk.stable_rate(x, 11)
    inverse = np.linalg.pinv(phi)
    limit = excess_risk.descent_iterate(x, y, 11, np.inf, rate, start)
    np.testing.assert_allclose(limit, inverse @ y + start - inverse @ (phi @ start), atol=1e-10)
    np.testing.assert_allclose(
        excess_risk.descent_iterate(x, y, 11, np.inf, rate), inverse @ y, atol=1e-10
    )
    assert np.abs(limit - inverse @ y).max() > 0.1  # another start, another interpolator
    late = path_of(x, y, rate, 20_000, start)[-1]
    np.testing.assert_allclose(late, limit, atol=1e-6)


def test_stopping_early_can_beat_the_empirical_minimiser(rng):
    x, y = excess_risk.sample(BUMP, 20, rng)
    rate = excess_risk.stable_rate(x, 12)
    early = excess_risk.descent_iterate(x, y, 12, 30, rate)
    assert excess_risk.split(BUMP, x, y, early).optimization < -0.01
    erm = excess_risk.fit(x, y, 12)
    assert excess_risk.empirical_risk(early, x, y) > excess_risk.empirical_risk(erm, x, y)


def test_the_smallest_degree_and_no_step():
    x, y = np.array([0.5, 0.9]), np.array([0.5, 0.9])
    assert excess_risk.descent_iterate(x, y, 0, np.inf, 0.25) == pytest.approx([0.7])
    assert excess_risk.descent_iterate(x, y, 0, 1, 0.25) == pytest.approx([0.35])
    start = np.array([3.0])
    assert excess_risk.descent_iterate(x, y, 0, 0, 0.25, start) == pytest.approx(start)


def test_the_stable_rate_is_half_of_the_edge(drawn):
    x, y = drawn
    rate = excess_risk.stable_rate(x, 6)
    ends = [path_of(x, y, c * rate, 3000, np.zeros(7))[-1] for c in (1.98, 2.02)]
    last = [np.abs(end).max() for end in ends]
    assert last[0] < 10
    assert last[1] > 1e6


def test_bad_arguments_are_refused(drawn, bad_input):
    x, y = drawn
    with pytest.raises(ValueError, match="y: expected shape"):
        excess_risk.fit(x, y[:-1], 2)
    with pytest.raises(ValueError, match="y: expected shape"):
        excess_risk.empirical_risk(np.zeros(2), x, y[:-1])
    with pytest.raises(ValueError, match="y: expected shape"):
        excess_risk.empirical_risk_gradient(x, y[:-1], 2)
    with pytest.raises(ValueError, match="start: expected shape"):
        excess_risk.descent_iterate(x, y, 2, 5, 0.1, np.zeros(4))
    for steps in -1, 2.5, -np.inf:
        with pytest.raises(ValueError, match=f"steps: expected a whole number, .* got {steps}"):
            excess_risk.descent_iterate(x, y, 2, steps, 0.1)
    with pytest.raises(ValueError, match="degree"):
        excess_risk.features(x, -1)
    with pytest.raises(ValueError, match="n: expected"):
        excess_risk.sample(BUMP, 0, np.random.default_rng(0))
    with pytest.raises(ValueError, match="learning_rate"):
        excess_risk.descent_iterate(x, y, 2, np.inf, 2.1 * excess_risk.stable_rate(x, 2))

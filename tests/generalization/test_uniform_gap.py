"""The largest gap over a ball: scipy, points drawn at random, and the promise of the theory."""

import numpy as np
import pytest
from scipy.optimize import minimize

from course_lib.generalization import excess_risk, uniform_gap
from course_lib.generalization.excess_risk import Problem
from course_lib.generalization.uniform_gap import Form

BUMP = Problem(lambda x: 1.0 / (1.0 + 16.0 * (x - 0.3) ** 2), noise=0.2)


def in_ball(rng, count, d, radius):
    points = rng.normal(size=(count, d))
    radii = radius * rng.uniform(size=(count, 1)) ** (1 / d)
    return radii * points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.mark.checks("eq-gap-form", against="quadrature")
def test_the_gap_is_risk_minus_empirical_risk(rng):
    x, y = excess_risk.sample(BUMP, 15, rng)
    form = uniform_gap.gap_form(BUMP, x, y, 4)
    for theta in rng.normal(size=(20, 5)):
        risk = excess_risk.population_risk(BUMP, theta)
        want = risk - excess_risk.empirical_risk(theta, x, y)
        np.testing.assert_allclose(form.at(theta), want, atol=1e-11)


@pytest.mark.checks("eq-ball-maximum", against="scipy")
@pytest.mark.parametrize("shift", [-4.0, 0.0, 4.0])
def test_no_local_search_finds_more_on_the_ball(shift, rng):
    for _ in range(5):
        A = rng.normal(size=(4, 4))
        form = Form(A + A.T + shift * np.eye(4), rng.normal(size=4), 0.3)
        best = uniform_gap.largest_on_ball(form, 1.5)
        assert np.linalg.norm(best) <= 1.5 * (1 + 1e-12)
        found = -np.inf
        for start in in_ball(rng, 12, 4, 1.5):
            end = minimize(
                lambda t, form=form: -form.at(t),
                start,
                jac=lambda t, form=form: -2 * (form.A @ t + form.b),
                method="SLSQP",
                constraints={
                    "type": "ineq",
                    "fun": lambda t: 2.25 - t @ t,
                    "jac": lambda t: -2 * t,
                },
                options={"ftol": 1e-14, "maxiter": 500},
            )
            found = max(found, -end.fun)
        np.testing.assert_allclose(form.at(best), found, rtol=1e-6, atol=1e-6)


def test_a_multiple_of_a_form_is_largest_at_the_same_point(rng):
    A = rng.normal(size=(4, 4))
    form = Form(A + A.T, rng.normal(size=4), 0.3)
    want = uniform_gap.largest_on_ball(form, 1.5)
    for scale in (1e-8, 1e8):
        got = uniform_gap.largest_on_ball(form.times(scale), 1.5)
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_along_a_direction_that_changes_nothing_the_point_stays_inside():
    form = Form(np.diag([-1.0, 0.0]), np.array([0.3, 0.0]), 0.0)
    np.testing.assert_allclose(uniform_gap.largest_on_ball(form, 1.0), [0.3, 0.0], atol=1e-15)


def test_the_hard_case_goes_to_the_sphere_along_the_top_direction():
    form = Form(np.diag([0.0, 2.0]), np.array([0.5, 0.0]), 0.0)
    for scale in (1e-8, 0.25, 1.0, 1e8):
        best = uniform_gap.largest_on_ball(form.times(scale), 1.0)
        np.testing.assert_allclose(np.abs(best), [0.25, np.sqrt(1 - 0.0625)], atol=1e-12)
    angles = np.linspace(0, 2 * np.pi, 100_001)
    values = 2 * np.sin(angles) ** 2 + np.cos(angles)
    np.testing.assert_allclose(form.at(best), values.max(), atol=1e-8)


def test_flat_forms_and_centres():
    flat = uniform_gap.largest_on_ball(Form(np.zeros((2, 2)), np.array([3.0, 4.0]), 1.0), 2.0)
    np.testing.assert_allclose(flat, [1.2, 1.6], atol=1e-12)
    centre = uniform_gap.largest_on_ball(Form(-np.eye(3), np.zeros(3), 1.0), 2.0)
    np.testing.assert_array_equal(centre, np.zeros(3))


@pytest.mark.checks("eq-estimation-two-gaps", against="enumeration")
def test_the_largest_gap_is_the_largest_and_twice_it_bounds_the_estimation_error(rng):
    for n in (12, 30, 100):
        x, y = excess_risk.sample(BUMP, n, rng)
        got = uniform_gap.compare(BUMP, x, y, 3, radius=1.0)
        thetas = in_ball(rng, 20_000, 4, 1.0)
        risk = np.sum(thetas**2, axis=1) - 2 * thetas @ excess_risk.best_in_class(BUMP, 3)
        risk += excess_risk.population_risk(BUMP, np.zeros(1))
        empirical = np.mean((thetas @ excess_risk.features(x, 3).T - y) ** 2, axis=1)
        assert np.abs(risk - empirical).max() <= got.largest + 1e-12
        form, farthest = (
            uniform_gap.gap_form(BUMP, x, y, 3),
            thetas[np.abs(risk - empirical).argmax()],
        )
        sign = np.sign(form.at(farthest))
        climbed = minimize(
            lambda t, form=form, sign=sign: -sign * form.at(t),
            farthest,
            method="SLSQP",
            constraints={"type": "ineq", "fun": lambda t: 1.0 - t @ t},
            options={"ftol": 1e-14, "maxiter": 500},
        )
        np.testing.assert_allclose(got.largest, -climbed.fun, rtol=1e-6)
        assert 0 <= got.estimation <= 2 * got.largest
        assert abs(got.gap) <= got.largest


def test_the_estimation_error_on_a_ball_that_is_too_small(rng):
    x, y = excess_risk.sample(BUMP, 30, rng)
    phi, centre = excess_risk.features(x, 3), excess_risk.best_in_class(BUMP, 3)
    assert np.linalg.norm(centre) > 0.3
    erm = minimize(
        lambda t: np.mean((phi @ t - y) ** 2),
        np.zeros(4),
        jac=lambda t: 2 * phi.T @ (phi @ t - y) / 30,
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda t: 0.09 - t @ t, "jac": lambda t: -2 * t},
        options={"ftol": 1e-15, "maxiter": 500},
    ).x
    best = 0.3 * centre / np.linalg.norm(centre)  # the risk is the same in all directions
    want = np.sum((erm - centre) ** 2) - np.sum((best - centre) ** 2)
    assert want > 1e-3
    got = uniform_gap.compare(BUMP, x, y, 3, radius=0.3)
    np.testing.assert_allclose(got.estimation, want, rtol=1e-5)


def test_without_the_constraint_the_parts_are_those_of_the_split(rng):
    x, y = excess_risk.sample(BUMP, 50, rng)
    erm = excess_risk.fit(x, y, 4)
    got = uniform_gap.compare(BUMP, x, y, 4, radius=10.0)
    parts = excess_risk.split(BUMP, x, y, erm)
    np.testing.assert_allclose(got.estimation, parts.estimation, atol=1e-10)
    gap = excess_risk.population_risk(BUMP, erm) - excess_risk.empirical_risk(erm, x, y)
    np.testing.assert_allclose(got.gap, gap, atol=1e-10)


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="radius"):
        uniform_gap.largest_on_ball(Form(np.eye(2), np.zeros(2), 0.0), 0.0)
    with pytest.raises(ValueError, match="y: expected shape"):
        uniform_gap.empirical_form(np.zeros(3), np.zeros(2), 1)

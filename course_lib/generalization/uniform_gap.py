r"""The largest gap between risk and empirical risk over a whole class, computed exactly.

The class is a ball of polynomial coefficients. There the gap is a quadratic form, and the largest
value of a quadratic form on a ball can be found although the form is not concave.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from scipy.optimize import brentq

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_positive, check_shape
from course_lib.generalization.excess_risk import (
    NODES,
    WEIGHTS,
    Problem,
    best_in_class,
    features,
)


class Form(NamedTuple):
    """The quadratic form theta' A theta + 2 b' theta + c.

    Attributes:
        A: symmetric matrix.
        b: vector.
        c: number.
    """

    A: Float[Array, "d d"]
    b: Float[Array, " d"]
    c: float

    def at(self, theta: Float[Array, " d"]) -> float:
        """Value at a point."""
        return float(theta @ self.A @ theta + 2.0 * self.b @ theta + self.c)

    def times(self, factor: float) -> "Form":
        """The form, every value multiplied."""
        return Form(factor * self.A, factor * self.b, factor * self.c)


def risk_form(problem: Problem, degree: int) -> Form:
    """The risk as a form in the coefficients; the features are orthonormal, so A is I."""
    values = problem.truth(NODES)
    c = float(WEIGHTS @ values**2 + problem.noise**2)
    return Form(np.eye(degree + 1), -best_in_class(problem, degree), c)


def empirical_form(x: Float[Array, " n"], y: Float[Array, " n"], degree: int) -> Form:
    """The empirical risk as a form in the coefficients."""
    check_shape("y", y, x.shape)
    y = as_floating("y", y)
    phi = features(x, degree)
    return Form(phi.T @ phi / x.size, -phi.T @ y / x.size, float(np.mean(y**2)))


def gap_form(problem: Problem, x: Float[Array, " n"], y: Float[Array, " n"], degree: int) -> Form:
    """Risk minus empirical risk, as a form in the coefficients.

    Implements eq-gap-form.
    """
    risk, empirical = risk_form(problem, degree), empirical_form(x, y, degree)
    return Form(risk.A - empirical.A, risk.b - empirical.b, risk.c - empirical.c)  # eq-gap-form


def largest_on_ball(form: Form, radius: float) -> Float[Array, " d"]:
    """Where a quadratic form is largest among the points of norm at most ``radius``.

    Implements eq-ball-maximum. On the sphere the maximiser solves (mu I - A) theta = b with mu no
    smaller than the largest eigenvalue of A; mu follows from the norm by a root search in one
    variable. With mu = 0 the point lies inside.

    Args:
        form: the form; it need not be concave.
        radius: of the ball, positive.

    Raises:
        ValueError: ``radius`` is not positive.

    >>> largest_on_ball(Form(-np.eye(2), np.array([0.3, 0.0]), 0.0), 1.0)
    array([0.3, 0. ])
    >>> largest_on_ball(Form(-np.eye(2), np.array([5.0, 0.0]), 0.0), 1.0).round(9)
    array([1., 0.])
    """
    check_positive("radius", radius)
    eigenvalues, V = np.linalg.eigh(form.A)
    b, top = V.T @ form.b, max(float(eigenvalues[-1]), 0.0)
    scale = max(float(np.abs(eigenvalues).max()), float(np.abs(b).max()) / radius, 1e-300)
    free = top - eigenvalues > 1e-12 * scale
    z = np.zeros_like(b)
    if np.abs(b[~free]).max(initial=0.0) <= 1e-14 * scale * radius:
        z[free] = b[free] / (top - eigenvalues[free])
        missing = radius**2 - z @ z
        if missing >= 0.0:
            if top > 0.0:  # the top direction costs nothing: go to the sphere
                z[-1] = np.sqrt(missing)
            return V @ z

    def too_long(mu: float) -> float:
        return float(np.linalg.norm(b / (mu - eigenvalues))) - radius

    low, high = top + 1e-15 * scale, top + np.linalg.norm(b) / radius + scale
    while too_long(low) < 0.0:  # only if b is all but orthogonal to the top direction
        low = top + 0.5 * (low - top)
    mu = brentq(too_long, low, high, xtol=1e-16 * scale, rtol=1e-15, maxiter=500)
    z = b / (mu - eigenvalues)  # eq-ball-maximum
    return V @ (z * radius / np.linalg.norm(z))


class GapComparison(NamedTuple):
    """What the theory of uniform convergence compares, on one sample.

    Attributes:
        estimation: risk of the empirical minimiser minus the least risk in the class.
        gap: risk minus empirical risk, both of the empirical minimiser.
        largest: the largest absolute value of that difference over the whole class.
    """

    estimation: float
    gap: float
    largest: float


def compare(
    problem: Problem, x: Float[Array, " n"], y: Float[Array, " n"], degree: int, radius: float
) -> GapComparison:
    """Estimation error, generalization gap and largest gap, of polynomials in a ball.

    Implements eq-estimation-two-gaps: the first is at most twice the third.

    Args:
        problem: what the sample was drawn from.
        x: inputs of the sample.
        y: values of the sample.
        degree: of the polynomials.
        radius: largest norm of the coefficients that the class admits.
    """
    risk, empirical = risk_form(problem, degree), empirical_form(x, y, degree)
    erm = largest_on_ball(empirical.times(-1.0), radius)
    best = largest_on_ball(risk.times(-1.0), radius)
    gap = gap_form(problem, x, y, degree)
    extremes = [abs(gap.at(largest_on_ball(gap.times(sign), radius))) for sign in (1.0, -1.0)]
    largest = max(extremes)  # eq-estimation-two-gaps
    return GapComparison(risk.at(erm) - risk.at(best), gap.at(erm), largest)

r"""Where a regression loses: in its class, in its sample, or in its training.

Polynomials on [-1, 1], fitted by gradient descent to noisy values of a function that is known.
The inputs are uniform and the features are orthonormal under them, so that the risk of any
polynomial, and the best polynomial of a degree, are integrals that a quadrature gets exactly.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.validate import check_shape, check_whole

NODES, WEIGHTS = np.polynomial.legendre.leggauss(300)
WEIGHTS = WEIGHTS / 2.0  # the uniform distribution on [-1, 1] has density 1/2


class Problem(NamedTuple):
    """A regression whose truth is known: y = truth(x) + noise * normal, x uniform on [-1, 1].

    Attributes:
        truth: the function that minimises the risk over all functions; smooth.
        noise: standard deviation of what is added to it.
    """

    truth: Callable[[Array], Array]
    noise: float


class Parts(NamedTuple):
    """The excess risk of a trained model, and what it is made of.

    Attributes:
        optimization: risk of the iterate minus risk of the empirical minimiser; may be negative.
        estimation: risk of the empirical minimiser minus the least risk in the class.
        approximation: least risk in the class minus least risk of all.
    """

    optimization: float
    estimation: float
    approximation: float

    @property
    def total(self) -> float:
        """The excess risk, which is the sum of the three."""
        return self.optimization + self.estimation + self.approximation


def features(x: Float[Array, " n"], degree: int) -> Float[Array, "n features"]:
    """Legendre polynomials of degree 0 to ``degree``, scaled to mean square 1.

    >>> features(np.array([1.0]), 2).round(4)
    array([[1.    , 1.7321, 2.2361]])
    """
    check_whole("degree", degree, 0)
    return np.polynomial.legendre.legvander(x, degree) * np.sqrt(2.0 * np.arange(degree + 1) + 1.0)


def sample(
    problem: Problem, n: int, rng: np.random.Generator
) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
    """Draw n inputs and their noisy values."""
    check_whole("n", n, 1)
    x = rng.uniform(-1.0, 1.0, n)
    return x, problem.truth(x) + problem.noise * rng.normal(size=n)


def population_risk(problem: Problem, theta: Float[Array, " features"]) -> float:
    """Mean square error on a new example, by quadrature.

    Implements eq-population-risk. Exact to rounding for a truth that is smooth.

    >>> population_risk(Problem(lambda x: x, noise=0.5), np.zeros(1)).__round__(4)
    0.5833
    """
    error = features(NODES, theta.size - 1) @ theta - problem.truth(NODES)
    return float(WEIGHTS @ error**2 + problem.noise**2)  # eq-population-risk


def empirical_risk(
    theta: Float[Array, " features"], x: Float[Array, " n"], y: Float[Array, " n"]
) -> float:
    """Mean square error on a sample."""
    check_shape("y", y, x.shape)
    return float(np.mean((features(x, theta.size - 1) @ theta - y) ** 2))


def best_in_class(problem: Problem, degree: int) -> Float[Array, " features"]:
    """Coefficients of the polynomial of least risk: the truth, projected on the class.

    Implements eq-best-in-class.

    >>> best_in_class(Problem(lambda x: x**2, noise=1.0), 1).round(4) + 0.0
    array([0.3333, 0.    ])
    """
    return features(NODES, degree).T @ (WEIGHTS * problem.truth(NODES))  # eq-best-in-class


def fit(x: Float[Array, " n"], y: Float[Array, " n"], degree: int) -> Float[Array, " features"]:
    """Coefficients of least empirical risk; of all such, those of least norm."""
    check_shape("y", y, x.shape)
    return np.linalg.lstsq(features(x, degree), y, rcond=1e-12)[0]


def stable_rate(x: Float[Array, " n"], degree: int) -> float:
    """Half the learning rate beyond which gradient descent on this sample diverges.

    >>> round(stable_rate(np.zeros(3), 0), 6)
    0.5
    """
    return float(0.5 * x.size / np.linalg.norm(features(x, degree), 2) ** 2)


def empirical_risk_gradient(
    x: Float[Array, " n"], y: Float[Array, " n"], degree: int
) -> Callable[[Float[Array, " features"]], Float[Array, " features"]]:
    """The gradient of ``empirical_risk`` on a sample, as a function of the coefficients.

    Args:
        x: inputs of the sample.
        y: values of the sample.
        degree: of the polynomial.

    Returns:
        What ``course_lib.optimization.descent.descend`` asks for.

    >>> empirical_risk_gradient(np.zeros(2), np.array([1.0, 2.0]), 0)(np.zeros(1))
    array([-3.])
    """
    check_shape("y", y, x.shape)
    phi = features(x, degree)

    def gradient(theta: Float[Array, " features"]) -> Float[Array, " features"]:
        return 2.0 / x.size * phi.T @ (phi @ theta - y)

    return gradient


def descent_iterate(
    x: Float[Array, " n"],
    y: Float[Array, " n"],
    degree: int,
    steps: int | float,
    learning_rate: float,
    start: Float[Array, " features"] | None = None,
) -> Float[Array, " features"]:
    """Where gradient descent is after so many steps, without taking them.

    Implements eq-descent-iterate and eq-descent-limit. In the eigenvectors of the sample's second
    moment matrix each coordinate shrinks by its own factor, and where the eigenvalue is 0 it
    stays where it started.

    Args:
        x: inputs of the sample.
        y: values of the sample.
        degree: of the polynomial.
        steps: how many steps; ``np.inf`` for the limit, which exists up to twice ``stable_rate``.
        learning_rate: step size.
        start: the first coefficients, zeros unless given.

    Raises:
        ValueError: ``steps`` is no whole number from 0 on, a shape does not fit, or the limit is
            asked for at a learning rate that has none.
    """
    if steps != np.inf:
        check_whole("steps", steps, 0)
    phi, solution, start = features(x, degree), fit(x, y, degree), _start(start, degree)
    _, singular, directions = np.linalg.svd(phi)
    eigenvalues = np.zeros(degree + 1)
    kept = singular > 1e-12 * singular[0]
    eigenvalues[: singular.size][kept] = singular[kept] ** 2 / x.size
    factors = 1.0 - 2.0 * learning_rate * eigenvalues
    if np.isinf(steps) and not np.abs(factors[: kept.sum()]).max() < 1.0:
        raise ValueError(f"learning_rate: expected a rate at which it settles, got {learning_rate}")
    left = factors**steps * (directions @ (start - solution))
    return solution + directions.T @ left  # eq-descent-iterate eq-descent-limit


def _start(start: Array | None, degree: int) -> Array:
    """The first coefficients, checked."""
    if start is None:
        return np.zeros(degree + 1)
    check_shape("start", start, (degree + 1,))
    return start


def split(
    problem: Problem,
    x: Float[Array, " n"],
    y: Float[Array, " n"],
    theta: Float[Array, " features"],
) -> Parts:
    """Split the excess risk of trained coefficients into its three parts.

    Implements eq-excess-split.

    Args:
        problem: what the sample was drawn from.
        x: inputs of the sample.
        y: values of the sample.
        theta: coefficients at which training stopped; their number gives the class.

    Source: Bottou and Bousquet (2008).

    >>> line = Problem(lambda x: x, noise=0.0)
    >>> [round(part, 4) for part in split(line, NODES, NODES, np.array([1.0]))]
    [1.0, 0.0, 0.3333]
    """
    degree = theta.size - 1
    risk = population_risk(problem, theta)
    erm = population_risk(problem, fit(x, y, degree))
    best = population_risk(problem, best_in_class(problem, degree))
    return Parts(risk - erm, erm - best, best - problem.noise**2)  # eq-excess-split

r"""Barron's rate by greedy choice: one unit at a time, squared error at most C / n.

A function that is an average of atoms (single units of bounded size) is approached by adding the
one atom that helps most and shrinking the rest a little. Functions are their values on points,
and norms are means over the points.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray as Array
from scipy.special import gammaln

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_positive, check_shape, check_whole


class Greedy(NamedTuple):
    """A sparse average of atoms, and how it came about.

    Attributes:
        chosen: which atom was added in each step.
        weights: of the chosen atoms in the last average; they sum to at most 1.
        squared_errors: mean square of what is missing, before the first step and after each.
    """

    chosen: Int[Array, " steps"]
    weights: Float[Array, " steps"]
    squared_errors: Float[Array, " steps_plus_1"]


def greedy_average(
    target: Float[Array, " points"], atoms: Float[Array, "atoms points"], steps: int
) -> Greedy:
    """Approach a function by averages of atoms, adding the best one in each step.

    Implements eq-greedy-step and eq-greedy-weight. In each step every atom is tried, with the
    weight in [0, 1] that suits it best.

    Args:
        target: values of the function on the points.
        atoms: values of the units there, one unit per row. Give both signs of a unit if both may
            be used.
        steps: number of units.

    Raises:
        ValueError: the shapes do not fit or ``steps`` is negative.

    Source: Jones (1992), Barron (1993).

    >>> atoms = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> greedy_average(np.array([0.5, 0.5]), atoms, 2).squared_errors
    array([0.25 , 0.125, 0.025])
    """
    check_whole("steps", steps, 0)
    target = as_floating("target", target)
    atoms = as_floating("atoms", atoms)
    check_shape("target", target, ("points",))
    check_shape("atoms", atoms, ("atoms", len(target)))
    points = len(target)
    atom_squares, atom_target = (atoms**2).mean(axis=1), atoms @ target / points
    current, atom_current = np.zeros(points), np.zeros(len(atoms))
    weights, chosen, errors = np.zeros(steps), np.zeros(steps, dtype=int), np.zeros(steps + 1)
    errors[0] = (target**2).mean()
    for step in range(steps):
        size, overlap = (current**2).mean(), target @ current / points
        # <f - f_n, g - f_n> and |g - f_n|^2 for all atoms g at once
        gain = atom_target - atom_current - overlap + size
        distance = np.maximum(atom_squares - 2 * atom_current + size, 1e-300)
        weight = np.clip(gain / distance, 0.0, 1.0)  # eq-greedy-weight
        best = int(np.argmax(2 * weight * gain - weight**2 * distance))
        w = weight[best]
        current = (1 - w) * current + w * atoms[best]  # eq-greedy-step
        atom_current = atoms @ current / points
        weights *= 1 - w
        weights[step], chosen[step] = w, best
        errors[step + 1] = ((target - current) ** 2).mean()
    return Greedy(chosen, weights, errors)


def greedy_bound(
    atoms: Float[Array, "atoms points"], mixture: Float[Array, " atoms"], steps: int
) -> Float[Array, " steps"]:
    """The bound C / n on the squared error after 1 to ``steps`` steps, C the atoms' variance.

    Implements eq-greedy-bound, for the target that is the average of the atoms under ``mixture``.

    Args:
        atoms: values of the units on the points, one unit per row.
        mixture: weights of the atoms; not negative, sum 1.
        steps: number of units.

    Raises:
        ValueError: the mixture is not a probability or does not fit.

    >>> greedy_bound(np.array([[1.0], [-1.0]]), np.array([0.5, 0.5]), 2)
    array([1. , 0.5])
    """
    atoms = as_floating("atoms", atoms)
    check_shape("mixture", mixture, (len(atoms),))
    if (mixture < 0).any() or abs(mixture.sum() - 1) > 1e-9:
        raise ValueError(f"mixture: expected weights that sum to 1, got sum {mixture.sum():.6g}")
    target = mixture @ atoms
    variance = mixture @ (atoms**2).mean(axis=1) - (target**2).mean()
    return variance / np.arange(1, steps + 1)  # eq-greedy-bound


def bell(X: Float[Array, "points d"]) -> Float[Array, " points"]:
    """A Gaussian bell, whose Barron norm is known in every dimension: exp of minus half x^2.

    >>> bell(np.zeros((1, 3)))
    array([1.])
    """
    X = as_floating("X", X)
    return np.exp(-(X**2).sum(axis=1) / 2)


def bell_barron_norm(d: int) -> float:
    """The mean length of a frequency of the bell: its Barron norm.

    Implements eq-barron-norm for the bell, whose frequencies are standard Gaussian. It grows like
    the square root of the dimension.

    Args:
        d: dimension.

    Raises:
        ValueError: ``d`` is below 1.

    >>> round(bell_barron_norm(1), 6)  # sqrt(2 / pi)
    0.797885
    """
    check_whole("d", d, 1)
    log_ratio = gammaln((d + 1) / 2) - gammaln(d / 2)
    return float(np.sqrt(2) * np.exp(log_ratio))  # eq-barron-norm


def bell_atoms(
    X: Float[Array, "points d"], count: int, radius: float, rng: np.random.Generator
) -> Float[Array, "count points"]:
    """Step units whose average is the bell minus 1, drawn as in Barron's proof.

    Implements eq-barron-atom. A unit jumps by at most 2 radius x Barron norm, at a hyperplane
    that cuts the ball.

    Args:
        X: points in the ball of that radius.
        count: number of units.
        radius: of the ball.
        rng: where the units come from.

    Raises:
        ValueError: ``count`` is below 1, the radius is not positive, or a point lies outside.

    >>> bell_atoms(np.zeros((2, 3)), 4, 1.0, np.random.default_rng(0)).any()
    np.False_
    """
    check_whole("count", count, 1)
    check_positive("radius", radius)
    farthest = np.linalg.norm(X, axis=1).max()
    if farthest > radius * (1 + 1e-12):
        raise ValueError(f"X: expected points within {radius} of the origin, got {farthest:.4g}")
    d = X.shape[1]
    directions = rng.standard_normal((count, d))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    frequency = np.sqrt(rng.chisquare(d + 1, count))  # lengths weighted by themselves
    threshold = rng.uniform(0.0, radius, count)
    size = -2 * radius * bell_barron_norm(d) * np.sin(frequency * threshold)
    return size[:, None] * (directions @ X.T > threshold[:, None])  # eq-barron-atom

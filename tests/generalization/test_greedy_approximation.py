"""Greedy averages: brute force, the bound itself, and Barron's atoms by Monte Carlo."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import t as student

from course_lib.generalization.greedy_approximation import (
    bell,
    bell_atoms,
    bell_barron_norm,
    greedy_average,
    greedy_bound,
)


def in_the_ball(rng, n, d):
    X = rng.normal(size=(n, d))
    return X * (rng.random(n) ** (1 / d) / np.linalg.norm(X, axis=1))[:, None]


@pytest.mark.checks("eq-greedy-step", "eq-greedy-weight", against="scipy")
def test_each_step_is_the_best_of_all_atoms_and_weights(rng):
    atoms, target = rng.normal(size=(6, 5)), rng.normal(size=5) / 3
    current = np.zeros(5)
    for want in greedy_average(target, atoms, 5).squared_errors[1:]:
        found = []
        for atom in atoms:

            def error(w, atom=atom, current=current):
                return ((target - (1 - w) * current - w * atom) ** 2).mean()

            best = minimize_scalar(error, bounds=(0, 1), options={"xatol": 1e-12})
            found.append((best.fun, best.x, atom))
        fun, w, atom = min(found, key=lambda item: item[0])
        assert abs(fun - want) < 1e-9  # the search is a little short of the minimum
        current = (1 - w) * current + w * atom


def test_without_a_step_the_error_is_that_of_zero():
    found = greedy_average(np.array([1.0, 3.0]), np.eye(2), 0)
    assert found.squared_errors.tolist() == [5.0]


def test_the_weights_rebuild_the_approximation(rng):
    atoms, target = rng.normal(size=(30, 20)), rng.normal(size=20) / 5
    found = greedy_average(target, atoms, 12)
    rebuilt = found.weights @ atoms[found.chosen]
    assert abs(((target - rebuilt) ** 2).mean() - found.squared_errors[-1]) < 1e-14
    assert (found.weights >= 0).all()
    assert found.weights.sum() <= 1 + 1e-12


@pytest.mark.checks("eq-greedy-bound", against="enumeration")
def test_the_bound_holds_at_every_step(rng):
    for _ in range(20):
        atoms = rng.normal(size=(40, 15))
        mixture = rng.dirichlet(np.full(40, 0.3))
        errors = greedy_average(mixture @ atoms, atoms, 40).squared_errors[1:]
        assert (errors <= greedy_bound(atoms, mixture, 40) * (1 + 1e-9)).all()


@pytest.mark.checks("eq-greedy-bound", against="Monte Carlo")
def test_the_bound_is_the_error_of_averaging_random_atoms(rng):
    # Maurey's argument: n atoms drawn from the mixture miss its mean by exactly C / n on average.
    atoms, mixture, n = 1 + rng.normal(size=(7, 5)), rng.dirichlet(np.ones(7)), 3
    drawn = rng.choice(7, size=(200_000, n), p=mixture)
    squares = ((atoms[drawn].mean(axis=1) - mixture @ atoms) ** 2).mean(axis=1)
    error = squares.std() / np.sqrt(len(squares))
    want = greedy_bound(atoms, mixture, n)[-1]
    assert abs(squares.mean() - want) < 4 * error
    assert error < 0.004 * want


@pytest.mark.checks("eq-barron-norm", against="Monte Carlo")
@pytest.mark.parametrize("d", [1, 4, 30])
def test_barron_norm_is_the_mean_length_of_a_gaussian(d, rng):
    lengths = np.linalg.norm(rng.normal(size=(100_000, d)), axis=1)
    error = lengths.std() / np.sqrt(len(lengths))
    assert abs(lengths.mean() - bell_barron_norm(d)) < 4 * error
    assert error < 0.005 * bell_barron_norm(d)


@pytest.mark.checks("eq-barron-atom", against="Monte Carlo")
@pytest.mark.parametrize("d", [1, 3])
def test_the_atoms_average_to_the_bell(d, rng):
    X, radius, n = in_the_ball(rng, 6, d) * 2, 2.0, 400_000
    atoms = bell_atoms(X, n, radius, rng)
    error = atoms.std(axis=0) / np.sqrt(n)
    assert (np.abs(atoms.mean(axis=0) - (bell(X) - 1)) < 4.5 * error).all()
    assert (error < 0.01).all()
    size = 2 * radius * bell_barron_norm(d)
    assert np.abs(atoms).max() <= size
    assert np.abs(atoms).max() > 0.99 * size


def test_a_single_atom_is_a_step_at_a_threshold(rng):
    X = np.linspace(-1, 1, 101)[:, None]
    (atom,) = bell_atoms(X, 1, 1.0, rng)
    assert np.count_nonzero(np.diff(atom)) == 1
    assert atom[0] == 0 or atom[-1] == 0


@pytest.mark.slow
@pytest.mark.parametrize("d", [1, 3])
def test_the_squared_error_falls_at_least_like_one_over_n(d):
    # Five draws of points and units; the interval is Student's for the mean of their slopes.
    slopes = []
    units = np.array([8, 16, 32, 64, 128])
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X = in_the_ball(rng, 400, d)
        atoms = bell_atoms(X, 2000, 1.0, rng)
        errors = greedy_average(bell(X) - 1, atoms, 128).squared_errors[units]
        slopes.append(np.polyfit(np.log(units), np.log(errors), 1)[0])
    half = student.ppf(0.975, 4) * np.std(slopes, ddof=1) / np.sqrt(5)
    assert np.mean(slopes) + half <= -1
    assert half < 0.3


def test_bad_arguments_are_refused(bad_input, rng):
    with pytest.raises(ValueError, match="atoms: expected shape"):
        greedy_average(np.zeros(3), np.zeros((2, 4)), 1)
    with pytest.raises(ValueError, match="steps"):
        greedy_average(np.zeros(3), np.zeros((2, 3)), -1)
    with pytest.raises(ValueError, match="sum to 1"):
        greedy_bound(np.eye(2), np.ones(2), 3)
    with pytest.raises(ValueError, match="mixture: expected shape"):
        greedy_bound(np.eye(2), np.ones(3) / 3, 3)
    with pytest.raises(ValueError, match="d: "):
        bell_barron_norm(0)
    with pytest.raises(ValueError, match="within 1"):
        bell_atoms(np.full((1, 2), 0.9), 3, 1.0, rng)
    with pytest.raises(ValueError, match="radius"):
        bell_atoms(np.zeros((1, 2)), 3, 0.0, rng)
    with pytest.raises(ValueError, match="count"):
        bell_atoms(np.zeros((1, 2)), 0, 1.0, rng)

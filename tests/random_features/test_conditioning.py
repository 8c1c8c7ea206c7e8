"""Unevenness of a spectrum and its price: torch, enumeration, Monte Carlo."""

import numpy as np
import pytest
import torch

from course_lib.random_features.conditioning import (
    condition_number,
    descent_losses,
    effective_rank,
    expected_losses,
    participation_ratio,
    steps_to,
)
from course_lib.spectral_laws.spectrum import gram_eigenvalues


@pytest.mark.checks("eq-condition-number", against="numpy")
def test_condition_number_is_that_of_the_matrix(rng):
    Y = rng.normal(size=(6, 9))
    eigenvalues = gram_eigenvalues(Y)
    got = condition_number(eigenvalues)
    np.testing.assert_allclose(got, np.linalg.cond(Y @ Y.T), rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(got), np.linalg.cond(Y), rtol=1e-10)
    assert condition_number(gram_eigenvalues(Y.T)) == np.inf


@pytest.mark.checks("eq-effective-rank", against="torch")
def test_effective_rank_is_the_perplexity_of_the_shares(rng):
    eigenvalues = rng.gamma(0.5, size=20)
    entropy = torch.distributions.Categorical(torch.tensor(eigenvalues)).entropy()
    np.testing.assert_allclose(effective_rank(eigenvalues), entropy.exp().item(), rtol=1e-10)


@pytest.mark.checks("eq-participation-ratio", against="closed form")
def test_participation_ratio_is_a_ratio_of_traces(rng):
    Y = rng.normal(size=(7, 5))
    M = Y @ Y.T / 5
    want = np.trace(M) ** 2 / np.trace(M @ M)
    np.testing.assert_allclose(participation_ratio(gram_eigenvalues(Y)), want, rtol=1e-10)


@pytest.mark.parametrize("rank", [effective_rank, participation_ratio])
def test_ranks_count_equal_directions_and_ignore_scale(rng, rank):
    equal = np.repeat([0.0, 0.7], [3, 4])
    np.testing.assert_allclose(rank(equal), 4.0, rtol=1e-12)
    for _ in range(50):
        eigenvalues = rng.gamma(0.3, size=8)
        assert 1 <= rank(eigenvalues) <= 8
        np.testing.assert_allclose(rank(5 * eigenvalues), rank(eigenvalues), rtol=1e-12)
        assert participation_ratio(eigenvalues) <= effective_rank(eigenvalues) * (1 + 1e-12)


@pytest.mark.checks("eq-least-squares", "eq-least-squares-step", against="autograd")
def test_descent_is_torchs(rng):
    Y, target = rng.normal(size=(5, 8)), rng.normal(size=8)
    w = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.2)
    want = []
    for _ in range(21):
        optimizer.zero_grad()
        difference = w @ torch.tensor(Y) - torch.tensor(target)
        loss = (difference**2).mean() / 2
        want.append(loss.item())
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(descent_losses(Y, target, 0.2, 20), want, rtol=1e-10)


def test_targets_side_by_side_are_targets_one_by_one(rng):
    Y, targets = rng.normal(size=(3, 5)), rng.normal(size=(2, 4, 5))
    together = descent_losses(Y, targets, 0.2, 20)
    assert together.shape == (2, 4, 21)
    np.testing.assert_allclose(
        together[1, 2], descent_losses(Y, targets[1, 2], 0.2, 20), rtol=1e-12
    )


@pytest.mark.parametrize(("features", "samples"), [(5, 8), (8, 5)])
@pytest.mark.checks("eq-expected-loss", against="enumeration")
def test_expected_loss_is_the_mean_over_an_orthogonal_set_of_targets(rng, features, samples):
    """The loss is quadratic in the target: sqrt(m) times an orthonormal basis gives its mean."""
    Y = rng.normal(size=(features, samples))
    basis = np.sqrt(samples) * np.linalg.qr(rng.normal(size=(samples, samples)))[0]
    runs = [descent_losses(Y, target, 0.15, 30) for target in basis]
    got = expected_losses(gram_eigenvalues(Y), samples, 0.15, np.arange(31.0))
    np.testing.assert_allclose(got, np.mean(runs, axis=0), rtol=1e-10)


def test_expected_loss_of_noise_targets(rng):
    """Monte Carlo over 400 Gaussian targets, within four standard errors."""
    Y = rng.normal(size=(20, 30))
    runs = np.array([descent_losses(Y, rng.normal(size=30), 0.1, 40) for _ in range(400)])
    got = expected_losses(gram_eigenvalues(Y), 30, 0.1, np.arange(41.0))
    error = runs.std(axis=0, ddof=1) / 20
    assert (np.abs(got - runs.mean(axis=0)) < 4 * error).all()


def test_a_rate_beyond_the_largest_eigenvalue_diverges():
    eigenvalues = np.array([0.5, 4.0])
    steps = np.array([0.0, 1.0, 50.0])
    below, above = (expected_losses(eigenvalues, 2, rate, steps) for rate in (0.49, 0.51))
    assert (np.diff(below) < 0).all()
    assert above[2] > 10 * above[0]


def test_steps_to_a_level():
    losses = np.array([0.5, 0.3, 0.3, 0.1])
    assert [steps_to(losses, level) for level in (0.5, 0.3, 0.1, 0.05)] == [0, 1, 3, None]


@pytest.mark.parametrize("bad", [np.zeros(3), np.array([-1.0, 2.0]), np.zeros(0)])
def test_what_is_no_spectrum_is_refused(bad):
    for measure in (condition_number, effective_rank, participation_ratio):
        with pytest.raises(ValueError, match="eigenvalues: expected"):
            measure(bad)


def test_bad_arguments_are_refused(bad_input):
    Y, target = np.ones((2, 3)), np.ones(3)
    for arguments, name in (
        ((target, target, 0.1, 1), "Y"),
        ((Y, np.ones(2), 0.1, 1), "target"),
        ((Y, target, 0.0, 1), "learning_rate"),
        ((Y, target, 0.1, -1), "steps"),
    ):
        with pytest.raises(ValueError, match=f"{name}: expected"):
            descent_losses(*arguments)
    steps = np.arange(2.0)
    for arguments, name in (
        ((Y, 3, 0.1, steps), "eigenvalues"),
        ((target, 0, 0.1, steps), "samples"),
        ((target, 3, -1.0, steps), "learning_rate"),
    ):
        with pytest.raises(ValueError, match=f"{name}: expected"):
            expected_losses(*arguments)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("measure", [condition_number, effective_rank, participation_ratio])
def test_a_spectrum_with_a_hole_is_refused(measure, bad):
    with pytest.raises(ValueError, match="eigenvalues: expected none negative and one positive"):
        measure(np.array([1.0, bad]))

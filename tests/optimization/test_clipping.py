"""Clipping against torch, its two notations against each other, and its direction."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from course_lib.optimization.clipping import clip_by_global_norm, clip_by_norm, global_norm


class Weights(NamedTuple):
    W: np.ndarray
    b: np.ndarray


def draw(rng, size=1.0):
    return Weights(size * rng.normal(size=(3, 4)), size * rng.normal(size=3))


@pytest.mark.checks("eq-clip-min", "eq-global-norm", against="torch")
@pytest.mark.parametrize("threshold", [0.3, 3.0, 100.0])
def test_matches_torch(rng, threshold):
    gradients = draw(rng)
    clipped, norm = clip_by_global_norm(gradients, threshold, epsilon=1e-6)
    parameters = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
    for parameter, g in zip(parameters, gradients, strict=True):
        parameter.grad = torch.tensor(g)
    theirs = torch.nn.utils.clip_grad_norm_(parameters, threshold)
    assert norm == pytest.approx(float(theirs), rel=1e-12)
    for ours, parameter in zip(clipped, parameters, strict=True):
        np.testing.assert_allclose(ours, parameter.grad.numpy(), rtol=1e-12)


@pytest.mark.checks("eq-clip-min", against="torch")
def test_torch_clips_a_little_below_the_threshold(rng):
    """The minimum of the lectures gives the norm kappa; torch adds 1e-6 to the norm first."""
    gradients = [g / 4.0 for g in draw(rng)]
    norm = global_norm(gradients)
    ours, _ = clip_by_global_norm(gradients, 0.1)
    parameter = torch.nn.Parameter(torch.zeros(15, dtype=torch.float64))
    parameter.grad = torch.tensor(np.concatenate([g.ravel() for g in gradients]))
    torch.nn.utils.clip_grad_norm_([parameter], 0.1)
    theirs = float(parameter.grad.norm())
    assert global_norm(ours) == pytest.approx(0.1, rel=1e-12)
    assert theirs == pytest.approx(0.1 * norm / (norm + 1e-6), rel=1e-12)
    assert theirs < 0.1 * (1 - 1e-7)
    zero, _ = clip_by_global_norm([np.zeros(3)], 0.1)
    assert (zero[0] == 0).all()


@pytest.mark.checks("eq-global-norm", against="numpy")
def test_global_norm_is_the_norm_of_everything(rng):
    gradients = draw(rng)
    together = np.concatenate([g.ravel() for g in gradients])
    assert global_norm(gradients) == pytest.approx(np.linalg.norm(together), rel=1e-13)
    assert global_norm([]) == 0.0
    assert global_norm([np.array([3e300, 4e300])]) == pytest.approx(5e300)
    assert global_norm([np.array([3e-300, 4e-300])]) == pytest.approx(5e-300)


@pytest.mark.checks("eq-clip-cases", "eq-clip-min", against="a closed form")
def test_both_lectures_write_the_same_function(rng):
    for size in (1e-3, 1.0, 1e3, 1e200):
        u = size * rng.normal(size=7)
        for kappa in (0.1, 1.0, 10.0):
            by_cases = clip_by_norm(u, kappa)
            (by_minimum,), _ = clip_by_global_norm([u], kappa)
            np.testing.assert_allclose(by_cases, by_minimum, rtol=1e-12)
            length = global_norm([u])
            assert global_norm([by_cases]) == pytest.approx(min(length, kappa), rel=1e-12)


def test_a_short_gradient_is_cut_off_too():
    (clipped,), norm = clip_by_global_norm([np.array([0.3, 0.4])], 0.1)
    assert norm == pytest.approx(0.5)
    np.testing.assert_allclose(clipped, [0.06, 0.08], rtol=1e-12)


def test_direction_is_kept_and_short_gradients_are_left_alone(rng):
    gradients = draw(rng, 50.0)
    clipped, norm = clip_by_global_norm(gradients, 1.0)
    for before, after in zip(gradients, clipped, strict=True):
        np.testing.assert_allclose(after * norm, before, rtol=1e-12)
    same, _ = clip_by_global_norm(gradients, 1e6)
    for before, after in zip(gradients, same, strict=True):
        np.testing.assert_array_equal(before, after)
    twice, _ = clip_by_global_norm(clipped, 1.0)
    np.testing.assert_allclose(twice.W, clipped.W, rtol=1e-12)


def test_clipping_part_by_part_turns_the_direction(rng):
    gradients = Weights(100.0 * np.ones((3, 4)), np.ones(3))
    whole = np.concatenate([g.ravel() for g in gradients])

    def cosine(parts):
        other = np.concatenate([g.ravel() for g in parts])
        return whole @ other / np.linalg.norm(whole) / np.linalg.norm(other)

    together, _ = clip_by_global_norm(gradients, 1.0)
    apart = [clip_by_norm(g, 1.0) for g in gradients]
    assert cosine(together) == pytest.approx(1.0, abs=1e-12)
    assert cosine(apart) < 0.75


def test_type_is_kept_and_the_input_is_not_touched(rng):
    gradients = draw(rng, 50.0)
    before = gradients.W.copy()
    clipped, _ = clip_by_global_norm(gradients, 1.0)
    assert type(clipped) is Weights
    np.testing.assert_array_equal(gradients.W, before)
    assert isinstance(clip_by_global_norm(list(gradients), 1.0)[0], list)


def test_zero_gradient_stays_zero():
    (zero,), norm = clip_by_global_norm([np.zeros(3)], 1.0)
    assert norm == 0.0
    np.testing.assert_array_equal(zero, np.zeros(3))
    np.testing.assert_array_equal(clip_by_norm(np.zeros(3), 1.0), np.zeros(3))


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_an_overflowed_gradient_is_refused(bad):
    with pytest.raises(ValueError, match="expected a finite norm"):
        clip_by_norm(np.array([1.0, bad]), 1.0)
    with pytest.raises(ValueError, match="expected a finite norm"):
        clip_by_global_norm([np.ones(2), np.array([bad])], 1.0)


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan])
def test_threshold_must_be_positive(threshold):
    with pytest.raises(ValueError, match="threshold: expected a positive number"):
        clip_by_norm(np.ones(2), threshold)


@pytest.mark.parametrize("epsilon", [-1e-9, np.nan])
def test_epsilon_is_not_negative(epsilon):
    with pytest.raises(ValueError, match="epsilon: expected at least 0"):
        clip_by_global_norm([np.ones(2)], 1.0, epsilon)


def test_tiny_gradients_do_not_underflow_and_no_gradient_has_norm_zero():
    assert global_norm([np.array([3e-200, 4e-200])]) == pytest.approx(5e-200, rel=1e-14)
    assert global_norm([]) == global_norm([np.zeros((0, 2))]) == 0.0

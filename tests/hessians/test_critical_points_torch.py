"""Critical points: the step, and networks whose critical points are known."""

import numpy as np
import pytest
import torch

from course_lib.hessians.critical_points_torch import (
    _stalled,
    find_critical_point,
    index,
    measured_energy,
    measured_ratio,
)
from course_lib.hessians.hessian_split_torch import (
    OneHiddenLayer,
    Split,
    hessian_split,
    hidden_layer_split,
    squared_loss,
)
from course_lib.spectral_laws.semicircle import wigner_matrix
from course_lib.spectral_laws.spectrum import gram


def problem(seed=0, n=2, samples=8, nonlinearity="tanh"):
    generator = torch.Generator().manual_seed(seed)
    X, Y = torch.randn(2, n, samples, generator=generator, dtype=torch.float64)
    net = OneHiddenLayer(n, n, n, nonlinearity)
    return net, net.draw(generator), X, Y


@pytest.mark.checks("eq-damped-newton", against="numpy")
def test_the_first_step_is_a_damped_one():
    net, theta, X, Y = problem()
    split = hessian_split(net, theta, X, Y)
    H, g = split.H.numpy(), split.gradient.numpy()
    end = find_critical_point(net, theta, X, Y, most_steps=1)
    assert end.steps == 1
    scale = np.abs(np.linalg.eigvalsh(H)).max() ** 2
    tried = [
        theta.numpy() - np.linalg.solve(H @ H + 1e-3 * 4**k * scale * np.eye(8), H @ g)
        for k in range(20)
    ]
    norms = (hessian_split(net, torch.tensor(t), X, Y).gradient.norm() for t in tried)
    first, norm = next(pair for pair in enumerate(norms) if pair[1] < np.linalg.norm(g))
    np.testing.assert_allclose(end.theta.numpy(), tried[first], rtol=0, atol=1e-10)
    assert end.gradient_norm == pytest.approx(float(norm), rel=1e-9)


def test_the_saddle_of_two_weights():
    """(w_2 w_1 - 1)^2 / 2 has a saddle at the origin and minima on a hyperbola."""
    net = OneHiddenLayer(1, 1, 1, "identity")
    one = torch.ones(1, 1, dtype=torch.float64)
    saddle = find_critical_point(net, torch.tensor([0.1, -0.2], dtype=torch.float64), one, one)
    assert saddle.found
    np.testing.assert_allclose(saddle.theta.numpy(), 0.0, atol=1e-9)
    np.testing.assert_allclose(saddle.eigenvalues.numpy(), [-1.0, 1.0], atol=1e-9)
    assert (saddle.hessian_index, saddle.loss) == (0.5, pytest.approx(0.5))
    low = find_critical_point(net, torch.tensor([1.2, 0.9], dtype=torch.float64), one, one)
    assert low.found
    assert float(low.theta.prod()) == pytest.approx(1.0, abs=1e-9)
    assert low.hessian_index == 0.0  # one eigenvalue is zero, along the hyperbola


@pytest.mark.slow
def test_ends_are_critical_or_are_said_not_to_be():
    found, not_found = 0, 0
    for seed in range(2):
        net, theta, X, Y = problem(seed)
        end = find_critical_point(net, theta, X, Y, 60, split_at=hidden_layer_split)
        at = end.theta.clone().requires_grad_()
        loss = squared_loss(net, at, X, Y)
        (gradient,) = torch.autograd.grad(loss, at)
        loss = loss.detach()
        assert float(gradient.norm()) == pytest.approx(end.gradient_norm, rel=1e-3, abs=1e-13)
        assert float(loss) == pytest.approx(end.loss, rel=1e-10)
        assert end.found == (end.gradient_norm <= 1e-10)
        found, not_found = found + end.found, not_found + (not end.found)
    assert found >= 1
    assert not_found >= 1


def two_outputs(first):
    """A network of two weights, whose outputs for any sample are a function of t, and s."""

    def net(theta, X):
        t, s = theta
        return torch.stack([first(t), s])[:, None]

    return net


def test_a_minimum_of_the_norm_alone_is_not_taken_for_a_critical_point():
    """A loss 1 + 0.3 t + t^3 / 3 + s^2 / 2 that slopes everywhere, least at the origin."""

    net = two_outputs(lambda t: torch.sqrt(2 * (1 + 0.3 * t + t**3 / 3)) - 1)
    X, Y = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([[-1.0], [0.0]]).double()
    end = find_critical_point(net, torch.tensor([0.4, 0.2], dtype=torch.float64), X, Y)
    assert not end.found
    np.testing.assert_allclose(end.theta.numpy(), 0.0, atol=1e-2)
    assert end.gradient_norm == pytest.approx(0.3, abs=1e-3)
    assert end.flatness < 1e-2


def test_a_search_ends_at_once_where_no_step_changes_anything():
    """(t + t^2 / 2 - 1)^2 / 2 has the slope -1 at 0, and no curvature."""
    X, Y = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([[1.0], [0.0]]).double()
    net = two_outputs(lambda t: t + t * t / 2)
    end = find_critical_point(net, torch.zeros(2, dtype=torch.float64), X, Y)
    assert (end.found, end.steps, end.flatness) == (False, 0, 0.0)


def test_a_direction_that_is_all_but_flat_is_left_alone():
    """Its eigenvalue is 1e-10 of the other, the root of the least damping 1e-8 of it."""
    X, Y = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([[1.0], [0.0]]).double()
    net = two_outputs(lambda t: 1 + 1e-5 * t)
    start = torch.tensor([100.0, 1000.0], dtype=torch.float64)
    end = find_critical_point(net, start, X, Y, farthest=2000.0)
    assert not end.found
    np.testing.assert_allclose(end.theta.numpy(), [100.0, 0.0], atol=0.5)


def test_a_search_stalls_when_the_norm_has_not_fallen_by_a_tenth():
    assert _stalled([1.0, 0.95, 0.901], patience=2)
    assert not _stalled([1.0, 0.95, 0.899], patience=2)
    assert not _stalled([1.0, 0.95], patience=2)


def test_search_stops_where_it_is_told_to():
    net, theta, X, Y = problem(1)
    stay = find_critical_point(net, theta, X, Y, most_steps=0)
    assert torch.equal(stay.theta, theta)
    assert stay.steps == 0
    near = find_critical_point(net, theta, X, Y, farthest=1e-3)
    assert near.steps == 0
    hasty = find_critical_point(net, theta, X, Y, patience=1)
    assert hasty.steps < find_critical_point(net, theta, X, Y, 60).steps


def test_flatness_is_one_along_the_steepest_eigenvector():
    net, theta, X, Y = problem()
    end = find_critical_point(net, theta, X, Y, most_steps=0)
    H, g = end.split.H.numpy(), end.split.gradient.numpy()
    want = np.linalg.norm(H @ g) / np.linalg.norm(g) / np.linalg.norm(H, 2)
    assert end.flatness == pytest.approx(want, rel=1e-12)
    perfect = find_critical_point(net, theta, X, net(theta, X), most_steps=0)
    assert perfect.flatness == 0.0


@pytest.mark.checks("eq-measured-index", against="enumeration")
def test_index_counts_what_is_negative_beyond_rounding():
    eigenvalues = torch.tensor([-2.0, -1.0, -1e-9, 1e-9, 3.0], dtype=torch.float64)
    assert index(eigenvalues) == pytest.approx(0.4)
    assert index(eigenvalues, relative=0.5) == pytest.approx(0.2)
    assert index(-eigenvalues) == pytest.approx(0.2)


@pytest.mark.checks("eq-measured-energy", against="Monte Carlo")
def test_measured_energy_of_the_theorys_own_matrices(rng):
    # tr H1^2 / n has the relative deviation 2 / n, the mean of H0 one of sqrt(2 phi) / n.
    n, phi, epsilon = 300, 0.5, 0.3
    H0 = gram(rng.standard_normal((n, int(n / phi))))
    H1 = wigner_matrix(n, float(np.sqrt(2 * epsilon)), rng)
    for scale in (1.0, 7.0):
        parts = [torch.tensor(scale * part) for part in (H0, H1)]
        split = Split(*parts, J=torch.eye(n), residuals=torch.ones(1, 2))
        # 1/n more for the diagonal's double variance; four deviations
        assert measured_energy(split) == pytest.approx(epsilon * (1 + 1 / n), rel=4 * 3 / n)
    with pytest.raises(ValueError, match="H0"):
        measured_energy(split._replace(H0=0 * split.H0))


@pytest.mark.checks("eq-measured-ratio", against="Monte Carlo")
def test_measured_ratio_of_the_theorys_own_matrix_and_of_two_eigenvalues(rng):
    # Twelve draws: within four standard errors of phi, and 2 / n for the finite size.
    n, phi = 200, 0.5
    got = []
    for _ in range(12):
        H0 = torch.tensor(7.0 * gram(rng.standard_normal((n, int(n / phi)))))
        got.append(measured_ratio(Split(H0, 0 * H0, torch.eye(n), torch.ones(1, 2))))
    assert abs(np.mean(got) - phi) < 4 * np.std(got, ddof=1) / np.sqrt(12) + 2 / n
    # a share q of the eigenvalues is 1 / q and all others are zero: 1 / q - 1
    few = torch.diag(torch.tensor([4.0, 0.0, 0.0, 0.0], dtype=torch.float64))
    split = Split(few, few, torch.eye(4), torch.ones(1, 2))
    assert measured_ratio(split) == pytest.approx(3.0, rel=1e-14)
    with pytest.raises(ValueError, match="H0"):
        measured_ratio(split._replace(H0=0 * few))


def test_bad_arguments_are_refused():
    net, theta, X, Y = problem()
    with pytest.raises(ValueError, match="most_steps"):
        find_critical_point(net, theta, X, Y, most_steps=-1)
    with pytest.raises(ValueError, match="tolerance"):
        find_critical_point(net, theta, X, Y, tolerance=0.0)
    with pytest.raises(ValueError, match="patience"):
        find_critical_point(net, theta, X, Y, patience=0)
    with pytest.raises(ValueError, match="farthest"):
        find_critical_point(net, theta, X, Y, farthest=0.0)

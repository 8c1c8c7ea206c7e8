"""The split of the Hessian: autograd, finite differences, and cases where one part is absent."""

import numpy as np
import pytest
import torch

from course_lib.foundations.nonlinearities_torch import NONLINEARITIES
from course_lib.foundations.numerical_gradient import numerical_gradient
from course_lib.hessians.hessian_split_torch import (
    OneHiddenLayer,
    hessian_split,
    hidden_layer_split,
    quadratic_model,
    squared_loss,
)

every_nonlinearity = pytest.mark.parametrize("nonlinearity", NONLINEARITIES)


def problem(nonlinearity="tanh", d_in=3, d_hidden=4, d_out=2, samples=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    net = OneHiddenLayer(d_in, d_hidden, d_out, nonlinearity)
    X = torch.randn(d_in, samples, generator=generator, dtype=torch.float64)
    Y = torch.randn(d_out, samples, generator=generator, dtype=torch.float64)
    return net, net.draw(generator), X, Y


def close(got, want, atol=1e-12):
    np.testing.assert_allclose(got.detach().numpy(), want.detach().numpy(), rtol=0, atol=atol)


@pytest.mark.checks("eq-one-hidden-layer", against="torch")
@every_nonlinearity
def test_outputs_are_those_of_two_linear_modules(nonlinearity):
    net, theta, X, _ = problem(nonlinearity)
    first = torch.nn.Linear(3, 4, bias=False, dtype=torch.float64)
    second = torch.nn.Linear(4, 2, bias=False, dtype=torch.float64)
    torch.nn.utils.vector_to_parameters(theta, [first.weight, second.weight])
    hidden = first(X.T)
    functions = {"tanh": torch.tanh, "logistic": torch.sigmoid, "relu": torch.relu}
    hidden = functions.get(nonlinearity, lambda z: z)(hidden)
    close(net(theta, X), second(hidden).T)
    assert net.parameters == len(theta) == 20


def test_drawn_weights_are_normal_with_a_deviation_that_the_layers_inputs_set():
    """A deviation of N numbers is known to 5 / sqrt(2 N)."""
    net = OneHiddenLayer(40, 90, 60)
    W_1, W_2 = net.unpack(net.draw(torch.Generator().manual_seed(2), scale=3.0))
    for W, deviation in ((W_1, 3 / 40**0.5), (W_2, 3 / 90**0.5)):
        assert float(W.std()) == pytest.approx(deviation, rel=5 / (2 * W.numel()) ** 0.5)


@pytest.mark.checks("eq-network-loss", against="torch")
def test_loss_is_half_the_mean_square_times_the_outputs():
    net, theta, X, Y = problem()
    want = torch.nn.functional.mse_loss(net(theta, X), Y) * len(Y) / 2
    close(squared_loss(net, theta, X, Y), want)
    assert hessian_split(net, theta, X, Y).energy * len(Y) == pytest.approx(float(want), rel=1e-14)


def test_columns_of_J_are_outputs_in_the_order_of_the_residuals():
    net, theta, X, Y = problem()
    J = hessian_split(net, theta, X, Y).J
    assert J.shape == (20, 2 * 7)
    for i, u in ((0, 0), (1, 4)):
        want = numerical_gradient(
            lambda t, i=i, u=u: float(net(torch.tensor(t), X)[i, u]), theta.numpy()
        )
        np.testing.assert_allclose(J[:, 7 * i + u].numpy(), want, rtol=0, atol=1e-8)


@pytest.mark.checks("eq-hessian-split", against="autograd")
@every_nonlinearity
def test_the_parts_add_up_to_autograds_hessian_away_from_critical_points(nonlinearity):
    net, theta, X, Y = problem(nonlinearity)
    split = hessian_split(net, theta, X, Y)
    assert split.gradient.norm() > 0.1
    want = torch.autograd.functional.hessian(lambda t: squared_loss(net, t, X, Y), theta)
    close(split.H, want)
    gradient = torch.func.grad(lambda t: squared_loss(net, t, X, Y))(theta)
    close(split.gradient, gradient)


@pytest.mark.checks("eq-hessian-split", against="finite differences")
def test_the_parts_add_up_to_differences_of_the_gradient():
    net, theta, X, Y = problem()
    H = hessian_split(net, theta, X, Y).H.numpy()
    for row in (0, 11, 19):

        def entry(t, row=row):
            return float(hessian_split(net, torch.tensor(t), X, Y).gradient[row])

        np.testing.assert_allclose(H[row], numerical_gradient(entry, theta.numpy()), atol=1e-7)


@pytest.mark.checks("eq-hessian-first", against="autograd")
def test_the_first_part_is_gauss_newton():
    """The Hessian of the loss of the network's linearisation, which has no second derivative."""
    net, theta, X, Y = problem()
    split = hessian_split(net, theta, X, Y)
    outputs = net(theta, X)

    def linearised(t):
        return (outputs.flatten() + split.J.T @ (t - theta) - Y.flatten()).square().sum() / 14

    close(split.H0, torch.autograd.functional.hessian(linearised, theta))
    assert torch.linalg.eigvalsh(split.H0).min() > -1e-13


@pytest.mark.checks("eq-hessian-second", against="autograd")
def test_the_second_part_sums_second_derivatives_with_their_residuals():
    net, theta, X, Y = problem(samples=3)
    split = hessian_split(net, theta, X, Y)
    total = torch.zeros(20, 20, dtype=torch.float64)
    for i in range(2):
        for u in range(3):
            second = torch.autograd.functional.hessian(lambda t, i=i, u=u: net(t, X)[i, u], theta)
            total += split.residuals[i, u] * second / 3
    close(split.H1, total)


def test_no_residuals_no_second_part():
    net, theta, X, _ = problem()
    split = hessian_split(net, theta, X, net(theta, X))
    assert torch.count_nonzero(split.H1) == 0
    close(split.H, split.H0, atol=0.0)


@pytest.mark.checks("eq-hidden-layer-blocks", against="autograd")
@every_nonlinearity
def test_the_written_out_split_is_the_automatic_one(nonlinearity):
    net, theta, X, Y = problem(nonlinearity)
    for got, want in zip(
        hidden_layer_split(net, theta, X, Y), hessian_split(net, theta, X, Y), strict=True
    ):
        close(got, want)


@every_nonlinearity
def test_only_weights_of_one_hidden_unit_meet_in_the_second_part(nonlinearity):
    net, theta, X, Y = problem(nonlinearity)
    unit = np.concatenate([np.repeat(np.arange(4), 3), np.tile(np.arange(4), 2)])
    layer = np.arange(20) < 12
    H1 = hessian_split(net, theta, X, Y).H1.numpy()
    assert np.all(H1[unit[:, None] != unit] == 0)
    assert np.all(H1[np.ix_(~layer, ~layer)] == 0)
    assert np.any(H1[np.ix_(layer, layer)] != 0) == (nonlinearity in ("tanh", "logistic"))


@pytest.mark.checks("eq-local-quadratic", against="finite differences")
def test_remainder_of_the_quadratic_model_is_of_third_order():
    net, theta, X, _ = problem()
    Y = net(theta, X).detach()  # theta is a minimum, hence critical
    H = hessian_split(net, theta, X, Y).H
    direction = torch.randn(20, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    lengths = torch.tensor([0.02, 0.01, 0.005, 0.0025], dtype=torch.float64)
    steps = lengths[:, None] * direction / direction.norm()
    losses = torch.stack([squared_loss(net, theta + step, X, Y) for step in steps])
    remainder = (losses - quadratic_model(H, steps)).abs().detach().numpy()
    slopes = np.diff(np.log(remainder)) / np.diff(np.log(lengths.numpy()))
    np.testing.assert_allclose(slopes, 3.0, atol=0.05)


@pytest.mark.checks("eq-local-quadratic", against="closed form")
def test_quadratic_model_is_half_the_quadratic_form():
    generator = torch.Generator().manual_seed(1)
    A = torch.randn(5, 5, generator=generator, dtype=torch.float64)
    steps = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    H = A + A.T
    want = torch.stack([step @ H @ step / 2 for step in steps])
    close(quadratic_model(H, steps), want)
    assert torch.linalg.eigvalsh(H).min() < 0


def test_bad_arguments_are_refused(bad_input):
    net, theta, X, Y = problem()
    with pytest.raises(ValueError, match="nonlinearity"):
        OneHiddenLayer(1, 1, 1, "step")
    with pytest.raises(ValueError, match="d_out"):
        OneHiddenLayer(1, 1, 0)
    with pytest.raises(ValueError, match="theta"):
        net(theta[1:], X)
    with pytest.raises(ValueError, match="X"):
        net(theta, X.T)
    for split in (hessian_split, hidden_layer_split):
        with pytest.raises(ValueError, match="Y"):
            split(net, theta, X, Y[:, :1])
    with pytest.raises(ValueError, match="Y"):
        squared_loss(net, theta, X, Y[:1])
    with pytest.raises(ValueError, match="steps"):
        quadratic_model(torch.eye(3), torch.ones(2))

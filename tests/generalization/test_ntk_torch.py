"""The tangent kernel of real networks: autograd, its limit, and the dynamics that it predicts."""

import copy

import numpy as np
import pytest
import torch
from scipy.stats import t as student

from course_lib.generalization.arc_cosine import ntk_deep, ntk_two_layer
from course_lib.generalization.linear_dynamics import residual_descent
from course_lib.generalization.ntk_torch import (
    WideNet,
    empirical_ntk,
    flat_weights,
    linearized_outputs,
    set_flat_weights,
    train,
)


def wide_net(widths, seed=0, d=3):
    return WideNet(d, widths, torch.Generator().manual_seed(seed))


@pytest.fixture
def X(rng):
    X = rng.normal(size=(6, 3))
    return torch.tensor(X / np.linalg.norm(X, axis=1, keepdims=True))


@pytest.mark.slow
@pytest.mark.checks("eq-ntk", against="autograd")
def test_kernel_is_the_product_of_gradients(X):
    net = wide_net([5, 4])
    rows = []
    for out in net(X):
        gradients = torch.autograd.grad(out, list(net.parameters()), retain_graph=True)
        rows.append(torch.cat([g.flatten() for g in gradients]))
    J = torch.stack(rows)
    torch.testing.assert_close(empirical_ntk(net, X), J @ J.T, rtol=0, atol=1e-12)
    torch.testing.assert_close(empirical_ntk(net, X, X[:2]), J @ J[:2].T, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.checks("eq-ntk-two-layer", against="autograd")
def test_the_limit_is_approached_like_one_over_root_width(X):
    want = ntk_two_layer(X.numpy(), X.numpy())
    widths, slopes = np.array([64, 256, 1024]), []
    for group in range(8):
        errors = [
            np.sqrt(
                np.mean(
                    [
                        np.mean(
                            (empirical_ntk(wide_net([int(m)], 100 * group + s), X).numpy() - want)
                            ** 2
                        )
                        for s in range(12)
                    ]
                )
            )
            for m in widths
        ]
        slopes.append(np.polyfit(np.log(widths), np.log(errors), 1)[0])
    # Student's interval for the mean slope of eight independent groups of twelve networks.
    half = student.ppf(0.995, 7) * np.std(slopes, ddof=1) / np.sqrt(8)
    assert abs(np.mean(slopes) + 0.5) < half
    assert half < 0.1


@pytest.mark.slow
@pytest.mark.checks("eq-ntk-recursion", "eq-covariance-recursion", against="autograd")
def test_two_hidden_layers_approach_the_recursion(X):
    covariance, tangent = ntk_deep(X.numpy(), X.numpy(), 2)
    nets = [wide_net([400, 400], seed) for seed in range(40)]
    kernels = np.array([empirical_ntk(net, X).numpy() for net in nets])
    outputs = np.array([net(X).detach().numpy() for net in nets])
    # The mean kernel of 40 networks, within five standard errors and the bias of order 1/width.
    error = kernels.std(axis=0) / np.sqrt(40)
    assert (np.abs(kernels.mean(axis=0) - tangent) < 5 * error + 5 / 400).all()
    assert (error < 0.1).all()
    products = outputs[:, :, None] * outputs[:, None]
    spread = products.std(axis=0) / np.sqrt(40)
    assert (np.abs(products.mean(axis=0) - covariance) < 5 * spread).all()


@pytest.mark.checks("eq-ntk-descent", against="torch")
def test_descent_matches_torch(X):
    net, y = wide_net([5]), torch.linspace(-1, 1, 6, dtype=torch.float64)
    twin = copy.deepcopy(net)
    start = flat_weights(net)
    run = train(net, X, y, 0.05, 4)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.05)
    for outputs in run.outputs:
        torch.testing.assert_close(outputs, twin(X).detach(), rtol=0, atol=1e-12)
        if outputs is not run.outputs[-1]:
            optimizer.zero_grad()
            (0.5 * ((twin(X) - y) ** 2).sum()).backward()
            optimizer.step()
    torch.testing.assert_close(run.weights, flat_weights(net), rtol=0, atol=0)
    assert abs(run.moved - (run.weights - start).norm().item()) < 1e-12


def test_one_unit_is_a_network():
    net = wide_net([1], d=1)
    (first,), (second,) = (W[0].tolist() for W in net.layers)
    at = abs(first) * second * 2**0.5 * 3.0  # on the side where the unit is active
    assert net(torch.tensor([[np.sign(first) * 3.0]])).item() == pytest.approx(at, rel=1e-14)


def test_flat_weights_go_back_where_they_came_from(X, bad_input):
    net, other = wide_net([5, 4]), wide_net([5, 4], 1)
    weights, copied = flat_weights(net), flat_weights(net)
    set_flat_weights(other, weights)
    torch.testing.assert_close(other(X), net(X), rtol=0, atol=0)
    with torch.no_grad():
        other.layers[0].zero_()
    assert torch.equal(weights, copied)  # the network holds copies
    with pytest.raises(ValueError, match="weights: expected shape"):
        set_flat_weights(net, weights[:-1])


class LinearModel(torch.nn.Module):
    """Linear in its weights: the tangent kernel never changes."""

    def __init__(self, features):
        super().__init__()
        self.w = torch.nn.Parameter(torch.zeros(features, dtype=torch.float64))

    def forward(self, X):
        return X @ self.w


@pytest.mark.checks("eq-residual-descent", "eq-linearized-net", against="torch")
def test_a_linear_model_follows_the_prediction_exactly(rng):
    X, y = torch.tensor(rng.normal(size=(5, 9))) / 3, torch.tensor(rng.normal(size=5))
    model = LinearModel(9)
    start, K = copy.deepcopy(model), empirical_ntk(model, X).numpy()
    run = train(model, X, y, 0.3, 50)
    want = y.numpy() + residual_descent(K, -y.numpy(), 0.3, 50)
    np.testing.assert_allclose(run.outputs.numpy(), want, rtol=0, atol=1e-12)
    torch.testing.assert_close(
        linearized_outputs(start, X, run.weights), run.outputs[-1], rtol=0, atol=1e-12
    )


@pytest.mark.checks("eq-linearized-net", against="finite differences")
def test_linearization_is_the_derivative(X):
    net = wide_net([6])
    change = torch.randn(24, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    slope = linearized_outputs(net, X, change) - net(X).detach()
    shifted = []
    for sign in (1, -1):
        moved, at = copy.deepcopy(net), 0
        with torch.no_grad():
            for p in moved.parameters():
                p += sign * 1e-6 * change[at : at + p.numel()].reshape(p.shape)
                at += p.numel()
        shifted.append(moved(X).detach())
    torch.testing.assert_close((shifted[0] - shifted[1]) / 2e-6, slope, rtol=0, atol=1e-7)


@pytest.mark.slow
def test_wide_networks_move_less_and_follow_the_prediction_better(X):
    y = torch.tensor([1.0, -1, 1, 1, -1, 1], dtype=torch.float64)
    relative, off = [], []
    for width in (64, 1024):
        for_width = []
        for seed in range(6):
            net = wide_net([width], seed)
            size, K = flat_weights(net).norm().item(), empirical_ntk(net, X).numpy()
            run = train(net, X, y, 0.1, 100)
            r = (run.outputs[0] - y).numpy()
            predicted = y.numpy() + residual_descent(K, r, 0.1, 100)
            for_width.append((run.moved / size, np.abs(run.outputs.numpy() - predicted).max()))
        means = np.mean(for_width, axis=0)
        relative.append(means[0])
        off.append(means[1])
    # Both fall like the root of the width, 1/4 here; half of the seeds' scatter is left as room.
    assert 0.15 < relative[1] / relative[0] < 0.4
    assert 0.1 < off[1] / off[0] < 0.5


def test_bad_arguments_are_refused(bad_input, X):
    with pytest.raises(ValueError, match="widths"):
        WideNet(3, [], torch.Generator())
    with pytest.raises(ValueError, match="widths"):
        WideNet(3, [0], torch.Generator())
    net = wide_net([4])
    with pytest.raises(ValueError, match="X: expected shape"):
        net(torch.zeros(2, 5))
    with pytest.raises(ValueError, match="change"):
        linearized_outputs(net, X, torch.zeros(3))
    with pytest.raises(ValueError, match="y: expected shape"):
        train(net, X, torch.zeros(2), 0.1, 1)
    with pytest.raises(ValueError, match="steps"):
        train(net, X, torch.zeros(6), 0.1, -1)
    with pytest.raises(ValueError, match="learning_rate"):
        train(net, X, torch.ones(6, dtype=torch.float64), 1e3, 300)

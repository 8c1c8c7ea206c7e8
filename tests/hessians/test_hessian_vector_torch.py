"""Products with the Hessian and its parts, against the matrices themselves."""

import numpy as np
import pytest
import torch

from course_lib.hessians.hessian_split_torch import OneHiddenLayer, hessian_split, squared_loss
from course_lib.hessians.hessian_vector_torch import (
    first_part_vector,
    hessian_vector,
    residual_part_vector,
)


@pytest.fixture
def setting():
    generator = torch.Generator().manual_seed(4)
    net = OneHiddenLayer(3, 4, 2)
    X = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    Y = torch.randn(2, 6, generator=generator, dtype=torch.float64)
    return net, net.draw(generator), X, Y


def columns(product, n):
    return np.stack([product(e) for e in np.eye(n)], axis=1)


@pytest.mark.checks("eq-hessian-vector", against="autograd")
def test_products_with_unit_vectors_are_the_columns(setting):
    net, theta, X, Y = setting
    product = hessian_vector(lambda t: squared_loss(net, t, X, Y), theta)
    want = torch.autograd.functional.hessian(lambda t: squared_loss(net, t, X, Y), theta)
    np.testing.assert_allclose(columns(product, 20), want.numpy(), rtol=0, atol=1e-13)


@pytest.mark.checks("eq-hessian-vector", against="finite differences")
def test_product_is_the_change_of_the_gradient(setting, rng):
    net, theta, X, Y = setting
    v = rng.standard_normal(20)
    ends = [hessian_split(net, theta + s * 1e-5 * torch.tensor(v), X, Y) for s in (-1, 1)]
    want = (ends[1].gradient - ends[0].gradient).numpy() / 2e-5
    got = hessian_vector(lambda t: squared_loss(net, t, X, Y), theta)(v)
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-8)


@pytest.mark.checks("eq-first-part-vector", against="autograd")
def test_products_with_the_two_parts(setting):
    net, theta, X, Y = setting
    split = hessian_split(net, theta, X, Y)
    H0, H1 = (
        columns(product, 20)
        for product in (first_part_vector(net, theta, X), residual_part_vector(net, theta, X, Y))
    )
    np.testing.assert_allclose(H0, split.H0.numpy(), rtol=0, atol=1e-13)
    np.testing.assert_allclose(H1, split.H1.numpy(), rtol=0, atol=1e-13)


def test_weights_are_left_alone(setting):
    net, theta, X, Y = setting
    before = theta.clone()
    hessian_vector(lambda t: squared_loss(net, t, X, Y), theta)(np.ones(20))
    first_part_vector(net, theta, X)(np.ones(20))
    assert torch.equal(theta, before)
    assert not theta.requires_grad


def test_wrong_shapes_are_refused(setting, bad_input):
    net, theta, X, Y = setting
    for product in (
        hessian_vector(lambda t: squared_loss(net, t, X, Y), theta),
        first_part_vector(net, theta, X),
    ):
        with pytest.raises(ValueError, match="q: expected shape"):
            product(np.ones(19))

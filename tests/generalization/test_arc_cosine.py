"""Kernels of wide ReLU networks: quadrature, Monte Carlo, and inputs whose answer is known."""

import numpy as np
import pytest
from scipy.integrate import dblquad

from course_lib.generalization.arc_cosine import (
    arc_cosine_kernel,
    arc_cosine_one,
    arc_cosine_zero,
    ntk_deep,
    ntk_two_layer,
)


@pytest.mark.checks("eq-arc-cosine-zero", "eq-arc-cosine-one", against="quadrature")
@pytest.mark.parametrize("angle", [0.2, 1.3, 2.7])
def test_kernels_are_gaussian_means(angle):
    # Both projections are positive in a wedge: in polar coordinates the region is a rectangle.
    def integrand(power):
        def weighted(length, direction):
            product = length**2 * np.cos(direction) * np.cos(direction - angle)
            return 2 * product**power * length * np.exp(-(length**2) / 2) / (2 * np.pi)

        return dblquad(weighted, angle - np.pi / 2, np.pi / 2, 0, 12, epsabs=1e-12, epsrel=1e-12)[0]

    cosine = np.array([np.cos(angle)])
    np.testing.assert_allclose(arc_cosine_zero(cosine), integrand(0), rtol=0, atol=1e-10)
    np.testing.assert_allclose(arc_cosine_one(cosine), integrand(1), rtol=0, atol=1e-10)


@pytest.mark.checks("eq-arc-cosine-zero", "eq-arc-cosine-one", against="Monte Carlo")
def test_kernels_match_random_units(rng):
    X, X2, n = rng.normal(size=(3, 4)), rng.normal(size=(2, 4)), 400_000
    W = rng.normal(size=(n, 4))
    A, B = W @ X.T, W @ X2.T
    for degree in (0, 1):
        a, b = ((P > 0) * P**degree for P in (A, B))
        products = 2 * a[:, :, None] * b[:, None]
        error = products.std(axis=0) / np.sqrt(n)
        got = arc_cosine_kernel(X, X2, degree)
        # Five standard errors for six entries; they are below one percent of the entries' scale.
        assert (np.abs(products.mean(axis=0) - got) < 5 * error).all()
        assert (error < 0.01 * np.abs(got).max()).all()


def test_rounding_beyond_a_cosine_of_one_is_cut_off():
    np.testing.assert_array_equal(arc_cosine_zero(np.array([1 + 1e-15, -1 - 1e-15])), [1, 0])
    np.testing.assert_allclose(
        arc_cosine_one(np.array([1 + 1e-15, -1 - 1e-15])), [1, 0], atol=1e-15
    )


def test_known_angles():
    X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [1.0, 1.0]])
    np.testing.assert_allclose(arc_cosine_kernel(X[:1], X, 0), [[1, 0.5, 0, 0.75]], atol=1e-15)
    diagonal = (1 + 3 * np.pi / 4) / np.pi  # sqrt 2 (sin 45 + (pi - pi/4) cos 45) / pi
    np.testing.assert_allclose(
        arc_cosine_kernel(X[:1], X, 1), [[1, 1 / np.pi, 0, diagonal]], atol=1e-15
    )


def test_on_antipodal_pairs_the_odd_part_of_the_kernel_is_linear(rng):
    """relu(z) - relu(-z) = z: differences of a pair have the rank of the inputs, here 5 of 15."""
    half = rng.normal(size=(15, 5))
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    X = np.concatenate([half, -half])
    K = ntk_two_layer(X, X)
    odd = (K[:15, :15] - K[:15, 15:]) / 2
    np.testing.assert_allclose(odd, half @ half.T, atol=1e-12)
    eigenvalues = np.linalg.eigvalsh(K)
    assert (eigenvalues < 1e-12 * eigenvalues[-1]).sum() == 10


@pytest.mark.checks("eq-ntk-two-layer", against="Monte Carlo")
def test_two_layer_kernel_is_the_mean_product_of_gradients(rng):
    X, n = rng.normal(size=(3, 3)), 400_000
    W, a = rng.normal(size=(n, 3)), rng.normal(size=(n, 1))
    Z = W @ X.T
    by_a, by_w = np.maximum(Z, 0.0), a * (Z > 0)
    products = 2 * (by_a[:, :, None] * by_a[:, None] + by_w[:, :, None] * by_w[:, None] * (X @ X.T))
    error = products.std(axis=0) / np.sqrt(n)
    got = ntk_two_layer(X, X)
    assert (np.abs(products.mean(axis=0) - got) < 5 * error).all()
    assert (error < 0.01 * got.max()).all()


@pytest.mark.checks("eq-ntk-recursion", against="closed form")
def test_one_hidden_layer_of_the_recursion_is_the_two_layer_kernel(rng):
    X, X2 = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    covariance, tangent = ntk_deep(X, X2, 1)
    np.testing.assert_allclose(tangent, ntk_two_layer(X, X2), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(covariance, arc_cosine_kernel(X, X2, 1), rtol=1e-12, atol=1e-12)
    linear = ntk_deep(X, X2, 0)
    np.testing.assert_allclose(linear, [X @ X2.T] * 2, rtol=1e-12, atol=1e-12)


@pytest.mark.checks("eq-covariance-recursion", "eq-ntk-recursion", against="closed form")
def test_lengths_pass_and_the_tangent_kernel_counts_the_layers(rng):
    X = rng.normal(size=(4, 3))
    for hidden in (1, 2, 5):
        covariance, tangent = ntk_deep(X, X, hidden)
        squares = (X**2).sum(axis=1)
        np.testing.assert_allclose(np.diag(covariance), squares, rtol=1e-12)
        np.testing.assert_allclose(np.diag(tangent), (hidden + 1) * squares, rtol=1e-6)


def test_opposite_inputs_meet_only_through_the_linear_layer_above():
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    covariance, tangent = ntk_deep(X, X, 2)
    assert abs(covariance[0, 1] - 1 / np.pi) < 1e-12  # cosine 0 after one layer, 1/pi after two
    assert abs(tangent[0, 1] - 1 / np.pi) < 1e-12


def test_kernels_are_symmetric_and_positive_definite(rng):
    X = rng.normal(size=(12, 3))
    for kernel in (ntk_two_layer(X, X), ntk_deep(X, X, 3)[1]):
        np.testing.assert_allclose(kernel, kernel.T, rtol=0, atol=1e-12)
        assert np.linalg.eigvalsh(kernel).min() > 0


def test_bad_arguments_are_refused(bad_input):
    X = np.ones((2, 3))
    with pytest.raises(ValueError, match="degree"):
        arc_cosine_kernel(X, X, 2)
    with pytest.raises(ValueError, match="X2: expected shape"):
        ntk_two_layer(X, np.ones((2, 2)))
    with pytest.raises(ValueError, match="not zero, got one in row 1"):
        ntk_two_layer(np.array([[1.0], [0.0]]), np.ones((1, 1)))
    with pytest.raises(ValueError, match="hidden"):
        ntk_deep(X, X, -1)

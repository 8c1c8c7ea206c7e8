"""Networks that learn anything by heart, and their twin without torch."""

import numpy as np
import pytest
import torch

from course_lib.generalization import margins
from course_lib.generalization.memorization_torch import forward, memorize


def trained(x, labels, steps=300):
    generator = torch.Generator().manual_seed(1)
    return memorize(x, labels, [40], 3, steps, generator, learning_rate=0.02)


def test_noise_with_random_labels_is_fitted_without_an_error(rng):
    x, labels = rng.normal(size=(30, 8)), rng.integers(3, size=30)
    got = trained(x, labels)
    assert got.accuracies[-1] == 1.0
    assert got.losses[-1] < 0.02 < got.losses[0]
    assert len(got.losses) == len(got.accuracies) == 300
    assert (margins.margins(margins.scores(got.weights, x), labels) > 0).all()
    assert [W.shape for W in got.weights] == [(40, 8), (3, 40)]


def test_the_first_loss_is_that_of_the_first_weights(rng):
    x, labels = rng.normal(size=(30, 8)), rng.integers(3, size=30)
    start, step = trained(x, labels, 0), trained(x, labels, 1)
    given = torch.tensor(margins.scores(start.weights, x))
    want = torch.nn.functional.cross_entropy(given, torch.tensor(labels))
    assert step.losses[0] == pytest.approx(float(want), rel=1e-6)


def test_first_weights_have_the_variance_two_over_their_inputs():
    """Of 400,000 numbers a variance is known to 4 sqrt(2 / 400,000) = 0.9 percent of itself."""
    net = memorize(
        np.zeros((1, 400)), np.zeros(1, dtype=int), [1000], 3, 0, torch.Generator().manual_seed(0)
    )
    np.testing.assert_allclose(net.weights[0].var(), 2 / 400, rtol=0.01)


def test_the_same_generator_gives_the_same_network(rng):
    x, labels = rng.normal(size=(10, 4)), rng.integers(3, size=10)
    first, second = trained(x, labels, 20), trained(x, labels, 20)
    for one, other in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_forward_is_the_numpy_network(rng):
    weights, x = [rng.normal(size=s) for s in [(5, 4), (5, 5), (2, 5)]], rng.normal(size=(6, 4))
    got = forward([torch.tensor(W) for W in weights], torch.tensor(x))
    np.testing.assert_allclose(got.numpy(), margins.scores(weights, x), atol=1e-12)


def test_labels_must_fit_the_inputs(bad_input):
    with pytest.raises(ValueError, match="labels: expected shape"):
        trained(np.zeros((3, 2)), np.zeros(4, dtype=int))
    for strange in (-1, 3):
        with pytest.raises(
            ValueError, match=f"labels: expected classes from 0 to 2, got {strange}"
        ):
            trained(np.zeros((3, 2)), np.array([0, strange, 1]))

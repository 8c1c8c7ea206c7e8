"""The ascent against what is known exactly, and against the bounds."""

import numpy as np
import pytest
import torch

from course_lib.generalization import rademacher
from course_lib.generalization.rademacher_torch import ascend


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_without_hidden_layers_it_finds_the_closed_form(rng, generator):
    x, signs = rng.normal(size=(12, 3)), rademacher.draw_signs(10, 12, rng)
    got = ascend(torch.tensor(x), torch.tensor(signs), [], 1.5, generator, steps=500)
    np.testing.assert_allclose(got.numpy(), rademacher.linear_suprema(x, signs, 1.5), rtol=1e-4)


def test_with_one_hidden_layer_it_stays_below_the_exact_supremum_and_comes_close(rng, generator):
    x, signs = rng.normal(size=(8, 2)), rademacher.draw_signs(20, 8, rng)
    exact = rademacher.hidden_layer_suprema(x, signs, (1.2, 1.2))
    got = ascend(torch.tensor(x), torch.tensor(signs), [6], 1.2, generator, restarts=6).numpy()
    assert (got <= exact * (1 + 1e-12)).all()
    assert got.mean() > 0.97 * exact.mean()


@pytest.mark.slow
def test_deep_networks_stay_below_both_bounds(rng, generator):
    x, signs = rng.normal(size=(10, 4)), rademacher.draw_signs(8, 10, rng)
    for layers in (2, 3, 4):
        found = ascend(torch.tensor(x), torch.tensor(signs), [5] * (layers - 1), 1.1, generator)
        norms = [1.1] * layers
        bound = min(rademacher.network_bound(x, norms), rademacher.network_root_bound(x, norms))
        assert 0.05 * bound < found.mean() < bound


def test_a_single_start_is_allowed(rng, generator):
    x, signs = rng.normal(size=(6, 2)), rademacher.draw_signs(4, 6, rng)
    found = ascend(torch.tensor(x), torch.tensor(signs), [], 1.0, generator, 500, restarts=1)
    exact = rademacher.linear_suprema(x, signs, 1.0)
    np.testing.assert_allclose(found.numpy(), exact, rtol=1e-4)


def test_bad_arguments_are_refused(generator, bad_input):
    x = torch.ones(3, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match="signs: expected shape"):
        ascend(x, torch.ones(4, 2, dtype=torch.float64), [], 1.0, generator)
    with pytest.raises(ValueError, match="restarts"):
        ascend(x, torch.ones(4, 3, dtype=torch.float64), [], 1.0, generator, restarts=0)

"""The NARX network: it learns what a linear model cannot, and the generator decides its start."""

import numpy as np
import torch

from course_lib.sequence_models.narx import fit_arx
from course_lib.sequence_models.narx_torch import fit_narx_mlp


def test_a_small_network_beats_the_linear_model_on_a_nonlinear_plant(rng):
    x = rng.uniform(-1, 1, size=300)
    y = np.zeros(300)
    for t in range(1, 300):
        y[t] = y[t - 1] / (1 + y[t - 1] ** 2) + x[t] ** 3
    generator = torch.Generator().manual_seed(0)
    network = fit_narx_mlp(x[:200], y[:200], 0, 1, 12, generator, steps=600, learning_rate=0.02)
    linear = fit_arx(x[:200], y[:200], 0, 1)
    errors = [np.mean((m.one_step(x[200:], y[200:]) - y[201:]) ** 2) for m in (network, linear)]
    assert errors[0] < 0.1 * errors[1]
    assert network.free_run(x[200:], y[200:201]).shape == (99,)


def test_the_same_generator_gives_the_same_network(rng):
    x, y = rng.normal(size=(2, 30))
    first, again = (
        fit_narx_mlp(x, y, 1, 2, 3, torch.Generator().manual_seed(4), steps=5) for _ in range(2)
    )
    np.testing.assert_array_equal(first.one_step(x, y), again.one_step(x, y))

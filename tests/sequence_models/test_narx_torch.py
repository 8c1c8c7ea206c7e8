"""The NARX network: it learns what a linear model cannot, and the generator decides its start."""

import numpy as np
import torch

from course_lib.sequence_models import narx_torch
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


def test_first_weights_by_their_law(monkeypatch, rng):
    """Uniform in +-1/sqrt(fan in); training is left out."""
    drawn = []
    monkeypatch.setattr(narx_torch, "fit", lambda parameters, *rest: drawn.extend(parameters))
    x, y = rng.normal(size=(2, 60))
    fit_narx_mlp(x, y, 0, 3, 2500, torch.Generator().manual_seed(0))
    for weight, fan_in in zip(drawn, (4, 4, 2500), strict=False):
        assert 0.99 * fan_in**-0.5 < weight.abs().max().item() <= fan_in**-0.5
    assert abs(drawn[3].item()) <= 0.02


def test_whole_numbers_and_single_precision_are_read_as_doubles(bad_input):
    series = np.arange(8) % 3
    want, *others = (
        fit_narx_mlp(x, x, 0, 1, 2, torch.Generator().manual_seed(0), steps=2).one_step(x, x)
        for x in (series.astype(float), series, series.astype(np.float32))
    )
    for got in others:
        np.testing.assert_array_equal(got, want)

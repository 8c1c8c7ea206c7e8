import numpy as np
import pytest
import torch

from course_lib.datasets.long_dependency import long_dependency_task
from course_lib.recurrent.additive_torch import ResidualLayer
from course_lib.recurrent.long_range_torch import STEPS, WEIGHTS, accuracies, logits
from course_lib.recurrent.srn_torch import SRNLayer


@pytest.mark.parametrize(
    ("cell", "layer"),
    [
        ("logistic", SRNLayer(6, 16, "logistic")),
        ("tanh", SRNLayer(6, 16)),
        ("residual", ResidualLayer(6, 16)),
    ],
)
def test_every_row_is_the_layer_with_its_weights(cell, layer, rng):
    theta = torch.from_numpy(rng.uniform(-0.25, 0.25, (2, WEIGHTS)))
    xs = torch.tensor(long_dependency_task(rng, 10, 16, length=32).xs).unflatten(0, (2, 5))
    for row, x, ours in zip(theta, xs, logits(theta, xs, cell), strict=True):
        torch.nn.utils.vector_to_parameters(row[:368], layer.parameters())
        want = layer(x)[1] @ row[368:].view(2, 16).T
        torch.testing.assert_close(ours, want, rtol=0, atol=1e-12)


def test_without_updates_networks_guess_and_with_some_they_learn_the_shortest_distance():
    before, after = accuracies("tanh", [1], 0, runs=2), accuracies("tanh", [1], 60, runs=2)
    assert before.shape == (1, 2)
    assert (before < 0.7).all()
    assert (after > 0.95).all()
    np.testing.assert_array_equal(after, accuracies("tanh", [1], 60, runs=2))


def test_refuses_an_unknown_cell_and_no_run():
    with pytest.raises(ValueError, match="cell: expected one of"):
        accuracies("gru", [4], 1)
    with pytest.raises(ValueError, match="runs: expected at least 1, got 0"):
        accuracies(next(iter(STEPS)), [4], 1, runs=0)

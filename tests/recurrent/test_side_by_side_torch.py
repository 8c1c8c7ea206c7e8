import pytest
import torch

from course_lib.optimization.fit_torch import fit
from course_lib.recurrent.side_by_side_torch import run_side_by_side, stack_weights
from course_lib.recurrent.srn_torch import SRNLayer


def three():
    generator = torch.Generator().manual_seed(9)
    layers = [SRNLayer(4, 3, generator=generator) for _ in range(3)]
    return layers, torch.randn(3, 5, 7, 4, dtype=torch.float64, generator=generator)


def test_states_are_those_of_the_layers_one_by_one():
    layers, xs = three()
    found = run_side_by_side(*stack_weights(layers).values(), xs)
    for layer, x, ours in zip(layers, xs, found, strict=True):
        torch.testing.assert_close(ours, layer(x)[0], rtol=0, atol=1e-12)


def test_each_network_learns_as_it_would_alone():
    layers, xs = three()
    weights = stack_weights(layers)
    fit(weights.values(), lambda _: (run_side_by_side(*weights.values(), xs) ** 2).sum(), 20, 0.05)
    for i, (layer, x) in enumerate(zip(layers, xs, strict=True)):
        before = layer.W_hh.detach().clone()
        fit(layer.parameters(), lambda _, layer=layer, x=x: (layer(x)[0] ** 2).sum(), 20, 0.05)
        assert (layer.W_hh - before).abs().max() > 0.1
        for name, alone in layer.named_parameters():
            torch.testing.assert_close(weights[name][i], alone, rtol=0, atol=1e-10)


def test_refuses_inputs_of_other_networks(bad_input):
    layers, xs = three()
    with pytest.raises(ValueError, match="xs: expected"):
        run_side_by_side(*stack_weights(layers).values(), xs[:2])

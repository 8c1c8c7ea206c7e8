"""Networks trained side by side against the same networks trained one by one."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_lib.optimization.fit_torch import fit
from course_lib.optimization.side_by_side_torch import fit_side_by_side
from course_lib.recurrent.classifiers_torch import Tagger
from course_lib.sequences.heads_torch import sequence_loss


def three():
    """Three taggers with inputs and targets of their own."""
    generator = torch.Generator().manual_seed(9)
    models = [Tagger(5, 2, 4, 3, generator) for _ in range(3)]
    tokens = torch.randint(5, (20, 3, 6, 7), generator=generator)
    return models, tokens, tokens % 3


def loss(model, tokens, targets):
    return F.cross_entropy(model(tokens).flatten(0, 1), targets.flatten())


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("max_norm", [None, 0.05])
def test_each_network_learns_as_it_would_alone(optimizer, max_norm):
    rate = {"adam": 0.05, "sgd": 0.5}[optimizer]
    together, tokens, targets = three()
    history = fit_side_by_side(
        together, loss, lambda step: (tokens[step], targets[step]), 20, rate, optimizer, max_norm
    )
    alone, _, _ = three()
    for i, (model, twin) in enumerate(zip(together, alone, strict=True)):
        before = twin.recurrent.W_hh.detach().clone()
        losses = fit(
            twin.parameters(),
            lambda step, twin=twin, i=i: loss(twin, tokens[step, i], targets[step, i]),
            20,
            rate,
            max_norm,
            optimizer=optimizer,
        )
        # torch's clipping adds 1e-6 to the norm, which changes the fifth digit here.
        tolerance = 1e-10 if max_norm is None else 1e-4
        assert (twin.recurrent.W_hh - before).abs().max() > 0.01
        torch.testing.assert_close(
            torch.tensor(history[:, i]).tolist(), losses, rtol=tolerance, atol=0
        )
        for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance)


def test_clipping_holds_for_each_network_by_itself():
    models = [nn.Linear(1, 1, dtype=torch.float64) for _ in range(2)]
    before = [torch.nn.utils.parameters_to_vector(m.parameters()).detach().clone() for m in models]
    sizes = torch.tensor([1e-3, 1e3], dtype=torch.float64)
    fit_side_by_side(
        models,
        lambda f, size: size * f(torch.ones(1, 1, dtype=torch.float64)).sum(),
        lambda _: (sizes,),
        1,
        learning_rate=1.0,
        optimizer="sgd",
        max_norm=0.5,
    )
    moved = [
        (torch.nn.utils.parameters_to_vector(m.parameters()).detach() - b).norm().item()
        for m, b in zip(models, before, strict=True)
    ]
    assert moved == pytest.approx([1e-3 * 2**0.5, 0.5], rel=1e-12)


def test_parameters_are_rounded_and_no_step_changes_nothing():
    models, tokens, targets = three()
    start = [p.detach().clone() for model in models for p in model.parameters()]
    assert fit_side_by_side(models, loss, lambda _: (tokens[0], targets[0]), 0).shape == (0, 3)
    assert all(
        torch.equal(a, b)
        for a, b in zip(start, [p for m in models for p in m.parameters()], strict=True)
    )
    fit_side_by_side(models, loss, lambda _: (tokens[0], targets[0]), 1, round_to=0.25)
    assert all((4 * p % 1 == 0).all() for model in models for p in model.parameters())


def test_shared_data_are_the_same_data_for_each_network():
    apart, tokens, _ = three()
    together, _, _ = three()
    mask = torch.arange(7).expand(6, 7) < torch.tensor([7, 3, 5, 1, 2, 6])[:, None]
    batch = tokens[0, 0], tokens[0, 0] % 3, mask

    def masked(model, tokens, targets, mask):  # sequence_loss looks at the values of the mask
        return sequence_loss(model(tokens), targets, mask)

    fit_side_by_side(together, masked, lambda _: batch, 5, shared=True)
    for model in apart:
        fit(model.parameters(), lambda _, model=model: masked(model, *batch), 5)
    for ours, theirs in zip(together, apart, strict=True):
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = nn.Parameter(torch.tensor(size, dtype=torch.float64))

    def forward(self, x):
        return self.size * x


def test_a_parameter_without_axes():
    models = [Scale(1.0), Scale(3.0)]
    xs = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    fit_side_by_side(models, lambda f, x: f(x).sum(), lambda _: (xs,), 1, 0.1, "sgd")
    assert [model.size.item() for model in models] == pytest.approx([0.9, 2.8])


def test_bad_arguments_are_refused():
    models, tokens, targets = three()
    right = tokens[0], targets[0]
    with pytest.raises(ValueError, match="number of modules: expected at least 1, got 0"):
        fit_side_by_side([], loss, lambda _: right, 1)
    with pytest.raises(
        ValueError, match="modules: expected equal parameters, got others in number 1"
    ):
        fit_side_by_side([models[0], Tagger(5, 2, 3, 3)], loss, lambda _: right, 1)
    with pytest.raises(ValueError, match="draw: expected 3 parts, got 2"):
        fit_side_by_side(models, loss, lambda _: (tokens[0, :2], targets[0, :2]), 1)
    with pytest.raises(ValueError, match="max_norm: expected a positive number, got 0"):
        fit_side_by_side(models, loss, lambda _: right, 1, max_norm=0)
    with pytest.raises(ValueError, match="steps: expected a whole number, 0 or more, got -1"):
        fit_side_by_side(models, loss, lambda _: right, -1)
    with pytest.raises(ValueError, match="loss: expected a finite value"):
        fit_side_by_side(models, lambda f, x, y: loss(f, x, y) / 0.0, lambda _: right, 1)


@pytest.mark.parametrize("networks", [1, 2])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_one_row_of_losses_for_each_update(steps, networks):
    modules, xs = [nn.Linear(1, 1) for _ in range(networks)], torch.ones(networks, 3, 1)
    history = fit_side_by_side(modules, lambda f, x: (f(x) ** 2).mean(), lambda _: (xs,), steps)
    assert history.shape == (steps, networks)

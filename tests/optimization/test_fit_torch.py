import subprocess
import sys
from functools import partial

import pytest
import torch

from course_lib.optimization.fit_torch import adam, fit


def quadratic():
    x = torch.tensor([3.0, -2.0], dtype=torch.float64, requires_grad=True)
    return x, lambda step: ((x - 1.0) ** 2).sum()


@pytest.mark.slow
def test_is_adam_step_by_step():
    x, loss = quadratic()
    history = fit([x], loss, steps=20, learning_rate=0.1)
    twin, twin_loss = quadratic()
    optimizer = torch.optim.Adam([twin], lr=0.1)
    expected = []
    for step in range(20):
        optimizer.zero_grad()
        value = twin_loss(step)
        value.backward()
        optimizer.step()
        expected.append(value.item())
    assert history == expected
    assert torch.equal(x, twin)
    assert history[-1] < history[0]


@pytest.mark.slow
def test_is_adam_with_a_larger_epsilon():
    x, loss = quadratic()
    fit([x], loss, steps=20, learning_rate=0.1, optimizer=partial(adam, epsilon=0.5))
    twin, twin_loss = quadratic()
    optimizer = torch.optim.Adam([twin], lr=0.1, eps=0.5)
    for step in range(20):
        optimizer.zero_grad()
        twin_loss(step).backward()
        optimizer.step()
    assert torch.equal(x, twin)


@pytest.mark.slow
def test_is_adam_for_several_parameters_one_of_them_unused_for_a_while():
    def start():
        generator = torch.Generator().manual_seed(0)
        shapes = (7, 5), (5,), (3, 7), (2,)
        return [
            torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
            for shape in shapes
        ]

    def loss_of(W, b, V, late):
        def loss(step):
            value = ((V @ (W.tanh() @ b).sin()) ** 2).sum()
            return value + (late**4).sum() if step > 4 else value

        return loss

    ours, twins = start(), start()
    fit(ours, loss_of(*ours), steps=200, learning_rate=0.03)
    optimizer = torch.optim.Adam(twins, lr=0.03)
    loss = loss_of(*twins)
    for step in range(200):
        optimizer.zero_grad()
        loss(step).backward()
        optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(ours, twins, strict=True))
    assert not torch.equal(ours[3], start()[3])


@pytest.mark.slow
def test_is_sgd_step_by_step():
    x, loss = quadratic()
    unused = torch.ones(2, dtype=torch.float64, requires_grad=True)
    history = fit([x, unused], loss, steps=20, learning_rate=0.1, optimizer="sgd")
    twin, twin_loss = quadratic()
    optimizer = torch.optim.SGD([twin], lr=0.1)
    for step in range(20):
        optimizer.zero_grad()
        value = twin_loss(step)
        value.backward()
        optimizer.step()
        assert history[step] == value.item()
    assert torch.equal(x, twin)
    assert unused.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="optimizer: expected one of"):
        fit([x], loss, steps=1, optimizer="momentum")


def test_training_does_not_import_the_compiler():
    program = """if True:
        import sys, torch
        from course_lib.optimization.fit_torch import fit
        x = torch.ones(2, requires_grad=True)
        fit([x], lambda step: (x * x).sum(), steps=2, max_norm=1.0, round_to=0.25)
        from course_lib.optimization.side_by_side_torch import fit_side_by_side
        xs = torch.ones(1, 5, 2)
        fit_side_by_side([torch.nn.Linear(2, 1)], lambda f, x: f(x).sum(), lambda _: (xs,), 2)
        print("torch._dynamo" in sys.modules)
    """
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout == "False\n", run.stderr


@pytest.mark.slow
def test_clips_the_whole_gradient():
    x, _ = quadratic()
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad))
    fit([x], lambda step: (1000 * x).sum(), steps=1, max_norm=0.5)
    assert seen[0].norm().item() == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("name", ["learning_rate", "max_norm", "round_to"])
def test_what_moves_clips_or_rounds_is_positive(name):
    x, loss = quadratic()
    for bad in 0, -1.0:
        with pytest.raises(ValueError, match=f"{name}: expected a positive number, got {bad}"):
            fit([x], loss, steps=1, **{name: bad})


def test_no_step_changes_nothing():
    x, loss = quadratic()
    assert fit([x], loss, steps=0) == []
    assert x.tolist() == [3.0, -2.0]


def test_refuses_a_negative_number_of_steps():
    x, loss = quadratic()
    with pytest.raises(ValueError, match="steps: expected a whole number, 0 or more, got -1"):
        fit([x], loss, steps=-1)


def test_stops_at_a_loss_that_is_not_finite():
    x, _ = quadratic()
    with pytest.raises(ValueError, match="loss: expected a finite value, got inf at step 0"):
        fit([x], lambda step: x.sum() / 0.0, steps=1)


def wandering(round_to, noise):
    """A chaotic training, with noise of the size of rounding errors in its gradient."""
    generator = torch.Generator().manual_seed(1)
    x = torch.tensor([0.3, 0.1, -0.7], dtype=torch.float64, requires_grad=True)

    def loss(step):
        shake = 1 + noise * torch.randn(3, generator=generator, dtype=torch.float64)
        return ((40 * x * shake).sin() * x).sum() + (x * x).sum()

    fit([x], loss, steps=600, learning_rate=0.1, round_to=round_to)
    return x.tolist()


@pytest.mark.slow
def test_with_rounded_parameters_rounding_errors_do_not_grow():
    assert wandering(None, 0.0) != wandering(None, 1e-16)
    assert wandering(2.0**-20, 0.0) == wandering(2.0**-20, 1e-16)


def test_parameters_are_multiples_of_round_to():
    x, loss = quadratic()
    fit([x], loss, steps=7, learning_rate=0.013, round_to=0.25)
    assert all((4 * value).is_integer() for value in x.tolist())

import pytest
import torch

from course_lib.foundations.fit_torch import fit


def quadratic():
    x = torch.tensor([3.0, -2.0], dtype=torch.float64, requires_grad=True)
    return x, lambda step: ((x - 1.0) ** 2).sum()


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


def test_clips_the_whole_gradient():
    x, _ = quadratic()
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad))
    fit([x], lambda step: (1000 * x).sum(), steps=1, max_norm=0.5)
    assert seen[0].norm().item() == pytest.approx(0.5, rel=1e-6)


def test_no_step_changes_nothing():
    x, loss = quadratic()
    assert fit([x], loss, steps=0) == []
    assert x.tolist() == [3.0, -2.0]


def test_refuses_a_negative_number_of_steps():
    x, loss = quadratic()
    with pytest.raises(ValueError, match="steps: expected at least 0, got -1"):
        fit([x], loss, steps=-1)


def test_stops_at_a_loss_that_is_not_finite():
    x, _ = quadratic()
    with pytest.raises(ValueError, match="loss: expected a finite value, got inf at step 0"):
        fit([x], lambda step: x.sum() / 0.0, steps=1)

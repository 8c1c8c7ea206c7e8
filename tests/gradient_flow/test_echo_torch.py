"""Networks that repeat an old sign: alone as side by side, and exactly when the window reaches."""

import numpy as np
import pytest
import torch

from course_lib.gradient_flow.echo_torch import train_echo, train_echoes
from course_lib.recurrent.srn import SRN

SMALL = {"lag": 1, "time": 6, "batch": 8, "d_hidden": 6}


def test_a_window_that_reaches_the_sign_learns_and_a_shorter_one_does_not():
    """Lag 1 needs two steps. With one unit nothing else can be read off a random state."""
    short, long = (
        train_echo(window, [0, 1, 2], 400, lag=1, d_hidden=2, start="orthogonal")
        for window in (1, 2)
    )
    assert (long.error < 0.1).all()
    assert (long.error < short.error).all()


def test_a_network_learns_side_by_side_what_it_learns_alone():
    together = train_echo(2, [3, 4], 30, **SMALL)
    alone = train_echo(2, [4], 30, **SMALL)
    for both, one in zip(together, alone, strict=True):
        np.testing.assert_allclose(both[1:], one, rtol=1e-9)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_windows_side_by_side_are_trained_as_alone(optimizer):
    settings = SMALL | {"updates": 30, "optimizer": optimizer}
    for window, run in zip((0, 2, 1), train_echoes((0, 2, 1), [3, 4], **settings), strict=True):
        for value, alone in zip(run, train_echo(window, [3, 4], **settings), strict=True):
            np.testing.assert_allclose(value, alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_window_zero_and_no_update_leave_the_recurrent_part_as_it_was_drawn(optimizer):
    drawn = train_echo(3, [0, 1], 0, **SMALL)
    readout_only = train_echo(0, [0, 1], 50, optimizer=optimizer, **SMALL)
    assert np.isnan(drawn.error).all()
    assert (readout_only.error < 1.5).all()
    # weights on the grid: the last bits differ
    np.testing.assert_allclose(drawn.radius, readout_only.radius, rtol=1e-4)
    np.testing.assert_allclose(drawn.activity, readout_only.activity, rtol=1e-4)


def test_an_orthogonal_start_has_radius_one():
    drawn = train_echo(1, [0, 1], 0, start="orthogonal")
    np.testing.assert_allclose(drawn.radius, 1, rtol=1e-12)
    np.testing.assert_allclose(drawn.norm, 1, rtol=1e-12)
    uniform = train_echo(1, [0, 1], 0)
    assert (uniform.radius < 0.9).all()
    assert (uniform.radius < uniform.norm).all()


def test_the_radius_stays_below_its_bound():
    free, bounded = (train_echo(3, [0, 1], 60, largest_radius=r, **SMALL) for r in (None, 0.3))
    assert (free.radius > 0.35).all()
    assert (bounded.radius < 0.3 + 1e-4).all()
    assert (bounded.radius > 0.2).all()
    unreached = train_echo(3, [0, 1], 60, largest_radius=9.0, **SMALL)
    np.testing.assert_array_equal(unreached, free)


def by_autograd(seed, window, updates, learning_rate, lag, time, batch, d_hidden):
    """The same network trained by torch: error, norm and mean modulus of its states."""
    rng = np.random.default_rng(seed)
    W_hy = rng.normal(size=(1, d_hidden)) / np.sqrt(d_hidden)
    weights = [torch.tensor(W_hy)]
    weights += [torch.tensor(weight) for weight in SRN().init(rng, 1, d_hidden)]
    errors = []

    def states(signs):
        _, W_xh, W_hh, b_h = weights
        h, hs = torch.zeros(len(signs), d_hidden).double(), []
        for x in torch.tensor(signs).unbind(1):
            h = torch.tanh(x @ W_xh.T + (h.detach() if window == 1 else h) @ W_hh.T + b_h)
            hs.append(h)
        return torch.stack(hs, dim=1)

    for _ in range(updates):
        signs = rng.choice([-1.0, 1.0], size=(batch, time, 1))
        weights = [weight.detach().requires_grad_() for weight in weights]
        misses = states(signs)[:, lag:] @ weights[0].T - torch.tensor(signs[:, : time - lag])
        errors.append((misses**2).mean())
        grads = torch.autograd.grad(errors[-1] / 2, weights)
        weights = [w - learning_rate * d for w, d in zip(weights, grads, strict=True)]
    fresh = np.random.default_rng(99).choice([-1.0, 1.0], size=(time, 400, 1)).swapaxes(0, 1)
    activity = states(fresh).abs().mean().item()
    error = np.mean([error.item() for error in errors[-20:]])
    return error, torch.linalg.norm(weights[2], 2).item(), activity


@pytest.mark.parametrize("window", [1, 6])
def test_plain_descent_is_that_of_autograd(window):
    got = train_echo(window, [5], 30, optimizer="sgd", learning_rate=0.5, **SMALL)
    error, norm, activity = by_autograd(5, window, 30, 0.5, **SMALL)
    # weights on the grid of 2^-20 differ in the sixth digit
    np.testing.assert_allclose(got.error, error, rtol=1e-4)
    np.testing.assert_allclose(got.norm, norm, rtol=1e-4)
    np.testing.assert_allclose(got.activity, activity, rtol=1e-4)


def test_what_is_left_of_the_sign_is_the_error_of_the_best_readout():
    """A sign of lag 0 is in the state whatever the weights are; one of lag 14 is not."""
    assert train_echo(0, [0], 0, lag=0, d_hidden=8).unreadable < 0.1
    assert train_echo(0, [0], 0, lag=14, d_hidden=8).unreadable > 0.8


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"seeds": []}, "number of seeds: expected a whole number, 1 or more, got 0"),
        ({"window": -1}, "window: expected a whole number, 0 or more, got -1"),
        ({"updates": -1}, "updates: expected a whole number, 0 or more, got -1"),
        ({"lag": -1}, "lag: expected a whole number, 0 or more, got -1"),
        ({"lag": 16}, "time: expected a whole number, 17 or more, got 16"),
        ({"batch": 0}, "batch: expected a whole number, 1 or more, got 0"),
        ({"d_hidden": 0}, "d_hidden: expected a whole number, 1 or more, got 0"),
        ({"optimizer": "Adam"}, "optimizer: expected one of 'adam', 'sgd', got 'Adam'"),
        ({"start": "zero"}, "start: expected one of 'uniform', 'orthogonal', got 'zero'"),
        ({"learning_rate": 0.0}, "learning_rate: expected a positive number"),
        ({"largest_radius": 0.0}, "largest_radius: expected a positive number"),
    ],
)
def test_refuses_arguments_that_make_no_sense(bad, message):
    with pytest.raises(ValueError, match=message):
        train_echo(**({"window": 1, "seeds": [0]} | bad))


def test_refuses_to_train_no_window():
    with pytest.raises(ValueError, match="number of windows: expected a whole number, 1 or more"):
        train_echoes([], [0])

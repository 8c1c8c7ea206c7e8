"""Networks that must repeat an old input, trained by truncated backpropagation through time.

The task needs exactly one lag, so a window that is too short shows. Networks of several seeds
are trained side by side; none depends on another. The gradients are the numpy ones of
``truncated``; torch lends the optimizer.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.norms import spectral_radius
from course_lib.foundations.validate import check_one_of, check_positive, check_whole
from course_lib.gradient_flow.truncated import band_gradients, weight_gradient
from course_lib.optimization.fit_torch import adam
from course_lib.recurrent.srn import SRN, Params

GRID = 2.0**-20
"""Weights are rounded to multiples of this, so that every processor trains the same network."""


class Echo(NamedTuple):
    """What became of each network.

    Attributes:
        error: mean squared error of the last 20 minibatches.
        radius: spectral radius of the recurrent weights.
        norm: their largest singular value.
        activity: mean modulus of the states.
        unreadable: squared error of the best linear readout of the states, on new
            sequences: 0 if the states hold the wanted sign, about 1 if nothing linear is
            left of it.
    """

    error: Float[Array, " networks"]
    radius: Float[Array, " networks"]
    norm: Float[Array, " networks"]
    activity: Float[Array, " networks"]
    unreadable: Float[Array, " networks"]


def train_echo(window: int, seeds: Sequence[int], updates: int = 300, **settings: Any) -> Echo:
    """Train tanh networks to say after each random sign the one that came some steps before.

    Args:
        window: how many steps each loss is propagated back; 0 trains the output weights only.
        seeds: one network for each.
        updates: how many minibatches are seen.
        settings: as in ``train_echoes``.

    Returns:
        Errors, and what the trained networks are like; the error is nan without an update.

    Raises:
        ValueError: as in ``train_echoes``.
    """
    return train_echoes([window], seeds, updates, **settings)[0]


def train_echoes(
    windows: Sequence[int],
    seeds: Sequence[int],
    updates: int = 300,
    optimizer: str = "adam",
    learning_rate: float = 0.01,
    start: str = "uniform",
    largest_radius: float | None = None,
    lag: int = 5,
    time: int = 16,
    batch: int = 16,
    d_hidden: int = 16,
) -> list[Echo]:
    """Train networks to echo as ``train_echo`` does, those of several windows side by side.

    Args:
        windows: how many steps each loss is propagated back; 0 trains the output weights only.
        seeds: one network of each window for each; a seed brings the same first weights and the
            same sequences to every window.
        updates: how many minibatches are seen; 0 looks at the network as it was drawn.
        optimizer: adam, or sgd, which subtracts the gradient times the learning rate.
        learning_rate: of the optimizer.
        start: uniform takes the recurrent weights of ``SRN.init``, orthogonal the orthogonal
            factor of their QR decomposition.
        largest_radius: after each update, recurrent weights of a larger spectral radius are
            scaled down to this one; None means never.
        lag: how old the wanted sign is.
        time: length of a sequence; the first ``lag`` steps have no loss.
        batch: sequences in a minibatch.
        d_hidden: units of a network.

    Returns:
        For each window what ``train_echo`` returns.

    Raises:
        ValueError: a number is too small, or ``optimizer`` or ``start`` is none of these.
    """
    for name, value, smallest in (
        ("number of windows", len(windows), 1),
        ("number of seeds", len(seeds), 1),
        *(("window", window, 0) for window in windows),
        ("updates", updates, 0),
        ("lag", lag, 0),
        ("time", time, lag + 1),
        ("batch", batch, 1),
        ("d_hidden", d_hidden, 1),
    ):
        check_whole(name, value, smallest)
    check_one_of("optimizer", optimizer, ("adam", "sgd"))
    check_one_of("start", start, ("uniform", "orthogonal"))
    check_positive("learning_rate", learning_rate)
    if largest_radius is not None:
        check_positive("largest_radius", largest_radius)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    drawn = [(rng.normal(size=(1, d_hidden)), *SRN().init(rng, 1, d_hidden)) for rng in rngs]
    weights = [np.stack(arrays * len(windows)) for arrays in zip(*drawn, strict=True)]
    W_hy, params = weights[0], Params(*weights[1:])
    W_hy /= d_hidden**0.5
    if start == "orthogonal":
        params.W_hh[:] = np.linalg.qr(params.W_hh)[0]
    tensors = [torch.from_numpy(weight) for weight in weights]  # the same memory
    update = adam(tensors, learning_rate)
    groups = [slice(i * len(seeds), (i + 1) * len(seeds)) for i in range(len(windows))]
    errors = []
    for _ in range(updates):
        signs = np.stack([rng.choice([-1.0, 1.0], size=(batch, time, 1)) for rng in rngs])
        signs = np.concatenate([signs.swapaxes(1, 2)] * len(windows))
        hs = _states(params, signs)
        misses = hs[:, lag:] @ W_hy.swapaxes(1, 2)[:, None] - signs[:, : time - lag]
        errors.append(np.mean(misses**2, axis=(1, 2, 3)))
        d_ys = np.zeros_like(signs)
        d_ys[:, lag:] = misses / misses[0].size  # of half the mean square
        grads = [weight_gradient(d_ys, hs), *(np.zeros_like(weight) for weight in params)]
        for own, window in zip(groups, windows, strict=True):
            if window > 0:
                d_hs = d_ys[own] @ W_hy[own, None]
                found = band_gradients(params.W_hh[own], signs[own], hs[own], d_hs, window)
                for grad, part in zip(grads[1:], found, strict=True):
                    grad[own] = part
        if optimizer == "adam":
            for tensor, grad in zip(tensors, grads, strict=True):
                tensor.grad = torch.from_numpy(grad)
            update()
        else:
            for weight, grad in zip(weights, grads, strict=True):
                weight -= learning_rate * grad
        if largest_radius is not None:
            for W_hh in params.W_hh:
                W_hh *= min(1.0, largest_radius / spectral_radius(W_hh))
        for weight in weights:
            weight[:] = np.round(weight / GRID) * GRID
    error = np.mean(errors[-20:], axis=0) if errors else np.full(len(W_hy), np.nan)
    radius = np.array([spectral_radius(W_hh) for W_hh in params.W_hh])
    norm = np.linalg.norm(params.W_hh, ord=2, axis=(1, 2))
    whole = Echo(error, radius, norm, *_inspect(params, lag, time))
    return [Echo(*(values[own] for values in whole)) for own in groups]


def _states(
    params: Params, xs: Float[Array, "networks time batch d_in"]
) -> Float[Array, "networks time batch d_hidden"]:
    W_xh, W_hh, b_h = params
    networks, time, batch, _ = xs.shape
    hs = np.zeros((networks, time + 1, batch, b_h.shape[1]))  # ends with the state before step 1
    projected = xs @ W_xh.swapaxes(1, 2)[:, None] + b_h[:, None, None]
    transposed = np.ascontiguousarray(W_hh.swapaxes(1, 2))  # a third of the time of a view
    for t in range(time):
        hs[:, t] = np.tanh(projected[:, t] + hs[:, t - 1] @ transposed)
    return hs[:, :-1]


def _inspect(params: Params, lag: int, time: int) -> tuple[Array, Array]:
    """Mean modulus of the states, and the error of a readout fitted on half of 400 sequences."""
    rng = np.random.default_rng(99)
    signs = rng.choice([-1.0, 1.0], size=(1, time, 400, 1))
    states = _states(params, np.repeat(signs, len(params.W_hh), axis=0))
    wanted = signs[0, : time - lag, :, 0]
    unreadable = []
    for hs in states[:, lag:]:
        seen, fresh = (half.reshape(-1, hs.shape[2]) for half in (hs[:, :200], hs[:, 200:]))
        readout = np.linalg.lstsq(seen, wanted[:, :200].ravel(), rcond=1e-10)[0]
        unreadable.append(np.mean((fresh @ readout - wanted[:, 200:].ravel()) ** 2))
    return np.abs(states).mean(axis=(1, 2, 3)), np.array(unreadable)

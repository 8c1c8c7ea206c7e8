"""Two small cells that the suite needs: a state of two arrays, and a cell without a split form."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course_lib.foundations.nonlinearities import logistic
from course_lib.recurrent.cell import Cell, check_inputs
from course_lib.recurrent.srn import Params as SRNParams


class LSTMParams(NamedTuple):
    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray


class LSTMState(NamedTuple):
    h: np.ndarray
    c: np.ndarray


class LSTMCache(NamedTuple):
    x: np.ndarray
    previous: LSTMState
    gates: tuple
    c: np.ndarray


class LSTMProjectedCache(NamedTuple):
    previous: LSTMState
    gates: np.ndarray
    tanh_c: np.ndarray


@dataclass(frozen=True)
class LSTMSketch(Cell):
    """Gates in torch's order: input, forget, candidate, output."""

    def step(self, params, x, state):
        check_inputs(x, params.W_x.shape[1])
        z = np.split(state.h @ params.W_h.T + x @ params.W_x.T + params.b, 4, axis=1)
        i, f, g, o = gates = logistic(z[0]), logistic(z[1]), np.tanh(z[2]), logistic(z[3])
        c = f * state.c + i * g
        return LSTMState(o * np.tanh(c), c), LSTMCache(x, state, gates, c)

    def step_backward(self, params, cache, d_state):
        x, (h_prev, c_prev), (i, f, g, o), c = cache
        d_o = d_state.h * np.tanh(c)
        d_c = d_state.c + d_state.h * o / np.cosh(c) ** 2
        d_i, d_f, d_g = d_c * g, d_c * c_prev, d_c * i
        delta = np.hstack(
            [d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g * g), d_o * o * (1 - o)]
        )
        d_params = LSTMParams(delta.T @ x, delta.T @ h_prev, delta.sum(axis=0))
        return d_params, delta @ params.W_x, LSTMState(delta @ params.W_h, d_c * f)

    def init(self, rng, d_in, d_hidden):
        shapes = (4 * d_hidden, d_in), (4 * d_hidden, d_hidden), (4 * d_hidden,)
        return LSTMParams(*(rng.uniform(-0.5, 0.5, shape) for shape in shapes))

    def zero_state(self, params, batch):
        zero = np.zeros((batch, params.W_h.shape[1]), params.W_h.dtype)
        return LSTMState(zero, zero.copy())

    def input_projection(self, params, xs):
        check_inputs(xs, params.W_x.shape[1])
        return xs @ params.W_x.T + params.b

    def step_projected(self, params, projected, state):
        d = state.h.shape[1]
        gates = projected + state.h @ params.W_h.T
        gates[:, : 2 * d] = logistic(gates[:, : 2 * d])
        gates[:, 2 * d : 3 * d] = np.tanh(gates[:, 2 * d : 3 * d])
        gates[:, 3 * d :] = logistic(gates[:, 3 * d :])
        i, f, g, o = np.split(gates, 4, axis=1)
        c = f * state.c + i * g
        tanh_c = np.tanh(c)
        return LSTMState(o * tanh_c, c), LSTMProjectedCache(state, gates, tanh_c)

    def step_projected_backward(self, params, cache, d_state):
        i, f, g, o = np.split(cache.gates, 4, axis=1)
        d_c = d_state.c + d_state.h * o * (1 - cache.tanh_c**2)
        delta = np.concatenate(
            [
                d_c * g * i * (1 - i),
                d_c * cache.previous.c * f * (1 - f),
                d_c * i * (1 - g * g),
                d_state.h * cache.tanh_c * o * (1 - o),
            ],
            axis=1,
        )
        return delta, LSTMState(delta @ params.W_h, d_c * f)

    def weight_gradients(self, params, xs, caches, deltas):
        delta = np.concatenate(deltas)
        h_prev = np.concatenate([cache.previous.h for cache in caches])
        W_x, W_h = delta.T @ xs.reshape(-1, xs.shape[-1]), delta.T @ h_prev
        return LSTMParams(W_x, W_h, delta.sum(axis=0)), (delta @ params.W_x).reshape(xs.shape)

    def params_from_torch(self, module, suffix="l0"):
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        arrays = [getattr(module, f"{name}_{suffix}").detach().numpy() for name in names]
        return LSTMParams(arrays[0].copy(), arrays[1].copy(), arrays[2] + arrays[3])


@dataclass(frozen=True)
class StepOnlySketch(Cell):
    """h_t = h_{t-1} / 2 + tanh(W_xh x_t + W_hh h_{t-1} + b_h), without a split form."""

    def step(self, params, x, state):
        check_inputs(x, params.W_xh.shape[1])
        update = np.tanh(x @ params.W_xh.T + state @ params.W_hh.T + params.b_h)
        return state / 2 + update, (x, state, update)

    def step_backward(self, params, cache, d_state):
        x, h_prev, update = cache
        delta = d_state * (1 - update * update)
        d_params = SRNParams(delta.T @ x, delta.T @ h_prev, delta.sum(axis=0))
        return d_params, delta @ params.W_xh, d_state / 2 + delta @ params.W_hh

    def init(self, rng, d_in, d_hidden):
        shapes = (d_hidden, d_in), (d_hidden, d_hidden), (d_hidden,)
        return SRNParams(*(rng.uniform(-0.5, 0.5, shape) for shape in shapes))

    def zero_state(self, params, batch):
        return np.zeros((batch, len(params.b_h)), params.b_h.dtype)

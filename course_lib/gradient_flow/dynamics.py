"""Recurrent networks that imitate a dynamical system, and how far ahead they can be trusted."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_shape, check_whole
from course_lib.recurrent import bptt
from course_lib.recurrent.srn import SRN, Params


def output_bound(W_hy: Float[Array, "d_out d_hidden"]) -> Float[Array, " d_out"]:
    """The largest value that each output can take if no unit leaves [-1, 1].

    Implements eq-output-bound (chapter: recurrence).

    >>> output_bound(np.array([[1.0, -2.0, 3.0]]))
    array([6.])
    """
    return np.abs(as_floating("W_hy", W_hy)).sum(axis=1)  # eq-output-bound


def logistic_map(s: Float[Array, "*shape"], rate: float = 4.0) -> Float[Array, "*shape"]:
    """One step of rate * s * (1 - s) on [0, 1]: chaotic at rate 4.

    >>> logistic_map(np.array([0.25, 0.75]))
    array([0.75, 0.75])
    """
    s = as_floating("s", s)
    return rate * s * (1.0 - s)


def logistic_map_slope(s: Float[Array, "*shape"], rate: float = 4.0) -> Float[Array, "*shape"]:
    """By how much the map stretches a small error at s; negative where it also flips it."""
    return rate * (1.0 - 2.0 * s)


def pendulum(
    s: Float[Array, "batch 2"],
    torque: Float[Array, "batch 1"],
    friction: float = 0.5,
    time_step: float = 0.2,
) -> Float[Array, "batch 2"]:
    """Swing a pendulum on by one time step, with the torque held during it.

    Angle and velocity obey angle'' = -sin(angle) - friction * angle' + torque; one
    step of the classical Runge-Kutta method.

    Args:
        s: angle and angular velocity; the pendulum hangs at (0, 0).
        torque: what pushes it.
        friction: 0 conserves the energy but for the torque.
        time_step: in units of the time in which a small swing turns by one radian.
    """

    def rate(s: Array) -> Array:
        angle, velocity = s[:, :1], s[:, 1:]
        return np.concatenate([velocity, torque - np.sin(angle) - friction * velocity], axis=1)

    s = as_floating("s", s)
    k1 = rate(s)
    k2 = rate(s + 0.5 * time_step * k1)
    k3 = rate(s + 0.5 * time_step * k2)
    k4 = rate(s + time_step * k3)
    return s + time_step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def horizon_bound(one_step: float, lipschitz: float, steps: int) -> float:
    """The most that errors of one step can add up to if each is stretched by ``lipschitz``.

    Implements eq-horizon-bound (chapter: recurrence).

    Args:
        one_step: the largest error of the model over a single step.
        lipschitz: no two states of the true system move apart by a larger factor.
        steps: how far ahead.

    Raises:
        ValueError: an argument is negative, or ``steps`` is not whole.

    >>> horizon_bound(0.001, 2.0, 3)  # 0.001 * (1 + 2 + 4)
    0.007
    """
    check_at_least("one_step", one_step, 0)
    check_at_least("lipschitz", lipschitz, 0)
    check_whole("steps", steps, 0)
    if lipschitz == 1:
        return one_step * steps
    return one_step * (lipschitz**steps - 1) / (lipschitz - 1)  # eq-horizon-bound


class OneStepModel(NamedTuple):
    """A network with one hidden layer that maps a state and an input to the next state.

    Attributes:
        W_sh: from the state to the hidden units, (d_hidden, d_state).
        W_xh: from the input, (d_hidden, d_in).
        b_h: bias of the hidden units, (d_hidden,).
        W_hy: from the hidden units to the next state, (d_state, d_hidden).
    """

    W_sh: Float[Array, "d_hidden d_state"]
    W_xh: Float[Array, "d_hidden d_in"]
    b_h: Float[Array, " d_hidden"]
    W_hy: Float[Array, "d_state d_hidden"]

    def step(
        self, s: Float[Array, "batch d_state"], x: Float[Array, "batch d_in"]
    ) -> Float[Array, "batch d_state"]:
        """W_hy tanh(W_sh s + W_xh x + b_h)."""
        return np.tanh(s @ self.W_sh.T + x @ self.W_xh.T + self.b_h) @ self.W_hy.T


def fit_one_step(
    rng: np.random.Generator,
    states: Float[Array, "samples d_state"],
    inputs: Float[Array, "samples d_in"],
    next_states: Float[Array, "samples d_state"],
    d_hidden: int,
    spread: float = 1.0,
) -> OneStepModel:
    """Draw the hidden units at random and solve for the output weights.

    Least squares on random units is the shortest way to a good approximation of a
    function of a few variables; nothing has to be tuned but ``spread``.

    Args:
        rng: draws the hidden units.
        states: where the system was.
        inputs: what came in; zero columns for a system without input.
        next_states: where the system went.
        d_hidden: number of hidden units.
        spread: standard deviation of their weights and biases.

    Raises:
        ValueError: the three arrays do not have the same number of rows, or
            ``d_hidden`` is no whole number from 1 on.
    """
    check_whole("d_hidden", d_hidden, 1)
    check_shape("inputs", inputs, (len(states), "d_in"))
    check_shape("next_states", next_states, states.shape)
    W_sh = spread * rng.standard_normal((d_hidden, states.shape[1]))
    W_xh = spread * rng.standard_normal((d_hidden, inputs.shape[1]))
    b_h = spread * rng.standard_normal(d_hidden)
    hidden = np.tanh(states @ W_sh.T + inputs @ W_xh.T + b_h)
    W_hy = np.linalg.lstsq(hidden, next_states, rcond=1e-12)[0].T
    return OneStepModel(W_sh, W_xh, b_h, W_hy)


class FreeRunningNetwork(NamedTuple):
    """A simple recurrent network whose outputs follow a dynamical system.

    Attributes:
        params: of the network.
        W_hy: reads the state of the system from the state of the network.
    """

    params: Params
    W_hy: Float[Array, "d_state d_hidden"]

    def run(
        self, s0: Float[Array, "batch d_state"], xs: Float[Array, "batch time d_in"]
    ) -> Float[Array, "batch time d_state"]:
        """Let the network run on by itself from a state of the system.

        Any hidden state that is read as ``s0`` will do, because the next step sees no more of it.
        """
        h0 = np.linalg.lstsq(self.W_hy, s0.T)[0].T
        hs, _ = bptt.forward(SRN("tanh"), self.params, xs, state0=h0)
        return hs @ self.W_hy.T


def free_running(model: OneStepModel) -> FreeRunningNetwork:
    """The recurrent network that a one-step model becomes when it is fed its own answers.

    Implements eq-closed-loop (chapter: recurrence).
    """
    W_hh = model.W_sh @ model.W_hy  # eq-closed-loop
    return FreeRunningNetwork(Params(model.W_xh, W_hh, model.b_h), model.W_hy)

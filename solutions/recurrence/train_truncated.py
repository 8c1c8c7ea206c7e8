# %%
import numpy as np
import torch

# %% [markdown]
# ## Training with truncated backpropagation
#
# A long recording cannot be kept in memory for one backward pass. Truncated backpropagation through
# time cuts it into windows and updates the weights after each. The states are not cut:
# each window starts from the state in which the last one ended. The errors are cut: none crosses
# from one window into the one before. Here only $W_{hh}$ is trained. With
#
# $$ h_t = \tanh(z_t), \quad z_t = W_{hh} h_{t-1} + W_{xh} x_t + b_h, \quad h_0 = 0, \qquad
#    \mathcal L_t = \tfrac12\lVert h_t - r_t\rVert^2, $$
#
# handle the windows in order of time. For a window from step $s$ to step $e$:
#
# 1. compute its states with the weights as they are now, and the sum of its losses;
# 2. compute $\delta_t = f'(z_t)\odot\big(h_t - r_t + W_{hh}^\top\delta_{t+1}\big)$ from $t = e$
#    down to $s$, with $\delta_{e+1} = 0$;
# 3. subtract from $W_{hh}$ the learning rate times $\sum_{t=s}^{e}\delta_t h_{t-1}^\top$.
#
# **Write** `train_truncated(xs, targets, W_xh, W_hh, b_h, window, learning_rate)` with `xs`
# `(time, d_in)` and `targets` ($r_t$) `(time, d_hidden)`; return the pair `(losses, W_hh)`: an
# array with the loss of each window, from before its update, and the weights after the last
# update. The last window may be shorter than the others, and a window of one step or one longer
# than the series is allowed.
#
# *Example.* One unit, $W_{xh} = 1$, $W_{hh} = b_h = 0$, $x = (1, 1)$, $r = 0$, windows of one step,
# learning rate 1: the first window has the state $\tanh 1 = 0.7616$, the loss $0.2900$ and the
# gradient 0, since $h_0 = 0$. The second has the same loss, and its gradient is
# $0.7616\cdot(1-0.7616^2)\cdot 0.7616 = 0.2436$: the weight becomes $-0.2436$.


# %%
def train_truncated(xs, targets, W_xh, W_hh, b_h, window, learning_rate):
    """Train the recurrent weights by one pass over a series, with an update after each window."""
    ### BEGIN SOLUTION
    W, state, losses = W_hh, np.zeros(len(b_h)), []
    for start in range(0, len(xs), window):
        end = min(start + window, len(xs))
        hs = [state]
        for x in xs[start:end]:
            hs.append(np.tanh(W @ hs[-1] + W_xh @ x + b_h))
        hs, state = np.array(hs), hs[-1]
        errors = hs[1:] - targets[start:end]
        gradient, back = np.zeros_like(W), np.zeros(len(b_h))
        for t in reversed(range(end - start)):
            delta = (1 - hs[t + 1] ** 2) * (errors[t] + back)
            gradient += np.outer(delta, hs[t])
            back = W.T @ delta
        losses.append(0.5 * np.sum(errors**2))
        W = W - learning_rate * gradient
    return np.array(losses), W
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, time, window, d_in=2, d=3, largest=1.0):
    xs, targets = 0.5 * rng.normal(size=(time, d_in)), largest * rng.normal(size=(time, d))
    weights = rng.normal(size=(d, d_in)), 0.8 * rng.normal(size=(d, d)), 0.3 * rng.normal(size=d)
    return xs, targets, *weights, window, float(rng.uniform(0.05, 0.2))


def one_unit_and_one_input(rng):
    """All terms have one sign: where they cancel, rounding is amplified."""
    xs, targets, weights = rng.random((5, 1)), -rng.random((5, 1)), rng.random((2, 1, 1))
    return xs, targets, *weights, rng.random(1), 2, 0.1


def by_autograd(xs, targets, W_xh, W_hh, b_h, window, learning_rate):
    xs, targets, W_xh, W, b_h = map(torch.from_numpy, (xs, targets, W_xh, W_hh.copy(), b_h))
    W.requires_grad_()
    h, losses = torch.zeros_like(b_h), []
    for inputs, wanted in zip(xs.split(window), targets.split(window), strict=True):
        h, loss = h.detach(), 0.0
        for x, r in zip(inputs, wanted, strict=True):
            h = torch.tanh(W @ h + W_xh @ x + b_h)
            loss = loss + 0.5 * ((h - r) ** 2).sum()
        losses.append(loss)
        W.data -= learning_rate * torch.autograd.grad(loss, W)[0]
    return torch.stack(losses), W


UPDATE, LOSS = "        W = W - learning_rate * gradient\n", "0.5 * np.sum(errors**2)"
task = Task(
    train_truncated,
    points=4,
    compare=Close(condition=2e3, float32=True),  # 30 roundings, amplified by 60
    returns=("losses", "W_hh"),
    forbidden=(
        "course_lib.gradient_flow.truncated",
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.gradient_flow.checkpointing",
    ),
    examples=[
        (np.ones((2, 1)), np.zeros((2, 1)), np.eye(1), np.zeros((1, 1)), np.zeros(1), 1, 1.0)
    ],
    regimes={
        "a shorter last window": lambda rng: inputs_of(rng, int(rng.integers(13, 16)), 4),
        "whole windows": lambda rng: inputs_of(rng, 3 * int(rng.integers(2, 5)), 3),
        "windows of one step": lambda rng: inputs_of(rng, int(rng.integers(4, 8)), 1),
        "one window": lambda rng: inputs_of(rng, 7, 7),
        "a window longer than the series": lambda rng: inputs_of(rng, 4, int(rng.integers(5, 10))),
        "one step left over": lambda rng: inputs_of(rng, 7, 2),
        "one step": lambda rng: inputs_of(rng, 1, int(rng.integers(1, 4))),
        "more inputs than units": lambda rng: inputs_of(rng, 6, 3, d_in=4, d=2),
        "one unit and one input": one_unit_and_one_input,
        "large errors": lambda rng: inputs_of(rng, 8, 3, largest=5.0),
    },
    right=[by_autograd],
    wrong={
        "climbs": (
            "The update has the wrong sign; subtract the gradient.",
            {"W - learning_rate": "W + learning_rate"},
        ),
        "one update at the end": (
            "The weights change only at the end; update them after each window.",
            {
                "np.zeros(len(b_h)), []": "np.zeros(len(b_h)), []\n    change = np.zeros_like(W)",
                UPDATE: "        change += learning_rate * gradient\n",
                "return np.array(losses), W": "return np.array(losses), W - change",
            },
        ),
        "state reset": (
            "The state starts from 0 in every window; carry it over, and cut only the errors.",
            {"hs = [state]": "hs = [0 * state]"},
        ),
        "not cut": (
            "This is one update with the gradient of the whole series; cut it into windows.",
            lambda right, *inputs: right(*inputs[:5], len(inputs[0]), inputs[6]),
        ),
        "missing transpose": (
            "Errors go back through `W_hh` itself; send them through its transpose, `W_hh.T`.",
            {"W.T @": "W @"},
        ),
        "shorter window lost": (
            "The last window is left out where it is shorter than the others; count it, too.",
            {"range(0, len(xs), window)": "range(0, len(xs) - window + 1, window)"},
        ),
        "state after the step": (
            "Each error is paired with the state after its step; pair it with the state before.",
            {"hs[t])": "hs[t + 1])"},
        ),
        "mean loss": (
            "The loss of a window is divided by its steps; take the sum.",
            {LOSS: "0.5 * np.sum(errors**2) / len(errors)"},
        ),
    },
)

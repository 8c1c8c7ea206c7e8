# %%
import numpy as np
import torch

# %% [markdown]
# ## Backpropagation through time, cut short
#
# A long recording cannot be kept in memory for one backward pass. Truncated backpropagation cuts
# it into windows of $k$ steps. Going forward nothing is cut: each window starts from the state in
# which the last one ended. Going backward, no error crosses from one window into the one before.
# With
#
# $$ h_t = \tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h), \quad h_{-1} = 0, \qquad
#    \mathcal L = \tfrac12\sum_t \lVert h_t - y_t\rVert^2 , $$
#
# the truncated gradient is the sum over windows of $\sum_t \delta_t h_{t-1}^\top$, where the
# $\delta_t$ of a window start from 0 at its end. For $k \ge T$ it is the full gradient.
#
# **Write** `truncated_gradient(xs, ys, W_xh, W_hh, b_h, window)` with `xs` `(time, d_in)`, `ys`
# `(time, d_hidden)`; return the pair `(loss, d_W_hh)`. The last window may be shorter than the
# others, and a window of one step or one longer than the series is allowed.
#
# *Example.* One unit, $W_{xh} = 1$, $W_{hh} = b_h = 0$, $x = (1, 1)$, $y = 0$: both states are
# $\tanh 1 = 0.7616$, the loss is $0.5800$. Only step 1 has a state before it; with window 1 or 2
# the gradient is $0.7616\cdot(1-0.7616^2)\cdot 0.7616 = 0.2436$.


# %%
def truncated_gradient(xs, ys, W_xh, W_hh, b_h, window):
    """Return the loss, and the gradient of the recurrent weights, window by window."""
    ### BEGIN SOLUTION
    states = [np.zeros(len(b_h))]
    for x in xs:
        states.append(np.tanh(W_hh @ states[-1] + W_xh @ x + b_h))
    hs = np.array(states)
    errors = hs[1:] - ys
    d_W_hh = np.zeros_like(W_hh)
    for start in range(0, len(xs), window):
        back = np.zeros(len(b_h))
        for t in reversed(range(start, min(start + window, len(xs)))):
            delta = (1 - hs[t + 1] ** 2) * (errors[t] + back)
            d_W_hh += np.outer(delta, hs[t])
            back = W_hh.T @ delta
    return 0.5 * np.sum(errors**2), d_W_hh
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, time, window, d_in=2, d=3, largest=1.0):
    xs, ys = 0.5 * rng.normal(size=(time, d_in)), largest * rng.normal(size=(time, d))
    weights = rng.normal(size=(d, d_in)), 0.8 * rng.normal(size=(d, d)), 0.3 * rng.normal(size=d)
    return xs, ys, *weights, window


def one_unit_and_one_input(rng):
    """All terms have one sign: where they cancel, rounding is amplified."""
    xs, ys, weights = rng.random((5, 1)), -rng.random((5, 1)), rng.random((2, 1, 1))
    return xs, ys, *weights, rng.random(1), 2


def by_autograd(xs, ys, W_xh, W_hh, b_h, window):
    xs, ys, W_xh, W_hh, b_h = map(torch.from_numpy, (xs, ys, W_xh, W_hh, b_h))
    h, loss = torch.zeros_like(b_h), 0.0
    W_hh.requires_grad_()
    for t in range(len(xs)):
        h = torch.tanh(W_hh @ (h if t % window else h.detach()) + W_xh @ xs[t] + b_h)
        loss = loss + 0.5 * ((h - ys[t]) ** 2).sum()
    return loss, *torch.autograd.grad(loss, W_hh)


task = Task(
    truncated_gradient,
    points=4,
    compare=Close(condition=2e3, float32=True),  # 30 roundings, amplified by 60
    returns=("loss", "d_W_hh"),
    forbidden=(
        "course_lib.gradient_flow.truncated",
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.gradient_flow.checkpointing",
    ),
    examples=[(np.ones((2, 1)), np.zeros((2, 1)), np.eye(1), np.zeros((1, 1)), np.zeros(1), 1)],
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
        "large errors": lambda rng: inputs_of(rng, 8, 3, largest=10.0),
    },
    right=[by_autograd],
    equivalent={"range(0, len(xs), window) -> range(0, len(xs) + 1, window)": "an empty window"},
    wrong={
        "not cut": (
            "This is the full gradient; cut the errors (in torch, detach) where a window starts.",
            lambda right, *inputs: right(*inputs[:-1], len(inputs[0])),
        ),
        "state reset": (
            "The state starts from 0 in every window; carry it over, and cut only the errors.",
            {
                "for x in xs": "for t, x in enumerate(xs)",
                "W_hh @ states[-1]": "W_hh @ (states[-1] * (t % window > 0))",
                "hs[t])": "hs[t] * (t > start))",
            },
        ),
        "last window only": (
            "Only the last window's gradient is returned; sum over the windows.",
            {"back = np.zeros(len(b_h))": "back, d_W_hh = np.zeros(len(b_h)), 0 * d_W_hh"},
        ),
        "missing transpose": (
            "Errors go back through `W_hh` itself; send them through its transpose, `W_hh.T`.",
            {"W_hh.T @": "W_hh @"},
        ),
        "shorter window lost": (
            "The last window is left out where it is shorter than the others; count it, too.",
            {"range(0, len(xs), window)": "range(0, len(xs) - window + 1, window)"},
        ),
        "state after the step": (
            "Each error is paired with the state after its step; pair it with the state before.",
            {"hs[t])": "hs[t + 1])"},
        ),
    },
)

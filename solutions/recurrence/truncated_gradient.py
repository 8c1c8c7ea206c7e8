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
# `(time, d_hidden)`; return the pair `(loss, d_W_hh)`. The last window may be shorter.
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


def cut_inputs(rng):
    window, d = int(rng.integers(2, 4)), 3
    time = window * int(rng.integers(3, 5)) - int(rng.integers(1, window))  # a shorter last window
    weights = rng.normal(size=(d, 2)), 0.8 * rng.normal(size=(d, d)), 0.3 * rng.normal(size=d)
    return 0.5 * rng.normal(size=(time, 2)), rng.normal(size=(time, d)), *weights, window


def cut_with(xs, ys, W_xh, W_hh, b_h, window, reset=False, only_last=False, transpose=True, pair=0):
    h, loss, total = np.zeros(len(b_h)), 0.0, np.zeros_like(W_hh)
    back_weights = W_hh.T if transpose else W_hh
    for start in range(0, len(xs), window):
        stop = min(start + window, len(xs))
        states = [0 * h if reset else h]
        for t in range(start, stop):
            states.append(np.tanh(W_hh @ states[-1] + W_xh @ xs[t] + b_h))
        carried, gradient = 0 * h, np.zeros_like(W_hh)
        for t in range(stop - 1, start - 1, -1):
            after = states[t - start + 1]
            delta = (1 - after**2) * (after - ys[t] + carried)
            gradient += np.outer(delta, states[t - start + pair])
            carried = back_weights @ delta
            loss += 0.5 * ((after - ys[t]) ** 2).sum()
        h = states[-1]
        total = gradient if only_last else total + gradient
    return loss, total


def not_cut(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, len(xs))


def state_reset(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, reset=True)


def last_window_only(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, only_last=True)


def cut_without_transpose(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, transpose=False)


def one_window_per_step(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, 1)


def shorter_window_lost(xs, ys, W_xh, W_hh, b_h, window):
    whole_windows = len(xs) // window * window
    return cut_with(xs[:whole_windows], ys, W_xh, W_hh, b_h, window)


def window_around_every_step(xs, ys, W_xh, W_hh, b_h, window):
    loss, total = truncated_gradient(xs, ys, W_xh, W_hh, b_h, len(xs))
    hs = [np.zeros(len(b_h))]
    for x in xs:
        hs.append(np.tanh(W_hh @ hs[-1] + W_xh @ x + b_h))
    total = 0 * W_hh
    for t in range(len(xs)):
        sent = hs[t + 1] - ys[t]
        for k in range(t, max(t - window, -1), -1):
            sent = (1 - hs[k + 1] ** 2) * sent
            total += np.outer(sent, hs[k])
            sent = W_hh.T @ sent
    return loss, total


def without_half(xs, ys, W_xh, W_hh, b_h, window):
    loss, total = truncated_gradient(xs, ys, W_xh, W_hh, b_h, window)
    return 2 * loss, 2 * total


def mean_over_steps(xs, ys, W_xh, W_hh, b_h, window):
    loss, total = truncated_gradient(xs, ys, W_xh, W_hh, b_h, window)
    return loss / len(xs), total / len(xs)


def paired_with_state_after(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window, pair=1)


def cut_by_windows(xs, ys, W_xh, W_hh, b_h, window):
    return cut_with(xs, ys, W_xh, W_hh, b_h, window)


def cut_by_autograd(xs, ys, W_xh, W_hh, b_h, window):
    W_x, b = torch.from_numpy(W_xh), torch.from_numpy(b_h)
    W = torch.from_numpy(W_hh).requires_grad_()
    h, loss = torch.zeros(len(b_h), dtype=torch.float64), 0
    for t, (x, y) in enumerate(zip(torch.from_numpy(xs), torch.from_numpy(ys), strict=True)):
        if t % window == 0:
            h = h.detach()
        h = torch.tanh(W @ h + W_x @ x + b)
        loss = loss + 0.5 * ((h - y) ** 2).sum()
    loss.backward()
    return loss, W.grad


def cut_by_one_product(xs, ys, W_xh, W_hh, b_h, window):
    hs = np.zeros((len(xs) + 1, len(b_h)))
    for t, projected_t in enumerate(xs @ W_xh.T + b_h):
        hs[t + 1] = np.tanh(hs[t] @ W_hh.T + projected_t)
    found = (hs[1:] - ys) * (1 - hs[1:] ** 2)
    for t in range(len(xs) - 2, -1, -1):
        if (t + 1) % window:
            found[t] += (1 - hs[t + 1] ** 2) * (found[t + 1] @ W_hh)
    return np.linalg.norm(hs[1:] - ys) ** 2 / 2, found.T @ hs[:-1]


def cut_in_single_precision(xs, ys, W_xh, W_hh, b_h, window):
    layer = torch.nn.RNN(xs.shape[1], len(b_h))
    for parameter, value in zip(layer.parameters(), (W_xh, W_hh, b_h, 0 * b_h), strict=True):
        parameter.data = torch.Tensor(value)
    h, loss = torch.zeros(1, len(b_h)), 0.0
    for x, y in zip(torch.Tensor(xs).split(window), torch.Tensor(ys).split(window), strict=True):
        hs, h = layer(x, h.detach())
        part = torch.nn.functional.mse_loss(hs, y, reduction="sum") / 2
        part.backward()
        loss += part.item()
    return loss, layer.weight_hh_l0.grad


# condition: 30 * 47
task = Task(
    truncated_gradient,
    points=4,
    compare=Close(condition=2000.0, float32=True),
    returns=("loss", "d_W_hh"),
    forbidden=(
        "course_lib.gradient_flow.truncated",
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.recurrent.srn_torch",
        "course_lib.gradient_flow.checkpointing",
    ),
    examples=[(np.ones((2, 1)), np.zeros((2, 1)), np.eye(1), np.zeros((1, 1)), np.zeros(1), 1)],
    regimes={"drawn": cut_inputs},
    right=[cut_by_windows, cut_by_autograd, cut_by_one_product, cut_in_single_precision],
    wrong={
        "not cut": (
            (
                "This is the full gradient: errors cross from one window into the one before. "
                "In torch, detach the state at the start of each window."
            ),
            not_cut,
        ),
        "state reset": (
            (
                "The state starts from 0 in every window. Only the errors are cut; carry the "
                "state over."
            ),
            state_reset,
        ),
        "last window only": (
            "Only the last window's gradient is returned; sum over the windows.",
            last_window_only,
        ),
        "missing transpose": (
            ("Errors travel back through the transpose, `W_hh.T`; here the transpose is missing."),
            cut_without_transpose,
        ),
        "one window per step": (
            ("Nothing travels back at all: each error stays at its own step, whatever the window."),
            one_window_per_step,
        ),
        "shorter window lost": (
            "The last window is left out when it is shorter than the others.",
            shorter_window_lost,
        ),
        "window around every step": (
            (
                "Every error goes back `window` steps, wherever it starts; here the windows lie"
                " side by side, and an error goes back to the start of its own window."
            ),
            window_around_every_step,
        ),
        "no half": (
            "Loss and gradient are twice what they should be: the loss has the factor 1/2.",
            without_half,
        ),
        "mean, not sum": (
            (
                "Loss and gradient are divided by the number of steps; the loss is the sum over"
                " the steps."
            ),
            mean_over_steps,
        ),
        "state after the step": (
            (
                "Each error is paired with the state after its step; the weights saw the state "
                "before it."
            ),
            paired_with_state_after,
        ),
    },
)

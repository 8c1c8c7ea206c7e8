# %%
import numpy as np
import torch

# %% [markdown]
# ## Backpropagation through time
#
# Backpropagation through time applies one equation at every step, from the last step to the first.
# Let $g_t = \partial\mathcal L_t/\partial h_t$ be the gradient of the loss of step $t$ with respect
# to the state of the same step. The gradient of the whole loss with respect to $z_t$,
# $\delta_t = \partial\mathcal L/\partial z_t$, also contains what comes back from later steps:
#
# $$ \delta_t = f'(z_t)\odot\big(g_t + W_{hh}^\top\,\delta_{t+1}\big), \qquad
#    \delta_{T+1} = 0, \qquad f = \tanh . $$
#
# **Write** `deltas(zs, W_hh, d_hs)` with `zs` ($z_t$) and `d_hs` ($g_t$) of shape `(time,
# d_hidden)`; return all $\delta_t$, `(time, d_hidden)`, in order of time. There may be only one
# step, and any number of units.
#
# *Example.* One unit, $z = 0$ at both steps (so $f' = 1$), $W_{hh} = 2$, $g = (0, 3)$: first
# $\delta_2 = 3$, then $\delta_1 = 2\cdot 3 = 6$.


# %%
def deltas(zs, W_hh, d_hs):
    """Compute the gradient of the loss with respect to the argument of f at every step."""
    ### BEGIN SOLUTION
    slopes = 1 - np.tanh(zs) ** 2
    errors = np.zeros_like(zs)
    carried = np.zeros(zs.shape[1])
    for t in reversed(range(len(zs))):
        errors[t] = slopes[t] * (d_hs[t] + carried)
        carried = W_hh.T @ errors[t]
    return errors
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, time, d):
    zs = rng.uniform(0.3, 1) * rng.normal(size=(time, d))
    return zs, rng.normal(size=(d, d)), rng.normal(size=(time, d))


def many_steps(rng):
    """Errors grow on their way back, at about the same rate in all directions."""
    zs, W_hh, d_hs = inputs_of(rng, 20, 3)
    return 0.5 * zs, 1.5 * np.linalg.qr(W_hh)[0], d_hs


def a_loss_at_one_step(rng):
    zs, W_hh, d_hs = inputs_of(rng, 6, 3)
    return zs, W_hh, d_hs * (np.arange(6)[:, None] == rng.integers(2, 5))


def by_autograd(zs, W_hh, d_hs):
    nudge = torch.zeros(zs.shape, dtype=torch.float64, requires_grad=True)
    z, W, g = map(torch.from_numpy, (zs, W_hh, d_hs))
    moved, loss = torch.zeros_like(z[0]), 0.0
    for t in range(len(zs)):
        h = torch.tanh(z[t] + W @ moved + nudge[t])
        moved = h - torch.tanh(z[t])
        loss = loss + h @ g[t]
    return torch.autograd.grad(loss, nudge)[0]


task = Task(
    deltas,
    points=2,
    compare=Close(condition=2e3, float32=True),  # 30 roundings, amplified by 60
    forbidden=(
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.gradient_flow.delta_table",
    ),
    examples=[(np.zeros((2, 1)), np.array([[2.0]]), np.array([[0.0], [3.0]]))],
    regimes={
        "any sizes": lambda rng: inputs_of(rng, *rng.integers([4, 2], [8, 5])),
        "one step": lambda rng: inputs_of(rng, 1, int(rng.integers(2, 5))),
        "one unit": lambda rng: inputs_of(rng, int(rng.integers(3, 7)), 1),
        "many steps": many_steps,
        "a loss at one step": a_loss_at_one_step,
    },
    right=[by_autograd],
    wrong={
        "missing transpose": (
            "Errors go back through `W_hh` itself; send them through its transpose, `W_hh.T`.",
            {"W_hh.T @": "W_hh @"},
        ),
        "no slope": ("The slope is missing; multiply by that of tanh.", {"slopes[t] * ": ""}),
        "slope on the direct part only": (
            "What comes from later steps is added as it is; multiply it by the slope, too.",
            {"(d_hs[t] + carried)": "d_hs[t] + carried"},
        ),
        "nothing carried": (
            "Nothing comes back from later steps; add `W_hh.T @` the delta of the step after.",
            {" + carried": ""},
        ),
        "slope of the logistic": (
            "These are the slopes of the logistic, s(1 - s); take those of tanh, 1 - tanh(z)^2.",
            {"1 - np.tanh(zs) ** 2": "np.exp(-zs) / (1 + np.exp(-zs)) ** 2"},
        ),
        "latest first": (
            "The numbers are right, but the latest step comes first; return them in order of time.",
            lambda right, *inputs: right(*inputs)[::-1],
        ),
    },
)

# %%
import numpy as np
import torch

# %% [markdown]
# ## Which lag taught what
#
# Let the loss be read from the last state $h_{T-1}$ only. The gradient of $W_{hh}$ is then a sum
# with one term per lag $j$, and seeing the terms side by side shows how far back learning reaches:
#
# $$ \frac{\partial\mathcal L}{\partial W_{hh}} = \sum_{j=0}^{T-1} \delta_{T-1-j}\, h_{T-2-j}^\top,
#    \qquad \delta_{T-1} = f'(z_{T-1})\odot g, \quad
#    \delta_t = f'(z_t)\odot W_{hh}^\top\delta_{t+1}, $$
#
# with $g = \partial\mathcal L/\partial h_{T-1}$, $f = \tanh$, and $h_{-1}$ the initial state. Each
# error meets the state *before* its step.
#
# **Write** `lag_terms(h_init, hs, W_hh, d_last)` with `h_init` `(d_hidden,)`, `hs`
# `(time, d_hidden)`, `d_last` $= g$; return `(time, d_hidden, d_hidden)`, the term of lag $j$ at
# place $j$: the latest step first. The slope can be had from the state: $f'(z_t) = 1 - h_t^2$.
# With a single step the only term is that of lag 0, and `h_init` is the state before it.
#
# *Example.* One unit, two steps, $W_{hh} = 2$, $h_{-1} = 1$, $h_0 = h_1 = 0.5$ (slopes 0.75),
# $g = 4$: $\delta_1 = 3$ meets $h_0$: term 1.5. $\delta_0 = 0.75\cdot 2\cdot 3 = 4.5$ meets
# $h_{-1}$: term 4.5. The gradient is their sum, 6.


# %%
def lag_terms(h_init, hs, W_hh, d_last):
    """Split the gradient of the recurrent weights by how far back it reaches."""
    ### BEGIN SOLUTION
    before = [h_init, *hs]
    sent, terms = d_last, []
    for t in reversed(range(len(hs))):
        error = (1 - hs[t] ** 2) * sent
        terms.append(np.outer(error, before[t]))
        sent = W_hh.T @ error
    return np.stack(terms)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, time, d):
    hs = np.tanh(0.7 * rng.normal(size=(time, d)))
    return rng.normal(size=d), hs, rng.normal(size=(d, d)), rng.normal(size=d)


def many_steps(rng):
    """Errors grow on their way back, at about the same rate in all directions."""
    h_init, hs, W_hh, d_last = inputs_of(rng, 20, 3)
    return h_init, 0.5 * hs, 1.5 * np.linalg.qr(W_hh)[0], d_last


def by_autograd(h_init, hs, W_hh, d_last):
    """Every step has weights of its own, a copy of W_hh; their gradients are the terms."""
    W, states = torch.from_numpy(W_hh), torch.from_numpy(np.vstack([h_init, hs]))
    copies = W.repeat(len(hs), 1, 1).requires_grad_()
    rest = torch.atanh(states[1:]) - states[:-1] @ W.T
    h = states[0]
    for t in range(len(hs)):
        h = torch.tanh(copies[t] @ h + rest[t])
    return torch.autograd.grad(h @ torch.from_numpy(d_last), copies)[0].flip(0)


task = Task(
    lag_terms,
    points=3,
    compare=Close(condition=2e3, float32=True),  # 30 roundings, amplified by 60
    forbidden=(
        "course_lib.gradient_flow.lags",
        "course_lib.recurrent.bptt",
        "course_lib.gradient_flow.delta_table",
        "course_lib.gradient_flow.rtrl",
    ),
    examples=[(np.array([1.0]), np.array([[0.5], [0.5]]), np.array([[2.0]]), np.array([4.0]))],
    regimes={
        "any sizes": lambda rng: inputs_of(rng, *rng.integers([3, 2], [8, 5])),
        "one step": lambda rng: inputs_of(rng, 1, int(rng.integers(2, 5))),
        "one unit": lambda rng: inputs_of(rng, int(rng.integers(3, 7)), 1),
        "many steps": many_steps,
    },
    right=[by_autograd],
    wrong={
        "state after the step": (
            "Each error is paired with the state after its step; pair it with the state before.",
            {"before[t]": "hs[t]"},
        ),
        "order of time": (
            "The terms are in order of time; let lag 0, the latest step, come first.",
            lambda right, *inputs: right(*inputs)[::-1],
        ),
        "missing transpose": (
            "Errors go back through `W_hh` itself; send them through its transpose, `W_hh.T`.",
            {"W_hh.T @": "W_hh @"},
        ),
        "outer products turned": (
            "The outer products are transposed; let rows belong to the error.",
            {"np.outer(error, before[t])": "np.outer(before[t], error)"},
        ),
        "initial state taken as 0": (
            "The term of the longest lag is 0; the state before the first step is `h_init`.",
            {"[h_init,": "[0 * h_init,"},
        ),
        "slope of the step after": (
            "On the way back the slope of the wrong step is used; give delta_t that of step t.",
            {"hs[t] ** 2": "hs[min(t + 1, len(hs) - 1)] ** 2"},
        ),
        "first slope missing": (
            "The slope at the last step is missing; let delta begin as the slope times g.",
            {"sent, terms = d_last": "sent, terms = d_last / (1 - hs[-1] ** 2)"},
        ),
    },
)

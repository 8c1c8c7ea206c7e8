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
#
# *Example.* One unit, two steps, $W_{hh} = 2$, $h_{-1} = 1$, $h_0 = h_1 = 0.5$ (slopes 0.75),
# $g = 4$: $\delta_1 = 3$ meets $h_0$: term 1.5. $\delta_0 = 0.75\cdot 2\cdot 3 = 4.5$ meets
# $h_{-1}$: term 4.5. The gradient is their sum, 6.


# %%
def lag_terms(h_init, hs, W_hh, d_last):
    """Split the gradient of the recurrent weights by how far back it reaches."""
    ### BEGIN SOLUTION
    before = np.vstack([h_init, hs[:-1]])
    slopes = 1 - hs**2
    error = slopes[-1] * d_last
    terms = []
    for t in range(len(hs) - 1, -1, -1):
        terms.append(np.outer(error, before[t]))
        error = slopes[t - 1] * (W_hh.T @ error)
    return np.stack(terms)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def terms_inputs(rng):
    time, d = int(rng.integers(3, 6)), 3
    hs = np.tanh(0.7 * rng.normal(size=(time, d)))
    return rng.normal(size=d), hs, rng.normal(size=(d, d)), rng.normal(size=d)


def terms_with(before, hs, W_back, d_last):
    error, terms = (1 - hs[-1] ** 2) * d_last, []
    for t in range(len(hs) - 1, -1, -1):
        terms.append(np.outer(error, before[t]))
        error = (1 - hs[t - 1] ** 2) * (W_back @ error)
    return np.array(terms)


def state_after(h_init, hs, W_hh, d_last):
    return terms_with(hs, hs, W_hh.T, d_last)


def order_of_time(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh.T, d_last)[::-1]


def terms_without_transpose(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh, d_last)


def outer_products_turned(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh.T, d_last).swapaxes(1, 2)


def running_sums(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), hs, W_hh.T, d_last).cumsum(axis=0)


def sum_of_terms(h_init, hs, W_hh, d_last):
    return lag_terms(h_init, hs, W_hh, d_last).sum(axis=0)


def initial_state_as_zero(h_init, hs, W_hh, d_last):
    return lag_terms(0 * h_init, hs, W_hh, d_last)


def slope_of_the_step_after(h_init, hs, W_hh, d_last):
    return terms_with(np.vstack([h_init, hs[:-1]]), np.vstack([hs[1:], hs[-1:]]), W_hh.T, d_last)


def first_slope_missing(h_init, hs, W_hh, d_last):
    return lag_terms(h_init, hs, W_hh, d_last / (1 - hs[-1] ** 2))


def terms_by_jacobians(h_init, hs, W_hh, d_last):
    D = [np.diag(1 - h**2) for h in hs]
    states, jacobian, terms = [h_init, *hs], np.eye(len(h_init)), []
    for t in range(len(hs) - 1, -1, -1):
        terms.append(np.outer(D[t] @ jacobian.T @ d_last, states[t]))
        jacobian = jacobian @ D[t] @ W_hh
    return np.array(terms)


def terms_by_torch(h_init, hs, W_hh, d_last):
    h, W = torch.from_numpy(np.vstack([h_init, hs])), torch.from_numpy(W_hh)
    errors = [(1 - h[-1] ** 2) * torch.from_numpy(d_last)]
    for t in range(len(hs) - 1, 0, -1):
        errors.append((1 - h[t] ** 2) * (errors[-1] @ W))
    return torch.einsum("ta,tb->tab", torch.stack(errors), h[:-1].flip(0))


def terms_in_plain_lists(h_init, hs, W_hh, d_last):
    states, terms = [h_init.tolist(), *hs.tolist()], []
    sent = d_last.tolist()
    while len(states) > 1:
        error = [(1 - h) * (1 + h) * e for h, e in zip(states.pop(), sent, strict=True)]
        terms += [[[e * h for h in states[-1]] for e in error]]
        sent = [sum(e * w for e, w in zip(error, column, strict=True)) for column in W_hh.T]
    return terms


def terms_by_autograd(h_init, hs, W_hh, d_last):
    W, states = torch.from_numpy(W_hh), torch.from_numpy(np.vstack([h_init, hs]))
    copies = W.repeat(len(hs), 1, 1).requires_grad_()
    rest = torch.atanh(states[1:]) - states[:-1] @ W.T
    h = states[0]
    for t in range(len(hs)):
        h = torch.tanh(copies[t] @ h + rest[t])
    return torch.autograd.grad(h @ torch.from_numpy(d_last), copies)[0].flip(0)


def terms_in_single_precision(h_init, hs, W_hh, d_last):
    states = np.vstack([h_init, hs]).astype(np.float32)
    weights, sent = W_hh.astype(np.float32), d_last.astype(np.float32)
    terms = np.zeros((len(hs), *weights.shape))
    for lag in range(len(hs)):
        error = sent * (1 - states[-1 - lag] ** 2)
        terms[lag] = error[:, None] * states[-2 - lag]
        sent = error @ weights
    return terms


# condition: 30 * 22
task = Task(
    lag_terms,
    points=3,
    compare=Close(condition=1000.0, float32=True),
    forbidden=(
        "course_lib.gradient_flow.lags",
        "course_lib.recurrent.bptt",
        "course_lib.gradient_flow.delta_table",
        "course_lib.gradient_flow.rtrl",
    ),
    examples=[(np.array([1.0]), np.array([[0.5], [0.5]]), np.array([[2.0]]), np.array([4.0]))],
    regimes={"drawn": terms_inputs},
    right=[
        terms_by_jacobians,
        terms_by_torch,
        terms_in_plain_lists,
        terms_by_autograd,
        terms_in_single_precision,
    ],
    wrong={
        "state after the step": (
            (
                "Each error is paired with the state after its step; the weights saw the state "
                "before it."
            ),
            state_after,
        ),
        "order of time": (
            "The terms are in order of time; lag 0, the latest step, comes first.",
            order_of_time,
        ),
        "missing transpose": (
            ("Errors travel back through the transpose, `W_hh.T`; here the transpose is missing."),
            terms_without_transpose,
        ),
        "outer products turned": (
            (
                "The outer products are the wrong way round: rows belong to the error, columns "
                "to the state."
            ),
            outer_products_turned,
        ),
        "running sums": (
            "Each entry holds the sum of all lags up to it; give each lag by itself.",
            running_sums,
        ),
        "sum of the terms": (
            "This is the whole gradient; return its terms, one for each lag.",
            sum_of_terms,
        ),
        "initial state taken as 0": (
            (
                "The term of the longest lag is 0: the state before the first step is `h_init`,"
                " not 0."
            ),
            initial_state_as_zero,
        ),
        "slope of the step after": (
            (
                "On the way back the slope of the wrong step is used: delta_t has the slope of "
                "its own step t."
            ),
            slope_of_the_step_after,
        ),
        "first slope missing": (
            ("The slope at the last step is missing: delta begins as the slope times g, not as g."),
            first_slope_missing,
        ),
    },
)

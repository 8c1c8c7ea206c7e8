# %%
import numpy as np
import torch

# %% [markdown]
# ## The gradient carried forward
#
# Backpropagation through time needs all states. Real-time recurrent learning (RTRL) needs none of
# the past: beside the state it carries the derivative of the state with respect to every weight,
# $S_t[k, i, j] = \partial h_{t,k}/\partial (W_{hh})_{ij}$. Differentiate
# $h_t = \tanh(W_{hh} h_{t-1} + \dots)$, in which $h_{t-1}$ depends on the weights, too:
#
# $$ S_t[k, i, j] = f'(z_{t,k})\Big(\mathbb 1[k = i]\, h_{t-1,j}
#    + \sum_{n} (W_{hh})_{kn}\, S_{t-1}[n, i, j]\Big), \qquad f'(z_t) = 1 - h_t^2 . $$
#
# If the loss of step $t$ has the gradient $g_t = \partial\mathcal L_t/\partial h_t$ with respect to
# the state, its gradient with respect to $(W_{hh})_{ij}$ is $\sum_k g_{t,k}\, S_t[k, i, j]$. For
# $N$ units a step costs $N^4$ multiplications, which is why RTRL is rarely used.
#
# **Write** `rtrl_step(influence, h_prev, h, W_hh, d_h)` with `influence` $= S_{t-1}$ of shape
# `(d_hidden, d_hidden, d_hidden)`, `h_prev` $= h_{t-1}$, `h` $= h_t$, `d_h` $= g_t$; return the
# pair $(S_t,\ \partial\mathcal L_t/\partial W_{hh})$.
#
# *Example.* One unit, $S_{t-1} = 3$, $h_{t-1} = 1$, $h_t = 0.5$ (slope 0.75), $W_{hh} = 2$,
# $g_t = 4$: $S_t = 0.75\,(1 + 2\cdot 3) = 5.25$, and the gradient is $4\cdot 5.25 = 21$.


# %%
def rtrl_step(influence, h_prev, h, W_hh, d_h):
    """Carry the derivatives of the state over one step, and read the gradient off them."""
    ### BEGIN SOLUTION
    sums = np.tensordot(W_hh, influence, axes=1)
    units = np.arange(len(h))
    sums[units, units] += h_prev
    new = (1 - h**2)[:, None, None] * sums
    return new, np.tensordot(d_h, new, axes=1)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, d, past=1.0):
    h_prev, h = np.tanh(rng.normal(size=(2, d)))
    return past * rng.normal(size=(d, d, d)), h_prev, h, rng.normal(size=(d, d)), rng.normal(size=d)


def large_derivatives(rng):
    """Nearly all of the result comes from the past."""
    return inputs_of(rng, 3, past=50.0)


def by_autograd(influence, h_prev, h, W_hh, d_h):
    """The old state is replaced by a linear function of the weights, with these derivatives."""
    S, before, after, W, g = map(torch.from_numpy, (influence, h_prev, h, W_hh, d_h))
    rest = torch.atanh(after) - W @ before

    def state(weights):
        old = before + torch.tensordot(S, weights - W, dims=2)
        return torch.tanh(weights @ old + rest)

    jacobian = torch.autograd.functional.jacobian(state, W)
    return jacobian, torch.tensordot(g, jacobian, dims=1)


SLOPE, READ = "(1 - h**2)[:, None, None] * ", "np.tensordot(d_h, new, axes=1)"
task = Task(
    rtrl_step,
    points=3,
    compare=Close(condition=2e3, float32=True),  # 30 roundings, amplified by 60
    returns=("influence", "d_W_hh"),
    forbidden=(
        "course_lib.gradient_flow.rtrl",
        "course_lib.gradient_flow.lags",
        "course_lib.gradient_flow.linear_recurrence",
        "course_lib.recurrent.bptt",
    ),
    examples=[
        (np.full((1, 1, 1), 3.0), np.ones(1), np.array([0.5]), np.eye(1) * 2, np.array([4.0]))
    ],
    regimes={
        "any number of units": lambda rng: inputs_of(rng, int(rng.integers(3, 6))),
        "two units": lambda rng: inputs_of(rng, 2),
        "one unit": lambda rng: inputs_of(rng, 1),
        "the first step": lambda rng: inputs_of(rng, 3, past=0.0),
        "large derivatives": large_derivatives,
    },
    right=[by_autograd],
    wrong={
        "nothing carried": (
            "The old derivatives play no part; multiply them by `W_hh` and add them.",
            {"np.tensordot(W_hh, influence, axes=1)": "np.zeros_like(influence)"},
        ),
        "no direct term": (
            "The weights act at this step, too; add the old state where k = i.",
            {"    sums[units, units] += h_prev\n": ""},
        ),
        "direct term in the wrong place": (
            "The old state stands where k = j; it belongs where k = i, along the axis of j.",
            {"sums[units, units]": "sums[units, :, units]"},
        ),
        "missing slope": (
            "The slope is missing; multiply row k by 1 - h_k^2 of the new state.",
            {SLOPE: ""},
        ),
        "slope on the direct term only": (
            "The old derivatives are added without a slope; multiply the whole bracket by it.",
            {"+= h_prev": "+= (1 - h**2)[:, None] * h_prev", SLOPE: ""},
        ),
        "transposed weights": (
            "The old derivatives are multiplied by the transpose; RTRL runs forwards, with `W_hh`.",
            {"np.tensordot(W_hh,": "np.tensordot(W_hh.T,"},
        ),
        "slope of the old state": (
            "The slope is that of the old state; take that of the new one.",
            {"1 - h**2": "1 - h_prev**2"},
        ),
        "new state in the direct term": (
            "The new state stands where the old one belongs; the weights multiplied h_(t-1).",
            {"+= h_prev": "+= h"},
        ),
        "summed over the wrong axis": (
            "The gradient is summed over an axis of the weights; sum over k, the first axis.",
            {READ: "np.tensordot(new, d_h, axes=1)"},
        ),
    },
)

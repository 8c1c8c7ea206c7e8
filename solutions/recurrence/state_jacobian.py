# %%
import numpy as np
import torch

# %% [markdown]
# ## How a state depends on an earlier one
#
# Whether a network can learn a dependency over $j$ steps is decided by one matrix. For
# $h_t = \sigma(z_t)$, $z_t = W_{hh} h_{t-1} + \dots$, with the logistic $\sigma$ and
# $D_t = \mathrm{diag}(\sigma'(z_t))$, the chain rule gives
#
# $$ \frac{\partial h_i}{\partial h_{i-j}} = D_i W_{hh}\, D_{i-1} W_{hh}\cdots D_{i-j+1} W_{hh}, $$
#
# $j$ slopes and $j$ weights, the latest on the left. Matrices do not commute. And a product that
# lacks the first slope and the last weight is another derivative:
# $\partial z_i/\partial z_{i-j+1}$.
#
# **Write** `state_jacobian(zs, W_hh, i, j)` with `zs` `(time, d_hidden)` and $1 \le j \le i$;
# return `(d_hidden, d_hidden)`, rows for $h_i$, columns for $h_{i-j}$. Steps after $i$ may follow,
# or none.
#
# *Example.* One unit, $z = 0$ (so $\sigma' = 1/4$), $W_{hh} = 2$: over one step the derivative is
# $2/4 = 0.5$, over two steps $0.25$.


# %%
def state_jacobian(zs, W_hh, i, j):
    """Differentiate the state at step i by the state j steps before."""
    ### BEGIN SOLUTION
    sigma = 1 / (1 + np.exp(-zs))
    slopes = sigma * (1 - sigma)
    product = np.eye(len(W_hh))
    for k in range(j):
        product = product @ (slopes[i - k][:, None] * W_hh)
    return product
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, d, i, j, n_after=2):
    zs = rng.uniform(0.5, 1.5) * rng.normal(size=(i + 1 + n_after, d))
    return zs, 2 * rng.normal(size=(d, d)), i, j


def a_long_lag(rng):
    """The product keeps its size, in all directions."""
    zs, W_hh, i, j = inputs_of(rng, 3, 16, 14)
    return 0.5 * zs, 4 * np.linalg.qr(W_hh)[0], i, j


def by_autograd(zs, W_hh, i, j):
    z, W = torch.from_numpy(zs), torch.from_numpy(W_hh)

    def forward(h):
        for t in range(i - j + 1, i + 1):
            h = torch.sigmoid(z[t] + W @ (h - torch.sigmoid(z[t - 1])))
        return h

    return torch.autograd.functional.jacobian(forward, torch.sigmoid(z[i - j]))


FACTOR = "slopes[i - k][:, None] * W_hh"
task = Task(
    state_jacobian,
    points=3,
    compare=Close(condition=500.0, float32=True),  # 30 roundings, amplified by 13
    forbidden=(
        "course_lib.gradient_flow.vanishing",
        "course_lib.recurrent.bptt",
        "course_lib.gradient_flow.lags",
    ),
    examples=[
        (np.zeros((3, 1)), np.array([[2.0]]), 2, 1),
        (np.zeros((3, 1)), np.array([[2.0]]), 2, 2),
    ],
    regimes={
        "any lag": lambda rng: inputs_of(rng, *rng.integers([2, 5, 2], [5, 8, 5])),
        "lag 1": lambda rng: inputs_of(rng, 3, int(rng.integers(2, 6)), 1),
        "back to the first state": lambda rng: inputs_of(rng, 3, *[int(rng.integers(2, 6))] * 2),
        "from the last state": lambda rng: inputs_of(rng, 3, int(rng.integers(4, 7)), 3, n_after=0),
        "a long lag": a_long_lag,
        "one unit": lambda rng: inputs_of(rng, 1, int(rng.integers(3, 6)), 2),
    },
    right=[by_autograd],
    equivalent={"np.exp(-zs) -> np.exp(zs)": "sigma(-z) = 1 - sigma(z) has the same slope"},
    wrong={
        "one slope short": (
            "This is the derivative of z_i by z_(i-j+1); put D_i on its left, `W_hh` on its right.",
            {"range(j)": "range(1, j)", FACTOR: "W_hh * slopes[i - k]"},
        ),
        "order reversed": (
            "The factors are in the wrong order; let the latest step stand on the left.",
            {f"product @ ({FACTOR})": f"({FACTOR}) @ product"},
        ),
        "one step too many": (
            "There is one factor too many: for j steps multiply j factors.",
            {"range(j)": "range(j + 1)"},
        ),
        "no slopes": ("This is a power of `W_hh`; multiply by the slopes.", {FACTOR: "W_hh"}),
        "slope of tanh": (
            "These are the slopes of tanh; the units are logistic, so take s(1 - s), s = sigma(z).",
            {"sigma * (1 - sigma)": "1 - np.tanh(zs) ** 2"},
        ),
        "slopes one step early": (
            "The slopes are those of i - 1 to i - j; give each factor that of the later step.",
            {"[i - k]": "[i - k - 1]"},
        ),
    },
)

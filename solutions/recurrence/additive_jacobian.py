# %%
import numpy as np
import torch

# %% [markdown]
# ## Find the errors: the Jacobian of an additive recurrence
#
# In an additive recurrence each step adds to the state instead of replacing it:
#
# $$ h_t = h_{t-1} + \tanh(z_t), \qquad z_t = W_{hh} h_{t-1} + W_{xh} x_t + b_h . $$
#
# Therefore the Jacobian of a step is the identity plus a matrix. With $D_t$ the diagonal matrix of
# the slopes of tanh at $z_t$,
#
# $$ \frac{\partial h_T}{\partial h_0} = (I + D_T W_{hh})\cdots(I + D_2 W_{hh})(I + D_1 W_{hh}) . $$
#
# This program is meant to compute it, and it has three errors:
#
# ```python
# h, product = h_init, np.eye(len(h_init))
# for x in xs:
#     h = h + np.tanh(W_hh @ h + W_xh @ x + b_h)
#     product = product @ (np.eye(len(h)) + (1 - h**2) * W_hh)
# return product
# ```
#
# Its author tried one unit and one step from $h_0 = 0$, where the result is right. A Jacobian test
# finds the errors: for several units, several steps and any $h_0$, column $k$ of the result must be
# close to $\big(h_T(h_0 + \epsilon e_k) - h_T(h_0 - \epsilon e_k)\big)/2\epsilon$ for
# $\epsilon = 10^{-5}$. The difference quotient is only for the test: the result must be exact up to
# rounding.
#
# **Write** `additive_jacobian(h_init, xs, W_xh, W_hh, b_h)`, without the errors, with `h_init`
# $= h_0$ and `xs` `(time, d_in)`; return $\partial h_T/\partial h_0$, `(d_hidden, d_hidden)`, rows
# for $h_T$, columns for $h_0$.
#
# *Example.* Two units, one step, $h_0 = (0.5, 0)$, $x_1 = -1$, $b_h = 0$,
# $W_{xh} = \big(\begin{smallmatrix}1\\0.5\end{smallmatrix}\big)$,
# $W_{hh} = \big(\begin{smallmatrix}2&0\\1&0\end{smallmatrix}\big)$: $z_1 = 0$ has the slopes 1, so
# the Jacobian is $I + W_{hh} = \big(\begin{smallmatrix}3&0\\1&1\end{smallmatrix}\big)$. The program
# above gives 2.5 and 0.75 in its first column.


# %%
def additive_jacobian(h_init, xs, W_xh, W_hh, b_h):
    """Differentiate the last state of an additive recurrence with respect to the first."""
    ### BEGIN SOLUTION
    h, product = h_init, np.eye(len(h_init))
    for x in xs:
        increment = np.tanh(W_hh @ h + W_xh @ x + b_h)
        factor = np.eye(len(h)) + (1 - increment**2)[:, None] * W_hh
        product = factor @ product
        h = h + increment
    return product
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def inputs_of(rng, d_in, d, time, start=1.0):
    xs, W_xh = rng.normal(size=(time, d_in)), rng.normal(size=(d, d_in)) / np.sqrt(d_in)
    W_hh = 0.7 * rng.normal(size=(d, d)) / np.sqrt(d)
    return start * rng.normal(size=d), xs, W_xh, W_hh, 0.5 * rng.normal(size=d)


def by_autograd(h_init, xs, W_xh, W_hh, b_h):
    xs, W_xh, W_hh, b_h = map(torch.from_numpy, (xs, W_xh, W_hh, b_h))

    def last_state(h):
        for x in xs:
            h = h + torch.tanh(W_hh @ h + W_xh @ x + b_h)
        return h

    return torch.autograd.functional.jacobian(last_state, torch.from_numpy(h_init))


def as_printed(h_init, xs, W_xh, W_hh, b_h):
    h, product = h_init, np.eye(len(h_init))
    for x in xs:
        h = h + np.tanh(W_hh @ h + W_xh @ x + b_h)
        product = product @ (np.eye(len(h)) + (1 - h**2) * W_hh)
    return product


SLOPES, IDENTITY = "(1 - increment**2)[:, None]", "np.eye(len(h)) + "
task = Task(
    additive_jacobian,
    points=3,
    compare=Close(condition=2e3),  # 30 roundings, amplified by 60; no difference quotient
    forbidden=(
        "course_lib.recurrent.additive",
        "course_lib.recurrent.additive_torch",
        "course_lib.gradient_flow.vanishing",
        "course_lib.gradient_flow.lags",
    ),
    examples=[
        (
            np.array([0.5, 0.0]),
            np.array([[-1.0]]),
            np.array([[1.0], [0.5]]),
            np.array([[2.0, 0.0], [1.0, 0.0]]),
            np.zeros(2),
        )
    ],
    regimes={
        "any sizes": lambda rng: inputs_of(rng, *rng.integers([2, 3, 3], [5, 5, 6])),
        "one step": lambda rng: inputs_of(rng, 2, 3, 1),
        "two steps": lambda rng: inputs_of(rng, 3, 2, 2),
        "starts at 0": lambda rng: inputs_of(rng, 3, 3, int(rng.integers(2, 5)), start=0.0),
        "one unit and one input": lambda rng: inputs_of(rng, 1, 1, int(rng.integers(2, 5))),
        "many steps": lambda rng: inputs_of(rng, 2, 3, 12),
    },
    right=[by_autograd],
    wrong={
        "as printed": ("This is the program above, with its three errors; find them.", as_printed),
        "slope from the state": (
            "The slopes are 1 - h^2; here h is not tanh(z): take 1 - tanh(z)^2.",
            {"1 - increment**2": "1 - (h + increment) ** 2"},
        ),
        "slopes along the columns": (
            "The slopes multiply the columns of `W_hh`; D_t on its left multiplies the rows.",
            {SLOPES: "(1 - increment**2)"},
        ),
        "order reversed": (
            "The factors are in the wrong order; let the latest step stand on the left.",
            {"factor @ product": "product @ factor"},
        ),
        "no identity": (
            "The identity is missing; the state itself is added at every step.",
            {IDENTITY: ""},
        ),
        "the state is replaced": (
            "The states are those of a recurrence that does not add; let h be h + tanh(z).",
            {"h = h + increment": "h = increment"},
        ),
        "no slopes": ("The slopes are missing; multiply `W_hh` by them.", {f"{SLOPES} * ": ""}),
        "transposed": (
            "The result is transposed; let its rows belong to the last state.",
            lambda right, *inputs: right(*inputs).T,
        ),
    },
)

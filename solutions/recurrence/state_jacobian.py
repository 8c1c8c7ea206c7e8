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
# return `(d_hidden, d_hidden)`, rows for $h_i$, columns for $h_{i-j}$.
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


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def jacobian_inputs(rng):
    d, i, j = 3, int(rng.integers(4, 7)), int(rng.integers(2, 4))
    return 1.5 * rng.normal(size=(8, d)), 2 * rng.normal(size=(d, d)), i, j


def slope_matrices(zs):
    sigma = 1 / (1 + np.exp(-zs))
    return [np.diag(slope) for slope in sigma * (1 - sigma)]


def product_of(matrices, like):
    product = np.eye(len(like))
    for matrix in matrices:
        product = product @ matrix
    return product


def lecture_product(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([W_hh @ D[i - k] for k in range(1, j)], W_hh)


def reversed_product(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([D[i - k] @ W_hh for k in range(j - 1, -1, -1)], W_hh)


def slopes_on_the_right(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([W_hh @ D[i - k] for k in range(j)], W_hh)


def one_step_too_many(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([D[i - k] @ W_hh for k in range(j + 1)], W_hh)


def no_slopes(zs, W_hh, i, j):
    return np.linalg.matrix_power(W_hh, j)


def transposed_jacobian(zs, W_hh, i, j):
    return state_jacobian(zs, W_hh, i, j).T


def slopes_of_tanh(zs, W_hh, i, j):
    D = [np.diag(tanh_slope(z)) for z in zs]
    return product_of([D[i - k] @ W_hh for k in range(j)], W_hh)


def slopes_one_step_early(zs, W_hh, i, j):
    D = slope_matrices(zs)
    return product_of([D[i - 1 - k] @ W_hh for k in range(j)], W_hh)


def weights_transposed(zs, W_hh, i, j):
    return state_jacobian(zs, W_hh.T, i, j)


def jacobian_by_columns(zs, W_hh, i, j):
    D = slope_matrices(zs)
    columns = []
    for e in np.eye(len(W_hh)):
        for t in range(i - j + 1, i + 1):
            e = D[t] @ (W_hh @ e)
        columns.append(e)
    return np.array(columns).T


def jacobian_by_autograd(zs, W_hh, i, j):
    z, W = torch.from_numpy(zs), torch.from_numpy(W_hh)
    states = torch.sigmoid(z)

    def forward(h):
        for t in range(i - j + 1, i + 1):
            h = torch.sigmoid(z[t] + W @ (h - states[t - 1]))
        return h

    return torch.autograd.functional.jacobian(forward, states[i - j])


def jacobian_by_recursion(zs, W_hh, i, j):
    units = range(len(W_hh))
    if j == 0:
        return [[int(a == b) for b in units] for a in units]
    earlier = jacobian_by_recursion(zs, W_hh, i - 1, j - 1)
    slopes = [0.25 / float(np.cosh(z / 2)) ** 2 for z in zs[i]]
    return [
        [slopes[a] * sum(float(W_hh[a, c]) * earlier[c][b] for c in units) for b in units]
        for a in units
    ]


def jacobian_by_central_differences(zs, W_hh, i, j):
    states, steps = 1 / (1 + np.exp(-zs)), 1e-6 * np.eye(len(W_hh))

    def forward(h):
        for t in range(i - j + 1, i + 1):
            h = 1 / (1 + np.exp(-zs[t] - W_hh @ (h - states[t - 1])))
        return h

    here = states[i - j]
    return np.array([forward(here + e) - forward(here - e) for e in steps]).T / 2e-6


def jacobian_in_single_precision(zs, W_hh, i, j):
    sigma, W = torch.Tensor(zs).sigmoid(), torch.Tensor(W_hh)
    factors = (sigma * (1 - sigma))[..., None] * W
    return torch.linalg.multi_dot([W.new_ones(len(W)).diag(), *factors[i - j + 1 : i + 1].flip(0)])


# condition: 30 * 7.7
task = Task(
    state_jacobian,
    points=3,
    compare=Close(condition=500.0, float32=True),
    forbidden=(
        "course_lib.gradient_flow.vanishing",
        "course_lib.recurrent.bptt",
        "course_lib.gradient_flow.lags",
    ),
    examples=[
        (np.zeros((3, 1)), np.array([[2.0]]), 2, 1),
        (np.zeros((3, 1)), np.array([[2.0]]), 2, 2),
    ],
    regimes={"drawn": jacobian_inputs},
    right=[
        jacobian_by_columns,
        jacobian_by_autograd,
        jacobian_by_recursion,
        jacobian_by_central_differences,
        jacobian_in_single_precision,
    ],
    wrong={
        "one slope short": (
            (
                "This is the derivative of z_i by z_(i-j+1), the product as the Bulgarian "
                "lecture prints it: it lacks the slope at step i and one factor `W_hh`."
            ),
            lecture_product,
        ),
        "order reversed": (
            "The factors are in the wrong order: the latest step stands on the left.",
            reversed_product,
        ),
        "weights before slopes": (
            "In each factor the slope stands on the wrong side: D_t `W_hh`, not `W_hh` D_t.",
            slopes_on_the_right,
        ),
        "one step too many": ("One factor too many: j steps have j factors.", one_step_too_many),
        "no slopes": (
            "The slopes of the logistic are missing: this is a power of `W_hh`.",
            no_slopes,
        ),
        "transposed": (
            ("This is the transpose: rows belong to the later state, columns to the earlier one."),
            transposed_jacobian,
        ),
        "slope of tanh": (
            (
                "These are the slopes of tanh; here the units are logistic, with slope s(1 - "
                "s), s = sigma(z)."
            ),
            slopes_of_tanh,
        ),
        "slopes one step early": (
            (
                "The slopes are those of steps i - 1 to i - j: one step too early. Each factor "
                "has the slope of the step that it leads to."
            ),
            slopes_one_step_early,
        ),
        "weights transposed": (
            (
                "The weights are transposed, as for errors on their way back; here a state goes"
                " forward."
            ),
            weights_transposed,
        ),
    },
)

# %%
import numpy as np
import torch

# %% [markdown]
# ## A Hessian in two parts
#
# Take the smallest network that is not convex: two linear layers, $\hat y = W_2W_1x$, with
# $\mathcal L = \frac1{2m}\sum_{\mu,i} e_{\mu i}^2$ and $e=\hat y-y$, summed over $m$ samples and
# all outputs. By the product rule its Hessian has a part made of first derivatives, which has no
# negative eigenvalue, and a part made of second derivatives, weighted by the residuals:
#
# $$ H = \underbrace{\frac1m\sum_{\mu,i}
#        \frac{\partial\hat y_{\mu i}}{\partial\theta_\alpha}
#        \frac{\partial\hat y_{\mu i}}{\partial\theta_\beta}}_{H_0}
#      + \underbrace{\frac1m\sum_{\mu,i} e_{\mu i}\,
#        \frac{\partial^2\hat y_{\mu i}}{\partial\theta_\alpha\partial\theta_\beta}}_{H_1} . $$
#
# The second derivative of $\hat y_i$ by an entry of $W_1$ and one of $W_2$ is an input or 0; by two
# entries of the same matrix it is 0. So $H_1$ fills two blocks off the diagonal, each the other's
# transpose. They are why a fit with residuals can have directions that lead down.
#
# **Write** `hessian_parts(W1, W2, X, Y)` with `W1` `(d_hidden, d_in)`, `W2` `(d_out, d_hidden)`,
# `X` `(m, d_in)`, `Y` `(m, d_out)`; return the pair `(H0, H1)` of square matrices. The parameters
# are ordered as `W1` row by row, then `W2` row by row.
#
# *Example.* All sizes 1, $W_1=2$, $W_2=3$, $x=1$, $y=5$: $\hat y=6$, $e=1$, the derivatives are
# $(W_2x, W_1x)=(3,2)$, so $H_0=\big(\begin{smallmatrix}9&6\\6&4\end{smallmatrix}\big)$ and
# $H_1=\big(\begin{smallmatrix}0&1\\1&0\end{smallmatrix}\big)$.


# %%
def hessian_parts(W1, W2, X, Y):
    """Split the Hessian of a linear network of two layers."""
    ### BEGIN SOLUTION
    m, (d_out, d_hidden) = len(X), W2.shape
    hidden = X @ W1.T
    error = hidden @ W2.T - Y
    by_W1 = np.einsum("ij,mk->jkmi", W2, X).reshape(W1.size, m * d_out)
    by_W2 = np.einsum("ia,mj->ajmi", np.eye(d_out), hidden).reshape(W2.size, m * d_out)
    J = np.concatenate([by_W1, by_W2])
    block = np.einsum("jl,mi,mk->jkil", np.eye(d_hidden), error, X).reshape(W1.size, W2.size)
    H1 = np.zeros((len(J), len(J)))
    H1[: W1.size, W1.size :] = block / m
    H1[W1.size :, : W1.size] = block.T / m
    return J @ J.T / m, H1
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def parts_inputs(rng):
    m, d_in, d_hidden, d_out = (
        int(rng.integers(*ends)) for ends in ((4, 7), (2, 4), (2, 4), (3, 5))
    )
    W1, W2 = rng.normal(size=(d_hidden, d_in)), rng.normal(size=(d_out, d_hidden))
    X = rng.normal(size=(m, d_in))
    error = X @ (rng.choice([-1, 1], size=(d_in, d_out)) * rng.uniform(0.5, 1.5, (d_in, d_out)))
    return W1, W2, X, X @ W1.T @ W2.T - error - rng.normal(size=(m, d_out)) / 4


def jacobian_of(W1, W2, X):
    """One row for each sample and output, one column for each parameter."""
    return np.array(
        [
            np.concatenate([np.kron(W2[i], x), np.kron(np.eye(len(W2))[i], W1 @ x)])
            for x in X
            for i in range(len(W2))
        ]
    )


def reordered(H, order):
    return H[np.ix_(order, order)]


def parts_as_sums(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 * len(X), H1 * len(X)


def parts_halved(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 / 2, H1 / 2


def parts_over_outputs(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 / Y.shape[1], H1 / Y.shape[1]


def parts_with_minus(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0, -H1


def parts_of_predictions(W1, W2, X, Y):
    return hessian_parts(W1, W2, X, np.zeros_like(Y))


def parts_one_block(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0, np.triu(H1)


def parts_gauss_newton(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0, 0 * H1


def parts_whole_first(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 + H1, H1


def parts_second_layer_first(W1, W2, X, Y):
    order = np.roll(np.arange(W1.size + W2.size), W2.size)
    return tuple(reordered(H, order) for H in hessian_parts(W1, W2, X, Y))


def parts_by_columns(W1, W2, X, Y):
    first = np.arange(W1.size).reshape(W1.shape).T.ravel()
    second = W1.size + np.arange(W2.size).reshape(W2.shape).T.ravel()
    order = np.concatenate([first, second])
    return tuple(reordered(H, order) for H in hessian_parts(W1, W2, X, Y))


def parts_layers_apart(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    H0 = H0.copy()
    H0[: W1.size, W1.size :] = 0
    H0[W1.size :, : W1.size] = 0
    return H0, H1


def parts_kernel(W1, W2, X, Y):
    J = jacobian_of(W1, W2, X)
    return J @ J.T / len(X), hessian_parts(W1, W2, X, Y)[1]


def parts_by_loops(W1, W2, X, Y):
    (d_hidden, d_in), d_out = W1.shape, len(W2)
    n_first, m = d_hidden * d_in, len(X)
    H0 = np.zeros((n_first + W2.size, n_first + W2.size))
    H1 = np.zeros_like(H0)
    for x, y in zip(X, Y, strict=True):
        hidden = W1 @ x
        for i in range(d_out):
            error = W2[i] @ hidden - y[i]
            slope = np.zeros(len(H0))
            for j in range(d_hidden):
                second = n_first + i * d_hidden + j
                slope[second] = hidden[j]
                for k in range(d_in):
                    slope[j * d_in + k] = W2[i, j] * x[k]
                    H1[j * d_in + k, second] += error * x[k] / m
                    H1[second, j * d_in + k] += error * x[k] / m
            H0 += np.outer(slope, slope) / m
    return H0, H1


def parts_by_autograd(W1, W2, X, Y):
    X, Y = torch.from_numpy(X), torch.from_numpy(Y)
    theta = torch.cat([torch.from_numpy(W1).flatten(), torch.from_numpy(W2).flatten()])

    def predictions(theta):
        first, second = theta[: W1.size].view(W1.shape), theta[W1.size :].view(W2.shape)
        return (X @ first.T @ second.T).flatten()

    def loss(theta):
        return (predictions(theta) - Y.flatten()).square().sum() / (2 * len(X))

    H = torch.autograd.functional.hessian(loss, theta)
    J = torch.autograd.functional.jacobian(predictions, theta)
    H0 = J.T @ J / len(X)
    return H0, H - H0


def parts_by_kronecker(W1, W2, X, Y):
    m = len(X)
    error = X @ (W2 @ W1).T - Y
    second_moment = X.T @ X / m
    cross = np.kron(W2.T, second_moment @ W1.T)
    H0 = np.block(
        [
            [np.kron(W2.T @ W2, second_moment), cross],
            [cross.T, np.kron(np.eye(len(W2)), W1 @ second_moment @ W1.T)],
        ]
    )
    C = error.T @ X / m
    block = np.zeros((W1.size, W2.size))
    for j in range(len(W1)):
        for i in range(len(W2)):
            block[j * X.shape[1] : (j + 1) * X.shape[1], i * len(W1) + j] = C[i]
    corners = np.zeros((W1.size, W1.size)), np.zeros((W2.size, W2.size))
    return H0, np.block([[corners[0], block], [block.T, corners[1]]])


def parts_by_differences(W1, W2, X, Y):
    n = W1.size + W2.size

    def predictions(step):
        first, second = step[: W1.size].reshape(W1.shape), step[W1.size :].reshape(W2.shape)
        return (X @ (W1 + first).T @ (W2 + second).T).ravel()

    eye = np.eye(n)
    error = predictions(np.zeros(n)) - Y.ravel()
    J = np.stack([(predictions(e) - predictions(-e)) / 2 for e in eye], axis=1)
    second = [
        [predictions(a + b) - predictions(a) - predictions(b) + error + Y.ravel() for b in eye]
        for a in eye
    ]
    H1 = np.array(second) @ error / len(X)
    np.fill_diagonal(H1, 0)
    return J.T @ J / len(X), H1.tolist()


def parts_in_single_precision(W1, W2, X, Y):
    J = jacobian_of(W1, W2, X).astype(np.float32)
    error = (X @ W1.T @ W2.T - Y).astype(np.float32)
    C = error.T @ X.astype(np.float32) / len(X)
    block = np.einsum("ik,jl->jkil", C, np.eye(len(W1), dtype=np.float32))
    H1 = np.zeros((J.shape[1],) * 2, dtype=np.float32)
    H1[: W1.size, W1.size :] = block.reshape(W1.size, W2.size)
    return torch.from_numpy(J.T @ J / len(X)), torch.from_numpy(H1 + H1.T)


# condition: 30 * 20
task = Task(
    hessian_parts,
    points=4,
    compare=Close(condition=1000.0, float32=True),
    returns=("H0", "H1"),
    forbidden=("course_lib.hessians.hessian_split_torch",),
    examples=[(np.array([[2.0]]), np.array([[3.0]]), np.array([[1.0]]), np.array([[5.0]]))],
    regimes={"drawn": parts_inputs},
    right=[
        parts_by_loops,
        parts_by_autograd,
        parts_by_kronecker,
        parts_by_differences,
        parts_in_single_precision,
    ],
    wrong={
        "not divided by m": ("Both parts are sums over the samples; divide by m.", parts_as_sums),
        "halved": (
            (
                "The 1/2 of the loss goes away with the first derivative; both parts are "
                "divided by m alone."
            ),
            parts_halved,
        ),
        "divided by the outputs too": (
            "The loss is divided by the number of samples, not by samples times outputs.",
            parts_over_outputs,
        ),
        "residual turned round": (
            "H1 has the wrong sign: the residual is prediction minus target.",
            parts_with_minus,
        ),
        "targets for residuals": (
            (
                "H1 is weighted by the predictions; its weights are the residuals, prediction "
                "minus target."
            ),
            parts_of_predictions,
        ),
        "one block of H1": (
            (
                "H1 has two blocks off the diagonal, each the other's transpose; the lower one "
                "is missing."
            ),
            parts_one_block,
        ),
        "H1 taken for zero": (
            "H1 is not zero: the network is linear in x, but not in its parameters.",
            parts_gauss_newton,
        ),
        "whole Hessian first": (
            "The first matrix is the whole Hessian; take H1 off.",
            parts_whole_first,
        ),
        "second layer first": (
            "The parameters are ordered W2 first; W1 comes first.",
            parts_second_layer_first,
        ),
        "column by column": (
            "The matrices are read column by column; read them row by row, as `ravel` does.",
            parts_by_columns,
        ),
        "layers do not meet in H0": (
            (
                "In H0 the blocks between W1 and W2 are missing: first derivatives by both are "
                "multiplied."
            ),
            parts_layers_apart,
        ),
        "samples for parameters": (
            (
                "This is the product of the Jacobian with itself the other way: one row for "
                "each sample and output (the tangent kernel) instead of one for each parameter."
            ),
            parts_kernel,
        ),
    },
)

# %%
import numpy as np
import torch

# %% [markdown]
# ## A Hessian in two parts
#
# Take the smallest network that is not convex: two linear layers, $\hat y = W_2W_1x$, with
# $\mathcal L = \frac1{2m}\sum_{i,\mu} e_{i\mu}^2$ and $e=\hat y-y$, summed over $m$ samples and
# all outputs. By the product rule its Hessian has a part made of first derivatives, which has no
# negative eigenvalue, and a part made of second derivatives, weighted by the residuals:
#
# $$ H = \underbrace{\frac1m\sum_{i,\mu}
#        \frac{\partial\hat y_{i\mu}}{\partial\theta_a}
#        \frac{\partial\hat y_{i\mu}}{\partial\theta_b}}_{H_0}
#      + \underbrace{\frac1m\sum_{i,\mu} e_{i\mu}\,
#        \frac{\partial^2\hat y_{i\mu}}{\partial\theta_a\,\partial\theta_b}}_{H_1} . $$
#
# The second derivative of $\hat y_i$ with respect to an entry of $W_1$ and one of $W_2$ is an input
# or 0; with respect to two entries of the same matrix it is 0. So $H_1$ fills two blocks off the
# diagonal, each the other's transpose. Because of them the Hessian can have negative eigenvalues
# while residuals remain.
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


def any_sizes(rng, m=None, d_in=None, d_hidden=None, d_out=None):
    """Sizes that differ but for those that are given, and residuals that go with the inputs."""
    given = m, d_in, d_hidden, d_out
    drawn = rng.permutation([2, 3, 4, 5]).tolist()
    m, d_in, d_hidden, d_out = (size or other for size, other in zip(given, drawn, strict=True))
    W1, W2 = rng.normal(size=(d_hidden, d_in)), rng.normal(size=(d_out, d_hidden))
    X = rng.normal(size=(m, d_in))
    slope = rng.choice([-1, 1], size=(d_in, d_out)) * rng.uniform(0.5, 1.5, size=(d_in, d_out))
    return W1, W2, X, X @ W1.T @ W2.T - X @ slope - rng.normal(size=(m, d_out)) / 4


def by_autograd(W1, W2, X, Y):
    X, Y = torch.from_numpy(X), torch.from_numpy(Y)
    theta = torch.cat([torch.from_numpy(W1).flatten(), torch.from_numpy(W2).flatten()])

    def predictions(theta):
        first, second = theta[: W1.size].view(W1.shape), theta[W1.size :].view(W2.shape)
        return X @ first.T @ second.T

    def loss(theta):
        return (predictions(theta) - Y).square().sum() / (2 * len(X))

    J = torch.autograd.functional.jacobian(predictions, theta).flatten(0, 1)
    H0 = J.T @ J / len(X)
    return H0, torch.autograd.functional.hessian(loss, theta) - H0


RESULT = "J @ J.T / m, H1"
BLOCKS = "np.block([[by_W1 @ by_W1.T, 0 * block], [0 * block.T, by_W2 @ by_W2.T]])"
task = Task(
    hessian_parts,
    points=4,
    compare=Close(condition=1000, float32=True),  # 30 roundings, amplified by 16
    returns=("H0", "H1"),
    forbidden=("course_lib.hessians.hessian_split_torch",),
    examples=[(np.array([[2.0]]), np.array([[3.0]]), np.array([[1.0]]), np.array([[5.0]]))],
    regimes={
        "any sizes": any_sizes,
        "one sample": lambda rng: any_sizes(rng, m=1),
        "one hidden unit, six outputs": lambda rng: any_sizes(rng, d_hidden=1, d_out=6),
        "one input and one output": lambda rng: any_sizes(rng, d_in=1, d_out=1),
    },
    right=[by_autograd],
    wrong={
        "not divided by m": (
            "Both parts are sums over the samples; divide by m.",
            lambda right, W1, W2, X, Y: [len(X) * H for H in right(W1, W2, X, Y)],
        ),
        "residual turned round": (
            "H1 has the wrong sign: the residual is prediction minus target.",
            {"hidden @ W2.T - Y": "Y - hidden @ W2.T"},
        ),
        "one block of H1": ("H1 has two blocks; fill the lower one, too.", {"block.T / m": "0"}),
        "H1 taken for zero": (
            "H1 is zero, but the network is linear in x only; find its second derivatives.",
            {RESULT: "J @ J.T / m, 0 * H1"},
        ),
        "second layer first": (
            "The parameters of W2 come first; begin with those of W1.",
            lambda right, *inputs: [np.roll(H, inputs[1].size, (0, 1)) for H in right(*inputs)],
        ),
        "column by column": (
            "The parameters are ordered column by column; order them row by row, as `ravel` does.",
            {"->jkmi": "->kjmi", "->ajmi": "->jami", "->jkil": "->kjli"},
        ),
        "layers do not meet in H0": (
            "In H0 the blocks between W1 and W2 are missing; multiply their derivatives, too.",
            {RESULT: f"{BLOCKS} / m, H1"},
        ),
    },
    equivalent={"result -> squeezed": "there are two parameters or more"},
)

# %%
from math import pi

import numpy as np
import torch

# %% [markdown]
# ## What a wide network compares inputs by
#
# Take a layer of $N$ ReLU units with independent standard normal weights and no bias. As $N$
# grows, the mean over the units of the product of their answers to $x$ and $y$ becomes a kernel
# that has a closed form. With $\theta$ the angle between $x$ and $y$,
#
# $$ k(x,y) = \mathbb E_w\big[(w^\top x)_+\,(w^\top y)_+\big]
#    = \frac{\lVert x\rVert\,\lVert y\rVert}{2\pi}
#      \big(\sin\theta+(\pi-\theta)\cos\theta\big) , $$
#
# and if the weights of the layer are trained too, the tangent kernel of the whole adds a second
# part,
#
# $$ \Theta(x,y) = k(x,y) + x^\top y\;\frac{\pi-\theta}{2\pi} . $$
#
# Mind the constant: the arc-cosine kernel, as most papers and the lesson write it, is twice $k$,
# and their tangent kernel twice $\Theta$. Here $k(x,x)=\lVert x\rVert^2/2$, since half of the units
# are silent. Rounding may push the cosine of an angle a little past 1, and an input may be 0: then
# both kernels are 0.
#
# **Write** `relu_kernels(X, Y)` with `X` `(n, d)`, `Y` `(m, d)`; return the pair `(k, Theta)`,
# both `(n, m)`.
#
# *Example.* $x=(2,0)$, $y=(0,3)$: $\theta=\pi/2$, so $k=\frac{6}{2\pi}\cdot1\approx0.955$ and
# $\Theta$ is the same. For $y=x$: $k=2$, $\Theta=2+4\cdot\frac12=4$.


# %%
def relu_kernels(X, Y):
    """The kernel of wide ReLU features and the tangent kernel of the network on top of them."""
    ### BEGIN SOLUTION
    inner = X @ Y.T
    sizes = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(Y, axis=1))
    cosine = np.clip(inner / np.where(sizes > 0, sizes, 1), -1, 1)
    angle = np.arccos(cosine)
    k = sizes / (2 * np.pi) * (np.sin(angle) + (np.pi - angle) * cosine)
    return k, k + inner * (np.pi - angle) / (2 * np.pi)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def kernel_inputs(rng):
    n, m, d = int(rng.integers(2, 5)), int(rng.integers(3, 6)), int(rng.integers(2, 5))
    while True:  # close to 0 and to pi the angle loses half of the digits
        X, Y = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        X, Y = (V / np.linalg.norm(V, axis=1, keepdims=True) for V in (X, Y))
        if np.abs(X @ Y.T).max() < 0.98:
            break
    X, Y = (V * rng.uniform(0.5, 2.5, size=(len(V), 1)) for V in (X, Y))
    Y[0] = 0
    return X, rng.permutation(Y)


def kernels_with(X, Y, ends=(-1, 1)):
    inner = X @ Y.T
    sizes = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(Y, axis=1))
    angle = np.arccos(np.clip(inner / np.where(sizes > 0, sizes, 1), *ends))
    return inner, sizes, angle


def kernel_doubled(X, Y):
    k, theta = relu_kernels(X, Y)
    return 2 * k, 2 * theta


def kernel_without_lengths(X, Y):
    inner, sizes, angle = kernels_with(X, Y)
    k = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi) * (sizes > 0)
    return k, k + inner * (np.pi - angle) / (2 * np.pi)


def kernel_of_the_angle(X, Y):
    inner, sizes, angle = kernels_with(X, Y)
    k = sizes / (2 * np.pi) * (np.sin(angle) + angle * np.cos(angle))
    return k, k + inner * angle / (2 * np.pi)


def kernel_by_lengths(X, Y):
    _, sizes, angle = kernels_with(X, Y)
    k = relu_kernels(X, Y)[0]
    return k, k + sizes * (np.pi - angle) / (2 * np.pi)


def kernel_second_part_doubled(X, Y):
    k, theta = relu_kernels(X, Y)
    return k, 2 * theta - k


def kernel_tangent_alone(X, Y):
    k, theta = relu_kernels(X, Y)
    return k, theta - k


def kernel_of_steps(X, Y):
    inner, _, angle = kernels_with(X, Y)
    k = (np.pi - angle) / (2 * np.pi)
    return k, k + inner * k


def kernel_linear(X, Y):
    return X @ Y.T, 2 * X @ Y.T


def kernel_without_sine(X, Y):
    inner, _, angle = kernels_with(X, Y)
    k = inner * (np.pi - angle) / (2 * np.pi)
    return k, 2 * k


def kernel_zero_over_zero(X, Y):
    k, theta = relu_kernels(X, Y)
    _, sizes, _ = kernels_with(X, Y)
    lost = np.where(sizes > 0, 0.0, np.nan)
    return k + lost, theta + lost


def kernel_by_loops(X, Y):
    k, theta = np.zeros((2, len(X), len(Y)))
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            size = np.linalg.norm(x) * np.linalg.norm(y)
            if size > 0:
                cosine = min(1.0, max(-1.0, x @ y / size))
                angle = np.arccos(cosine)
                k[i, j] = size * (np.sin(angle) + (np.pi - angle) * cosine) / (2 * np.pi)
                theta[i, j] = k[i, j] + (x @ y) * (1 - angle / np.pi) / 2
    return k, theta


def kernel_by_torch(X, Y):
    x, y = torch.from_numpy(X)[:, None], torch.from_numpy(Y)[None]
    u, v = x * y.norm(dim=2, keepdim=True), y * x.norm(dim=2, keepdim=True)
    angle = 2 * torch.atan2((u - v).norm(dim=2), (u + v).norm(dim=2))
    sizes, active = x.norm(dim=2) * y.norm(dim=2), (torch.pi - angle) / (2 * torch.pi)
    inner = (x * y).sum(dim=2)
    k = sizes * angle.sin() / (2 * torch.pi) + inner * active
    return k, k + inner * active


def kernel_in_plain_lists(X, Y):
    from math import acos, hypot

    k, theta = [], []
    for x in X.tolist():
        k.append([])
        theta.append([])
        for y in Y.tolist():
            inner = sum(s * t for s, t in zip(x, y, strict=True))
            size = hypot(*x) * hypot(*y)
            share = (1 - acos(max(-1, min(1, inner / size))) / pi) / 2 if size else 0
            rest = max(size * size - inner * inner, 0) ** 0.5
            k[-1].append(rest / (2 * pi) + inner * share)
            theta[-1].append(k[-1][-1] + inner * share)
    return k, theta


def kernel_by_integral(X, Y):
    nodes, weights = np.polynomial.legendre.leggauss(40)
    k, active = np.zeros((2, len(X), len(Y)))
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            sizes = np.linalg.norm(x), np.linalg.norm(y)
            if min(sizes) == 0:
                continue
            angle = np.arccos(np.clip(x @ y / sizes[0] / sizes[1], -1, 1))
            low, high = angle - np.pi / 2, np.pi / 2
            at = (low + high) / 2 + (high - low) / 2 * nodes
            answers = np.cos(at) * np.cos(at - angle) * weights * (high - low) / 2
            k[i, j] = sizes[0] * sizes[1] * answers.sum() / np.pi
            active[i, j] = (high - low) / (2 * np.pi)
    return k, k + X @ Y.T * active


def kernel_in_single_precision(X, Y):
    X, Y = X.astype(np.float32), Y.astype(np.float32)
    inner = X @ Y.T
    sizes = np.sqrt((X**2).sum(axis=1)[:, None] * (Y**2).sum(axis=1))
    cosine = np.divide(inner, sizes, out=np.zeros_like(inner), where=sizes > 0)
    share = (1 - np.arccos(np.clip(cosine, -1, 1)) / np.float32(np.pi)) / 2
    k = np.sqrt(np.maximum(sizes**2 - inner**2, 0)) / np.float32(2 * np.pi) + inner * share
    return k, k + inner * share


# condition: 30 * 6.1
task = Task(
    relu_kernels,
    points=2,
    compare=Close(condition=200.0, float32=True),
    returns=("k", "Theta"),
    forbidden=("course_lib.generalization.arc_cosine", "course_lib.generalization.ntk_torch"),
    examples=[(np.array([[2.0, 0.0]]), np.array([[0.0, 3.0], [2.0, 0.0]]))],
    regimes={"drawn": kernel_inputs},
    right=[
        kernel_by_loops,
        kernel_by_torch,
        kernel_in_plain_lists,
        kernel_by_integral,
        kernel_in_single_precision,
    ],
    wrong={
        "twice as large": (
            (
                "Both are twice as large: that is the arc-cosine kernel as papers normalise it."
                " The mean over the units has 1/(2 pi)."
            ),
            kernel_doubled,
        ),
        "lengths forgotten": (
            "The lengths of x and y are missing in k; only the angle was used.",
            kernel_without_lengths,
        ),
        "angle for its complement": (
            "The angle stands where pi minus the angle belongs.",
            kernel_of_the_angle,
        ),
        "inner product without direction": (
            (
                "In Theta the second part has the inner product of x and y; you took the "
                "product of their lengths."
            ),
            kernel_by_lengths,
        ),
        "second part twice as large": (
            (
                "In Theta the second part is twice as large: beside this k, which is half of "
                "the arc-cosine kernel, stands (pi - theta) / (2 pi)."
            ),
            kernel_second_part_doubled,
        ),
        "tangent part alone": (
            ("Theta is the sum of both parts: the output weights are trained too, which gives k."),
            kernel_tangent_alone,
        ),
        "steps for ramps": (
            (
                "This k is that of units that answer 0 or 1; a ReLU answers with the size of "
                "its input."
            ),
            kernel_of_steps,
        ),
        "units without ReLU": (
            (
                "This is the kernel of linear units, the inner product; half of the ReLUs are "
                "silent."
            ),
            kernel_linear,
        ),
        "sine forgotten": ("The sine of the angle is missing in k.", kernel_without_sine),
        "zero over zero": (
            "An input of length 0 has no angle, 0/0 is NaN; both kernels are 0 there.",
            kernel_zero_over_zero,
        ),
    },
)

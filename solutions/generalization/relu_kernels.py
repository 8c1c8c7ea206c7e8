# %%
import numpy as np
import torch

# %% [markdown]
# ## The two kernels of a wide network
#
# Take a layer of $N$ ReLU units with independent standard normal weights and no bias. As $N$
# grows, the mean over the units of the product of their outputs for $x$ and $y$ becomes a
# kernel that has a closed form. With $\theta$ the angle between $x$ and $y$,
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
# Note the constant: the arc-cosine kernel, as most papers and the lesson define it, is twice $k$,
# and their tangent kernel is twice $\Theta$. Here $k(x,x)=\lVert x\rVert^2/2$, since half of the
# units are silent. Rounding may push the cosine of an angle a little past 1, and an input may be 0:
# then both kernels are 0.
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


def pair(rng, n, m, d, scale=1.0):
    return tuple(scale * rng.normal(size=(count, d)) for count in (n, m))


def parallel_and_opposite(rng):
    """So many cosines of -1 and 1 that rounding surely pushes some of them out on both sides."""
    directions = np.repeat(rng.normal(size=(8, int(rng.integers(3, 6)))), 5, axis=0)
    X, Y = directions * rng.uniform(0.5, 2, size=(2, 40, 1)) * rng.choice([-1, 1], size=(2, 40, 1))
    Y[0] = X[0]
    return X, Y


def inputs_of_length_zero(rng):
    X, Y = pair(rng, 3, 4, 3)
    X[rng.integers(3)] = Y[rng.integers(4)] = 0
    return X, Y


def by_half_angles(X, Y):
    x, y = torch.from_numpy(X)[:, None], torch.from_numpy(Y)[None]
    u, v = x * y.norm(dim=2, keepdim=True), y * x.norm(dim=2, keepdim=True)
    angle = 2 * torch.atan2((u - v).norm(dim=2), (u + v).norm(dim=2))
    active = (x * y).sum(dim=2) * (torch.pi - angle) / (2 * torch.pi)
    k = x.norm(dim=2) * y.norm(dim=2) * angle.sin() / (2 * torch.pi) + active
    return k, k + active


RATIO, ANGLES = "np.where(sizes > 0, sizes, 1)", "(np.pi - angle) * cosine"
task = Task(
    relu_kernels,
    points=2,
    compare=Close(condition=2000.0, float32=True),  # at angle 0 half of the digits are lost
    returns=("k", "Theta"),
    forbidden=("course_lib.generalization.arc_cosine", "course_lib.generalization.ntk_torch"),
    examples=[(np.array([[2.0, 0.0]]), np.array([[0.0, 3.0], [2.0, 0.0]]))],
    regimes={
        "any inputs": lambda rng: pair(rng, *rng.integers([2, 5, 2], [5, 8, 5])),
        "parallel and opposite inputs": parallel_and_opposite,
        "inputs of length 0": inputs_of_length_zero,
        "nothing but length 0": lambda rng: (np.zeros((1, 2)), rng.normal(size=(2, 2))),
        "one number each": lambda rng: tuple(
            rng.uniform(0.5, 2, size=(2, 1, 1)) * rng.choice([-1, 1])
        ),
        "short inputs": lambda rng: pair(rng, 3, 2, 4, 1e-4),
    },
    right=[by_half_angles],
    wrong={
        "twice as large": (
            "Both are twice as large, as papers normalise; the mean over the units has 1/(2 pi).",
            lambda right, X, Y: tuple(2 * kernel for kernel in right(X, Y)),
        ),
        "lengths forgotten": (
            "This k depends on the angle only; multiply by the lengths of x and y.",
            {"k = sizes / (2": "k = (sizes > 0) / (2"},
        ),
        "angle for its complement": (
            "The angle stands where pi minus the angle belongs.",
            {ANGLES: "angle * cosine", "inner * (np.pi - angle)": "inner * angle"},
        ),
        "inner product without direction": (
            "The second part of Theta has the lengths of x and y; take their inner product.",
            {"k + inner": "k + sizes"},
        ),
        "second part twice as large": (
            "The second part of Theta is twice as large; beside this k stands 1/(2 pi).",
            {"k + inner": "k + 2 * inner"},
        ),
        "tangent part alone": ("Theta is the second part alone; add k.", {"k + inner": "inner"}),
        "zero over zero": (
            "An input of length 0 has no angle, 0/0 is NaN; both kernels are 0 there.",
            {RATIO: "sizes"},
        ),
    },
    equivalent={f"{RATIO} -> {RATIO[:-2]}2)": "0 over any number is 0"},
)

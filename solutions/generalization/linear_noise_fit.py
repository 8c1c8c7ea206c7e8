# %%
from itertools import product

import numpy as np
import torch

# %% [markdown]
# ## The linear class, exactly and by its bound
#
# For the class of all $x\mapsto w^\top x$ with $\lVert w\rVert\le B$ the best $w$ is known: it
# points along $\sum_is_ix_i$. So
#
# $$ \hat{\mathcal R} = \frac Bn\,\mathbb E_s\Big\lVert\sum_{i=1}^n s_ix_i\Big\rVert
#    \ \le\ \frac Bn\sqrt{\sum_{i=1}^n\lVert x_i\rVert^2} , $$
#
# where the bound is Jensen's inequality: the mixed terms average to 0 in the square. Neither side
# knows the number of features.
#
# **Write** `linear_noise_fit(X, B)` with `X` `(n, n_features)`, $n\le9$; return the pair
# `(exact, bound)` of numbers.
#
# *Example.* $x_1=(3,0)$, $x_2=(0,4)$, $B=2$: each of the four sums has length 5, so both numbers
# are $\frac22\cdot5=5$. With $x_1=x_2=(1)$ and $B=2$ the sums are $\pm2$ and 0, so the exact value
# is 1 and the bound $\sqrt2$.


# %%
def linear_noise_fit(X, B):
    """Rademacher's average of the linear class on a sample, and its bound."""
    ### BEGIN SOLUTION
    n = len(X)
    signs = np.array(list(product([-1, 1], repeat=n)))
    exact = np.linalg.norm(signs @ X, axis=1).mean()
    return B / n * exact, B / n * np.sqrt((X**2).sum())
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def all_signs(n):
    return np.array(list(product([-1, 1], repeat=n)))


def linear_inputs(rng):
    n, n_features = int(rng.integers(4, 8)), int(rng.integers(2, 4))
    X = rng.normal(size=(n, n_features)) * rng.uniform(0.5, 2, size=(n, 1))
    return X, float(rng.uniform(1.3, 3))


def lengths_of_sums(X, order=2):
    return np.linalg.norm(all_signs(len(X)) @ X, ord=order, axis=1)


def linear_without_B(X, B):
    return linear_noise_fit(X, 1.0)


def linear_not_divided(X, B):
    exact, bound = linear_noise_fit(X, B)
    return exact * len(X), bound * len(X)


def linear_bound_twice(X, B):
    bound = linear_noise_fit(X, B)[1]
    return bound, bound


def linear_by_the_largest(X, B):
    largest = np.linalg.norm(X, axis=1).max()
    return linear_noise_fit(X, B)[0], B * largest / np.sqrt(len(X))


def linear_over_root(X, B):
    exact, bound = linear_noise_fit(X, B)
    return exact, bound * np.sqrt(len(X))


def linear_by_the_triangle(X, B):
    return linear_noise_fit(X, B)[0], B * np.linalg.norm(X, axis=1).mean()


def linear_length_of_the_mean(X, B):
    mean = np.linalg.norm((all_signs(len(X)) @ X).mean(axis=0))
    return (B / len(X) * mean).round(12), linear_noise_fit(X, B)[1]


def linear_in_the_other_norm(X, B):
    return B / len(X) * lengths_of_sums(X, 1).mean(), linear_noise_fit(X, B)[1]


def linear_squared(X, B):
    return B / len(X) * (lengths_of_sums(X) ** 2).mean(), B / len(X) * (X**2).sum()


def linear_without_signs(X, B):
    return B / len(X) * np.linalg.norm(X.sum(axis=0)), linear_noise_fit(X, B)[1]


def linear_by_loops(X, B):
    n, total = len(X), 0.0
    for code in range(2**n):
        s = sum((1 if code >> i & 1 else -1) * X[i] for i in range(n))
        total += (s @ s) ** 0.5
    return B * total / (n * 2**n), B * sum(x @ x for x in X) ** 0.5 / n


def linear_by_torch(X, B):
    points = torch.from_numpy(X)
    sums = points[:1]
    for x in points[1:]:
        sums = torch.cat([sums + x, sums - x])
    return B * sums.norm(dim=1).mean() / len(X), B * points.norm() / len(X)


def linear_in_plain_lists(X, B):
    rows, lengths = X.tolist(), []
    for signs in product((1, -1), repeat=len(rows)):
        total = [sum(s * v for s, v in zip(signs, c, strict=True)) for c in X.T.tolist()]
        lengths.append(sum(t * t for t in total) ** 0.5)
    squares = sum(v * v for row in rows for v in row)
    return [B * sum(lengths) / len(lengths) / len(rows), B * squares**0.5 / len(rows)]


def linear_by_inner_products(X, B):
    gram = (X @ X.T).astype(np.float32)
    signs = all_signs(len(X)).astype(np.float32)
    squares = np.maximum(np.einsum("si,ij,sj->s", signs, gram, signs), 0)
    return np.float32(B / len(X)) * np.sqrt(squares).mean(), B / len(X) * np.trace(gram) ** 0.5


# condition: 30 * 0.9; 1 for B
task = Task(
    linear_noise_fit,
    points=2,
    compare=Close(condition=100.0, float32=True),
    returns=("exact", "bound"),
    forbidden=("course_lib.generalization.rademacher",),
    examples=[(np.array([[3.0, 0.0], [0.0, 4.0]]), 2.0), (np.array([[1.0], [1.0]]), 2.0)],
    regimes={"drawn": linear_inputs},
    right=[linear_by_loops, linear_by_torch, linear_in_plain_lists, linear_by_inner_products],
    wrong={
        "B forgotten": ("The bound B on the weights is missing in both.", linear_without_B),
        "not divided by n": ("Both are divided by the number of points.", linear_not_divided),
        "bound twice": (
            (
                "The first number is the bound too: the mean of lengths is not the root of the "
                "mean of their squares."
            ),
            linear_bound_twice,
        ),
        "largest length in the bound": (
            (
                "This is the coarser bound B max|x| / sqrt(n); asked for is the one with the "
                "sum of the squared lengths."
            ),
            linear_by_the_largest,
        ),
        "root of n in the bound": (
            (
                "The bound is divided by the root of n. That belongs to the largest length; "
                "beside the root of the sum of all squared lengths stands n."
            ),
            linear_over_root,
        ),
        "sum of the lengths": (
            (
                "The bound adds the lengths (the triangle inequality); under the root stand "
                "their squares."
            ),
            linear_by_the_triangle,
        ),
        "length of the mean": (
            (
                "The sums are averaged before their length is taken, which makes 0: take the "
                "mean of the lengths."
            ),
            linear_length_of_the_mean,
        ),
        "norm of absolute values": (
            "The length is Euclid's; you added absolute values of the entries.",
            linear_in_the_other_norm,
        ),
        "squared lengths": (
            "The lengths are squared, as if the root were missing.",
            linear_squared,
        ),
        "no signs": (
            "The points are added without signs; average over all 2^n vectors of signs.",
            linear_without_signs,
        ),
    },
)

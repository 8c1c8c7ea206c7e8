# %%
from itertools import product

import numpy as np

# %% [markdown]
# ## The linear class, exactly and with its bound
#
# For the class of all $x\mapsto w^\top x$ with $\lVert w\rVert\le B$ the best $w$ is known: it
# points along $\sum_is_ix_i$. So
#
# $$ \hat{\mathcal R} = \frac Bn\,\mathbb E_s\Big\lVert\sum_{i=1}^n s_ix_i\Big\rVert
#    \ \le\ \frac Bn\sqrt{\sum_{i=1}^n\lVert x_i\rVert^2} , $$
#
# where the bound is Jensen's inequality: the mixed terms average to 0 in the square. The
# number of features does not occur on either side.
#
# **Write** `linear_noise_fit(X, B)` with `X` `(n, n_features)`, $n\le9$; return the pair
# `(exact, bound)` of numbers.
#
# *Example.* $x_1=(3,0)$, $x_2=(0,4)$, $B=2$: each of the four sums has length 5, so both numbers
# are $\frac22\cdot5=5$. With $x_1=x_2=(1)$ and $B=2$ the sums are $\pm2$ and 0, so the exact value
# is 1 and the bound $\sqrt2$.


# %%
def linear_noise_fit(X, B):
    """The empirical Rademacher complexity of the linear class, and its bound."""
    ### BEGIN SOLUTION
    n = len(X)
    signs = np.array(list(product([-1, 1], repeat=n)))
    exact = np.linalg.norm(signs @ X, axis=1).mean()
    return B / n * exact, B / n * np.sqrt((X**2).sum())
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def sample(rng, n, n_features, least=1.3, most=3.0, n_zero=0):
    """Points of unequal lengths, some of which may be 0, and a bound on the weights in a range."""
    X = rng.normal(size=(n, n_features)) * rng.uniform(0.5, 2, size=(n, 1))
    B = float(rng.uniform(least, most))
    X[rng.permutation(n)[:n_zero]] = 0
    return X, B


def orthogonal_points(rng):
    X, B = sample(rng, 3, 3)
    return np.linalg.qr(X)[0] * rng.uniform(0.5, 2, size=(3, 1)), B


def by_inner_products(X, B):
    gram = X @ X.T
    squares = [np.array(signs) @ gram @ signs for signs in product((1, -1), repeat=len(X))]
    exact = np.sqrt(np.maximum(squares, 0)).mean()
    return B / len(X) * exact, B / len(X) * np.trace(gram) ** 0.5


LENGTHS, SQUARES = "np.linalg.norm(signs @ X, axis=1)", "(X**2).sum()"
task = Task(
    linear_noise_fit,
    points=2,
    compare=Close(condition=100.0, float32=True),  # 30 * 0.9; 1 for B
    returns=("exact", "bound"),
    forbidden=("course_lib.generalization.rademacher",),
    examples=[(np.array([[3.0, 0.0], [0.0, 4.0]]), 2.0), (np.array([[1.0], [1.0]]), 2.0)],
    regimes={
        "any sample": lambda rng: sample(rng, *rng.integers([4, 2], [8, 4])),
        "one point": lambda rng: sample(rng, 1, int(rng.integers(2, 5))),
        "one feature": lambda rng: sample(rng, int(rng.integers(3, 7)), 1),
        "more features than points": lambda rng: sample(rng, 3, int(rng.integers(5, 9))),
        "nine points": lambda rng: sample(rng, 9, 2),
        "weights below 1": lambda rng: sample(rng, 5, 2, 0.3, 0.8),
        "points at 0": lambda rng: sample(rng, 5, 3, n_zero=2),
        "orthogonal points": orthogonal_points,
    },
    right=[by_inner_products],
    wrong={
        "B forgotten": (
            "Both numbers are those of B = 1; multiply by B.",
            lambda right, X, B: right(X, 1.0),
        ),
        "not divided by n": (
            "Both numbers are sums over the points; divide them by n.",
            {"return B / n * exact, B / n": "return B * exact, B"},
        ),
        "bound twice": (
            "The first number is the bound too: average the lengths, not their squares.",
            lambda right, X, B: right(X, B)[1:] * 2,
        ),
        "root of n in the bound": (
            "The bound is divided by the root of n; divide the root of the squared lengths by n.",
            {"B / n * np.sqrt": "B / np.sqrt(n) * np.sqrt"},
        ),
        "sum of the lengths": (
            "The bound adds the lengths; add their squares, and take the root.",
            {f"np.sqrt({SQUARES})": "np.linalg.norm(X, axis=1).sum()"},
        ),
        "squared lengths": (
            "The lengths are squared; take the root.",
            {LENGTHS: "((signs @ X) ** 2).sum(axis=1)", f"np.sqrt({SQUARES})": SQUARES},
        ),
        "no signs": (
            "The points are added without signs; average over all 2^n vectors of signs.",
            {f"{LENGTHS}.mean()": "np.linalg.norm(X.sum(axis=0))"},
        ),
    },
)

# %%
import numpy as np

# %% [markdown]
# ## A Wigner matrix of the right size
#
# The semicircle law holds for symmetric matrices whose entries shrink with the size: its edges
# are $\pm2\sigma$ if the entries off the diagonal have *variance* $\sigma^2/n$. Usually one starts
# from a matrix $A$ of independent standard normal numbers, which is not symmetric, and takes
#
# $$ M = c\,(A + A^\top) \qquad\text{with}\qquad \mathbb E\,M_{ij}^2 = \frac{\sigma^2}{n}
#    \quad (i\ne j). $$
#
# Find $c$. Note that the variance of the sum of two independent numbers is the sum of their
# variances.
#
# **Write** `wigner_from(A, sigma)` with `A` `(n, n)`, of any size from 1 on, and `sigma` a positive
# standard deviation; return $M$ `(n, n)`. The factor $c$ follows from `sigma` and $n$ alone, not
# from the numbers that happen to stand in $A$.
#
# *Example.* $n=2$, $\sigma=1$, $A=\big(\begin{smallmatrix}1&2\\0&3\end{smallmatrix}\big)$:
# $M=\frac12\big(\begin{smallmatrix}2&2\\2&6\end{smallmatrix}\big)
# =\big(\begin{smallmatrix}1&1\\1&3\end{smallmatrix}\big)$.


# %%
def wigner_from(A, sigma):
    """Make a raw Gaussian matrix symmetric and scale it for the semicircle law."""
    ### BEGIN SOLUTION
    n = len(A)
    return sigma * (A + A.T) / np.sqrt(2 * n)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def gaussian(rng, n, low, high):
    """A raw matrix, and a sigma between two bounds."""
    return rng.normal(size=(n, n)), float(rng.uniform(low, high))


def asymmetric(rng):
    A, sigma = gaussian(rng, 4, 1.3, 2.5)
    return np.triu(A, 1) if rng.random() < 0.5 else np.tril(A, -1), sigma


def by_parts(A, sigma):
    symmetric = (A + A.T) / 2  # an entry of variance 1/2 off the diagonal
    return symmetric * sigma * (2 / len(A)) ** 0.5


MATRIX, ROOT = "(A + A.T) / np.sqrt(2 * n)", "np.sqrt(2 * n)"
task = Task(
    wigner_from,
    points=1,
    compare=Close(condition=100.0, float32=True),  # 30 roundings, amplified by up to 3
    forbidden=("course_lib.spectral_laws.semicircle",),
    examples=[(np.array([[1.0, 2.0], [0.0, 3.0]]), 1.0)],
    regimes={
        "sigma below 1": lambda rng: gaussian(rng, int(rng.integers(3, 7)), 0.2, 0.8),
        "sigma above 1": lambda rng: gaussian(rng, int(rng.integers(3, 7)), 1.3, 5),
        "one row": lambda rng: gaussian(rng, 1, 1.3, 2.5),
        "a larger matrix": lambda rng: gaussian(rng, int(rng.choice([7, 9, 11])), 0.4, 0.8),
        "one triangle of zeros": asymmetric,
    },
    right=[by_parts],
    wrong={
        "mean of the two": (
            "A mean of two independent numbers has half the variance; multiply it by sqrt(2).",
            {ROOT: "(2 * np.sqrt(n))"},
        ),
        "sum unscaled": (
            "The sum of two independent numbers has twice the variance; divide by sqrt(2) too.",
            {ROOT: "np.sqrt(n)"},
        ),
        "sigma as variance": (
            "The entries grow like the root of sigma; multiply them by sigma, the deviation.",
            {"sigma *": "np.sqrt(sigma) *"},
        ),
        "n without its root": (
            "The entries shrink like 1/n. Their variance does that; divide them by sqrt(n).",
            {ROOT: "np.sqrt(2) / n"},
        ),
        "not shrunk": (
            "The entries do not depend on n, and the spectrum grows with it; divide by sqrt(n).",
            {ROOT: "np.sqrt(2)"},
        ),
        "not symmetric": (
            "The matrix is scaled but not symmetric; add the transpose.",
            {MATRIX: "A / np.sqrt(n)"},
        ),
        "half of it mirrored": (
            "One half of A is mirrored, and the other is thrown away; use A + A^T.",
            {MATRIX: "(np.triu(A) + np.triu(A, 1).T) / np.sqrt(n)"},
        ),
    },
)

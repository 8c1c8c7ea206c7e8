# %%
import numpy as np
import torch

# %% [markdown]
# ## A Wigner matrix of the right size
#
# The semicircle law holds for symmetric matrices whose entries shrink with the size: its edges
# are $\pm2\sigma$ if the entries off the diagonal have *variance* $\sigma^2/n$. Usually one starts
# from a matrix $A$ of independent standard normal numbers, which is not symmetric, and takes
#
# $$ H = c\,(A + A^\top) \qquad\text{with}\qquad \mathbb E\,H_{ij}^2 = \frac{\sigma^2}{n}
#    \quad (i\ne j). $$
#
# Which $c$ does this ask for? The sum of two independent numbers does not have the variance of one.
#
# **Write** `wigner_from(A, sigma)` with `A` `(n, n)`; return $H$ `(n, n)`. Here `sigma` is a
# standard deviation.
#
# *Example.* $n=2$, $\sigma=1$, $A=\big(\begin{smallmatrix}1&2\\0&3\end{smallmatrix}\big)$:
# $H=\frac12\big(\begin{smallmatrix}2&2\\2&6\end{smallmatrix}\big)
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


def wigner_inputs(rng):
    n = int(rng.integers(3, 7))
    sigma = float(rng.uniform(0.4, 0.8) if rng.random() < 0.5 else rng.uniform(1.3, 2.5))
    return rng.normal(size=(n, n)), sigma


def wigner_by_the_mean(A, sigma):
    return sigma * (A + A.T) / 2 / np.sqrt(len(A))


def wigner_by_the_sum(A, sigma):
    return sigma * (A + A.T) / np.sqrt(len(A))


def wigner_from_the_variance(A, sigma):
    return np.sqrt(sigma) * (A + A.T) / np.sqrt(2 * len(A))


def wigner_sigma_squared(A, sigma):
    return sigma**2 * (A + A.T) / np.sqrt(2 * len(A))


def wigner_over_n(A, sigma):
    return sigma * (A + A.T) / np.sqrt(2) / len(A)


def wigner_not_shrunk(A, sigma):
    return sigma * (A + A.T) / np.sqrt(2)


def wigner_as_covariance(A, sigma):
    return sigma**2 * A @ A.T / len(A)


def wigner_not_symmetric(A, sigma):
    return sigma * A / np.sqrt(len(A))


def wigner_mirrored(A, sigma):
    return sigma * (np.triu(A) + np.triu(A, 1).T) / np.sqrt(len(A))


def wigner_by_loops(A, sigma):
    n = len(A)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            H[i, j] = (A[i, j] + A[j, i]) * sigma / (2 * n) ** 0.5
    return H


def wigner_by_torch(A, sigma):
    raw = torch.from_numpy(A) * sigma
    return (raw + raw.mT) * (2 * raw.shape[0]) ** -0.5


def wigner_in_plain_lists(A, sigma):
    scale = (sigma * sigma / len(A) / 2) ** 0.5
    pairs = zip(A.tolist(), A.T.tolist(), strict=True)
    return [[scale * (x + y) for x, y in zip(*pair, strict=True)] for pair in pairs]


def wigner_in_single_precision(A, sigma):
    half = (A.astype(np.float32) + A.T.astype(np.float32)) / 2
    return half * np.float32(sigma * np.sqrt(2 / len(A)))


# condition: 30 * 2.2
task = Task(
    wigner_from,
    points=1,
    compare=Close(condition=100.0, float32=True),
    forbidden=("course_lib.spectral_laws.semicircle",),
    examples=[(np.array([[1.0, 2.0], [0.0, 3.0]]), 1.0)],
    regimes={"drawn": wigner_inputs},
    right=[wigner_by_loops, wigner_by_torch, wigner_in_plain_lists, wigner_in_single_precision],
    wrong={
        "mean of the two": (
            (
                "A mean of two independent numbers has half the variance: the symmetric part of"
                " A has the right variance on the diagonal only, and the edges would be at "
                "sqrt(2) sigma."
            ),
            wigner_by_the_mean,
        ),
        "sum unscaled": (
            (
                "The sum of two independent numbers has twice the variance; the factor misses a"
                " 1/sqrt(2)."
            ),
            wigner_by_the_sum,
        ),
        "sigma as variance": (
            (
                "sigma is a standard deviation and multiplies the entries as it is; you took "
                "its root."
            ),
            wigner_from_the_variance,
        ),
        "sigma squared": (
            ("The entries are multiplied by sigma squared; that is the factor of their variance."),
            wigner_sigma_squared,
        ),
        "n without its root": (
            "The variance shrinks like 1/n, so the entries shrink like 1/sqrt(n).",
            wigner_over_n,
        ),
        "not shrunk": (
            "The size is forgotten: without 1/sqrt(n) the spectrum grows with the matrix.",
            wigner_not_shrunk,
        ),
        "a covariance": (
            (
                "A A^T is a sample covariance: no eigenvalue is negative, and the law is "
                "Marchenko-Pastur's."
            ),
            wigner_as_covariance,
        ),
        "not symmetric": (
            "The matrix is scaled but not symmetric; add the transpose.",
            wigner_not_symmetric,
        ),
        "half of it mirrored": (
            (
                "One half of A is mirrored. The limit would be the same, but half of the "
                "numbers is thrown away and the diagonal has too small a variance; use A + A^T."
            ),
            wigner_mirrored,
        ),
    },
)

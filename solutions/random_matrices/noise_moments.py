# %%
from math import comb

import numpy as np

# %% [markdown]
# ## Moments of pure noise
#
# Let the entries of $X$ be independent with mean 0 and variance $v$. The moments of the eigenvalues
# of the covariance $\frac1mXX^\top$ can be computed without an integral. With $r$ features per
# sample, the mean of the $k$-th power of the eigenvalues tends to
#
# $$ m_k = v^k\sum_{j=0}^{k-1}\frac{r^{\,j}}{j+1}\binom kj\binom{k-1}j , $$
#
# where the factors of $r^j$ are the Narayana numbers. Their sum over $j$ is the Catalan number, so
# for $r = v = 1$ the moments are the Catalan numbers 1, 2, 5, 14.
#
# **Write** `noise_moments(n_moments, ratio, variance)` with `n_moments` from 1 to 25 and positive
# `ratio` and `variance`; return $(m_1,\dots,m_K)$ as an array of shape `(n_moments,)`. The first
# one is the mean, not $m_0$.
#
# *Example.* Three moments at $r=1/2$, $v=2$: $2\cdot1=2$, then $4\,(1+\tfrac12)=6$, then
# $8\,(1+3\cdot\tfrac12+\tfrac14)=22$.


# %%
def noise_moments(n_moments, ratio, variance):
    """Compute the first moments of the law of sample covariances."""
    ### BEGIN SOLUTION
    moments = []
    for k in range(1, n_moments + 1):
        narayana = [comb(k, j) * comb(k - 1, j) / (j + 1) for j in range(k)]
        moments.append(variance**k * sum(c * ratio**j for j, c in enumerate(narayana)))
    return np.array(moments)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

BELOW_1, ABOVE_1, EXACTLY_1 = (0.5, 0.8), (1.25, 2.5), (1.0, 1.0)


def case(rng, ratio, variance, fewest=3, most=6):
    """Ratio, variance and the number of moments, each between two bounds."""
    n_moments = int(rng.integers(fewest, most + 1))
    return n_moments, float(rng.uniform(*ratio)), float(rng.uniform(*variance))


def by_jacobi_matrix(n_moments, ratio, variance):
    J = np.diag([1.0] + [1 + ratio] * n_moments)
    J += np.sqrt(ratio) * (np.eye(n_moments + 1, k=1) + np.eye(n_moments + 1, k=-1))
    powers = [np.linalg.matrix_power(variance * J, k) for k in range(1, n_moments + 1)]
    return [power[0, 0] for power in powers]


POWER_OF_V, POWER_OF_R = "variance**k", "ratio**j"
task = Task(
    noise_moments,
    points=2,
    compare=Close(condition=200.0, float32=True),  # 100 roundings: powers up to 25, and sums
    forbidden=("course_lib.spectral_laws.marchenko_pastur", "course_lib.spectral_laws.moments"),
    examples=[(3, 0.5, 2.0)],
    regimes={
        "more samples than features": lambda rng: case(rng, BELOW_1, BELOW_1),
        "and a large variance": lambda rng: case(rng, BELOW_1, ABOVE_1),
        "more features than samples": lambda rng: case(rng, ABOVE_1, ABOVE_1),
        "and a small variance": lambda rng: case(rng, ABOVE_1, BELOW_1),
        "as many features as samples": lambda rng: case(rng, EXACTLY_1, ABOVE_1),
        "variance 1": lambda rng: case(rng, ABOVE_1, EXACTLY_1),
        "one moment": lambda rng: case(rng, ABOVE_1, ABOVE_1, 1, 1),
        "many moments": lambda rng: case(rng, (0.5, 2), (0.7, 1.3), 23, 25),
    },
    right=[by_jacobi_matrix],
    equivalent={"range(k) -> range(k + 1)": "a set of k - 1 has no part of k: the term is 0"},
    wrong={
        "begins with m_0": (
            "The first entry is m_0 = 1; begin with the mean m_1.",
            lambda right, *inputs: np.append(1.0, right(*inputs)[:-1]),
        ),
        "samples over features": (
            "The ratio is turned round; take features over samples.",
            {POWER_OF_R: "(1 / ratio) ** j"},
        ),
        "variance once": (
            "Every moment is proportional to the variance; take its k-th power for the k-th.",
            {POWER_OF_V: "variance"},
        ),
        "variance as deviation": (
            "The variance is squared, as if it were a standard deviation; do not square it.",
            {POWER_OF_V: "(variance**2) ** k"},
        ),
        "ratio forgotten": (
            "These are the moments at ratio 1; multiply by the powers of the ratio.",
            {f" * {POWER_OF_R}": ""},
        ),
        "not divided by j + 1": (
            "The factors before the powers of the ratio are too large; divide by j + 1.",
            {" / (j + 1)": ""},
        ),
        "ratio to the power j + 1": (
            "The powers of the ratio begin with 1; begin with 0, so that m_1 is the variance.",
            {POWER_OF_R: "ratio ** (j + 1)"},
        ),
    },
)

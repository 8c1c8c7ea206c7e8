# %%
from math import comb

import numpy as np
import torch

# %% [markdown]
# ## Moments of pure noise
#
# What would the covariance $\frac1mXX^\top$ look like if nothing were there but independent
# entries of variance $v$? Its moments answer without any integral. With $r$ features per sample,
# the mean of the $k$-th power of the eigenvalues tends to
#
# $$ m_k = v^k\sum_{j=0}^{k-1}\frac{r^{\,j}}{j+1}\binom kj\binom{k-1}j , $$
#
# where the factors before $r^j$ are Narayana's numbers: they count the words of $k$ pairs of
# brackets by how often one closes right after it opens.
#
# **Write** `noise_moments(n_moments, ratio, variance)`; return $(m_1,\dots,m_K)$ as an array of
# shape `(n_moments,)`. The first one is the mean, not $m_0$.
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


def moments_inputs(rng):
    ratio = rng.uniform(0.3, 0.8) if rng.random() < 0.5 else rng.uniform(1.25, 2.5)
    variance = rng.uniform(0.5, 0.8) if rng.random() < 0.5 else rng.uniform(1.25, 2)
    return int(rng.integers(4, 7)), float(ratio), float(variance)


def moments_with(n_moments, ratio, variance, coefficient):
    rows = [[coefficient(k, j) for j in range(k)] for k in range(1, n_moments + 1)]
    return np.array(
        [variance ** len(row) * sum(c * ratio**j for j, c in enumerate(row)) for row in rows]
    )


def moments_from_zero(n_moments, ratio, variance):
    return np.concatenate([[1.0], noise_moments(n_moments, ratio, variance)[:-1]])


def moments_of_inverse_ratio(n_moments, ratio, variance):
    return noise_moments(n_moments, 1 / ratio, variance)


def moments_variance_once(n_moments, ratio, variance):
    return noise_moments(n_moments, ratio, 1.0) * variance


def moments_of_deviation(n_moments, ratio, variance):
    return noise_moments(n_moments, ratio, variance**2)


def moments_catalan(n_moments, ratio, variance):
    return noise_moments(n_moments, 1.0, variance)


def moments_undivided(n_moments, ratio, variance):
    return moments_with(n_moments, ratio, variance, lambda k, j: comb(k, j) * comb(k - 1, j))


def moments_of_k_twice(n_moments, ratio, variance):
    return moments_with(n_moments, ratio, variance, lambda k, j: comb(k, j) ** 2 / (j + 1))


def moments_one_power_more(n_moments, ratio, variance):
    return ratio * noise_moments(n_moments, ratio, variance)


def moments_by_cumulants(n_moments, ratio, variance):
    moments = [1.0]
    for k in range(1, n_moments + 1):
        total, power = 0.0, [1.0] + [0.0] * k
        for s in range(1, k + 1):
            power = np.convolve(power, moments)[: k + 1]
            total += variance**s * ratio ** (s - 1) * power[k - s]
        moments.append(total)
    return np.array(moments[1:])


def moments_by_jacobi(n_moments, ratio, variance):
    n = n_moments + 1
    J = torch.eye(n, dtype=torch.float64) * (1 + ratio)
    J[0, 0] = 1
    for i in range(n - 1):
        J[i, i + 1] = J[i + 1, i] = ratio**0.5
    J *= variance
    return torch.stack([torch.linalg.matrix_power(J, k)[0, 0] for k in range(1, n)])


def moments_in_plain_lists(n_moments, ratio, variance):
    moments = []
    for k in range(1, n_moments + 1):
        term, total = 1.0, 1.0
        for j in range(1, k):
            term *= ratio * (k - j + 1) * (k - j) / (j * (j + 1))
            total += term
        moments.append(total * variance**k)
    return moments


def moments_by_quadrature(n_moments, ratio, variance):
    nodes, weights = np.polynomial.legendre.leggauss(60)
    angle = np.pi * (nodes + 1) / 2
    x = 1 + ratio + 2 * np.sqrt(ratio) * np.cos(angle)
    heights = 2 * np.sin(angle) ** 2 / np.pi / x * np.pi / 2 * weights
    return [variance**k * (heights * x**k).sum() for k in range(1, n_moments + 1)]


def moments_in_single_precision(n_moments, ratio, variance):
    moments = np.zeros(n_moments, dtype=np.float32)
    for k in range(1, n_moments + 1):
        for j in range(k):
            moments[k - 1] += np.float32(comb(k, j) * comb(k, j + 1) / k * ratio**j)
        moments[k - 1] *= np.float32(variance) ** k
    return moments


task = Task(
    noise_moments,
    points=2,
    compare=Close(condition=500.0, float32=True),
    forbidden=("course_lib.spectral_laws.marchenko_pastur", "course_lib.spectral_laws.moments"),
    examples=[(3, 0.5, 2.0)],
    regimes={"drawn": moments_inputs},
    right=[
        moments_by_cumulants,
        moments_by_jacobi,
        moments_in_plain_lists,
        moments_by_quadrature,
        moments_in_single_precision,
    ],
    wrong={
        "begins with m_0": (
            "The list begins with m_0 = 1; the first entry asked for is the mean m_1.",
            moments_from_zero,
        ),
        "samples over features": (
            "The ratio is turned round: it is features over samples.",
            moments_of_inverse_ratio,
        ),
        "variance once": (
            ("The variance multiplies the eigenvalues, so the k-th moment has its k-th power."),
            moments_variance_once,
        ),
        "variance as deviation": (
            (
                "The variance is squared, as if it were a standard deviation; v is the variance"
                " already."
            ),
            moments_of_deviation,
        ),
        "ratio forgotten": (
            (
                "These are the moments at ratio 1 (Catalan's numbers): the powers of the ratio "
                "are missing."
            ),
            moments_catalan,
        ),
        "not divided by j + 1": ("The factor 1/(j+1) is missing.", moments_undivided),
        "two alike binomials": (
            "The second binomial coefficient is that of k - 1, not of k.",
            moments_of_k_twice,
        ),
        "ratio to the power j + 1": (
            "The powers of the ratio begin with 0: m_1 is the variance, whatever the ratio.",
            moments_one_power_more,
        ),
    },
)

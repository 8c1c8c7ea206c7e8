# %%
import numpy as np

# %% [markdown]
# ## Free cumulants
#
# If independent random numbers are added, their cumulants add up. Large independent random matrices
# do not commute, and if they are added, their *free* cumulants add up. These follow from the
# moments, one after the other. With $m_0=1$,
#
# $$ m_k = \sum_{s=1}^{k}\kappa_s \sum_{i_1+\dots+i_s=k-s} m_{i_1}m_{i_2}\cdots m_{i_s} , $$
#
# where the $i$ are whole numbers from 0 on. The inner sum is the coefficient of $t^{k-s}$ in
# $(1+m_1t+m_2t^2+\dots)^s$. So $m_1=\kappa_1$, $m_2=\kappa_2+\kappa_1m_1$,
# $m_3=\kappa_3+2\kappa_2m_1+\kappa_1m_2$, and so on. Up to the third they are the ordinary
# cumulants. The fourth is not: the free one vanishes for the semicircle, which at variance 1 has
# $m_4=2$, the ordinary one for the normal law, which has $m_4=3$.
#
# **Write** `free_cumulants_of(eigenvalues, n_cumulants)` with `eigenvalues` `(n,)`, whose moments
# are $m_k=\frac1n\sum_j\lambda_j^k$; return $\kappa_1,\kappa_2,\dots$ as an array
# `(n_cumulants,)`. Some eigenvalues may be equal, and there may be more cumulants than eigenvalues,
# or only one.
#
# *Example.* Eigenvalues $-1$ and 1 have the moments 0, 1, 0, 1. Then $\kappa_1=0$, $\kappa_2=1$,
# $\kappa_3=0$, and $m_4=\kappa_4+2\kappa_2^2$ gives $\kappa_4=-1$.


# %%
def free_cumulants_of(eigenvalues, n_cumulants):
    """Find the first free cumulants of measured eigenvalues."""
    ### BEGIN SOLUTION
    moments = [(eigenvalues**k).mean() for k in range(1, n_cumulants + 1)]
    series = np.array([1.0, *moments])
    powers, kappa = [series], []
    for k, moment in enumerate(moments):
        kappa.append(moment - sum(kappa[s] * powers[s][k - s] for s in range(k)))
        powers.append(np.convolve(powers[-1], series))
    return np.array(kappa)
    ### END SOLUTION


# %% tags=["spec"]
from math import comb  # noqa: F401, for the edit of the ordinary cumulants

from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def any_eigenvalues(rng, n=(5, 9), n_cumulants=(4, 7)):
    """Eigenvalues that are neither centred nor symmetric, in any order."""
    n = rng.integers(*n)
    spread = np.linspace(-1.4, 1.4, n) + rng.uniform(-0.2, 0.2, n) + rng.choice([-0.25, 0.25])
    return rng.permutation(spread), int(rng.integers(*n_cumulants))


def equal_eigenvalues_and_zeros(rng):
    eigenvalues, n_cumulants = any_eigenvalues(rng, n=(3, 4))
    repeated = eigenvalues.repeat(rng.permutation([1, 2, 4]))
    return rng.permutation([*repeated, 0.0, 0.0]), n_cumulants


def by_lagrange(eigenvalues, n_cumulants):
    """Each kappa_k is minus a coefficient of the series to the power 1 - k, over k - 1."""
    moments = np.vander(eigenvalues, n_cumulants + 1, increasing=True).mean(axis=0)
    inverse = np.linalg.inv(sum(m * np.eye(len(moments), k=-k) for k, m in enumerate(moments)))
    powers = [np.linalg.matrix_power(inverse, k - 1) for k in range(2, n_cumulants + 1)]
    rest = [-power[k, 0] / (k - 1) for k, power in enumerate(powers, start=2)]
    return np.array([moments[1], *rest])


RESULT, MOMENTS = "np.array(kappa)", "np.array(moments)"
COEFFICIENT, CENTRED = "powers[s][k - s]", "(eigenvalues - (k > 1) * eigenvalues.mean()) ** k"
task = Task(
    free_cumulants_of,
    points=3,
    compare=Close(condition=500, float32=True),  # 30 roundings, amplified by 13
    forbidden=(
        "course_lib.spectral_laws.moments",
        "course_lib.spectral_laws.r_transform",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.spectrum",
    ),
    examples=[(np.array([-1.0, 1.0]), 4)],
    regimes={
        "any eigenvalues": any_eigenvalues,
        "more cumulants than eigenvalues": lambda rng: any_eigenvalues(rng, (3, 6), (8, 9)),
        "equal eigenvalues, and zeros": equal_eigenvalues_and_zeros,
        "one eigenvalue": lambda rng: (rng.uniform(0.5, 1.2, 1), int(rng.integers(2, 6))),
        "one cumulant": lambda rng: (rng.uniform(0.3, 1.5, rng.integers(2, 5)), 1),
    },
    right=[by_lagrange],
    wrong={
        "ordinary cumulants": (
            "These are cumulants of independent numbers; for free ones take powers of the series.",
            {COEFFICIENT: "comb(k, s) * series[k - s]"},
        ),
        "first power only": (
            "These are Boolean cumulants, with m_(k-s) itself; take the series to the power s.",
            {COEFFICIENT: "series[k - s]"},
        ),
        "traces not divided by n": ("The moments are sums; take means.", {".mean()": ".sum()"}),
        "left as moments": ("These are the moments; turn them to cumulants.", {RESULT: MOMENTS}),
        "central moments": (
            "These are central moments, with 2 kappa_2^2 in the fourth; turn moments to cumulants.",
            {"eigenvalues**k": CENTRED, RESULT: MOMENTS},
        ),
        "mean taken for zero": (
            "The moments are treated as if the mean were 0; add the terms with m_1.",
            {"[1.0, *moments]": "[1.0, 0.0, *moments[1:]]", "range(k)": "range(1, k)"},
        ),
        "begins with 1": ("The list begins with m_0 = 1; begin with kappa_1.", {RESULT: "series"}),
    },
)

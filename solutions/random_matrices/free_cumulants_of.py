# %%
import numpy as np

# %% [markdown]
# ## Free cumulants
#
# If independent random numbers are added, their cumulants add up. Large independent random matrices
# do not commute, and if they are added, their *free* cumulants add up. These follow from the
# moments, one after the other. With $M(z)=1+\sum_k m_kz^k$,
#
# $$ m_n = \sum_{s=1}^{n}\kappa_s\,[z^{\,n-s}]\,M(z)^s , $$
#
# where $[z^j]$ takes the coefficient of $z^j$. So $m_1=\kappa_1$, $m_2=\kappa_2+\kappa_1m_1$,
# $m_3=\kappa_3+2\kappa_2m_1+\kappa_1m_2$, and so on. Up to the third they are the ordinary
# cumulants. The fourth is not: the free one vanishes for the semicircle, which at variance 1 has
# $m_4=2$, the ordinary one for the normal law, which has $m_4=3$.
#
# **Write** `free_cumulants_of(eigenvalues, n_cumulants)` with `eigenvalues` `(n,)`, whose moments
# are $m_k=\frac1n\sum_j\lambda_j^k$; return $(\kappa_1,\dots,\kappa_K)$ as an array
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
    M = np.array([1.0, *moments])
    powers, kappa = [M], []
    for n, moment in enumerate(moments):
        kappa.append(moment - sum(kappa[s] * powers[s][n - s] for s in range(n)))
        powers.append(np.convolve(powers[-1], M))
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
    """Each kappa_n is - [z^n] M(z)^(1 - n) / (n - 1), with powers of a Toeplitz matrix."""
    moments = np.vander(eigenvalues, n_cumulants + 1, increasing=True).mean(axis=0)
    inverse = np.linalg.inv(sum(m * np.eye(len(moments), k=-k) for k, m in enumerate(moments)))
    powers = [np.linalg.matrix_power(inverse, n - 1) for n in range(2, n_cumulants + 1)]
    rest = [-power[n, 0] / (n - 1) for n, power in enumerate(powers, start=2)]
    return np.array([moments[1], *rest])


RESULT, MOMENTS = "np.array(kappa)", "np.array(moments)"
COEFFICIENT, CENTRED = "powers[s][n - s]", "(eigenvalues - (k > 1) * eigenvalues.mean()) ** k"
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
            "These are cumulants of independent numbers; for free ones take the powers of M.",
            {COEFFICIENT: "comb(n, s) * M[n - s]"},
        ),
        "first power only": (
            "These are Boolean cumulants, with coefficients of M; take those of M to the power s.",
            {COEFFICIENT: "M[n - s]"},
        ),
        "traces not divided by n": ("The moments are sums; take means.", {".mean()": ".sum()"}),
        "left as moments": ("These are the moments; turn them to cumulants.", {RESULT: MOMENTS}),
        "central moments": (
            "These are central moments, with 2 kappa_2^2 in the fourth; turn moments to cumulants.",
            {"eigenvalues**k": CENTRED, RESULT: MOMENTS},
        ),
        "mean taken for zero": (
            "The moments are treated as if the mean were 0; add the terms with m_1.",
            {"[1.0, *moments]": "[1.0, 0.0, *moments[1:]]", "range(n)": "range(1, n)"},
        ),
        "begins with 1": ("The list begins with M(0) = 1; begin with kappa_1.", {RESULT: "M"}),
    },
)

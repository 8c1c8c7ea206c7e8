# %%
import numpy as np

# %% [markdown]
# ## The moments of a free sum
#
# Two large random matrices are asymptotically free if the eigenvectors of one are in general
# position to those of the other. Then the free cumulants of the sum are the sums of the free
# cumulants,
#
# $$ \kappa_k(A+B) = \kappa_k(A)+\kappa_k(B), $$
#
# and with the relation between moments and free cumulants of the task `free_cumulants_of`, used in
# the other direction, they give the moments of $A+B$. No matrix is needed. For independent random
# numbers the result differs: for two fair coins $\pm1$ the fourth moment of the sum is then 8.
#
# **Write** `free_sum_moments(a, b)` with the moments $m_1,m_2,\dots$ of the two laws as arrays
# `(n_moments,)`, at least one; return as many moments of their free sum, `(n_moments,)`. A law may
# have all its mass in one point: then the sum is a shift.
#
# *Example.* Two coins, both with moments 0, 1, 0, 1: the free cumulants 0, 1, 0, $-1$ add up to
# 0, 2, 0, $-2$. Then $m_2=2$ and $m_4=\kappa_4+2\kappa_2^2=-2+8=6$, so the result is 0, 2, 0, 6
# (the arcsine law on $[-2,2]$).


# %%
def free_sum_moments(a, b):
    """Find the moments of the sum of two free matrices."""
    ### BEGIN SOLUTION

    def rest(series, kappa):
        """What the cumulants found so far bring to the next moment."""
        k, power, total = len(kappa), series, 0.0
        for s, kappa_s in enumerate(kappa):
            total += kappa_s * power[k - s]
            power = np.convolve(power, series)
        return total

    A, B, C = [1.0], [1.0], [1.0]
    of_A, of_B, of_C = [], [], []
    for m_A, m_B in np.transpose([a, b]):
        of_A.append(m_A - rest(A, of_A))
        of_B.append(m_B - rest(B, of_B))
        C.append(of_A[-1] + of_B[-1] + rest(C, of_C))
        of_C.append(of_A[-1] + of_B[-1])
        A.append(m_A)
        B.append(m_B)
    return np.array(C[1:])
    ### END SOLUTION


# %% tags=["spec"]
from math import comb  # noqa: F401, for edits of the solution

from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def moments_of(rng, n_points, n_moments):
    """Moments of eigenvalues that are neither centred nor symmetric."""
    points = np.linspace(-1.4, 1.4, n_points) + rng.uniform(-0.2, 0.2, size=n_points)
    points += rng.choice([-0.25, 0.25])
    return np.vander(points, n_moments + 1, increasing=True).mean(axis=0)[1:]


def any_moments(rng, n_moments=(4, 7)):
    n_moments = rng.integers(*n_moments)
    return tuple(moments_of(rng, n_points, n_moments) for n_points in rng.integers(4, 8, size=2))


def a_shift(rng):
    a, _ = any_moments(rng)
    shift = rng.uniform(0.5, 1) ** np.arange(1, len(a) + 1)
    return (a, shift) if rng.random() < 0.5 else (shift, a)


def by_operators(a, b):
    """Cumulants by Lagrange's inversion; moments from steps one back or some forward."""
    eyes = [np.eye(len(a) + 1, k=k) for k in range(len(a))]
    step = np.eye(len(a) + 1, k=-1)
    for moments in (a, b):
        series = sum(m * np.eye(len(a) + 1, k=-k) for k, m in enumerate([1, *moments]))
        powers = [np.linalg.matrix_power(np.linalg.inv(series), k) for k in range(len(a))]
        step += moments[0] * eyes[0]
        step -= sum(powers[k][k + 1, 0] / k * eyes[k] for k in range(1, len(a)))
    return np.array([np.linalg.matrix_power(step, k + 1)[0, 0] for k in range(len(a))])


TERM = "kappa_s * power[k - s]"
ORDINARY = "sum(comb(len(A) - 1, s) * value * C[-1 - s] for s, value in enumerate(of_C))"
task = Task(
    free_sum_moments,
    points=4,
    compare=Close(condition=200, float32=True),  # 30 roundings, amplified by 4
    forbidden=(
        "course_lib.spectral_laws.moments",
        "course_lib.spectral_laws.r_transform",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.freeness",
    ),
    examples=[(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0]))],
    regimes={
        "any moments": any_moments,
        "eight moments": lambda rng: any_moments(rng, n_moments=(8, 9)),
        "one moment": lambda rng: tuple(rng.uniform(0.3, 1, size=(2, 1))),
        "a shift": a_shift,
    },
    right=[by_operators],
    wrong={
        "moments added": ("Add the free cumulants, not the moments.", lambda right, a, b: a + b),
        "independent numbers": (
            "This is the sum of independent numbers, not of free matrices: add the free cumulants.",
            {TERM: "comb(k, s) * kappa_s * series[k - s]"},
        ),
        "left as cumulants": ("Turn the sum's free cumulants into moments.", {"C[1:]": "of_C"}),
        "turned back as ordinary cumulants": (
            "The cumulants are turned back like ordinary ones; use powers of the moment series.",
            {"rest(C, of_C)": ORDINARY},
        ),
        "Boolean cumulants": (
            "These cumulants are Boolean, with m_(k-s) itself; take the series to the power s.",
            {TERM: "kappa_s * series[k - s]"},
        ),
        "twice the first": (
            "The cumulants of the first law are added to themselves; add those of the second.",
            lambda right, a, b: right(a, a),
        ),
    },
)

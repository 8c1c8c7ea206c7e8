# %%
from itertools import combinations
from math import comb

import numpy as np
import torch

# %% [markdown]
# ## Free cumulants
#
# For independent numbers cumulants add up; for large independent matrices, which do not commute,
# it is *free* cumulants that do. They are found from the moments one after the other. With
# $M(z)=1+\sum_k m_kz^k$,
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
# `(n_cumulants,)`.
#
# *Example.* Eigenvalues $-1$ and 1 have the moments 0, 1, 0, 1. Then $\kappa_1=0$, $\kappa_2=1$,
# $\kappa_3=0$, and $m_4=\kappa_4+2\kappa_2^2$ gives $\kappa_4=-1$.


# %%
def free_cumulants_of(eigenvalues, n_cumulants):
    """Find the first free cumulants of measured eigenvalues."""
    ### BEGIN SOLUTION
    series = np.array([(eigenvalues**k).mean() for k in range(n_cumulants + 1)])
    kappa = series[1:].copy()
    for k in range(2, n_cumulants + 1):
        power = np.array([1.0])
        for s in range(1, k):
            power = np.convolve(power, series)[: n_cumulants + 1]
            kappa[k - 1] -= kappa[s - 1] * power[k - s]
    return kappa
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def spread_points(rng, n_points):
    """Points that are neither centred nor symmetric, in any order."""
    points = np.linspace(-1.4, 1.4, n_points) + rng.uniform(-0.2, 0.2, size=n_points)
    return rng.permutation(points) + rng.choice([-0.25, 0.25])


def first_moments(eigenvalues, n_moments):
    return np.array([np.mean(eigenvalues**k) for k in range(1, n_moments + 1)])


def cumulant_inputs(rng):
    return spread_points(rng, int(rng.integers(5, 9))), int(rng.integers(4, 7))


def moments_from_free_cumulants(kappa):
    series = np.concatenate([[1.0], np.zeros(len(kappa))])
    for n in range(1, len(kappa) + 1):
        power = np.array([1.0])
        for s in range(1, n + 1):
            power = np.convolve(power, series)[: len(kappa) + 1]
            if n - s < len(power):
                series[n] += kappa[s - 1] * power[n - s]
    return series[1:]


def free_cumulants(moments):
    series = np.concatenate([[1.0], moments])
    kappa = np.array(moments)
    for k in range(2, len(series)):
        power = np.array([1.0])
        for s in range(1, k):
            power = np.convolve(power, series)
            kappa[k - 1] -= kappa[s - 1] * power[k - s]
    return kappa


def classical_cumulants(moments):
    m = np.concatenate([[1.0], moments])
    kappa = np.zeros(len(m))
    for n in range(1, len(m)):
        kappa[n] = m[n] - sum(comb(n - 1, j - 1) * kappa[j] * m[n - j] for j in range(1, n))
    return kappa[1:]


def boolean_cumulants(moments):
    m = np.concatenate([[1.0], moments])
    kappa = np.zeros(len(m))
    for n in range(1, len(m)):
        kappa[n] = m[n] - sum(kappa[j] * m[n - j] for j in range(1, n))
    return kappa[1:]


def cumulants_classical(eigenvalues, n_cumulants):
    return classical_cumulants(first_moments(eigenvalues, n_cumulants))


def cumulants_boolean(eigenvalues, n_cumulants):
    return boolean_cumulants(first_moments(eigenvalues, n_cumulants))


def cumulants_of_traces(eigenvalues, n_cumulants):
    return free_cumulants(first_moments(eigenvalues, n_cumulants) * len(eigenvalues))


def cumulants_left_as_moments(eigenvalues, n_cumulants):
    return first_moments(eigenvalues, n_cumulants)


def cumulants_central(eigenvalues, n_cumulants):
    mean = eigenvalues.mean()
    return np.array([mean, *first_moments(eigenvalues - mean, n_cumulants)[1:]])


def cumulants_without_mean(eigenvalues, n_cumulants):
    moments = first_moments(eigenvalues, n_cumulants)
    kappa = free_cumulants(moments * (np.arange(n_cumulants) > 0))
    kappa[0] = moments[0]
    return kappa


def cumulants_backwards(eigenvalues, n_cumulants):
    return moments_from_free_cumulants(first_moments(eigenvalues, n_cumulants))


def cumulants_one_power_less(eigenvalues, n_cumulants):
    moments = first_moments(eigenvalues, n_cumulants)
    series = np.concatenate([[1.0], moments])
    kappa = np.array(moments)
    for k in range(2, len(moments) + 1):
        power = np.eye(1, len(series))[0]
        for s in range(1, k):
            kappa[k - 1] -= kappa[s - 1] * power[k - s]
            power = np.convolve(power, series)[: len(series)]
    return kappa


def cumulants_from_zero(eigenvalues, n_cumulants):
    return np.concatenate([[1.0], free_cumulants_of(eigenvalues, n_cumulants)])


def set_partitions(items):
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for chosen in combinations(rest, size):
            left = [item for item in rest if item not in chosen]
            for partition in set_partitions(left):
                yield [[first, *chosen], *partition]


def crosses(partition):
    place = {item: i for i, block in enumerate(partition) for item in block}
    n = len(place)
    return any(
        place[a] == place[c] != place[b] == place[d] for a, b, c, d in combinations(range(n), 4)
    )


def sum_over_noncrossing(kappa, n):
    """The sum over noncrossing partitions of n points, without the one of a single block."""
    return sum(
        np.prod([kappa[len(block) - 1] for block in partition])
        for partition in set_partitions(list(range(n)))
        if len(partition) > 1 and not crosses(partition)
    )


def cumulants_by_partitions(eigenvalues, n_cumulants):
    moments = first_moments(eigenvalues, n_cumulants)
    kappa = []
    for n, moment in enumerate(moments, start=1):
        kappa.append(moment - sum_over_noncrossing(kappa, n))
    return np.array(kappa)


def cumulants_by_torch(eigenvalues, n_cumulants):
    n, values = n_cumulants, torch.from_numpy(eigenvalues)
    moments = torch.stack([values.pow(k).mean() for k in range(1, n + 1)])
    M = torch.eye(n + 1, dtype=torch.float64)
    for k in range(n):
        M += torch.diag(moments[k].expand(n - k), -k - 1)
    columns, power = [], M
    for s in range(1, n + 1):
        columns.append(torch.cat([torch.zeros(s, dtype=torch.float64), power[: n + 1 - s, 0]]))
        power = power @ M
    table = torch.stack(columns, dim=1)[1:]
    return torch.linalg.solve(table, moments)


def cumulants_in_plain_lists(eigenvalues, n_cumulants):
    values = eigenvalues.tolist()
    m = [sum(value**k for value in values) / len(values) for k in range(n_cumulants + 1)]

    def coefficient(s, j):
        if s == 0:
            return float(j == 0)
        return sum(m[i] * coefficient(s - 1, j - i) for i in range(j + 1))

    kappa = []
    for n in range(1, len(m)):
        kappa.append(m[n] - sum(k * coefficient(s, n - s) for s, k in enumerate(kappa, start=1)))
    return kappa


def cumulants_by_lagrange(eigenvalues, n_cumulants):
    n = n_cumulants
    series = np.vander(eigenvalues, n + 1, increasing=True).mean(axis=0)
    inverse = np.zeros(n + 1)
    inverse[0] = 1
    for k in range(1, n + 1):
        inverse[k] = -series[1 : k + 1] @ inverse[k - 1 :: -1]
    kappa = [series[1]]
    for k in range(2, n + 1):
        power = inverse
        for _ in range(k - 2):
            power = np.convolve(power, inverse)[: n + 1]
        kappa.append(-power[k] / (k - 1))
    return np.array(kappa)


def cumulants_in_single_precision(eigenvalues, n_cumulants):
    m = [1.0, *first_moments(eigenvalues.astype(np.float32), n_cumulants)]
    kappa = np.zeros(n_cumulants, dtype=np.float32)
    for n in range(1, len(m)):
        row, rest = np.ones(1, dtype=np.float32), np.float32(m[n])
        for s in range(1, n):
            row = np.convolve(row, np.array(m, dtype=np.float32))
            rest -= kappa[s - 1] * row[n - s]
        kappa[n - 1] = rest
    return kappa


# condition: 30 * 4.1
task = Task(
    free_cumulants_of,
    points=3,
    compare=Close(condition=500.0, float32=True),
    forbidden=(
        "course_lib.spectral_laws.moments",
        "course_lib.spectral_laws.r_transform",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.spectrum",
    ),
    examples=[(np.array([-1.0, 1.0]), 4)],
    regimes={"drawn": cumulant_inputs},
    right=[
        cumulants_by_partitions,
        cumulants_by_torch,
        cumulants_in_plain_lists,
        cumulants_by_lagrange,
        cumulants_in_single_precision,
    ],
    wrong={
        "ordinary cumulants": (
            (
                "These are the cumulants of independent numbers, with binomial coefficients; "
                "from the fourth on the free ones differ."
            ),
            cumulants_classical,
        ),
        "first power only": (
            (
                "Every kappa_s is multiplied by a coefficient of M, not of M to the power s "
                "(these are the Boolean cumulants)."
            ),
            cumulants_boolean,
        ),
        "traces not divided by n": (
            "The moments are means: divide each sum of powers by the number of eigenvalues.",
            cumulants_of_traces,
        ),
        "left as moments": (
            "These are the moments of the eigenvalues; turn them into cumulants.",
            cumulants_left_as_moments,
        ),
        "central moments": (
            (
                "These are central moments: the mean is taken off, and the fourth still holds 2"
                " kappa_2^2."
            ),
            cumulants_central,
        ),
        "mean taken for zero": (
            "The moments are treated as if the mean were 0; the terms with m_1 are missing.",
            cumulants_without_mean,
        ),
        "the other direction": (
            ("The relation is used in the other direction, as if the moments were the cumulants."),
            cumulants_backwards,
        ),
        "power s - 1": (
            "The power of M is one too low: kappa_s goes with M to the power s.",
            cumulants_one_power_less,
        ),
        "begins with 1": (
            "The list begins with the 1 of M(z); the first entry is kappa_1.",
            cumulants_from_zero,
        ),
    },
)

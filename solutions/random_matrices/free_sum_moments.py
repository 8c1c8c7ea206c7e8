# %%
from itertools import combinations
from math import comb

import numpy as np
import torch

# %% [markdown]
# ## The moments of a free sum
#
# Now the cumulants earn their keep. Two large matrices, neither of which knows the eigenvectors of
# the other, are free: the free cumulants of the sum are the sums of the free cumulants,
#
# $$ \kappa_n(A+B) = \kappa_n(A)+\kappa_n(B), $$
#
# and with the relation of task 9, used in the other direction, they give the moments of $A+B$. No
# matrix is needed. Ordinary independent numbers would give something else: for two fair coins
# $\pm1$ the fourth moment of the sum is then 8.
#
# **Write** `free_sum_moments(a, b)` with the moments $(m_1,\dots,m_K)$ of the two laws as arrays
# `(K,)`; return the first $K$ moments of their free sum as an array `(K,)`.
#
# *Example.* Two coins, both with moments 0, 1, 0, 1: the free cumulants 0, 1, 0, $-1$ add up to
# 0, 2, 0, $-2$. Then $m_2=2$ and $m_4=\kappa_4+2\kappa_2^2=-2+8=6$, so the result is 0, 2, 0, 6
# (the arcsine law on $[-2,2]$).


# %%
def free_sum_moments(a, b):
    """Find the moments of the sum of two free matrices."""
    ### BEGIN SOLUTION
    n = len(a)

    def rest(series, kappa, k):
        power, total = np.array([1.0]), 0.0
        for s in range(1, k):
            power = np.convolve(power, series)[: n + 1]
            total += kappa[s] * power[k - s]
        return total

    kappas, (first, second, both) = np.zeros((3, n + 1)), np.eye(1, n + 1).repeat(3, axis=0)
    first[1:], second[1:] = a, b
    for k in range(1, n + 1):
        kappas[0, k] = a[k - 1] - rest(first, kappas[0], k)
        kappas[1, k] = b[k - 1] - rest(second, kappas[1], k)
        kappas[2, k] = kappas[0, k] + kappas[1, k]
        both[k] = kappas[2, k] + rest(both, kappas[2], k)
    return both[1:]
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


def boolean_cumulants(moments):
    m = np.concatenate([[1.0], moments])
    kappa = np.zeros(len(m))
    for n in range(1, len(m)):
        kappa[n] = m[n] - sum(kappa[j] * m[n - j] for j in range(1, n))
    return kappa[1:]


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


def sum_inputs(rng):
    n_moments = int(rng.integers(4, 7))
    a, b = (spread_points(rng, int(rng.integers(4, 8))) for _ in range(2))
    return first_moments(a, n_moments), first_moments(b, n_moments)


def moments_of_independent_sum(a, b):
    x, y = (np.concatenate([[1.0], m]) for m in (a, b))
    return np.array(
        [sum(comb(n, j) * x[j] * y[n - j] for j in range(n + 1)) for n in range(1, len(x))]
    )


def sum_of_moments(a, b):
    return a + b


def sum_of_numbers(a, b):
    return moments_of_independent_sum(a, b)


def sum_left_as_cumulants(a, b):
    return free_cumulants(a) + free_cumulants(b)


def sum_turned_back_classically(a, b):
    kappa = np.concatenate([[0.0], free_cumulants(a) + free_cumulants(b)])
    m = np.ones(len(kappa))
    for n in range(1, len(m)):
        m[n] = sum(comb(n - 1, j - 1) * kappa[j] * m[n - j] for j in range(1, n + 1))
    return m[1:]


def sum_by_boolean_cumulants(a, b):
    kappa = np.concatenate([[0.0], boolean_cumulants(a) + boolean_cumulants(b)])
    m = np.ones(len(kappa))
    for n in range(1, len(m)):
        m[n] = sum(kappa[j] * m[n - j] for j in range(1, n + 1))
    return m[1:]


def sum_as_difference(a, b):
    return moments_from_free_cumulants(
        free_cumulants(a) + free_cumulants(b * (-1.0) ** np.arange(1, len(b) + 1))
    )


def sum_of_one_twice(a, b):
    return moments_from_free_cumulants(2 * free_cumulants(a))


def sum_by_partitions(a, b):
    parts = [[], []]
    for kappa, moments in zip(parts, (a, b), strict=True):
        for n, moment in enumerate(moments, start=1):
            kappa.append(moment - sum_over_noncrossing(kappa, n))
    kappa = np.sum(parts, axis=0)
    return np.array([kappa[n - 1] + sum_over_noncrossing(kappa, n) for n in range(1, len(a) + 1)])


def sum_by_torch(a, b):
    n = len(a)

    def row(M, k):
        """Coefficients that multiply the cumulants in the k-th moment."""
        power, found = torch.eye(n + 1, dtype=torch.float64), []
        for s in range(1, k + 1):
            power = power @ M
            found.append(power[k - s, 0])
        return torch.stack(found)

    def put(M, k, value):
        return M + torch.diag(value.expand(n + 1 - k), -k)

    A = B = C = torch.eye(n + 1, dtype=torch.float64)
    ka, kb, moments = [], [], []
    for k in range(1, n + 1):
        for M, kappa, m in ((A, ka, a), (B, kb, b)):
            known = row(M, k)[:-1] @ torch.stack(kappa) if kappa else torch.tensor(0.0)
            kappa.append(torch.tensor(m[k - 1], dtype=torch.float64) - known)
        moments.append(row(C, k) @ (torch.stack(ka) + torch.stack(kb)))
        A = put(A, k, torch.tensor(a[k - 1], dtype=torch.float64))
        B = put(B, k, torch.tensor(b[k - 1], dtype=torch.float64))
        C = put(C, k, moments[-1])
    return torch.stack(moments)


def sum_in_plain_lists(a, b):
    def coefficient(m, s, j):
        if s == 0:
            return float(j == 0)
        return sum(m[i] * coefficient(m, s - 1, j - i) for i in range(j + 1))

    def without_last(m, kappa):
        n = len(kappa) + 1
        return sum(k * coefficient(m, s, n - s) for s, k in enumerate(kappa, start=1))

    first, second, total = [1.0, *a.tolist()], [1.0, *b.tolist()], [1.0]
    ka, kb, kc = [], [], []
    for n in range(1, len(first)):
        ka.append(first[n] - without_last(first, ka))
        kb.append(second[n] - without_last(second, kb))
        total.append(ka[-1] + kb[-1] + without_last(total, kc))
        kc.append(ka[-1] + kb[-1])
    return total[1:]


def sum_by_fock_space(a, b):
    """A + B as operators: each cumulant is a step back over as many steps forward."""
    n = len(a)
    kappa = (free_cumulants(a) + free_cumulants(b)).astype(np.float32)
    T = np.eye(n + 1, k=-1, dtype=np.float32)
    for s in range(1, n + 1):
        T += kappa[s - 1] * np.eye(n + 1, k=s - 1, dtype=np.float32)
    return np.array([np.linalg.matrix_power(T, k)[0, 0] for k in range(1, n + 1)])


# condition: 30 * 2.8
task = Task(
    free_sum_moments,
    points=4,
    compare=Close(condition=200.0, float32=True),
    forbidden=(
        "course_lib.spectral_laws.moments",
        "course_lib.spectral_laws.r_transform",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.freeness",
    ),
    examples=[(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0]))],
    regimes={"drawn": sum_inputs},
    right=[sum_by_partitions, sum_by_torch, sum_in_plain_lists, sum_by_fock_space],
    wrong={
        "moments added": (
            "The moments themselves are added; it is the free cumulants that add up.",
            sum_of_moments,
        ),
        "independent numbers": (
            (
                "This is the sum of independent numbers, whose ordinary cumulants add up. "
                "Matrices do not commute, and the fourth moment of their sum is smaller."
            ),
            sum_of_numbers,
        ),
        "left as cumulants": (
            "These are the free cumulants of the sum; turn them back into moments.",
            sum_left_as_cumulants,
        ),
        "turned back as ordinary cumulants": (
            (
                "The free cumulants are added, but turned into moments by the rule for ordinary"
                " cumulants."
            ),
            sum_turned_back_classically,
        ),
        "Boolean cumulants": (
            (
                "Every kappa_s is multiplied by a coefficient of M, not of M to the power s: "
                "these cumulants are the Boolean ones."
            ),
            sum_by_boolean_cumulants,
        ),
        "difference": ("The free cumulants are subtracted; this is A - B.", sum_as_difference),
        "twice the first": (
            ("The cumulants of the first law are added to themselves; the second is not used."),
            sum_of_one_twice,
        ),
    },
)

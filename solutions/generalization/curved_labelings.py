# %%
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import torch

# %% [markdown]
# ## How many labelings a curve can make
#
# Of the $2^n$ ways to label $n$ points, hyperplanes through the origin can make only some. If the
# points lie in general position in $N$ dimensions, Cover counted
#
# $$ C(n, N) = 2\sum_{k=0}^{N-1}\binom{n-1}{k} , $$
#
# where a binomial coefficient is 0 if $k>n-1$; it does not matter where the points lie. The same
# count holds for curved boundaries. All polynomials of degree at most $q$ in $d$ variables make
# hyperplanes through the origin in the space of their monomials, of which there are
# $N=\binom{d+q}{q}$, the constant 1 among them. With $q=1$ these are hyperplanes with a bias in $d$
# dimensions, and $N=d+1$. All labelings can be made up to $n=N$ points, half of them at $n=2N$.
#
# **Write** `curved_labelings(n_points, dim, degree)` with an integer array `n_points` `(k,)` and
# whole numbers `dim` $=d$, `degree` $=q$; return the pair `(count, share)` of arrays `(k,)`: how
# many labelings can be made, and which part of $2^n$ that is.
#
# *Example.* On the line ($d=1$) a parabola ($q=2$) has $N=3$. Three points: $2(1+2+1)=8$ of 8. Four
# points: $2(1+3+3)=14$ of 16, since a parabola cannot change its sign three times. The shares are
# 1 and 0.875.


# %%
def curved_labelings(n_points, dim, degree):
    """Count the labelings of points in general position that polynomials can make."""
    ### BEGIN SOLUTION
    n_monomials = comb(dim + degree, degree)
    terms = [[comb(int(n) - 1, k) for k in range(n_monomials)] for n in n_points]
    count = 2 * np.sum(terms, axis=1)
    return count, count / 2.0**n_points
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def labelings_inputs(rng):
    dim, degree = ((3, 2), (2, 3), (4, 2))[rng.integers(3)]
    n_monomials = comb(dim + degree, degree)
    few = rng.integers(2, n_monomials + 1, size=2)
    many = rng.integers(n_monomials + 2, 23, size=6)
    return rng.permutation(np.concatenate([few, many])), dim, degree


def labelings_with(n_points, terms, first=1, factor=2):
    ends = [int(n) - first for n in n_points]
    count = np.array([factor * sum(comb(n, k) for k in range(terms)) for n in ends])
    return count, count / 2.0**n_points


def labelings_of_hyperplanes(n_points, dim, degree):
    return labelings_with(n_points, dim + 1)


def labelings_without_constant(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree) - 1)


def labelings_without_products(n_points, dim, degree):
    return labelings_with(n_points, 1 + dim * degree)


def labelings_not_doubled(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree), factor=1)


def labelings_of_n(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree), first=0)


def labelings_by_sauer(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree) + 1, first=0, factor=1)


def labelings_all(n_points, dim, degree):
    return 2**n_points, np.ones(len(n_points))


def labelings_one_term_more(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree) + 1)


def labelings_last_term(n_points, dim, degree):
    last = comb(dim + degree, degree) - 1
    count = np.array([2 * comb(int(n) - 1, last) for n in n_points])
    return count, count / 2.0**n_points


def labelings_over_n(n_points, dim, degree):
    count, _ = curved_labelings(n_points, dim, degree)
    return count, count / n_points


def labelings_by_recursion(n_points, dim, degree):
    from functools import cache

    @cache
    def count(n, size):
        if size == 0:
            return 0
        return 2 if n == 1 else count(n - 1, size) + count(n - 1, size - 1)

    powers = product(range(degree + 1), repeat=dim)
    n_monomials = sum(sum(exponents) <= degree for exponents in powers)
    counts = np.array([count(n, n_monomials) for n in n_points.tolist()])
    return counts, counts * 0.5**n_points


def labelings_by_torch(n_points, dim, degree):
    size = 1
    for k in range(1, degree + 1):
        size = size * (dim + k) // k
    row = torch.zeros(size, dtype=torch.int64)
    row[0] = 1
    table = [row]
    for _ in range(int(n_points.max())):
        table.append(table[-1] + torch.cat([torch.zeros(1, dtype=torch.int64), table[-1][:-1]]))
    n = torch.from_numpy(n_points)
    counts = 2 * torch.stack(table)[n - 1].sum(dim=1)
    return counts, counts.double() / 2.0**n


def labelings_in_plain_lists(n_points, dim, degree):
    counts, shares = [], []
    for n in n_points.tolist():
        term, total = 1, 0
        for k in range(comb(dim + degree, dim)):
            total += term
            term = term * (n - 1 - k) // (k + 1)
        counts.append(2 * total)
        shares.append(float(Fraction(total, 2 ** (n - 1))))
    return counts, shares


def labelings_by_distribution(n_points, dim, degree):
    from scipy.stats import binom

    share = binom.cdf(comb(dim + degree, degree) - 1, n_points - 1, 0.5)
    return np.rint(share * 2.0**n_points), share.astype(np.float32)


# condition: whole numbers and their quotients
task = Task(
    curved_labelings,
    points=2,
    compare=Close(condition=30, float32=True),
    returns=("count", "share"),
    forbidden=("course_lib.generalization.shattering",),
    examples=[(np.array([3, 4]), 1, 2)],
    regimes={"drawn": labelings_inputs},
    right=[
        labelings_by_recursion,
        labelings_by_torch,
        labelings_in_plain_lists,
        labelings_by_distribution,
    ],
    wrong={
        "degree not used": (
            (
                "This counts hyperplanes with a bias; polynomials of a higher degree have more "
                "monomials."
            ),
            labelings_of_hyperplanes,
        ),
        "constant forgotten": (
            "One monomial is missing: the constant 1 is one of them.",
            labelings_without_constant,
        ),
        "no mixed monomials": (
            ("Only powers of single variables are counted; products of several are monomials too."),
            labelings_without_products,
        ),
        "not doubled": (
            "The factor 2 is missing: every surface labels in two ways.",
            labelings_not_doubled,
        ),
        "binomials of n": (
            "The binomial coefficients are those of n - 1, not of n.",
            labelings_of_n,
        ),
        "Sauer's bound": (
            (
                "This is the bound that follows from the VC dimension N alone; the exact count "
                "is smaller."
            ),
            labelings_by_sauer,
        ),
        "all labelings": (
            ("These are all 2^n labelings; beyond N points the polynomials cannot make them all."),
            labelings_all,
        ),
        "one term too many": (
            "The sum has one term too many: it ends with k = N - 1.",
            labelings_one_term_more,
        ),
        "last term only": (
            "Only the last term is taken; add up the binomial coefficients from k = 0 on.",
            labelings_last_term,
        ),
        "share of n": (
            "The count is right; the share is of all 2^n labelings, not of n.",
            labelings_over_n,
        ),
    },
)

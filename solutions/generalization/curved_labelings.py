# %%
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np

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
# whole numbers `dim` $=d\ge1$, `degree` $=q\ge0$; return the pair `(count, share)` of arrays
# `(k,)`: how many labelings can be made, and which part of $2^n$ that is. Here $1\le n\le50$, and
# the counts are exact: many of them do not fit into 32 bits.
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


def points(rng, least, most, dims, degrees, k=0, more=()):
    """Arguments from these ranges, of which the last numbers may occur; and more points."""
    dim, degree = (int(rng.integers(low, high + 1)) for low, high in (dims, degrees))
    drawn = rng.integers(least, most + 1, size=k or rng.integers(3, 8))
    return rng.permutation([*more, *drawn]), dim, degree


def around_the_monomials(rng):
    """Up to N points everything can be made, at 2 N points half of it."""
    dim, degree = ((3, 2), (2, 3), (4, 2), (2, 4), (3, 3))[rng.integers(5)]
    size = comb(dim + degree, degree)
    others = rng.integers(1, 2 * size, size=2)
    return rng.permutation([size - 1, size, size + 1, 2 * size, *others]), dim, degree


def by_recursion(n_points, dim, degree):
    powers = product(range(degree + 1), repeat=dim)
    size = sum(sum(exponents) <= degree for exponents in powers)
    table = [[2] * size]
    for _ in range(max(n_points) - 1):
        table.append([2, *(table[-1][j] + table[-1][j - 1] for j in range(1, size))])
    counts = [table[n - 1][-1] for n in n_points]
    return counts, [float(Fraction(c, 2 ** int(n))) for n, c in zip(n_points, counts, strict=True)]


SIZE, TERMS = "comb(dim + degree, degree)", "range(n_monomials)"
task = Task(
    curved_labelings,
    points=2,
    compare=Close(condition=30, float32=True),  # whole numbers and their quotients
    returns=("count", "share"),
    forbidden=("course_lib.generalization.shattering",),
    examples=[(np.array([3, 4]), 1, 2)],
    regimes={
        "any points": lambda rng: points(rng, 25, 36, (2, 3), (2, 3)),
        "N points, one less, one more, twice as many": around_the_monomials,
        "counts of more than 32 bits": lambda rng: points(rng, 40, 50, (4, 5), (2, 2)),
        "one point": lambda rng: points(rng, 2, 30, (1, 3), (1, 2), more=[1]),
        "one count": lambda rng: points(rng, 20, 50, (2, 2), (1, 3), k=1),
        "hyperplanes": lambda rng: points(rng, 8, 16, (2, 5), (1, 1)),
        "polynomials on the line": lambda rng: points(rng, 12, 20, (1, 1), (3, 8)),
        "constants": lambda rng: points(rng, 2, 30, (1, 4), (0, 0)),
    },
    right=[by_recursion],
    wrong={
        "degree not used": (
            "These are hyperplanes with a bias; higher degrees have more monomials: count those.",
            {SIZE: "dim + 1"},
        ),
        "constant forgotten": (
            "One monomial is missing: the constant 1 is one of them.",
            {SIZE: f"{SIZE} - 1"},
        ),
        "no mixed monomials": (
            "Only powers of single variables are counted; products of several are monomials too.",
            {SIZE: "1 + dim * degree"},
        ),
        "not doubled": ("The factor 2 is missing: double the sum.", {"2 * np.sum": "np.sum"}),
        "binomials of n": ("The binomials are of n; take n - 1.", {"int(n) - 1": "int(n)"}),
        "one term too many": (
            "The sum has one term too many: it ends with k = N - 1.",
            {TERMS: "range(n_monomials + 1)"},
        ),
        "32 bits": (
            "Small counts are right, large ones do not fit into 32 bits; use integers of 64 bits.",
            {"axis=1)": "axis=1, dtype=np.int32)"},
        ),
    },
)

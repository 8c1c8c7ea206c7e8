# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercises: generalization
#
# Each task asks for one function. Replace the line `...  # your answer here`, run the cell, then
# run the `check` under it: it answers at once, and where it can it names the mistake. The checks
# use a few public cases; the grading uses fresh ones, so write the function for every input that
# the task allows, not for the cases you see. Loops are welcome. So is torch: a tensor counts like
# an array. What must be right are the values and the shapes; single precision is good enough
# unless digits are asked for.
#
# Letters and axes are those of the course: data is `(n_samples, n_features)`, weights are
# `(d_out, d_in)`, and a *variance* is never a standard deviation.

# %%
from fractions import Fraction
from itertools import pairwise, product
from math import comb, pi

import numpy as np
import torch

# %% [markdown]
# ## 1. Where the error comes from
#
# The risk $L$ of a trained network exceeds the best possible one for three reasons, which call for
# different remedies. Let $\hat f_T$ be what the optimizer reached, $\hat f$ the minimizer of the
# error *on the sample* within the class, $f_{\mathcal F}$ the best of the class, $f^*$ the best of
# all. Then
#
# $$ L(\hat f_T)-L(f^*)
#   = \underbrace{L(\hat f_T)-L(\hat f)}_{\text{optimization}}
#   + \underbrace{L(\hat f)-L(f_{\mathcal F})}_{\text{estimation}}
#   + \underbrace{L(f_{\mathcal F})-L(f^*)}_{\text{approximation}} . $$
#
# All four are risks on *new* data. The estimation error is not the gap between training and test
# error, whatever slides say; the training error does not occur. And the first part may be
# negative: stopping early can be better than the minimizer.
#
# **Write** `excess_risk(trained, minimizer, on_sample, best_in_class, best)`. The first three are
# arrays `(runs,)`, one number for each training set: $L(\hat f_T)$, $L(\hat f)$, and the *training*
# error of $\hat f$. The last two are numbers. Return the three parts, averaged over the runs, as
# `(optimization, estimation, approximation)`.
#
# *Example.* One run with 9, 8, training error 1, then 5 and 3: the parts are $9-8=1$, $8-5=3$,
# $5-3=2$, which add up to $9-3=6$.


# %%
def excess_risk(trained, minimizer, on_sample, best_in_class, best):
    """Split the excess risk into its three parts, averaged over the runs."""
    ### BEGIN SOLUTION
    optimization = np.mean(trained - minimizer)
    estimation = np.mean(minimizer) - best_in_class
    return optimization, estimation, best_in_class - best
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close, Exact
from course_tools.exercises.spec import Task

# Conditions: about 30 roundings lie between inputs and answer, each of which the rest of the way
# amplifies at most by the factor beside the condition: what ``verify.amplification`` measured in
# 1,200 draws. The result is rounded up. Numbers that are no arrays are not nudged by it; where
# they matter, their factor was worked out by hand and says so.

risk_task = Task(
    "excess_risk",
    points=1,
    compare=Close(condition=1e3, float32=True),  # 30 * 18; 5.3 for the numbers
    returns=("optimization", "estimation", "approximation"),
    forbidden=("course_lib.generalization.excess_risk",),
)
risk_task.example(np.array([9.0]), np.array([8.0]), np.array([1.0]), 5.0, 3.0)


@risk_task.inputs
def risk_inputs(rng):
    runs = int(rng.integers(4, 8))
    best = rng.uniform(0.5, 1)
    best_in_class = best + rng.uniform(0.3, 1)
    minimizer = best_in_class + rng.uniform(0.3, 1, size=runs)
    step = rng.uniform(0.2, 0.6, size=runs) * rng.choice([-1, 1])
    step[0] *= -0.5
    on_sample = best_in_class * rng.uniform(0.1, 0.6, size=runs)
    return minimizer + step, minimizer, on_sample, float(best_in_class), float(best)


@risk_task.wrong(
    "gap for estimation",
    "The second part is the gap between new data and the sample. The estimation error compares "
    "with the best of the class on new data; the training error does not occur.",
)
def risk_by_the_gap(trained, minimizer, on_sample, best_in_class, best):
    optimization, _, approximation = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return optimization, np.mean(minimizer - on_sample), approximation


@risk_task.wrong(
    "optimization on the sample",
    "The first part compares with the training error of the minimizer; both are risks on new data.",
)
def risk_over_training_error(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return np.mean(trained - on_sample), *parts[1:]


@risk_task.wrong(
    "never negative",
    "A negative part was set to 0; stopping early can beat the minimizer, and then the first part "
    "is negative.",
)
def risk_clipped(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return np.mean(np.maximum(trained - minimizer, 0)), *parts[1:]


@risk_task.wrong(
    "absolute differences",
    "The differences lost their sign; some of them are negative and count as such in the mean.",
)
def risk_in_absolute_value(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return np.mean(np.abs(trained - minimizer)), *parts[1:]


@risk_task.wrong(
    "signs turned round",
    "All three have the wrong sign: the larger risk comes first.",
)
def risk_with_minus(trained, minimizer, on_sample, best_in_class, best):
    return tuple(-x for x in excess_risk(trained, minimizer, on_sample, best_in_class, best))


@risk_task.wrong(
    "order of the parts",
    "The parts are right but not in order: optimization, estimation, approximation.",
)
def risk_parts_reversed(trained, minimizer, on_sample, best_in_class, best):
    return excess_risk(trained, minimizer, on_sample, best_in_class, best)[::-1]


@risk_task.wrong(
    "estimation takes all",
    "The second part holds the first as well: it begins with the minimizer, not with what the "
    "optimizer reached.",
)
def risk_estimation_of_trained(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return parts[0], parts[0] + parts[1], parts[2]


@risk_task.wrong(
    "not averaged",
    "The first two parts are sums over the runs; take the means.",
)
def risk_summed(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return parts[0] * len(trained), parts[1] * len(trained), parts[2]


@risk_task.wrong(
    "approximation not compared",
    "The third part is the risk of the best of the class itself; take off the best of all.",
)
def risk_not_compared(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return parts[0], parts[1], best_in_class


@risk_task.right("loops")
def risk_by_loops(trained, minimizer, on_sample, best_in_class, best):
    optimization = estimation = 0.0
    for reached, least in zip(trained, minimizer, strict=True):
        optimization += (reached - least) / len(trained)
        estimation += (least - best_in_class) / len(trained)
    return optimization, estimation, best_in_class - best


@risk_task.right("torch")
def risk_by_torch(trained, minimizer, on_sample, best_in_class, best):
    levels = [torch.from_numpy(trained).mean(), torch.from_numpy(minimizer).mean()]
    levels += [torch.tensor(best_in_class), torch.tensor(best)]
    return -torch.stack([level.double() for level in levels]).diff()


@risk_task.right("plain lists")
def risk_in_plain_lists(trained, minimizer, on_sample, best_in_class, best):
    reached, least = (sum(x.tolist()) / len(x) for x in (trained, minimizer))
    return [reached - least, least - best_in_class, best_in_class - best]


@risk_task.right("what is left of the whole, in single precision")
def risk_in_single_precision(trained, minimizer, on_sample, best_in_class, best):
    reached, least = trained.astype(np.float32).mean(), minimizer.astype(np.float32).mean()
    approximation = np.float32(best_in_class) - np.float32(best)
    return reached - least, (least - np.float32(best)) - approximation, approximation


# %% [markdown]
# ## 2. How well a class fits noise
#
# A class of functions that can agree with any labels learns nothing from agreement. Rademacher's
# average measures this on the sample at hand: draw signs $s_i=\pm1$ by fair coins and see how well
# the *best* function for these signs agrees with them,
#
# $$ \hat{\mathcal R} = \mathbb E_s\Big[\max_{f}\ \frac1n\sum_{i=1}^n s_i\,f(x_i)\Big] . $$
#
# For a finite class and few points, no sampling is needed: there are only $2^n$ vectors of signs.
# The best function is chosen anew for each of them.
#
# **Write** `noise_fit(values)` with `values` `(n_functions, n)`, where `values[j, i]` is
# $f_j(x_i)$; return the exact average, a number. $n$ is at most 9.
#
# *Example.* Two functions on two points with values $(1,1)$ and $(1,-1)$: for the signs ++ and
# $+-$ the best agreement is 1, for $-+$ and $--$ it is 0. The average is $1/2$.


# %%
def noise_fit(values):
    """Average over all signs how well the best function agrees with them."""
    ### BEGIN SOLUTION
    n = values.shape[1]
    signs = np.array(list(product([-1, 1], repeat=n)))
    return (signs @ values.T).max(axis=1).mean() / n
    ### END SOLUTION


# %% tags=["spec"]
fit_task = Task(
    "noise_fit",
    points=1,
    compare=Close(condition=1e2, float32=True),  # 30 * 1.2
    forbidden=("course_lib.generalization.rademacher",),
)
fit_task.example(np.array([[1.0, 1.0], [1.0, -1.0]]))


def all_signs(n):
    return np.array(list(product([-1, 1], repeat=n)))


@fit_task.inputs
def fit_inputs(rng):
    n = int(rng.integers(4, 8))
    return (rng.normal(size=(int(rng.integers(3, 7)), n)) + 0.3,)


@fit_task.wrong("not divided by n", "The agreement is a mean over the points: divide by n.")
def fit_not_divided(values):
    return (all_signs(values.shape[1]) @ values.T).max(axis=1).mean()


@fit_task.wrong(
    "absolute agreement",
    "The maximum is of the agreement, not of its absolute value: a function counts only where it "
    "agrees (the other definition exists too, and is larger).",
)
def fit_in_absolute_value(values):
    return np.abs(all_signs(values.shape[1]) @ values.T).max(axis=1).mean() / values.shape[1]


@fit_task.wrong(
    "one function for all signs",
    "The maximum stands outside the mean. For each vector of signs its own best function is taken; "
    "one function for all signs has average 0.",
)
def fit_by_one_function(values):
    agreement = (all_signs(values.shape[1]) @ values.T).mean(axis=0).max() / values.shape[1]
    return agreement.round(12) + 0.0


@fit_task.wrong(
    "worst signs",
    "This is the largest agreement over all signs; take the mean over the signs.",
)
def fit_at_the_worst(values):
    return (all_signs(values.shape[1]) @ values.T).max() / values.shape[1]


@fit_task.wrong(
    "signs 0 and 1",
    "The coins show 0 and 1; the signs are -1 and 1.",
)
def fit_by_bits(values):
    return ((all_signs(values.shape[1]) > 0) @ values.T).max(axis=1).mean() / values.shape[1]


@fit_task.wrong(
    "root of n",
    "The sum is divided by the root of n; divide by n.",
)
def fit_over_root(values):
    n = values.shape[1]
    return (all_signs(n) @ values.T).max(axis=1).mean() / np.sqrt(n)


@fit_task.wrong(
    "axes turned round",
    "Points and functions have changed places: one row for each function, one column for each "
    "point.",
)
def fit_of_the_transpose(values):
    return (all_signs(len(values)) @ values).max(axis=1).mean() / len(values)


@fit_task.right("loops")
def fit_by_loops(values):
    n_functions, n = values.shape
    total = 0.0
    for code in range(2**n):
        best = -np.inf
        for j in range(n_functions):
            agreement = 0.0
            for i in range(n):
                agreement += values[j, i] if code >> i & 1 else -values[j, i]
            best = max(best, agreement / n)
        total += best
    return total / 2**n


@fit_task.right("torch")
def fit_by_torch(values):
    table = torch.from_numpy(values)
    choices = [torch.tensor([-1.0, 1.0], dtype=torch.float64)] * table.shape[1]
    return (torch.cartesian_prod(*choices) @ table.T / table.shape[1]).amax(dim=1).mean()


@fit_task.right("plain lists")
def fit_in_plain_lists(values):
    rows, n = values.tolist(), values.shape[1]
    sums = [
        max(sum(s * v for s, v in zip(signs, row, strict=True)) for row in rows)
        for signs in product((-1, 1), repeat=n)
    ]
    return sum(sums) / (n * len(sums))


@fit_task.right("one coin after the other, in single precision")
def fit_by_doubling(values):
    sums = np.zeros((1, len(values)), dtype=np.float32)
    for column in values.astype(np.float32).T:
        sums = np.concatenate([sums + column, sums - column])
    return sums.max(axis=1).mean() / np.float32(values.shape[1])


# %% [markdown]
# ## 3. The linear class, exactly and by its bound
#
# For the class of all $x\mapsto w^\top x$ with $\lVert w\rVert\le B$ the best $w$ is known: it
# points along $\sum_is_ix_i$. So
#
# $$ \hat{\mathcal R} = \frac Bn\,\mathbb E_s\Big\lVert\sum_{i=1}^n s_ix_i\Big\rVert
#    \ \le\ \frac Bn\sqrt{\sum_{i=1}^n\lVert x_i\rVert^2} , $$
#
# where the bound is Jensen's inequality: the mixed terms average to 0 in the square. Neither side
# knows the number of features.
#
# **Write** `linear_noise_fit(X, B)` with `X` `(n, n_features)`, $n\le9$; return the pair
# `(exact, bound)` of numbers.
#
# *Example.* $x_1=(3,0)$, $x_2=(0,4)$, $B=2$: each of the four sums has length 5, so both numbers
# are $\frac22\cdot5=5$. With $x_1=x_2=(1)$ and $B=2$ the sums are $\pm2$ and 0, so the exact value
# is 1 and the bound $\sqrt2$.


# %%
def linear_noise_fit(X, B):
    """Rademacher's average of the linear class on a sample, and its bound."""
    ### BEGIN SOLUTION
    n = len(X)
    signs = np.array(list(product([-1, 1], repeat=n)))
    exact = np.linalg.norm(signs @ X, axis=1).mean()
    return B / n * exact, B / n * np.sqrt((X**2).sum())
    ### END SOLUTION


# %% tags=["spec"]
linear_task = Task(
    "linear_noise_fit",
    points=2,
    compare=Close(condition=1e2, float32=True),  # 30 * 0.9; 1 for B
    returns=("exact", "bound"),
    forbidden=("course_lib.generalization.rademacher",),
)
linear_task.example(np.array([[3.0, 0.0], [0.0, 4.0]]), 2.0)
linear_task.example(np.array([[1.0], [1.0]]), 2.0)


@linear_task.inputs
def linear_inputs(rng):
    n, n_features = int(rng.integers(4, 8)), int(rng.integers(2, 4))
    X = rng.normal(size=(n, n_features)) * rng.uniform(0.5, 2, size=(n, 1))
    return X, float(rng.uniform(1.3, 3))


def lengths_of_sums(X, order=2):
    return np.linalg.norm(all_signs(len(X)) @ X, ord=order, axis=1)


@linear_task.wrong("B forgotten", "The bound B on the weights is missing in both.")
def linear_without_B(X, B):
    return linear_noise_fit(X, 1.0)


@linear_task.wrong("not divided by n", "Both are divided by the number of points.")
def linear_not_divided(X, B):
    exact, bound = linear_noise_fit(X, B)
    return exact * len(X), bound * len(X)


@linear_task.wrong(
    "bound twice",
    "The first number is the bound too: the mean of lengths is not the root of the mean of their "
    "squares.",
)
def linear_bound_twice(X, B):
    bound = linear_noise_fit(X, B)[1]
    return bound, bound


@linear_task.wrong(
    "largest length in the bound",
    "This is the coarser bound B max|x| / sqrt(n); asked for is the one with the sum of the "
    "squared lengths.",
)
def linear_by_the_largest(X, B):
    largest = np.linalg.norm(X, axis=1).max()
    return linear_noise_fit(X, B)[0], B * largest / np.sqrt(len(X))


@linear_task.wrong(
    "root of n in the bound",
    "The bound is divided by the root of n. That belongs to the largest length; beside the root of "
    "the sum of all squared lengths stands n.",
)
def linear_over_root(X, B):
    exact, bound = linear_noise_fit(X, B)
    return exact, bound * np.sqrt(len(X))


@linear_task.wrong(
    "sum of the lengths",
    "The bound adds the lengths (the triangle inequality); under the root stand their squares.",
)
def linear_by_the_triangle(X, B):
    return linear_noise_fit(X, B)[0], B * np.linalg.norm(X, axis=1).mean()


@linear_task.wrong(
    "length of the mean",
    "The sums are averaged before their length is taken, which makes 0: take the mean of the "
    "lengths.",
)
def linear_length_of_the_mean(X, B):
    mean = np.linalg.norm((all_signs(len(X)) @ X).mean(axis=0))
    return (B / len(X) * mean).round(12), linear_noise_fit(X, B)[1]


@linear_task.wrong(
    "norm of absolute values",
    "The length is Euclid's; you added absolute values of the entries.",
)
def linear_in_the_other_norm(X, B):
    return B / len(X) * lengths_of_sums(X, 1).mean(), linear_noise_fit(X, B)[1]


@linear_task.wrong(
    "squared lengths",
    "The lengths are squared, as if the root were missing.",
)
def linear_squared(X, B):
    return B / len(X) * (lengths_of_sums(X) ** 2).mean(), B / len(X) * (X**2).sum()


@linear_task.wrong(
    "no signs",
    "The points are added without signs; average over all 2^n vectors of signs.",
)
def linear_without_signs(X, B):
    return B / len(X) * np.linalg.norm(X.sum(axis=0)), linear_noise_fit(X, B)[1]


@linear_task.right("loops")
def linear_by_loops(X, B):
    n, total = len(X), 0.0
    for code in range(2**n):
        s = sum((1 if code >> i & 1 else -1) * X[i] for i in range(n))
        total += (s @ s) ** 0.5
    return B * total / (n * 2**n), B * sum(x @ x for x in X) ** 0.5 / n


@linear_task.right("torch, half of the signs")
def linear_by_torch(X, B):
    points = torch.from_numpy(X)
    sums = points[:1]
    for x in points[1:]:
        sums = torch.cat([sums + x, sums - x])
    return B * sums.norm(dim=1).mean() / len(X), B * points.norm() / len(X)


@linear_task.right("plain lists")
def linear_in_plain_lists(X, B):
    rows, lengths = X.tolist(), []
    for signs in product((1, -1), repeat=len(rows)):
        total = [sum(s * v for s, v in zip(signs, c, strict=True)) for c in X.T.tolist()]
        lengths.append(sum(t * t for t in total) ** 0.5)
    squares = sum(v * v for row in rows for v in row)
    return [B * sum(lengths) / len(lengths) / len(rows), B * squares**0.5 / len(rows)]


@linear_task.right("inner products in single precision")
def linear_by_inner_products(X, B):
    gram = (X @ X.T).astype(np.float32)
    signs = all_signs(len(X)).astype(np.float32)
    squares = np.maximum(np.einsum("si,ij,sj->s", signs, gram, signs), 0)
    return np.float32(B / len(X)) * np.sqrt(squares).mean(), B / len(X) * np.trace(gram) ** 0.5


# %% [markdown]
# ## 4. How many labelings a curve can make
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
labelings_task = Task(
    "curved_labelings",
    points=2,
    compare=Close(condition=30, float32=True),  # whole numbers and their quotients
    returns=("count", "share"),
    forbidden=("course_lib.generalization.shattering",),
)
labelings_task.example(np.array([3, 4]), 1, 2)


@labelings_task.inputs
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


@labelings_task.wrong(
    "degree not used",
    "This counts hyperplanes with a bias; polynomials of a higher degree have more monomials.",
)
def labelings_of_hyperplanes(n_points, dim, degree):
    return labelings_with(n_points, dim + 1)


@labelings_task.wrong(
    "constant forgotten",
    "One monomial is missing: the constant 1 is one of them.",
)
def labelings_without_constant(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree) - 1)


@labelings_task.wrong(
    "no mixed monomials",
    "Only powers of single variables are counted; products of several are monomials too.",
)
def labelings_without_products(n_points, dim, degree):
    return labelings_with(n_points, 1 + dim * degree)


@labelings_task.wrong(
    "not doubled",
    "The factor 2 is missing: every surface labels in two ways.",
)
def labelings_not_doubled(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree), factor=1)


@labelings_task.wrong(
    "binomials of n",
    "The binomial coefficients are those of n - 1, not of n.",
)
def labelings_of_n(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree), first=0)


@labelings_task.wrong(
    "Sauer's bound",
    "This is the bound that follows from the VC dimension N alone; the exact count is smaller.",
)
def labelings_by_sauer(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree) + 1, first=0, factor=1)


@labelings_task.wrong(
    "all labelings",
    "These are all 2^n labelings; beyond N points the polynomials cannot make them all.",
)
def labelings_all(n_points, dim, degree):
    return 2**n_points, np.ones(len(n_points))


@labelings_task.wrong(
    "one term too many",
    "The sum has one term too many: it ends with k = N - 1.",
)
def labelings_one_term_more(n_points, dim, degree):
    return labelings_with(n_points, comb(dim + degree, degree) + 1)


@labelings_task.wrong(
    "last term only",
    "Only the last term is taken; add up the binomial coefficients from k = 0 on.",
)
def labelings_last_term(n_points, dim, degree):
    last = comb(dim + degree, degree) - 1
    count = np.array([2 * comb(int(n) - 1, last) for n in n_points])
    return count, count / 2.0**n_points


@labelings_task.wrong(
    "share of n",
    "The count is right; the share is of all 2^n labelings, not of n.",
)
def labelings_over_n(n_points, dim, degree):
    count, _ = curved_labelings(n_points, dim, degree)
    return count, count / n_points


@labelings_task.right("Cover's recursion, monomials counted in a loop")
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


@labelings_task.right("torch, a table of all binomials")
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


@labelings_task.right("plain lists")
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


@labelings_task.right("a binomial distribution, rounded to single precision")
def labelings_by_distribution(n_points, dim, degree):
    from scipy.stats import binom

    share = binom.cdf(comb(dim + degree, degree) - 1, n_points - 1, 0.5)
    return np.rint(share * 2.0**n_points), share.astype(np.float32)


# %% [markdown]
# ## 5. What a wide network compares inputs by
#
# Take a layer of $N$ ReLU units with independent standard normal weights and no bias. As $N$
# grows, the mean over the units of the product of their answers to $x$ and $y$ becomes a kernel
# that has a closed form. With $\theta$ the angle between $x$ and $y$,
#
# $$ k(x,y) = \mathbb E_w\big[(w^\top x)_+\,(w^\top y)_+\big]
#    = \frac{\lVert x\rVert\,\lVert y\rVert}{2\pi}
#      \big(\sin\theta+(\pi-\theta)\cos\theta\big) , $$
#
# and if the weights of the layer are trained too, the tangent kernel of the whole adds a second
# part,
#
# $$ \Theta(x,y) = k(x,y) + x^\top y\;\frac{\pi-\theta}{2\pi} . $$
#
# Mind the constant: the arc-cosine kernel, as most papers and the lesson write it, is twice $k$,
# and their tangent kernel twice $\Theta$. Here $k(x,x)=\lVert x\rVert^2/2$, since half of the units
# are silent. Rounding may push the cosine of an angle a little past 1, and an input may be 0: then
# both kernels are 0.
#
# **Write** `relu_kernels(X, Y)` with `X` `(n, d)`, `Y` `(m, d)`; return the pair `(k, Theta)`,
# both `(n, m)`.
#
# *Example.* $x=(2,0)$, $y=(0,3)$: $\theta=\pi/2$, so $k=\frac{6}{2\pi}\cdot1\approx0.955$ and
# $\Theta$ is the same. For $y=x$: $k=2$, $\Theta=2+4\cdot\frac12=4$.


# %%
def relu_kernels(X, Y):
    """The kernel of wide ReLU features and the tangent kernel of the network on top of them."""
    ### BEGIN SOLUTION
    inner = X @ Y.T
    sizes = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(Y, axis=1))
    cosine = np.clip(inner / np.where(sizes > 0, sizes, 1), -1, 1)
    angle = np.arccos(cosine)
    k = sizes / (2 * np.pi) * (np.sin(angle) + (np.pi - angle) * cosine)
    return k, k + inner * (np.pi - angle) / (2 * np.pi)
    ### END SOLUTION


# %% tags=["spec"]
kernel_task = Task(
    "relu_kernels",
    points=2,
    compare=Close(condition=2e2, float32=True),  # 30 * 6.1
    returns=("k", "Theta"),
    forbidden=(
        "course_lib.generalization.arc_cosine",
        "course_lib.generalization.ntk_torch",
    ),
)
kernel_task.example(np.array([[2.0, 0.0]]), np.array([[0.0, 3.0], [2.0, 0.0]]))


@kernel_task.inputs
def kernel_inputs(rng):
    n, m, d = int(rng.integers(2, 5)), int(rng.integers(3, 6)), int(rng.integers(2, 5))
    while True:  # close to 0 and to pi the angle loses half of the digits
        X, Y = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        X, Y = (V / np.linalg.norm(V, axis=1, keepdims=True) for V in (X, Y))
        if np.abs(X @ Y.T).max() < 0.98:
            break
    X, Y = (V * rng.uniform(0.5, 2.5, size=(len(V), 1)) for V in (X, Y))
    Y[0] = 0
    return X, rng.permutation(Y)


def kernels_with(X, Y, ends=(-1, 1)):
    inner = X @ Y.T
    sizes = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(Y, axis=1))
    angle = np.arccos(np.clip(inner / np.where(sizes > 0, sizes, 1), *ends))
    return inner, sizes, angle


@kernel_task.wrong(
    "twice as large",
    "Both are twice as large: that is the arc-cosine kernel as papers normalise it. The mean "
    "over the units has 1/(2 pi).",
)
def kernel_doubled(X, Y):
    k, theta = relu_kernels(X, Y)
    return 2 * k, 2 * theta


@kernel_task.wrong(
    "lengths forgotten",
    "The lengths of x and y are missing in k; only the angle was used.",
)
def kernel_without_lengths(X, Y):
    inner, sizes, angle = kernels_with(X, Y)
    k = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi) * (sizes > 0)
    return k, k + inner * (np.pi - angle) / (2 * np.pi)


@kernel_task.wrong(
    "angle for its complement",
    "The angle stands where pi minus the angle belongs.",
)
def kernel_of_the_angle(X, Y):
    inner, sizes, angle = kernels_with(X, Y)
    k = sizes / (2 * np.pi) * (np.sin(angle) + angle * np.cos(angle))
    return k, k + inner * angle / (2 * np.pi)


@kernel_task.wrong(
    "inner product without direction",
    "In Theta the second part has the inner product of x and y; you took the product of their "
    "lengths.",
)
def kernel_by_lengths(X, Y):
    _, sizes, angle = kernels_with(X, Y)
    k = relu_kernels(X, Y)[0]
    return k, k + sizes * (np.pi - angle) / (2 * np.pi)


@kernel_task.wrong(
    "second part twice as large",
    "In Theta the second part is twice as large: beside this k, which is half of the arc-cosine "
    "kernel, stands (pi - theta) / (2 pi).",
)
def kernel_second_part_doubled(X, Y):
    k, theta = relu_kernels(X, Y)
    return k, 2 * theta - k


@kernel_task.wrong(
    "tangent part alone",
    "Theta is the sum of both parts: the output weights are trained too, which gives k.",
)
def kernel_tangent_alone(X, Y):
    k, theta = relu_kernels(X, Y)
    return k, theta - k


@kernel_task.wrong(
    "steps for ramps",
    "This k is that of units that answer 0 or 1; a ReLU answers with the size of its input.",
)
def kernel_of_steps(X, Y):
    inner, _, angle = kernels_with(X, Y)
    k = (np.pi - angle) / (2 * np.pi)
    return k, k + inner * k


@kernel_task.wrong(
    "units without ReLU",
    "This is the kernel of linear units, the inner product; half of the ReLUs are silent.",
)
def kernel_linear(X, Y):
    return X @ Y.T, 2 * X @ Y.T


@kernel_task.wrong(
    "sine forgotten",
    "The sine of the angle is missing in k.",
)
def kernel_without_sine(X, Y):
    inner, _, angle = kernels_with(X, Y)
    k = inner * (np.pi - angle) / (2 * np.pi)
    return k, 2 * k


@kernel_task.wrong(
    "zero over zero",
    "An input of length 0 has no angle, 0/0 is NaN; both kernels are 0 there.",
)
def kernel_zero_over_zero(X, Y):
    k, theta = relu_kernels(X, Y)
    _, sizes, _ = kernels_with(X, Y)
    lost = np.where(sizes > 0, 0.0, np.nan)
    return k + lost, theta + lost


@kernel_task.right("loops")
def kernel_by_loops(X, Y):
    k, theta = np.zeros((2, len(X), len(Y)))
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            size = np.linalg.norm(x) * np.linalg.norm(y)
            if size > 0:
                cosine = min(1.0, max(-1.0, x @ y / size))
                angle = np.arccos(cosine)
                k[i, j] = size * (np.sin(angle) + (np.pi - angle) * cosine) / (2 * np.pi)
                theta[i, j] = k[i, j] + (x @ y) * (1 - angle / np.pi) / 2
    return k, theta


@kernel_task.right("torch, the angle from half sums")
def kernel_by_torch(X, Y):
    x, y = torch.from_numpy(X)[:, None], torch.from_numpy(Y)[None]
    u, v = x * y.norm(dim=2, keepdim=True), y * x.norm(dim=2, keepdim=True)
    angle = 2 * torch.atan2((u - v).norm(dim=2), (u + v).norm(dim=2))
    sizes, active = x.norm(dim=2) * y.norm(dim=2), (torch.pi - angle) / (2 * torch.pi)
    inner = (x * y).sum(dim=2)
    k = sizes * angle.sin() / (2 * torch.pi) + inner * active
    return k, k + inner * active


@kernel_task.right("plain lists")
def kernel_in_plain_lists(X, Y):
    from math import acos, hypot

    k, theta = [], []
    for x in X.tolist():
        k.append([])
        theta.append([])
        for y in Y.tolist():
            inner = sum(s * t for s, t in zip(x, y, strict=True))
            size = hypot(*x) * hypot(*y)
            share = (1 - acos(max(-1, min(1, inner / size))) / pi) / 2 if size else 0
            rest = max(size * size - inner * inner, 0) ** 0.5
            k[-1].append(rest / (2 * pi) + inner * share)
            theta[-1].append(k[-1][-1] + inner * share)
    return k, theta


@kernel_task.right("an integral over the directions")
def kernel_by_integral(X, Y):
    nodes, weights = np.polynomial.legendre.leggauss(40)
    k, active = np.zeros((2, len(X), len(Y)))
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            sizes = np.linalg.norm(x), np.linalg.norm(y)
            if min(sizes) == 0:
                continue
            angle = np.arccos(np.clip(x @ y / sizes[0] / sizes[1], -1, 1))
            low, high = angle - np.pi / 2, np.pi / 2
            at = (low + high) / 2 + (high - low) / 2 * nodes
            answers = np.cos(at) * np.cos(at - angle) * weights * (high - low) / 2
            k[i, j] = sizes[0] * sizes[1] * answers.sum() / np.pi
            active[i, j] = (high - low) / (2 * np.pi)
    return k, k + X @ Y.T * active


@kernel_task.right("single precision")
def kernel_in_single_precision(X, Y):
    X, Y = X.astype(np.float32), Y.astype(np.float32)
    inner = X @ Y.T
    sizes = np.sqrt((X**2).sum(axis=1)[:, None] * (Y**2).sum(axis=1))
    cosine = np.divide(inner, sizes, out=np.zeros_like(inner), where=sizes > 0)
    share = (1 - np.arccos(np.clip(cosine, -1, 1)) / np.float32(np.pi)) / 2
    k = np.sqrt(np.maximum(sizes**2 - inner**2, 0)) / np.float32(2 * np.pi) + inner * share
    return k, k + inner * share


# %% [markdown]
# ## 6. What gradient descent has learned by step t
#
# For least squares with $\mathcal L(w)=\frac1{2m}\lVert Xw-y\rVert^2$, gradient descent from
# $w_0=0$ can be followed exactly. The residual $e_t=Xw_t-y$ starts at $-y$, and each step
# multiplies it by one matrix,
#
# $$ e_{t+1} = \Big(I-\frac{\eta}{m}XX^\top\Big)e_t . $$
#
# In the basis of eigenvectors of $XX^\top/m$ every component shrinks by its own factor
# $1-\eta\lambda$ per step: what lies along large eigenvalues is learned at once, what lies where
# $\lambda=0$ never. The *loss* is quadratic in the residual, so each of its parts shrinks by the
# square of that factor.
#
# **Write** `after_descent(X, y, rate, n_steps)` with `X` `(m, d)`, `y` `(m,)`, rate $\eta$; return
# the pair `(residual, loss)` after `n_steps` steps: $e_t$ of shape `(m,)`, and the number
# $\mathcal L(w_t)$.
#
# *Example.* $m=2$, $d=1$, $X=\big(\begin{smallmatrix}1\\0\end{smallmatrix}\big)$, $y=(4,2)$,
# $\eta=1$, two steps: the eigenvalue along the first sample is $\frac12$, so its residual goes
# $-4,-2,-1$; the second sample stays at $-2$. The pair is $(-1,-2)$ and $(1+4)/4=1.25$.


# %%
def after_descent(X, y, rate, n_steps):
    """Residual and loss after some steps of gradient descent on least squares, from zero."""
    ### BEGIN SOLUTION
    m = len(X)
    eigenvalues, basis = np.linalg.eigh(X @ X.T / m)
    shrunk = (1 - rate * eigenvalues) ** n_steps * (basis.T @ -y)
    residual = basis @ shrunk
    return residual, residual @ residual / (2 * m)
    ### END SOLUTION


# %% tags=["spec"]
descent_task = Task(
    "after_descent",
    points=2,
    compare=Close(condition=5e2, float32=True),  # 30 * 5.9; at most 6 steps for the rate
    returns=("residual", "loss"),
    seconds=20.0,  # torch.optim takes long to load at its first use
    forbidden=(
        "course_lib.generalization.linear_dynamics",
        "course_lib.generalization.ntk_torch",
    ),
)
descent_task.example(np.array([[1.0], [0.0]]), np.array([4.0, 2.0]), 1.0, 2)


@descent_task.inputs
def descent_inputs(rng):
    m, d = int(rng.integers(4, 7)), int(rng.integers(2, 4))
    left = np.linalg.qr(rng.normal(size=(m, d)))[0]
    right = np.linalg.qr(rng.normal(size=(d, d)))[0]
    stretch = np.sqrt(m * np.linspace(0.3, 1.4, d) * rng.uniform(0.9, 1.1, size=d))
    X = left * stretch @ right.T
    y = left @ (rng.choice([-1, 1], size=d) * rng.uniform(1, 2, size=d))
    y += 0.3 * rng.normal(size=m)
    return X, y, float(rng.uniform(0.25, 0.4)), int(rng.integers(3, 7))


def residual_by(X, y, factor_of):
    """The residual when each component is multiplied by a function of its eigenvalue."""
    eigenvalues, basis = np.linalg.eigh(X @ X.T / len(X))
    return basis @ (factor_of(eigenvalues) * (basis.T @ -y))


def with_loss(residual):
    return residual, residual @ residual / (2 * len(residual))


@descent_task.wrong(
    "not divided by m",
    "The gradient is not divided by the number of samples: the steps are m times too large.",
)
def descent_of_the_sum(X, y, rate, n_steps):
    return after_descent(X, y, rate * len(X), n_steps)


@descent_task.wrong(
    "steps twice as large",
    "The steps are twice as large: the 1/2 of the loss goes away with the square.",
)
def descent_twice_the_rate(X, y, rate, n_steps):
    return after_descent(X, y, 2 * rate, n_steps)


@descent_task.wrong(
    "target minus prediction",
    "The residual has the wrong sign: it is prediction minus target.",
)
def descent_sign_of_residual(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return -residual, loss


@descent_task.wrong(
    "predictions",
    "These are the predictions; the residual takes the targets off.",
)
def descent_predictions(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return residual + y, loss


@descent_task.wrong("one step too many", "One step too many: after 0 steps the residual is -y.")
def descent_one_step_more(X, y, rate, n_steps):
    return after_descent(X, y, rate, n_steps + 1)


@descent_task.wrong(
    "flow for steps",
    "This is the exponential of continuous time; steps of finite size multiply by 1 - rate lambda.",
)
def descent_as_flow(X, y, rate, n_steps):
    return with_loss(residual_by(X, y, lambda x: np.exp(-rate * x * n_steps)))


@descent_task.wrong(
    "one large step",
    "t steps are taken for one step of t times the size; the factors multiply instead.",
)
def descent_in_one_step(X, y, rate, n_steps):
    return with_loss(residual_by(X, y, lambda x: 1 - rate * x * n_steps))


@descent_task.wrong(
    "loss shrinks like the residual",
    "The residual is right, but the parts of the loss shrink by the square of the factor, twice "
    "as fast as the residual.",
)
def descent_loss_too_slow(X, y, rate, n_steps):
    residual, _ = after_descent(X, y, rate, n_steps)
    return residual, -(residual @ y) / (2 * len(y))


@descent_task.wrong(
    "residual shrinks like the loss",
    "The residual shrinks by the factor itself, not by its square; that is how the loss behaves.",
)
def descent_residual_too_fast(X, y, rate, n_steps):
    return after_descent(X, y, rate, 2 * n_steps)


@descent_task.wrong("loss without its half", "The loss is the mean square; its 1/2 is missing.")
def descent_loss_doubled(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return residual, 2 * loss


@descent_task.wrong(
    "loss not averaged",
    "The loss is half the sum of squares; divide by the number of samples.",
)
def descent_loss_summed(X, y, rate, n_steps):
    residual, loss = after_descent(X, y, rate, n_steps)
    return residual, loss * len(X)


@descent_task.right("loops over the steps")
def descent_by_loops(X, y, rate, n_steps):
    w = np.zeros(X.shape[1])
    for _ in range(n_steps):
        w -= rate * X.T @ (X @ w - y) / len(y)
    e = X @ w - y
    return e, (e**2).mean() / 2


@descent_task.right("torch, with its own gradients")
def descent_by_torch(X, y, rate, n_steps):
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    for _ in range(n_steps):
        loss = ((X @ w - y) ** 2).mean() / 2
        w = (w - rate * torch.autograd.grad(loss, w)[0]).detach().requires_grad_()
    e = X @ w - y
    return e.detach(), e.square().mean().item() / 2


@descent_task.right("plain lists")
def descent_in_plain_lists(X, y, rate, n_steps):
    rows, e = X.tolist(), [-v for v in y.tolist()]
    for _ in range(n_steps):
        slope = [sum(r[k] * v for r, v in zip(rows, e, strict=True)) for k in range(len(rows[0]))]
        step = [sum(a * s for a, s in zip(row, slope, strict=True)) for row in rows]
        e = [v - rate * s / len(rows) for v, s in zip(e, step, strict=True)]
    return e, sum(v * v for v in e) / len(e) / 2


@descent_task.right("singular vectors in single precision")
def descent_by_svd(X, y, rate, n_steps):
    U, sizes, _ = np.linalg.svd(X.astype(np.float32), full_matrices=False)
    learned = 1 - (1 - np.float32(rate) * sizes**2 / len(X)) ** n_steps
    e = U @ (learned * (U.T @ y.astype(np.float32))) - y.astype(np.float32)
    return e, np.linalg.norm(e) ** 2 / (2 * len(X))


@descent_task.right("the power of a matrix")
def descent_by_power(X, y, rate, n_steps):
    step = np.eye(len(X)) - rate / len(X) * X @ X.T
    e = np.linalg.matrix_power(step, n_steps) @ -y
    return e, 0.5 * np.dot(e, e) / len(y)


# %% [markdown]
# ## 7. The second descent
#
# Fit a linear model by least squares on $n$ samples, and where many solutions fit exactly, take the
# shortest. There are $D$ independent standard normal features, but the model sees only $p$ of
# them. The true weights are spread evenly: of their squared length $B$ the model can find
# $B\,p/D$. What it cannot see, $u=B\,(1-p/D)$, acts on it like more label noise, beside the
# *variance* $s$ of the labels. With $r=p/n$, the risk over that of the true weights tends to bias
# plus variance:
#
# $$ \text{bias} = u + \begin{cases} 0 & r<1\\ B\,\frac pD\,(1-\frac1r) & r>1\end{cases}
#    \qquad
#    \text{variance} = (s+u)\begin{cases} \dfrac{r}{1-r} & r<1\\[1ex] \dfrac{1}{r-1} & r>1 .
#    \end{cases} $$
#
# The variance grows without bound at $r=1$, where the sample can just be fitted, and falls again
# beyond: more features make it *smaller*. The noise of new labels is not part of either.
#
# **Write** `second_descent(used, total, n_samples, noise, signal)` with an integer array `used`
# `(k,)` of values of $p$, none of them $n$, then $D$, $n$, $s$ and $B$; return the pair
# `(bias, variance)` of arrays `(k,)`.
#
# *Example.* $n=2$, $D=4$, $s=3$, $B=4$. With $p=1$: $u=3$, $r=\frac12$, so the bias is 3 and the
# variance $(3+3)\cdot1=6$. With $p=4$: $u=0$, $r=2$, so the bias is $4\cdot\frac12=2$ and the
# variance $3\cdot1=3$.


# %%
def second_descent(used, total, n_samples, noise, signal):
    """Bias and variance of least squares that sees a part of the features."""
    ### BEGIN SOLUTION
    ratio = used / n_samples
    above = ratio > 1
    unseen = signal * (1 - used / total)
    bias = unseen + np.where(above, (signal - unseen) * (1 - 1 / ratio), 0.0)
    return bias, (noise + unseen) * np.where(above, 1.0, ratio) / np.abs(ratio - 1)
    ### END SOLUTION


# %% tags=["spec"]
ridgeless_task = Task(
    "second_descent",
    points=2,
    # By hand: at most 1 for each number, 6 where the ratio is close to 1; 30 * 8.
    compare=Close(condition=5e2, float32=True),
    returns=("bias", "variance"),
    forbidden=("course_lib.generalization.double_descent",),
)
ridgeless_task.example(np.array([1, 4]), 4, 2, 3.0, 4.0)


@ridgeless_task.inputs
def ridgeless_inputs(rng):
    n = int(rng.integers(20, 41))
    total = int(rng.integers(4 * n, 6 * n))
    below = rng.integers(n // 5, 4 * n // 5, size=3)
    above = rng.integers(5 * n // 4 + 1, total - n // 2, size=3)
    noise, signal = rng.uniform(1.5, 3, size=2) ** rng.choice([-1, 1])
    return rng.permutation(np.concatenate([below, above])), total, n, float(noise), float(signal)


def both_sides(ratio, bias_above, variance_below, variance_above):
    return np.where(ratio > 1, bias_above, 0), np.where(ratio > 1, variance_above, variance_below)


@ridgeless_task.wrong(
    "noise as deviation",
    "The noise was squared, as if a standard deviation had been given; it is the variance already.",
)
def ridgeless_noise_squared(used, total, n_samples, noise, signal):
    return second_descent(used, total, n_samples, noise**2, signal)


@ridgeless_task.wrong(
    "signal squared again",
    "The signal was squared; it is the squared length already.",
)
def ridgeless_signal_squared(used, total, n_samples, noise, signal):
    return second_descent(used, total, n_samples, noise, signal**2)


@ridgeless_task.wrong(
    "samples over features",
    "The ratio is turned round: it is features over samples.",
)
def ridgeless_inverse_ratio(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), n_samples / used
    bias, factor = both_sides(r, (signal - u) * (1 - 1 / r), r / (1 - r), 1 / (r - 1))
    return u + bias, (noise + u) * factor


@ridgeless_task.wrong(
    "unseen is not noise",
    "What the model does not see makes the labels noisier for it; add u to the noise.",
)
def ridgeless_quiet(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias, variance * noise / (noise + signal * (1 - used / total))


@ridgeless_task.wrong(
    "unseen is not bias",
    "What the model does not see is missing in its predictions; add u to the bias.",
)
def ridgeless_all_seen(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias - signal * (1 - used / total), variance


@ridgeless_task.wrong(
    "everything seen",
    "This holds if all features carry the whole signal: the part 1 - p/D is missing everywhere.",
)
def ridgeless_of_whole_signal(used, total, n_samples, noise, signal):
    r = used / n_samples
    bias, factor = both_sides(r, signal * (1 - 1 / r), r / (1 - r), 1 / (r - 1))
    return bias, noise * factor


@ridgeless_task.wrong(
    "no bias above 1",
    "With more features than samples only the part 1/r of what can be seen is found; the rest is "
    "bias.",
)
def ridgeless_without_bias(used, total, n_samples, noise, signal):
    variance = second_descent(used, total, n_samples, noise, signal)[1]
    return signal * (1 - used / total), variance


@ridgeless_task.wrong(
    "bias of the whole signal",
    "Beyond 1 the part 1 - 1/r is lost of what the model can see, B p/D; you took it of the whole "
    "signal B.",
)
def ridgeless_bias_of_the_whole(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    variance = second_descent(used, total, n_samples, noise, signal)[1]
    return u + np.where(r > 1, signal * (1 - 1 / r), 0.0), variance


@ridgeless_task.wrong(
    "one formula for the bias",
    "The formula for ratios above 1 was used below as well; there only u is left.",
)
def ridgeless_bias_everywhere(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    variance = second_descent(used, total, n_samples, noise, signal)[1]
    return u + (signal - u) * (1 - 1 / r), variance


@ridgeless_task.wrong(
    "one formula for the variance",
    "The formula for ratios below 1 was used above as well, where it is negative.",
)
def ridgeless_negative_variance(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    bias = second_descent(used, total, n_samples, noise, signal)[0]
    return bias, (noise + u) * r / (1 - r)


@ridgeless_task.wrong(
    "numerator of the other side",
    "Above 1 the variance has 1/(r - 1), without r in the numerator; yours does not fall to 0.",
)
def ridgeless_absolute_value(used, total, n_samples, noise, signal):
    bias, variance = ridgeless_negative_variance(used, total, n_samples, noise, signal)
    return bias, np.abs(variance)


@ridgeless_task.wrong(
    "numerator forgotten",
    "Below 1 the variance has r/(1 - r); the r in the numerator is missing.",
)
def ridgeless_no_numerator(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    bias = second_descent(used, total, n_samples, noise, signal)[0]
    return bias, (noise + u) / np.abs(1 - r)


@ridgeless_task.wrong(
    "noise of new labels added",
    "The noise of new labels is added to the variance; asked for is what exceeds the risk of the "
    "true weights.",
)
def ridgeless_test_noise(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias, variance + noise


@ridgeless_task.wrong(
    "sum of both",
    "The first array is bias plus variance; return the two apart.",
)
def ridgeless_total(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias + variance, variance


@ridgeless_task.right("loops")
def ridgeless_by_loops(used, total, n_samples, noise, signal):
    bias, variance = [], []
    for p in used:
        unseen = signal - signal * p / total
        bias.append(unseen)
        if p < n_samples:
            variance.append((noise + unseen) * p / (n_samples - p))
        else:
            bias[-1] += signal * (p - n_samples) / total
            variance.append((noise + unseen) * n_samples / (p - n_samples))
    return np.array(bias), np.array(variance)


@ridgeless_task.right("torch, one formula for both sides")
def ridgeless_by_torch(used, total, n_samples, noise, signal):
    p = torch.from_numpy(used).double()
    missed = 1 - torch.minimum(p, torch.tensor(float(n_samples))) / total
    small = torch.minimum(p / n_samples, n_samples / p)
    return signal * missed, (noise + signal * (1 - p / total)) * small / (1 - small)


@ridgeless_task.right("an integral over the spectrum")
def ridgeless_by_spectrum(used, total, n_samples, noise, signal):
    angle = (np.arange(2000) + 0.5) * np.pi / 2000
    bias, variance = [], []
    for p in used.tolist():
        c = min(p, n_samples) / max(p, n_samples)
        eigenvalues = 1 + c + 2 * np.sqrt(c) * np.cos(angle)
        mean_inverse = (2 * (np.sin(angle) / eigenvalues) ** 2).mean()
        unseen = signal * (total - p) / total
        bias.append(unseen + signal * max(0, p - n_samples) / total)
        variance.append((noise + unseen) * c * mean_inverse)
    return bias, variance


@ridgeless_task.right("single precision")
def ridgeless_in_single_precision(used, total, n_samples, noise, signal):
    r = used.astype(np.float32) / np.float32(n_samples)
    seen = np.float32(signal) * used.astype(np.float32) / np.float32(total)
    bias, over = np.float32(signal) - seen, r > 1
    variance = (np.float32(noise) + bias) / (1 / r - 1)
    variance[over] *= -1 / r[over]
    bias[over] += seen[over] - seen[over] / r[over]
    return bias, variance


# %% [markdown]
# ## 8. The pieces of a network on a line
#
# Depth is praised for the number of linear pieces it makes, so one should be able to count them.
# A network with one hidden layer of ReLUs on the line,
#
# $$ f(x) = \sum_{i=1}^N v_i\,(w_ix+b_i)_+ , $$
#
# bends at $x_i=-b_i/w_i$, where its slope changes by $v_i\lvert w_i\rvert$: for $w_i<0$ the unit
# is active on the left, and switching it off changes the slope by $-v_iw_i$. That makes at most
# $N$ bends, and often fewer. A unit with $w_i=0$ is constant, one with $v_i=0$ is not heard, and
# units that bend at the same place make one bend, or none if their changes add up to 0.
#
# **Write** `bends_of(w, b, v)`, all of shape `(N,)`; return the pair `(places, slopes)`: where $f$
# really bends, from left to right, and the slopes of the pieces between, one more than there are
# bends. All numbers are small binary fractions: sums and quotients come out exactly.
#
# *Example.* $w=(1,-1,1)$, $b=(0,0,-1)$, $v=(1,1,-2)$ is $\lvert x\rvert-2(x-1)_+$. It bends at 0
# and 1, and the slopes are $-1$, 1, $-1$.


# %%
def bends_of(w, b, v):
    """Find where a network of one hidden layer bends, and the slopes of its pieces."""
    ### BEGIN SOLUTION
    heard = (w != 0) & (v != 0)
    places, unit = np.unique(-b[heard] / w[heard], return_inverse=True)
    changes = np.bincount(unit, weights=(v * abs(w))[heard], minlength=len(places))
    first = (v * w)[w < 0].sum()
    kept = changes != 0
    return places[kept], first + np.concatenate([[0.0], np.cumsum(changes[kept])])
    ### END SOLUTION


# %% tags=["spec"]
bends_task = Task(
    "bends_of",
    points=3,
    compare=Exact(),
    returns=("places", "slopes"),
    forbidden=("course_lib.generalization.sawtooth",),
)
bends_task.example(
    np.array([1.0, -1.0, 1.0]), np.array([0.0, 0.0, -1.0]), np.array([1.0, 1.0, -2.0])
)


@bends_task.inputs
def bends_inputs(rng):
    places = rng.choice(np.r_[-12:0, 1:13], size=8, replace=False) / 4
    w = rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0], size=8)
    w[:2] = 1.0, -2.0
    v = rng.choice([-3.0, -2.0, 1.0, 2.0], size=8)
    places[5], w[5], v[5] = places[0], 2.0, 1.5 * abs(v[0])  # one bend of two units
    places[6], w[6], v[6] = places[1], 0.5, -4 * v[1]  # two units that cancel
    v[7] = 0
    b = -w * places
    w[4], b[4] = 0.0, 1.25
    order = rng.permutation(8)
    return w[order], b[order] + 0.0, v[order]


def bends_with(w, b, v, merge=True, silent=False, cancelled=False, sort=True, left=True):
    places, changes = [], []
    for place, change in zip(-b[w != 0] / w[w != 0], (v * abs(w))[w != 0], strict=True):
        if change == 0 and not silent:
            continue
        if merge and place in places:
            changes[places.index(place)] += change
        else:
            places.append(place)
            changes.append(change)
    is_silent = [v[(w != 0) & (-b == place * w)].any() == 0 for place in places]
    kept = [
        i for i in range(len(places)) if cancelled or changes[i] != 0 or (silent and is_silent[i])
    ]
    kept = sorted(kept, key=places.__getitem__) if sort else kept
    first = (v * w)[w < 0].sum() if left else 0.0
    slopes = first + np.concatenate([[0.0], np.cumsum([changes[i] for i in kept])])
    return np.array([places[i] for i in kept]), slopes


@bends_task.wrong(
    "one bend for each unit",
    "Every unit is counted. Units with v = 0 do not bend f, and units that bend at one place make "
    "one bend, or none.",
)
def bends_of_each_unit(w, b, v):
    return bends_with(w, b, v, merge=False, silent=True, cancelled=True)


@bends_task.wrong(
    "places not merged",
    "Two units that bend at the same place make one bend: add up their changes.",
)
def bends_not_merged(w, b, v):
    return bends_with(w, b, v, merge=False)


@bends_task.wrong(
    "silent units",
    "Units with v = 0 are counted; they do not reach the output.",
)
def bends_of_silent_units(w, b, v):
    return bends_with(w, b, v, silent=True)


@bends_task.wrong(
    "cancelled bends",
    "Where the changes of two units add up to 0, f does not bend, and there is no new piece.",
)
def bends_that_cancel(w, b, v):
    return bends_with(w, b, v, cancelled=True)


@bends_task.wrong(
    "every place at which a unit bends",
    "Places at which the slope changes by 0 are counted: units with v = 0, and units that cancel.",
)
def bends_without_change(w, b, v):
    return bends_with(w, b, v, silent=True, cancelled=True)


@bends_task.wrong(
    "sign of the places",
    "The unit bends where w x + b = 0, at -b/w; the sign is lost.",
)
def bends_mirrored(w, b, v):
    return bends_with(w, -b, v)


@bends_task.wrong(
    "change without absolute value",
    "The slope changes by v |w|: a unit with w < 0 is switched off on the way to the right.",
)
def bends_signed_change(w, b, v):
    places, units = np.unique(-b[w != 0] / w[w != 0], return_inverse=True)
    changes = np.bincount(units, weights=(v * w)[w != 0])
    kept = changes != 0
    first = (v * w)[w < 0].sum()
    return places[kept], first + np.concatenate([[0.0], np.cumsum(changes[kept])])


@bends_task.wrong(
    "starts flat",
    "The first piece is not flat: units with w < 0 are active on the far left.",
)
def bends_from_flat(w, b, v):
    return bends_with(w, b, v, left=False)


@bends_task.wrong(
    "not from left to right",
    "The bends stand in the order of the units; sort them from left to right.",
)
def bends_not_sorted(w, b, v):
    return bends_with(w, b, v, sort=False)


@bends_task.wrong(
    "changes for slopes",
    "These are the changes of the slope; add them up from the left.",
)
def bends_changes(w, b, v):
    places, slopes = bends_with(w, b, v)
    return places, np.diff(slopes)


@bends_task.wrong(
    "bend at infinity",
    "A unit with w = 0 is constant and bends nowhere; -b/0 is infinite.",
)
def bends_at_infinity(w, b, v):
    places, slopes = bends_with(w, b, v)
    return np.append(places, np.inf), np.append(slopes, slopes[-1])


@bends_task.wrong(
    "pair turned round",
    "The pair is the wrong way round: first the places, then the slopes.",
)
def bends_slopes_first(w, b, v):
    return bends_with(w, b, v)[::-1]


@bends_task.right("loops")
def bends_by_loops(w, b, v):
    change_at = {}
    slope = 0.0
    for weight, bias, out in zip(w, b, v, strict=True):
        if weight < 0:
            slope += out * weight
        if weight != 0:
            place = -bias / weight + 0.0
            change_at[place] = change_at.get(place, 0.0) + out * abs(weight)
    places, slopes = [], [slope]
    for place in sorted(change_at):
        if change_at[place] != 0:
            places.append(place)
            slopes.append(slopes[-1] + change_at[place])
    return np.array(places), np.array(slopes)


@bends_task.right("torch, slopes on both sides of each place")
def bends_by_torch(w, b, v):
    w, b, v = (torch.from_numpy(x) for x in (w, b, v))
    places = torch.unique(-b[w != 0] / w[w != 0])
    middle = (places[1:] + places[:-1]) / 2
    probes = torch.cat([places[:1] - 1, middle, places[-1:] + 1])
    slopes = ((probes[:, None] * w + b > 0) * (v * w)).sum(dim=1)
    bent = slopes.diff() != 0
    return places[bent], slopes[torch.cat([torch.tensor([True]), bent])]


@bends_task.right("plain lists and fractions")
def bends_in_plain_lists(w, b, v):
    units = [
        [Fraction(x) for x in row] for row in zip(*(y.tolist() for y in (w, b, v)), strict=True)
    ]
    units = [(weight, bias, out) for weight, bias, out in units if weight]
    places, slopes = [], [sum(out * weight for weight, _, out in units if weight < 0)]
    for place in sorted({-bias / weight for weight, bias, _ in units}):
        right = sum(
            out * weight
            for weight, bias, out in units
            if weight * place + bias > 0 or (weight * place + bias == 0 and weight > 0)
        )
        if right != slopes[-1]:
            places.append(place)
            slopes.append(right)
    return [float(x) for x in places], [float(x) for x in slopes]


@bends_task.right("a step at a time in single precision")
def bends_in_single_precision(w, b, v):
    w, b, v = (x[w != 0].astype(np.float32) for x in (w, b, v))
    order = np.argsort(-b / w)
    at, change = (-b / w)[order], (v * np.abs(w))[order]
    last = np.append(at[1:] != at[:-1], True)
    slopes = np.append(np.float32(0), np.cumsum(change)[last]) + np.minimum(w, 0) @ v
    bent = slopes[1:] != slopes[:-1]
    return at[last][bent], slopes[np.append(True, bent)]


# %% [markdown]
# ## 9. Margins that can be compared
#
# Multiply the last layer by 10 and every margin is ten times as large, though the network decides
# as before. Margins say something only relative to what the weights could do. One such measure
# appears in a bound on the test error that does not count parameters. For layers
# $A_1,\dots,A_L$ with spectral norms $\sigma_i$ (largest singular values),
#
# $$ R = \Big(\prod_{i=1}^L\sigma_i\Big)
#        \Big(\sum_{i=1}^L\Big(\frac{\rho_i}{\sigma_i}\Big)^{2/3}\Big)^{3/2}, \qquad
#    \gamma_\mu = \frac{f_{y_\mu}(x_\mu)-\max_{j\ne y_\mu}f_j(x_\mu)}{R} , $$
#
# where $\rho_i$ is the sum of the lengths of the *rows* of $A_i$, the weights that go into one
# unit each (in the paper: $\lVert A_i^\top\rVert_{2,1}$, which adds up columns). A point that is
# classified wrongly has a negative margin.
#
# **Write** `relative_margins(weights, scores, labels)` with a list of matrices `(d_out, d_in)`,
# the first layer first, `scores` $f_j(x_\mu)$ `(n, classes)` and integer `labels` `(n,)`; return
# the pair `(R, margins)`: a number and an array `(n,)`.
#
# *Example.* $A_1=(3\ \ 4)$: $\sigma=5$, one row of length 5.
# $A_2=\big(\begin{smallmatrix}2\\0\end{smallmatrix}\big)$: $\sigma=2$, rows of lengths 2 and 0. So
# $R=10\cdot(1+1)^{3/2}\approx28.28$. Scores $(5,1)$ with label 0 have the margin
# $4/R\approx0.1414$, with label 1 it is $-4/R$.


# %%
def relative_margins(weights, scores, labels):
    """Divide the margins by the spectral complexity of the network."""
    ### BEGIN SOLUTION
    spectral = np.array([np.linalg.norm(A, 2) for A in weights])
    rows = np.array([np.linalg.norm(A, axis=1).sum() for A in weights])
    R = spectral.prod() * ((rows / spectral) ** (2 / 3)).sum() ** 1.5
    at = np.arange(len(labels))
    others = np.array(scores)
    others[at, labels] = -np.inf
    return R, (scores[at, labels] - others.max(axis=1)) / R
    ### END SOLUTION


# %% tags=["spec"]
margin_task = Task(
    "relative_margins",
    points=3,
    compare=Close(condition=1e2, float32=True),  # 30 * 2.6
    returns=("R", "margins"),
    forbidden=("course_lib.generalization.margins",),
)
margin_task.example(
    [np.array([[3.0, 4.0]]), np.array([[2.0], [0.0]])],
    np.array([[5.0, 1.0], [5.0, 1.0]]),
    np.array([0, 1]),
)


@margin_task.inputs
def margin_inputs(rng):
    sizes = rng.permutation([2, 3, 4, 5])[: int(rng.integers(3, 5))]
    weights = [rng.normal(size=(n, m)) for m, n in pairwise(sizes)]
    n, classes = int(rng.integers(5, 8)), int(rng.integers(3, 5))
    labels = rng.integers(0, classes, size=n)
    scores = rng.uniform(-2, 2, size=(n, classes))
    scores[0, labels[0]] += 5
    scores[1, labels[1]] -= 3
    return weights, scores, labels


def complexity_of(weights, size=None, length=None, inner=2 / 3, outer=1.5):
    size = size or (lambda A: np.linalg.norm(A, 2))
    length = length or (lambda A: np.linalg.norm(A, axis=1).sum())
    sizes, lengths = (np.array([f(A) for A in weights]) for f in (size, length))
    return sizes.prod() * ((lengths / sizes) ** inner).sum() ** outer


def margins_of(scores, labels):
    own = scores[np.arange(len(labels)), labels]
    rivals = np.where(np.arange(scores.shape[1]) == labels[:, None], -np.inf, scores)
    return own - rivals.max(axis=1)


@margin_task.wrong(
    "columns for rows",
    "The lengths of the columns are added; with weights (d_out, d_in) it is the rows.",
)
def margin_by_columns(weights, scores, labels):
    R = complexity_of(weights, length=lambda A: np.linalg.norm(A, axis=0).sum())
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "Frobenius norm",
    "The Frobenius norm stands where the spectral norm belongs; `np.linalg.norm(A)` gives it "
    "unless it is told otherwise.",
)
def margin_by_frobenius(weights, scores, labels):
    R = complexity_of(weights, size=np.linalg.norm)
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "exponents turned round",
    "The exponents have changed places: 2/3 inside the sum, 3/2 outside.",
)
def margin_exponents_swapped(weights, scores, labels):
    R = complexity_of(weights, inner=1.5, outer=2 / 3)
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "without exponents",
    "The exponents 2/3 and 3/2 are missing.",
)
def margin_without_exponents(weights, scores, labels):
    R = complexity_of(weights, inner=1.0, outer=1.0)
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "product of norms only",
    "R is only the product of the spectral norms; the sum over the layers is missing.",
)
def margin_by_the_product(weights, scores, labels):
    R = np.prod([np.linalg.norm(A, 2) for A in weights])
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "lengths not divided",
    "In the sum each row sum is divided by the spectral norm of its layer.",
)
def margin_lengths_undivided(weights, scores, labels):
    lengths = np.array([np.linalg.norm(A, axis=1).sum() for A in weights])
    R = np.prod([np.linalg.norm(A, 2) for A in weights]) * (lengths ** (2 / 3)).sum() ** 1.5
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "norm of the product",
    "This takes the spectral norm of the product of all layers; asked for is the product of their "
    "norms.",
)
def margin_norm_of_the_product(weights, scores, labels):
    whole = np.eye(weights[0].shape[1])
    for A in weights:
        whole = A @ whole
    sizes = np.array([np.linalg.norm(A, 2) for A in weights])
    R = complexity_of(weights) / sizes.prod() * np.linalg.norm(whole, 2)
    return R, margins_of(scores, labels) / R


@margin_task.wrong(
    "own class among the rivals",
    "The maximum runs over all classes, the right one too: such a margin is never positive.",
)
def margin_among_all(weights, scores, labels):
    R = complexity_of(weights)
    own = scores[np.arange(len(labels)), labels]
    return R, (own - scores.max(axis=1)) / R


@margin_task.wrong(
    "margins not divided",
    "R is right; divide the margins by it.",
)
def margin_not_divided(weights, scores, labels):
    return complexity_of(weights), margins_of(scores, labels)


@margin_task.wrong(
    "gap without sign",
    "This is the gap between the two largest scores; a point that is classified wrongly has a "
    "negative margin.",
)
def margin_gap_of_the_top(weights, scores, labels):
    R, top = complexity_of(weights), np.sort(scores, axis=1)
    return R, (top[:, -1] - top[:, -2]) / R


@margin_task.wrong(
    "mean of the rivals",
    "The mean of the other scores is taken off; it is the largest of them.",
)
def margin_over_the_mean(weights, scores, labels):
    R = complexity_of(weights)
    own = scores[np.arange(len(labels)), labels]
    mean = (scores.sum(axis=1) - own) / (scores.shape[1] - 1)
    return R, (own - mean) / R


@margin_task.right("loops")
def margin_by_loops(weights, scores, labels):
    product_of_norms, total = 1.0, 0.0
    for A in weights:
        norm = np.linalg.svd(A)[1][0]
        rows = sum((row @ row) ** 0.5 for row in A)
        product_of_norms *= norm
        total += (rows / norm) ** (2 / 3)
    R = product_of_norms * total**1.5
    margins = []
    for row, label in zip(scores, labels, strict=True):
        rival = max(score for j, score in enumerate(row) if j != label)
        margins.append((row[label] - rival) / R)
    return R, np.array(margins)


@margin_task.right("torch")
def margin_by_torch(weights, scores, labels):
    layers = [torch.from_numpy(A) for A in weights]
    norms = torch.stack([torch.linalg.matrix_norm(A, 2) for A in layers])
    rows = torch.stack([A.norm(dim=1).sum() for A in layers])
    R = norms.prod() * (rows / norms).pow(2 / 3).sum().pow(3 / 2)
    table, right = torch.from_numpy(scores), torch.from_numpy(labels)[:, None]
    own = table.gather(1, right)
    rivals = table.scatter(1, right, -torch.inf).amax(dim=1)
    return R, (own[:, 0] - rivals) / R


@margin_task.right("plain lists, norms from eigenvalues")
def margin_in_plain_lists(weights, scores, labels):
    norms = [float(np.linalg.eigvalsh(A @ A.T)[-1]) ** 0.5 for A in weights]
    rows = [sum(sum(x * x for x in row) ** 0.5 for row in A.tolist()) for A in weights]
    R = sum((r / s) ** (2 / 3) for r, s in zip(rows, norms, strict=True)) ** 1.5
    for norm in norms:
        R *= norm
    margins = []
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        own = row.pop(label)
        margins.append((own - max(row)) / R)
    return [R, margins]


@margin_task.right("sorted scores in single precision")
def margin_in_single_precision(weights, scores, labels):
    layers = [A.astype(np.float32) for A in weights]
    norms = np.array([np.linalg.norm(A, 2) for A in layers])
    rows = np.array([np.sqrt((A**2).sum(axis=1)).sum() for A in layers])
    R = np.exp(np.log(norms).sum() + 1.5 * np.log(((rows / norms) ** (2 / 3)).sum()))
    order = np.argsort(-scores, axis=1)
    rival = np.where(order[:, 0] == labels, order[:, 1], order[:, 0])
    at = np.arange(len(labels))
    return R, ((scores[at, labels] - scores[at, rival]) / R).astype(np.float32)

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
# # Exercises: random matrices
#
# Each task asks for one function. Replace the line `...  # your answer here`, run the cell, then
# run the `check` under it: it answers at once, and where it can it names the mistake. The checks
# use a few public cases; the grading uses fresh ones, so write the function for every input that
# the task allows, not for the cases you see. Loops are welcome. So is torch: a tensor counts like
# an array. What must be right are the values and the shapes; single precision is good enough
# unless digits are asked for.
#
# Conventions are those of the course: $G(z)$ is the mean of $1/(z-\lambda)$, so that
# $G(z)\approx 1/z$ far away, and the density is $-\operatorname{Im}G/\pi$ just above the real axis.
# The ratio of a sample covariance is features over samples. A *variance* is never a standard
# deviation: where a letter could be either, the task says which.

# %%
from itertools import combinations, pairwise
from math import comb, pi

import numpy as np
import torch

# %% [markdown]
# ## 1. A histogram that can be laid over a density
#
# A law gives a density; a histogram gives counts. The two can share an axis only if the area of
# each bar is the share of *all* eigenvalues that fall into it, also when the bins differ in width
# and when some eigenvalues lie outside the window that is drawn:
#
# $$ h_i = \frac{\#\{j : a_i < \lambda_j < a_{i+1}\}}{n\,(a_{i+1}-a_i)} . $$
#
# Eigenvalues outside the window count in $n$ and in no bar: the total area is then the share that
# the window shows, which is what the law says about it too.
#
# **Write** `bar_heights(eigenvalues, edges)` with `eigenvalues` `(n,)` in any order and rising
# `edges` `(bins + 1,)`; return `(bins,)`. No eigenvalue lies on an edge.
#
# *Example.* Eigenvalues 0.5, 1.5, 2.5, 9 and edges 0, 1, 3: one of four in a bin of width 1 and
# two of four in a bin of width 2 make the heights $1/4$ and $1/4$.


# %%
def bar_heights(eigenvalues, edges):
    """Find the heights whose areas are shares of all eigenvalues."""
    ### BEGIN SOLUTION
    counts, _ = np.histogram(eigenvalues, bins=edges)
    return counts / (len(eigenvalues) * np.diff(edges))
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

# Conditions: about 30 roundings lie between inputs and answer, each of which the rest of the way
# amplifies at most by the factor beside the condition: what ``verify.amplification`` measured in
# 1,200 draws. The result is rounded up. Numbers that are no arrays are not nudged by it; where
# they matter, their factor was worked out by hand and says so.

bars_task = Task(
    "bar_heights",
    points=1,
    compare=Close(condition=5e2, float32=True),  # 30 * 15
    forbidden=("course_lib.viz.spectra", "course_lib.spectral_laws.spectrum"),
)
bars_task.example(np.array([0.5, 1.5, 2.5, 9.0]), np.array([0.0, 1.0, 3.0]))


@bars_task.inputs
def bars_inputs(rng):
    widths = rng.uniform(0.4, 1.5, size=5)
    edges = rng.uniform(-1, 0) + np.concatenate([[0.0], np.cumsum(widths)])
    left, right = edges[:-1], edges[1:]
    counts = rng.integers(1, 7, size=5)
    margin = 0.1 * np.repeat(widths, counts)  # single precision must not move one over an edge
    inside = rng.uniform(np.repeat(left, counts) + margin, np.repeat(right, counts) - margin)
    outside = edges[-1] + rng.uniform(0.1, 3, size=int(rng.integers(3, 7)))
    return rng.permutation(np.concatenate([inside, outside])), edges


@bars_task.wrong(
    "counts",
    "These are counts; a density divides them by the number of eigenvalues and by the bin's width.",
)
def bars_counted(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0]


@bars_task.wrong(
    "shares",
    "These are shares of the eigenvalues, the areas of the bars; a height is area over width.",
)
def bars_as_shares(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / len(eigenvalues)


@bars_task.wrong(
    "window taken for all",
    "The bars have area 1 in the window, as with `density=True`. Eigenvalues outside it count in "
    "n: the area must be the share that the window shows.",
)
def bars_of_the_window(eigenvalues, edges):
    return np.histogram(eigenvalues, edges, density=True)[0]


@bars_task.wrong(
    "one width for all",
    "All bins are treated as equally wide; each bar is divided by the width of its own bin.",
)
def bars_of_one_width(eigenvalues, edges):
    width = (edges[-1] - edges[0]) / (len(edges) - 1)
    return np.histogram(eigenvalues, edges)[0] / (len(eigenvalues) * width)


@bars_task.wrong(
    "width of the first bin for all",
    "All bars are divided by the width of the first bin; each bar is divided by the width of its "
    "own bin.",
)
def bars_of_the_first_width(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / (len(eigenvalues) * (edges[1] - edges[0]))


@bars_task.wrong(
    "not divided by n",
    "The counts are divided by the widths only; divide by the number of eigenvalues as well.",
)
def bars_without_n(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / np.diff(edges)


@bars_task.wrong(
    "divided by the number of bins",
    "The counts are divided by the number of bins; n is the number of eigenvalues.",
)
def bars_over_bins(eigenvalues, edges):
    return np.histogram(eigenvalues, edges)[0] / ((len(edges) - 1) * np.diff(edges))


@bars_task.wrong(
    "cumulative",
    "Each bar counts everything below its upper edge; count from the lower edge on.",
)
def bars_cumulative(eigenvalues, edges):
    below = (eigenvalues[:, None] < edges[None, 1:]).mean(axis=0)
    return below / np.diff(edges)


@bars_task.right("loops")
def bars_by_loops(eigenvalues, edges):
    heights = np.zeros(len(edges) - 1)
    for i in range(len(heights)):
        for value in eigenvalues:
            if edges[i] <= value < edges[i + 1]:
                heights[i] += 1 / len(eigenvalues)
        heights[i] /= edges[i + 1] - edges[i]
    return heights


@bars_task.right("torch")
def bars_by_torch(eigenvalues, edges):
    values, ends = torch.from_numpy(eigenvalues), torch.from_numpy(edges)
    place = torch.bucketize(values, ends)
    counts = torch.bincount(place, minlength=len(ends) + 1)[1 : len(ends)]
    return counts / (ends.diff() * len(values))


@bars_task.right("plain lists")
def bars_in_plain_lists(eigenvalues, edges):
    rest = sorted(eigenvalues.tolist())
    ends = edges.tolist()
    return [
        sum(low < value < high for value in rest) / len(rest) / (high - low)
        for low, high in pairwise(ends)
    ]


@bars_task.right("slopes of the cumulative share, in single precision")
def bars_by_slopes(eigenvalues, edges):
    below = np.searchsorted(np.sort(eigenvalues), edges) / np.float32(len(eigenvalues))
    return (np.diff(below) / np.diff(edges)).astype(np.float32)


# %% [markdown]
# ## 2. A Wigner matrix of the right size
#
# The semicircle law holds for symmetric matrices whose entries shrink with the size: its edges
# are $\pm2\sigma$ if the entries off the diagonal have *variance* $\sigma^2/n$. Usually one starts
# from a matrix $A$ of independent standard normal numbers, which is not symmetric, and takes
#
# $$ H = c\,(A + A^\top) \qquad\text{with}\qquad \mathbb E\,H_{ij}^2 = \frac{\sigma^2}{n}
#    \quad (i\ne j). $$
#
# Which $c$ does this ask for? The sum of two independent numbers does not have the variance of one.
#
# **Write** `wigner_from(A, sigma)` with `A` `(n, n)`; return $H$ `(n, n)`. Here `sigma` is a
# standard deviation.
#
# *Example.* $n=2$, $\sigma=1$, $A=\big(\begin{smallmatrix}1&2\\0&3\end{smallmatrix}\big)$:
# $H=\frac12\big(\begin{smallmatrix}2&2\\2&6\end{smallmatrix}\big)
# =\big(\begin{smallmatrix}1&1\\1&3\end{smallmatrix}\big)$.


# %%
def wigner_from(A, sigma):
    """Make a raw Gaussian matrix symmetric and scale it for the semicircle law."""
    ### BEGIN SOLUTION
    n = len(A)
    return sigma * (A + A.T) / np.sqrt(2 * n)
    ### END SOLUTION


# %% tags=["spec"]
wigner_task = Task(
    "wigner_from",
    points=1,
    compare=Close(condition=1e2, float32=True),  # 30 * 2.2
    forbidden=("course_lib.spectral_laws.semicircle",),
)
wigner_task.example(np.array([[1.0, 2.0], [0.0, 3.0]]), 1.0)


@wigner_task.inputs
def wigner_inputs(rng):
    n = int(rng.integers(3, 7))
    sigma = float(rng.uniform(0.4, 0.8) if rng.random() < 0.5 else rng.uniform(1.3, 2.5))
    return rng.normal(size=(n, n)), sigma


@wigner_task.wrong(
    "mean of the two",
    "A mean of two independent numbers has half the variance: the symmetric part of A has the "
    "right variance on the diagonal only, and the edges would be at sqrt(2) sigma.",
)
def wigner_by_the_mean(A, sigma):
    return sigma * (A + A.T) / 2 / np.sqrt(len(A))


@wigner_task.wrong(
    "sum unscaled",
    "The sum of two independent numbers has twice the variance; the factor misses a 1/sqrt(2).",
)
def wigner_by_the_sum(A, sigma):
    return sigma * (A + A.T) / np.sqrt(len(A))


@wigner_task.wrong(
    "sigma as variance",
    "sigma is a standard deviation and multiplies the entries as it is; you took its root.",
)
def wigner_from_the_variance(A, sigma):
    return np.sqrt(sigma) * (A + A.T) / np.sqrt(2 * len(A))


@wigner_task.wrong(
    "sigma squared",
    "The entries are multiplied by sigma squared; that is the factor of their variance.",
)
def wigner_sigma_squared(A, sigma):
    return sigma**2 * (A + A.T) / np.sqrt(2 * len(A))


@wigner_task.wrong(
    "n without its root",
    "The variance shrinks like 1/n, so the entries shrink like 1/sqrt(n).",
)
def wigner_over_n(A, sigma):
    return sigma * (A + A.T) / np.sqrt(2) / len(A)


@wigner_task.wrong(
    "not shrunk",
    "The size is forgotten: without 1/sqrt(n) the spectrum grows with the matrix.",
)
def wigner_not_shrunk(A, sigma):
    return sigma * (A + A.T) / np.sqrt(2)


@wigner_task.wrong(
    "a covariance",
    "A A^T is a sample covariance: no eigenvalue is negative, and the law is Marchenko-Pastur's.",
)
def wigner_as_covariance(A, sigma):
    return sigma**2 * A @ A.T / len(A)


@wigner_task.wrong(
    "not symmetric",
    "The matrix is scaled but not symmetric; add the transpose.",
)
def wigner_not_symmetric(A, sigma):
    return sigma * A / np.sqrt(len(A))


@wigner_task.wrong(
    "half of it mirrored",
    "One half of A is mirrored. The limit would be the same, but half of the numbers is thrown "
    "away and the diagonal has too small a variance; use A + A^T.",
)
def wigner_mirrored(A, sigma):
    return sigma * (np.triu(A) + np.triu(A, 1).T) / np.sqrt(len(A))


@wigner_task.right("loops")
def wigner_by_loops(A, sigma):
    n = len(A)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            H[i, j] = (A[i, j] + A[j, i]) * sigma / (2 * n) ** 0.5
    return H


@wigner_task.right("torch")
def wigner_by_torch(A, sigma):
    raw = torch.from_numpy(A) * sigma
    return (raw + raw.mT) * (2 * raw.shape[0]) ** -0.5


@wigner_task.right("plain lists")
def wigner_in_plain_lists(A, sigma):
    scale = (sigma * sigma / len(A) / 2) ** 0.5
    pairs = zip(A.tolist(), A.T.tolist(), strict=True)
    return [[scale * (x + y) for x, y in zip(*pair, strict=True)] for pair in pairs]


@wigner_task.right("symmetric part in single precision")
def wigner_in_single_precision(A, sigma):
    half = (A.astype(np.float32) + A.T.astype(np.float32)) / 2
    return half * np.float32(sigma * np.sqrt(2 / len(A)))


# %% [markdown]
# ## 3. How badly conditioned, and how many directions
#
# Gradient descent on a covariance needs about as many steps as its condition number. A covariance
# of too small a rank has zeros, which do not slow it down: nothing is learned along them, and they
# have to be left out. In a computer they are not zero but some rounding error, of either sign. So
# an eigenvalue counts only if it is larger than `cutoff` times the largest one. Over those,
#
# $$ \kappa = \frac{\lambda_{\max}}{\lambda_{\min}}, \qquad
#    r = \frac{\big(\sum_i\lambda_i\big)^2}{\sum_i\lambda_i^2} . $$
#
# The participation ratio $r$ is the number of directions if all count alike, and close to 1 if one
# outweighs the others.
#
# **Write** `conditioning_of(eigenvalues, cutoff)` with `eigenvalues` `(n,)` in any order; return
# the pair `(condition, participation)` of numbers.
#
# *Example.* Eigenvalues 3, 1, 0 and cutoff 0.001: the pair is $3/1=3$ and $4^2/10=1.6$.


# %%
def conditioning_of(eigenvalues, cutoff):
    """Find the condition number and the participation ratio of what is not zero."""
    ### BEGIN SOLUTION
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    return kept.max() / kept.min(), kept.sum() ** 2 / (kept**2).sum()
    ### END SOLUTION


# %% tags=["spec"]
conditioning_task = Task(
    "conditioning_of",
    points=1,
    compare=Close(condition=1e2, float32=True),  # 30 * 1.9
    returns=("condition", "participation"),
    forbidden=("course_lib.random_features.conditioning",),
)
conditioning_task.example(np.array([3.0, 1.0, 0.0]), 0.001)


@conditioning_task.inputs
def conditioning_inputs(rng):
    kept = rng.uniform(1, 20, size=int(rng.integers(4, 8)))
    kept[0] = 25.0
    zeros = np.array([3e-9, -2e-13, 2e-14]) * rng.uniform(1, 2, size=3)
    return rng.permutation(np.concatenate([kept, zeros])) * rng.uniform(1e3, 1e4), 1e-6


def condition_and_share(kept):
    return kept.max() / kept.min(), kept.sum() ** 2 / (kept**2).sum()


@conditioning_task.wrong(
    "zeros kept",
    "The smallest eigenvalue is one that should be zero; leave out all up to cutoff times the "
    "largest.",
)
def conditioning_with_zeros(eigenvalues, cutoff):
    with np.errstate(divide="ignore"):
        return condition_and_share(eigenvalues)


@conditioning_task.wrong(
    "only negatives left out",
    "Eigenvalues that should be zero may come out positive as well; compare with the cutoff.",
)
def conditioning_of_positives(eigenvalues, cutoff):
    return condition_and_share(eigenvalues[eigenvalues > 0])


@conditioning_task.wrong(
    "absolute cutoff",
    "The cutoff is relative: it is multiplied by the largest eigenvalue.",
)
def conditioning_absolute(eigenvalues, cutoff):
    return condition_and_share(eigenvalues[eigenvalues > cutoff])


@conditioning_task.wrong(
    "root of the condition",
    "This is the condition of the data matrix, from its singular values; for the eigenvalues of "
    "the covariance there is no root.",
)
def conditioning_by_root(eigenvalues, cutoff):
    condition, rank = conditioning_of(eigenvalues, cutoff)
    return np.sqrt(condition), rank


@conditioning_task.wrong(
    "condition turned round",
    "The largest stands over the smallest: a condition number is at least 1.",
)
def conditioning_inverse(eigenvalues, cutoff):
    condition, rank = conditioning_of(eigenvalues, cutoff)
    return 1 / condition, rank


@conditioning_task.wrong(
    "rank counted",
    "The second number is the plain rank; the participation ratio weighs the eigenvalues.",
)
def conditioning_counts(eigenvalues, cutoff):
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    return conditioning_of(eigenvalues, cutoff)[0], float(len(kept))


@conditioning_task.wrong(
    "participation turned round",
    "The participation ratio is upside down: the square of the sum stands above.",
)
def conditioning_rank_inverse(eigenvalues, cutoff):
    condition, rank = conditioning_of(eigenvalues, cutoff)
    return condition, 1 / rank


@conditioning_task.wrong(
    "trace over the largest",
    "The sum over the largest eigenvalue is the stable rank, another measure; asked for is the "
    "square of the sum over the sum of squares.",
)
def conditioning_stable_rank(eigenvalues, cutoff):
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    return conditioning_of(eigenvalues, cutoff)[0], kept.sum() / kept.max()


@conditioning_task.wrong(
    "exponential of an entropy",
    "This is the effective rank, the exponential of the entropy; asked for is the square of the "
    "sum over the sum of squares.",
)
def conditioning_entropy(eigenvalues, cutoff):
    kept = eigenvalues[eigenvalues > cutoff * eigenvalues.max()]
    share = kept / kept.sum()
    return conditioning_of(eigenvalues, cutoff)[0], np.exp(-(share * np.log(share)).sum())


@conditioning_task.right("loops")
def conditioning_by_loops(eigenvalues, cutoff):
    largest = max(eigenvalues)
    smallest, total, squares = largest, 0.0, 0.0
    for value in eigenvalues:
        if value > cutoff * largest:
            smallest = min(smallest, value)
            total += value
            squares += value * value
    return largest / smallest, total * total / squares


@conditioning_task.right("torch")
def conditioning_by_torch(eigenvalues, cutoff):
    values = torch.from_numpy(eigenvalues).sort(descending=True).values
    kept = values[values / values[0] > cutoff]
    return kept[0] / kept[-1], kept.sum().square() / (kept @ kept)


@conditioning_task.right("plain lists")
def conditioning_in_plain_lists(eigenvalues, cutoff):
    kept = [value for value in eigenvalues.tolist() if value > cutoff * float(eigenvalues.max())]
    shares = [value / sum(kept) for value in kept]
    return [max(kept) / min(kept), 1 / sum(share**2 for share in shares)]


@conditioning_task.right("norms in single precision")
def conditioning_in_single_precision(eigenvalues, cutoff):
    x = (eigenvalues / eigenvalues.max()).astype(np.float32)
    x = x[x > cutoff]
    return 1 / x.min(), (np.linalg.norm(x, 1) / np.linalg.norm(x)) ** 2


# %% [markdown]
# ## 4. From the transform back to a density
#
# Eigenvalues are points, yet the transform of a law knows its density: a little above the axis,
# at $z = x + i\epsilon$, one reads it off the imaginary part. For measured eigenvalues,
#
# $$ G(z) = \frac1n\sum_{j=1}^n\frac1{z-\lambda_j}, \qquad
#    \rho_\epsilon(x) = -\frac1\pi\operatorname{Im} G(x+i\epsilon) . $$
#
# What comes out is the histogram's smooth sister: each eigenvalue is spread over a width
# $\epsilon$. Mind the sign. With $1/(\lambda_j-z)$, as in other books, the minus is not there.
#
# **Write** `smoothed_density(eigenvalues, x, epsilon)` with `eigenvalues` `(n,)` and `x`
# `(points,)`; return `(points,)`, real numbers.
#
# *Example.* One eigenvalue 0, $x=0$, $\epsilon=1/2$: $G(i/2)=1/(i/2)=-2i$, so the density is
# $2/\pi\approx0.637$.


# %%
def smoothed_density(eigenvalues, x, epsilon):
    """Read a density off the transform of the eigenvalues, epsilon above the axis."""
    ### BEGIN SOLUTION
    z = x[:, None] + 1j * epsilon
    G = (1 / (z - eigenvalues)).mean(axis=1)
    return -G.imag / np.pi
    ### END SOLUTION


# %% tags=["spec"]
smoothed_task = Task(
    "smoothed_density",
    points=2,
    compare=Close(condition=5e2, float32=True),  # 30 * 11
    forbidden=("course_lib.spectral_laws.spectrum", "course_lib.spectral_laws.discrete_measure"),
)
smoothed_task.example(np.array([0.0]), np.array([0.0]), 0.5)


@smoothed_task.inputs
def smoothed_inputs(rng):
    eigenvalues = rng.uniform(-1, 2, size=int(rng.integers(4, 8)))
    return eigenvalues, rng.uniform(-2, 3, size=6), float(rng.uniform(0.2, 0.45))


def transform_at(eigenvalues, x, epsilon):
    return (1 / (x[:, None] + 1j * epsilon - eigenvalues)).mean(axis=1)


@smoothed_task.wrong(
    "sign of the other convention",
    "A density is not negative. With G the mean of 1/(z - lambda), the imaginary part above the "
    "axis is negative, and the formula has a minus.",
)
def smoothed_negative(eigenvalues, x, epsilon):
    return transform_at(eigenvalues, x, epsilon).imag / np.pi


@smoothed_task.wrong("pi forgotten", "The area is pi, not 1: divide by pi.")
def smoothed_without_pi(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon).imag


@smoothed_task.wrong(
    "sum, not mean",
    "The transform is summed over the eigenvalues; take the mean, so that the area is 1.",
)
def smoothed_sum(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon).imag / np.pi * len(eigenvalues)


@smoothed_task.wrong(
    "real part",
    "The density stands in the imaginary part of the transform alone; what came has its real part.",
)
def smoothed_real_part(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon).real / np.pi


@smoothed_task.wrong(
    "modulus",
    "This is the modulus of the transform; only its imaginary part is the density.",
)
def smoothed_modulus(eigenvalues, x, epsilon):
    return np.abs(transform_at(eigenvalues, x, epsilon)) / np.pi


@smoothed_task.wrong(
    "full width",
    "Epsilon is the height above the axis, half of the width at half height; you used half of it.",
)
def smoothed_half_the_height(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon / 2).imag / np.pi


@smoothed_task.wrong(
    "epsilon not squared",
    "In epsilon / ((x - lambda)^2 + epsilon^2) the last epsilon is squared.",
)
def smoothed_not_squared(eigenvalues, x, epsilon):
    return (epsilon / ((x[:, None] - eigenvalues) ** 2 + epsilon)).mean(axis=1) / np.pi


@smoothed_task.wrong(
    "Gaussian kernel",
    "This spreads each eigenvalue by a Gaussian bell; the transform spreads it by a Cauchy kernel.",
)
def smoothed_by_gauss(eigenvalues, x, epsilon):
    bells = np.exp(-0.5 * ((x[:, None] - eigenvalues) / epsilon) ** 2)
    return bells.mean(axis=1) / (epsilon * np.sqrt(2 * np.pi))


@smoothed_task.right("loops")
def smoothed_by_loops(eigenvalues, x, epsilon):
    density = np.zeros(len(x))
    for i, point in enumerate(x):
        for value in eigenvalues:
            density[i] += epsilon / ((point - value) ** 2 + epsilon**2) / pi
    return density / len(eigenvalues)


@smoothed_task.right("torch")
def smoothed_by_torch(eigenvalues, x, epsilon):
    z = torch.complex(torch.from_numpy(x), torch.full((len(x),), epsilon, dtype=torch.float64))
    table = 1 / (z[:, None] - torch.from_numpy(eigenvalues)[None, :])
    return -table.imag.mean(dim=1) / torch.pi


@smoothed_task.right("plain lists")
def smoothed_in_plain_lists(eigenvalues, x, epsilon):
    values = eigenvalues.tolist()
    G = [sum(1 / (complex(point, epsilon) - v) for v in values) / len(values) for point in x]
    return [-g.imag / pi for g in G]


@smoothed_task.right("resolvent of a matrix")
def smoothed_by_resolvent(eigenvalues, x, epsilon):
    H, eye = np.diag(eigenvalues), np.eye(len(eigenvalues))
    resolvents = [np.linalg.inv((point + 1j * epsilon) * eye - H) for point in x]
    return np.array([-np.trace(R).imag for R in resolvents]) / (np.pi * len(H))


@smoothed_task.right("kernel in single precision")
def smoothed_in_single_precision(eigenvalues, x, epsilon):
    gap = (x[:, None].astype(np.float32) - eigenvalues.astype(np.float32)) / np.float32(epsilon)
    return (1 / (1 + gap**2)).mean(axis=1) / np.float32(np.pi * epsilon)


# %% [markdown]
# ## 5. Moments of pure noise
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
moments_task = Task(
    "noise_moments",
    points=2,
    # By hand: the sixth moment amplifies the variance 6 and the ratio at most 5 times; 30 * 11.
    compare=Close(condition=5e2, float32=True),
    forbidden=("course_lib.spectral_laws.marchenko_pastur", "course_lib.spectral_laws.moments"),
)
moments_task.example(3, 0.5, 2.0)


@moments_task.inputs
def moments_inputs(rng):
    ratio = rng.uniform(0.3, 0.8) if rng.random() < 0.5 else rng.uniform(1.25, 2.5)
    variance = rng.uniform(0.5, 0.8) if rng.random() < 0.5 else rng.uniform(1.25, 2)
    return int(rng.integers(4, 7)), float(ratio), float(variance)


def moments_with(n_moments, ratio, variance, coefficient):
    rows = [[coefficient(k, j) for j in range(k)] for k in range(1, n_moments + 1)]
    return np.array(
        [variance ** len(row) * sum(c * ratio**j for j, c in enumerate(row)) for row in rows]
    )


def narayana_number(k, j):
    return comb(k, j) * comb(k - 1, j) / (j + 1)


@moments_task.wrong(
    "begins with m_0",
    "The list begins with m_0 = 1; the first entry asked for is the mean m_1.",
)
def moments_from_zero(n_moments, ratio, variance):
    return np.concatenate([[1.0], noise_moments(n_moments, ratio, variance)[:-1]])


@moments_task.wrong(
    "samples over features",
    "The ratio is turned round: it is features over samples.",
)
def moments_of_inverse_ratio(n_moments, ratio, variance):
    return noise_moments(n_moments, 1 / ratio, variance)


@moments_task.wrong(
    "variance once",
    "The variance multiplies the eigenvalues, so the k-th moment has its k-th power.",
)
def moments_variance_once(n_moments, ratio, variance):
    return noise_moments(n_moments, ratio, 1.0) * variance


@moments_task.wrong(
    "variance as deviation",
    "The variance is squared, as if it were a standard deviation; v is the variance already.",
)
def moments_of_deviation(n_moments, ratio, variance):
    return noise_moments(n_moments, ratio, variance**2)


@moments_task.wrong(
    "ratio forgotten",
    "These are the moments at ratio 1 (Catalan's numbers): the powers of the ratio are missing.",
)
def moments_catalan(n_moments, ratio, variance):
    return noise_moments(n_moments, 1.0, variance)


@moments_task.wrong(
    "not divided by j + 1",
    "The factor 1/(j+1) is missing.",
)
def moments_undivided(n_moments, ratio, variance):
    return moments_with(n_moments, ratio, variance, lambda k, j: comb(k, j) * comb(k - 1, j))


@moments_task.wrong(
    "two alike binomials",
    "The second binomial coefficient is that of k - 1, not of k.",
)
def moments_of_k_twice(n_moments, ratio, variance):
    return moments_with(n_moments, ratio, variance, lambda k, j: comb(k, j) ** 2 / (j + 1))


@moments_task.wrong(
    "ratio to the power j + 1",
    "The powers of the ratio begin with 0: m_1 is the variance, whatever the ratio.",
)
def moments_one_power_more(n_moments, ratio, variance):
    return ratio * noise_moments(n_moments, ratio, variance)


@moments_task.right("through free cumulants")
def moments_by_cumulants(n_moments, ratio, variance):
    moments = [1.0]
    for k in range(1, n_moments + 1):
        total, power = 0.0, [1.0] + [0.0] * k
        for s in range(1, k + 1):
            power = np.convolve(power, moments)[: k + 1]
            total += variance**s * ratio ** (s - 1) * power[k - s]
        moments.append(total)
    return np.array(moments[1:])


@moments_task.right("powers of a tridiagonal matrix")
def moments_by_jacobi(n_moments, ratio, variance):
    n = n_moments + 1
    J = torch.eye(n, dtype=torch.float64) * (1 + ratio)
    J[0, 0] = 1
    for i in range(n - 1):
        J[i, i + 1] = J[i + 1, i] = ratio**0.5
    J *= variance
    return torch.stack([torch.linalg.matrix_power(J, k)[0, 0] for k in range(1, n)])


@moments_task.right("plain lists")
def moments_in_plain_lists(n_moments, ratio, variance):
    moments = []
    for k in range(1, n_moments + 1):
        term, total = 1.0, 1.0
        for j in range(1, k):
            term *= ratio * (k - j + 1) * (k - j) / (j * (j + 1))
            total += term
        moments.append(total * variance**k)
    return moments


@moments_task.right("an integral over the density")
def moments_by_quadrature(n_moments, ratio, variance):
    nodes, weights = np.polynomial.legendre.leggauss(60)
    angle = np.pi * (nodes + 1) / 2
    x = 1 + ratio + 2 * np.sqrt(ratio) * np.cos(angle)
    heights = 2 * np.sin(angle) ** 2 / np.pi / x * np.pi / 2 * weights
    return [variance**k * (heights * x**k).sum() for k in range(1, n_moments + 1)]


@moments_task.right("columns in single precision")
def moments_in_single_precision(n_moments, ratio, variance):
    moments = np.zeros(n_moments, dtype=np.float32)
    for k in range(1, n_moments + 1):
        for j in range(k):
            moments[k - 1] += np.float32(comb(k, j) * comb(k, j + 1) / k * ratio**j)
        moments[k - 1] *= np.float32(variance) ** k
    return moments


# %% [markdown]
# ## 6. The density and its atom, on both sides of 1
#
# The law of Marchenko and Pastur for a covariance of ratio $r$ (features over samples) and
# variance $v$ has the density
#
# $$ \rho(x) = \frac{\sqrt{(x-\lambda_-)(\lambda_+-x)}}{2\pi\,v\,r\,x}
#    \quad (\lambda_-<x<\lambda_+), \qquad \lambda_\pm = v\,(1\pm\sqrt r)^2, $$
#
# and 0 elsewhere. With more features than samples this is not all: the matrix has too small a
# rank, and a share $1-1/r$ of the eigenvalues is exactly zero. The area under $\rho$ is then only
# $1/r$. The talk on random matrices writes $\sigma$ for the variance $v$; read as a standard
# deviation it moves the edges.
#
# **Write** `noise_law(x, ratios, variance)` with `x` `(points,)`, none of them 0, and `ratios`
# `(n_ratios,)`; return the pair `(density, atom)` of shapes `(n_ratios, points)` and
# `(n_ratios,)`, where the atom is the share of zeros.
#
# *Example.* $r=4$, $v=1$: the edges are 1 and 9. At $x=5$ the density is
# $\sqrt{4\cdot4}/(2\pi\cdot4\cdot5)=1/(10\pi)\approx0.0318$, at $x=0.5$ it is 0, and the atom is
# $3/4$.


# %%
def noise_law(x, ratios, variance):
    """Evaluate the law of sample covariances for several ratios: density, and mass at zero."""
    ### BEGIN SOLUTION
    r = ratios[:, None]
    low, high = variance * (1 - np.sqrt(r)) ** 2, variance * (1 + np.sqrt(r)) ** 2
    inside = np.maximum((x - low) * (high - x), 0)
    density = np.sqrt(inside) / (2 * np.pi * variance * r * x)
    return density, np.maximum(1 - 1 / ratios, 0)
    ### END SOLUTION


# %% tags=["spec"]
law_task = Task(
    "noise_law",
    points=2,
    compare=Close(condition=2e2, float32=True),  # 30 * 4.4
    returns=("density", "atom"),
    forbidden=("course_lib.spectral_laws.marchenko_pastur",),
)
law_task.example(np.array([5.0, 0.5]), np.array([4.0]), 1.0)


@law_task.inputs
def law_inputs(rng):
    ratios = np.concatenate([rng.uniform(0.1, 0.6, size=2), rng.uniform(1.6, 3.5, size=1)])
    variance = float(rng.uniform(0.5, 0.75) if rng.random() < 0.5 else rng.uniform(1.4, 2))
    edges = variance * np.array([(1 + s * np.sqrt(ratios)) ** 2 for s in (-1, 1)]).ravel()
    x = []
    while len(x) < 7:  # a root is steep at the edges
        point = variance * rng.uniform(0.1, 4)
        if np.abs(edges - point).min() > 0.04 * variance:
            x.append(point)
    x = np.array(x)
    x[0], x[1] = variance * rng.uniform(0.9, 1.1), -variance * rng.uniform(0.1, 1)
    return x, rng.permutation(ratios), variance


@law_task.wrong(
    "variance as deviation",
    "The variance is squared, as if it were a standard deviation; it multiplies the edges as it "
    "is.",
)
def law_of_deviation(x, ratios, variance):
    return noise_law(x, ratios, variance**2)


@law_task.wrong(
    "root of the variance",
    "The root of the variance is used; the edges are variance times (1 +- sqrt(ratio)) squared.",
)
def law_of_root(x, ratios, variance):
    return noise_law(x, ratios, variance**0.5)


@law_task.wrong(
    "samples over features",
    "The ratio is turned round: it is features over samples, and there are zeros when it is "
    "above 1.",
)
def law_of_inverse_ratio(x, ratios, variance):
    return noise_law(x, 1 / ratios, variance)


@law_task.wrong(
    "atom forgotten",
    "The density is right, but above ratio 1 a share 1 - 1/ratio of the eigenvalues is zero.",
)
def law_without_atom(x, ratios, variance):
    return noise_law(x, ratios, variance)[0], np.zeros(len(ratios))


@law_task.wrong(
    "negative atom",
    "A share is not negative: below ratio 1 there is no atom.",
)
def law_with_negative_atom(x, ratios, variance):
    return noise_law(x, ratios, variance)[0], 1 - 1 / ratios


@law_task.wrong(
    "what is not the atom",
    "1/ratio is the share of the eigenvalues that are not zero; the atom is the rest.",
)
def law_with_the_rest(x, ratios, variance):
    return noise_law(x, ratios, variance)[0], np.where(ratios > 1, 1 / ratios, 0)


@law_task.wrong(
    "area one beside an atom",
    "Above ratio 1 the density was stretched to area 1; with the atom that makes more than 1.",
)
def law_with_full_area(x, ratios, variance):
    density, atom = noise_law(x, ratios, variance)
    return density / (1 - atom[:, None]), atom


@law_task.wrong(
    "ratio missing below",
    "The ratio is missing in the denominator of the density.",
)
def law_without_ratio_below(x, ratios, variance):
    density, atom = noise_law(x, ratios, variance)
    return density * ratios[:, None], atom


@law_task.wrong(
    "not divided by x",
    "The density is divided by x as well; without it this is a semicircle round the middle.",
)
def law_not_over_x(x, ratios, variance):
    density, atom = noise_law(x, ratios, variance)
    return density * x, atom


@law_task.wrong(
    "edges without root",
    "The edges are at (1 +- sqrt(ratio)) squared; the root is missing.",
)
def law_without_root(x, ratios, variance):
    r = ratios[:, None]
    inside = (x - variance * (1 - r) ** 2) * (variance * (1 + r) ** 2 - x)
    density = np.sqrt(np.maximum(inside, 0)) / (2 * np.pi * variance * r * x)
    return density, noise_law(x, ratios, variance)[1]


@law_task.wrong(
    "NaN outside",
    "Outside the edges the number under the root is negative, and the root is NaN; the density "
    "is 0 there.",
)
def law_nan_outside(x, ratios, variance):
    r = ratios[:, None]
    inside = (x - variance * (1 - np.sqrt(r)) ** 2) * (variance * (1 + np.sqrt(r)) ** 2 - x)
    with np.errstate(invalid="ignore"):
        density = np.sqrt(inside) / (2 * np.pi * variance * r * x)
    return density, noise_law(x, ratios, variance)[1]


@law_task.right("loops")
def law_by_loops(x, ratios, variance):
    density, atom = np.zeros((len(ratios), len(x))), np.zeros(len(ratios))
    for i, r in enumerate(ratios):
        low, high = variance * (1 - r**0.5) ** 2, variance * (1 + r**0.5) ** 2
        for j, point in enumerate(x):
            if low < point < high:
                density[i, j] = ((point - low) * (high - point)) ** 0.5
                density[i, j] /= 2 * pi * variance * r * point
        if r > 1:
            atom[i] = 1 - 1 / r
    return density, atom


@law_task.right("torch")
def law_by_torch(x, ratios, variance):
    points, r = torch.from_numpy(x) / variance, torch.from_numpy(ratios)[:, None]
    inside = (4 * r - (points - 1 - r).square()).clamp(min=0)
    return inside.sqrt() / (2 * torch.pi * variance * r * points), (1 - 1 / r[:, 0]).relu()


@law_task.right("the transform on the axis")
def law_by_transform(x, ratios, variance):
    rows = []
    for r in ratios:
        G = [np.roots([r * variance * t, variance * (1 - r) - t, 1]) for t in x]
        rows.append([max(abs(roots.imag)) / np.pi for roots in G])
    return rows, [max(0.0, (r - 1) / r) for r in ratios]


@law_task.right("single precision")
def law_in_single_precision(x, ratios, variance):
    points, r = x.astype(np.float32), ratios.astype(np.float32)[:, None]
    v = np.float32(variance)
    centre, half = v * (1 + r), 2 * v * np.sqrt(r)
    inside = np.where(abs(points - centre) < half, half**2 - (points - centre) ** 2, 0)
    return np.sqrt(inside) / points / (2 * np.float32(np.pi) * v * r), 1 - 1 / np.maximum(
        r[:, 0], 1
    )


# %% [markdown]
# ## 7. Two numbers that say all about an activation
#
# The spectrum of random features $f(WX)$ depends on the activation $f$ through two numbers only.
# With $\sigma=\sigma_w\sigma_x$, a standard normal $z$, and $f$ shifted so that
# $\mathbb E f(\sigma z)=0$,
#
# $$ \eta = \mathbb E\,f(\sigma z)^2, \qquad
#    \zeta = \big(\sigma\,\mathbb E f'(\sigma z)\big)^2 . $$
#
# $\zeta/\eta$ is the part of the signal that passes linearly. Here $f$ is made of two straight
# lines: slope `right` for positive and slope `left` for negative arguments, then shifted. (So the
# ReLU has slopes 1 and 0, and the absolute value 1 and $-1$.)
#
# **Write** `activation_numbers(right, left, sigma_w, sigma_x)`; return the pair of numbers
# $(\eta, \zeta)$. Both sigmas are standard deviations. A formula or an integral, right to five
# digits, will do; an average over samples will not.
#
# *Example.* ReLU, $\sigma_w=2$, $\sigma_x=1$: $\mathbb E f(2z)^2=\frac12\cdot4=2$ before the shift,
# and the mean is $2/\sqrt{2\pi}$, so $\eta=2-\frac{2}{\pi}\approx1.363$; the mean slope is
# $\frac12$, so $\zeta=(2\cdot\frac12)^2=1$.


# %%
def activation_numbers(right, left, sigma_w, sigma_x):
    """Compute eta and zeta of an activation that is made of two straight lines."""
    ### BEGIN SOLUTION
    sigma = sigma_w * sigma_x
    mean = sigma * (right - left) / np.sqrt(2 * np.pi)
    eta = sigma**2 * (right**2 + left**2) / 2 - mean**2
    return eta, (sigma * (right + left) / 2) ** 2
    ### END SOLUTION


# %% tags=["spec"]
activation_task = Task(
    "activation_numbers",
    points=2,
    # By hand: 2 for each slope and sigma, and three times that where right and left cancel.
    compare=Close(condition=5e2, float32=True),
    returns=("eta", "zeta"),
    forbidden=(
        "course_lib.random_features.activations",
        "course_lib.random_features.gaussian_constants",
    ),
)
activation_task.example(1.0, 0.0, 2.0, 1.0)


@activation_task.inputs
def activation_inputs(rng):
    right = rng.uniform(0.6, 2)
    left = right * rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)
    sigma_w, sigma_x = rng.uniform(1.2, 2), rng.uniform(1.1, 1.6)
    if rng.random() < 0.5:
        sigma_w, sigma_x = 1 / sigma_w, 1 / sigma_x
    return float(right), float(left), float(sigma_w), float(sigma_x)


@activation_task.wrong(
    "not shifted",
    "The mean of f was not taken off before squaring: eta is the variance of f, not its second "
    "moment.",
)
def activation_not_shifted(right, left, sigma_w, sigma_x):
    sigma = sigma_w * sigma_x
    zeta = activation_numbers(right, left, sigma_w, sigma_x)[1]
    return sigma**2 * (right**2 + left**2) / 2, zeta


@activation_task.wrong(
    "mean of the sum of slopes",
    "The mean of f takes left with a minus, since its arguments are negative there; you added the "
    "two slopes.",
)
def activation_mean_of_sum(right, left, sigma_w, sigma_x):
    sigma = sigma_w * sigma_x
    mean = sigma * (right + left) / np.sqrt(2 * np.pi)
    zeta = activation_numbers(right, left, sigma_w, sigma_x)[1]
    return sigma**2 * (right**2 + left**2) / 2 - mean**2, zeta


@activation_task.wrong(
    "zeta without sigma",
    "In zeta the mean slope is multiplied by sigma before it is squared.",
)
def activation_zeta_plain(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, sigma_w, sigma_x)[0], ((right + left) / 2) ** 2


@activation_task.wrong(
    "zeta not squared",
    "Zeta is the square of sigma times the mean slope.",
)
def activation_zeta_root(right, left, sigma_w, sigma_x):
    eta = activation_numbers(right, left, sigma_w, sigma_x)[0]
    return eta, sigma_w * sigma_x * (right + left) / 2


@activation_task.wrong(
    "mean of the squared slope",
    "Zeta squares the mean slope; you took the mean of the squared slope, which cannot be 0 for "
    "the absolute value.",
)
def activation_squared_slope(right, left, sigma_w, sigma_x):
    eta = activation_numbers(right, left, sigma_w, sigma_x)[0]
    return eta, (sigma_w * sigma_x) ** 2 * (right**2 + left**2) / 2


@activation_task.wrong(
    "variance for deviation",
    "The argument of f has standard deviation sigma_w sigma_x; you used the square of that.",
)
def activation_by_variance(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, sigma_w**2, sigma_x**2)


@activation_task.wrong(
    "sigma_x forgotten",
    "The argument of f has standard deviation sigma_w sigma_x; only sigma_w was used.",
)
def activation_of_weights_only(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, sigma_w, 1.0)


@activation_task.wrong(
    "unit scale",
    "These are the numbers for sigma = 1; the argument of f has standard deviation "
    "sigma_w sigma_x.",
)
def activation_at_unit_scale(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, 1.0, 1.0)


@activation_task.wrong(
    "left slope turned round",
    "For negative x the function is left * x; you took left * |x|, which turns the slope round.",
)
def activation_turned_left(right, left, sigma_w, sigma_x):
    return activation_numbers(right, -left, sigma_w, sigma_x)


@activation_task.right("integrals on both sides of the kink")
def activation_by_quad(right, left, sigma_w, sigma_x):
    from scipy.integrate import quad

    sigma = sigma_w * sigma_x

    def mean(f):
        bell = 1 / np.sqrt(2 * np.pi)
        sides = [(-12, 0, left), (0, 12, right)]
        return sum(
            quad(lambda z, s=s: bell * np.exp(-z * z / 2) * f(s * sigma * z, s), a, b)[0]
            for a, b, s in sides
        )

    shift = mean(lambda value, slope: value)
    eta = mean(lambda value, slope: (value - shift) ** 2)
    return eta, (sigma * mean(lambda value, slope: slope)) ** 2


@activation_task.right("torch, by Stein's lemma")
def activation_by_stein(right, left, sigma_w, sigma_x):
    z = torch.linspace(0, 12, 20_001, dtype=torch.float64)
    bell = torch.exp(-z * z / 2) / (2 * torch.pi) ** 0.5
    up, down = right * sigma_w * sigma_x * z, -left * sigma_w * sigma_x * z
    shift = torch.trapezoid(bell * (up + down), z)
    eta = torch.trapezoid(bell * ((up - shift) ** 2 + (down - shift) ** 2), z)
    return eta, torch.trapezoid(bell * z * (up - down), z) ** 2


@activation_task.right("plain lists")
def activation_in_plain_lists(right, left, sigma_w, sigma_x):
    slopes, sigma = [right, left], sigma_w * sigma_x
    linear = sum(slopes) / 2
    odd_out = (slopes[0] - slopes[1]) / 2
    eta = linear**2 + odd_out**2 * (1 - 2 / pi)
    return [sigma * sigma * eta, sigma * sigma * linear**2]


@activation_task.right("single precision")
def activation_in_single_precision(right, left, sigma_w, sigma_x):
    up, down = (torch.tensor(s * sigma_w * sigma_x) for s in (right, left))
    eta = (up * up + down * down) / 2 - (up - down) ** 2 / (2 * torch.pi)
    return eta, (up + down) ** 2 / 4


# %% [markdown]
# ## 8. The right equation, and the right root
#
# When $\zeta=0$, random features look like pure noise, and their transform solves a quadratic. The
# talk on random matrices prints one that cannot hold: far away $G\approx1/z$ must make the left
# side small, and it does not. With $\phi=n_0/m$ and $\psi=n_0/n_1$ the equation is
#
# $$ z\,G^2 + \Big((1-z)\frac\psi\phi - 1\Big)\,G + \frac\psi\phi = 0 . $$
#
# Each $z$ above the axis has two roots. The transform is the one with
# $\operatorname{Im}G<0$ there, since $-\operatorname{Im}G/\pi$ is a density; formulas with a fixed
# sign before the root of a complex number jump from one to the other.
#
# **Write** `feature_transform(x, height, phi, psi)` with `x` `(points,)` and `height` $>0$; return
# the pair `(real part, imaginary part)` of $G$ at $z=x+i\cdot$`height`, two real arrays
# `(points,)`.
#
# *Example.* $\phi=\psi=1$, $z=-0.4+0.8i$: $zG^2-zG+1=0$ has the roots $-(1+i)/2$ and $(3+i)/2$.
# The transform is the first: the pair is $(-0.5, -0.5)$.


# %%
def feature_transform(x, height, phi, psi):
    """Solve the quadratic for the transform of random features with zeta = 0."""
    ### BEGIN SOLUTION
    z = x + 1j * height
    b = (1 - z) * psi / phi - 1
    root = np.sqrt(b**2 - 4 * z * psi / phi)
    both = np.stack([-b + root, -b - root]) / (2 * z)
    G = np.where(both[0].imag < both[1].imag, both[0], both[1])
    return G.real, G.imag
    ### END SOLUTION


# %% tags=["spec"]
transform_task = Task(
    "feature_transform",
    points=3,
    compare=Close(condition=5e2, float32=True),  # 30 * 3.6; 6.8 for the numbers
    returns=("real part", "imaginary part"),
    forbidden=(
        "course_lib.spectral_laws.marchenko_pastur",
        "course_lib.random_features.random_features",
    ),
)
transform_task.example(np.array([-0.4]), 0.8, 1.0, 1.0)


@transform_task.inputs
def transform_inputs(rng):
    phi, c = rng.uniform(0.5, 2), rng.uniform(0.4, 0.7)
    if rng.random() < 0.5:
        c = 1 / c
    left = rng.uniform(-1, 0.8 * (1 + c), size=3)
    right = (1 + c) * rng.uniform(1.2, 2, size=3)
    height = rng.uniform(0.15, 0.4)
    return rng.permutation(np.concatenate([left, right])), float(height), phi, float(phi / c)


def two_roots(z, b, c):
    """The roots of z G^2 + b G + c, the one with the smaller imaginary part first."""
    root = np.sqrt(b**2 - 4 * z * c)
    both = np.stack([-b + root, -b - root]) / (2 * z)
    return np.take_along_axis(both, np.argsort(both.imag, axis=0), axis=0)


def features_at(x, height, shape):
    z = x + 1j * height
    return two_roots(z, (1 - z) * shape - 1, shape)


@transform_task.wrong(
    "equation of the talk",
    "This solves the equation that the talk prints, with (1 - psi/phi) z - 1 in the middle; "
    "its roots do not fall like 1/z.",
)
def transform_of_the_talk(x, height, phi, psi):
    z = x + 1j * height
    G = two_roots(z, (1 - psi / phi) * z - 1, psi / phi)[0]
    return G.real, G.imag


@transform_task.wrong(
    "the other root",
    "This is the other root of the quadratic: its imaginary part is positive, which would be a "
    "negative density.",
)
def transform_other_root(x, height, phi, psi):
    G = features_at(x, height, psi / phi)[1]
    return G.real, G.imag


@transform_task.wrong(
    "always plus",
    "With a plus before the root everywhere, some points get one root and some the other; take "
    "the one with Im G < 0 at each point.",
)
def transform_always_plus(x, height, phi, psi):
    z = x + 1j * height
    b = (1 - z) * psi / phi - 1
    G = (-b + np.sqrt(b**2 - 4 * z * psi / phi)) / (2 * z)
    return G.real, G.imag


@transform_task.wrong(
    "always minus",
    "With a minus before the root everywhere, some points get one root and some the other; take "
    "the one with Im G < 0 at each point.",
)
def transform_always_minus(x, height, phi, psi):
    z = x + 1j * height
    b = (1 - z) * psi / phi - 1
    G = (-b - np.sqrt(b**2 - 4 * z * psi / phi)) / (2 * z)
    return G.real, G.imag


@transform_task.wrong(
    "phi over psi",
    "phi and psi have changed places: the equation has psi/phi.",
)
def transform_of_inverse_shape(x, height, phi, psi):
    G = features_at(x, height, phi / psi)[0]
    return G.real, G.imag


@transform_task.wrong(
    "other convention",
    "Both parts have the wrong sign: this is the mean of 1/(lambda - z), not of 1/(z - lambda).",
)
def transform_other_convention(x, height, phi, psi):
    G = features_at(x, height, psi / phi)[0]
    return -G.real, -G.imag


@transform_task.wrong(
    "conjugate",
    "The imaginary part has the wrong sign, as below the axis.",
)
def transform_conjugate(x, height, phi, psi):
    G = features_at(x, height, psi / phi)[0]
    return G.real, -G.imag


@transform_task.wrong(
    "not divided by z",
    "The root is divided by 2 only; the quadratic begins with z, so divide by 2 z.",
)
def transform_not_over_z(x, height, phi, psi):
    z = x + 1j * height
    both = features_at(x, height, psi / phi) * z
    G = np.where(both[0].imag < both[1].imag, both[0], both[1])
    return G.real, G.imag


@transform_task.wrong(
    "on the axis",
    "The height is not used: the points lie on the axis instead of above it.",
)
def transform_on_the_axis(x, height, phi, psi):
    G = features_at(x, 0.0, psi / phi)[0]
    return G.real, G.imag


@transform_task.wrong(
    "parts turned round",
    "The real part comes first, then the imaginary part.",
)
def transform_parts_swapped(x, height, phi, psi):
    return feature_transform(x, height, phi, psi)[::-1]


@transform_task.right("loops")
def transform_by_loops(x, height, phi, psi):
    values = []
    for point in x:
        z = complex(point, height)
        roots = np.roots([z, (1 - z) * psi / phi - 1, psi / phi])
        values.append(min(roots, key=lambda G: G.imag))
    return np.real(values), np.imag(values)


@transform_task.right("two roots with a cut on the support")
def transform_by_edges(x, height, phi, psi):
    z, r = x + 1j * height, phi / psi
    low, high = (1 - r**0.5) ** 2, (1 + r**0.5) ** 2
    G = 2 / (z - 1 + r + np.sqrt(z - low) * np.sqrt(z - high))
    return G.real, G.imag


@transform_task.right("torch, an equation iterated")
def transform_by_iteration(x, height, phi, psi):
    z = torch.complex(torch.from_numpy(x), torch.full((len(x),), height, dtype=torch.float64))
    G = 1 / z
    for _ in range(1000):
        G = (G + 1 / (z - 1 / (1 - phi / psi * G))) / 2
    return G.real, G.imag


@transform_task.right("plain lists")
def transform_in_plain_lists(x, height, phi, psi):
    parts = [], []
    for point in x.tolist():
        z = complex(point, height)
        middle = 0.5 + (z - 1) * psi / phi / 2
        root = (middle * middle - z * psi / phi) ** 0.5
        G = (middle - root) / z
        if G.imag > 0:
            G = (middle + root) / z
        parts[0].append(G.real)
        parts[1].append(G.imag)
    return parts


@transform_task.right("an integral in single precision")
def transform_by_integral(x, height, phi, psi):
    r = phi / psi
    angle = (np.arange(4000) + 0.5) * np.pi / 4000
    t = 1 + r + 2 * np.sqrt(r) * np.cos(angle)
    weights = 2 * np.sin(angle) ** 2 / t / 4000
    atom = max(0.0, 1 - 1 / r)
    z = (x + 1j * height)[:, None]
    G = ((weights / (z - t)).sum(axis=1) + atom / z[:, 0]).astype(np.complex64)
    return G.real, G.imag


# %% [markdown]
# ## 9. Free cumulants
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
cumulant_task = Task(
    "free_cumulants_of",
    points=3,
    compare=Close(condition=5e2, float32=True),  # 30 * 4.1
    forbidden=(
        "course_lib.spectral_laws.moments",
        "course_lib.spectral_laws.r_transform",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.spectrum",
    ),
)
cumulant_task.example(np.array([-1.0, 1.0]), 4)


def spread_points(rng, n_points):
    """Points that are neither centred nor symmetric, in any order."""
    points = np.linspace(-1.4, 1.4, n_points) + rng.uniform(-0.2, 0.2, size=n_points)
    return rng.permutation(points) + rng.choice([-0.25, 0.25])


def first_moments(eigenvalues, n_moments):
    return np.array([np.mean(eigenvalues**k) for k in range(1, n_moments + 1)])


@cumulant_task.inputs
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


@cumulant_task.wrong(
    "ordinary cumulants",
    "These are the cumulants of independent numbers, with binomial coefficients; from the fourth "
    "on the free ones differ.",
)
def cumulants_classical(eigenvalues, n_cumulants):
    return classical_cumulants(first_moments(eigenvalues, n_cumulants))


@cumulant_task.wrong(
    "first power only",
    "Every kappa_s is multiplied by a coefficient of M, not of M to the power s (these are the "
    "Boolean cumulants).",
)
def cumulants_boolean(eigenvalues, n_cumulants):
    return boolean_cumulants(first_moments(eigenvalues, n_cumulants))


@cumulant_task.wrong(
    "traces not divided by n",
    "The moments are means: divide each sum of powers by the number of eigenvalues.",
)
def cumulants_of_traces(eigenvalues, n_cumulants):
    return free_cumulants(first_moments(eigenvalues, n_cumulants) * len(eigenvalues))


@cumulant_task.wrong(
    "left as moments",
    "These are the moments of the eigenvalues; turn them into cumulants.",
)
def cumulants_left_as_moments(eigenvalues, n_cumulants):
    return first_moments(eigenvalues, n_cumulants)


@cumulant_task.wrong(
    "central moments",
    "These are central moments: the mean is taken off, and the fourth still holds 2 kappa_2^2.",
)
def cumulants_central(eigenvalues, n_cumulants):
    mean = eigenvalues.mean()
    return np.array([mean, *first_moments(eigenvalues - mean, n_cumulants)[1:]])


@cumulant_task.wrong(
    "mean taken for zero",
    "The moments are treated as if the mean were 0; the terms with m_1 are missing.",
)
def cumulants_without_mean(eigenvalues, n_cumulants):
    moments = first_moments(eigenvalues, n_cumulants)
    kappa = free_cumulants(moments * (np.arange(n_cumulants) > 0))
    kappa[0] = moments[0]
    return kappa


@cumulant_task.wrong(
    "the other direction",
    "The relation is used in the other direction, as if the moments were the cumulants.",
)
def cumulants_backwards(eigenvalues, n_cumulants):
    return moments_from_free_cumulants(first_moments(eigenvalues, n_cumulants))


@cumulant_task.wrong(
    "power s - 1",
    "The power of M is one too low: kappa_s goes with M to the power s.",
)
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


@cumulant_task.wrong(
    "begins with 1",
    "The list begins with the 1 of M(z); the first entry is kappa_1.",
)
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


@cumulant_task.right("noncrossing partitions")
def cumulants_by_partitions(eigenvalues, n_cumulants):
    moments = first_moments(eigenvalues, n_cumulants)
    kappa = []
    for n, moment in enumerate(moments, start=1):
        kappa.append(moment - sum_over_noncrossing(kappa, n))
    return np.array(kappa)


@cumulant_task.right("torch")
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


@cumulant_task.right("plain lists")
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


@cumulant_task.right("Lagrange's inversion")
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


@cumulant_task.right("single precision")
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


# %% [markdown]
# ## 10. The spectrum of a Hessian
#
# At energy $\epsilon$, a Hessian is modelled as a covariance of ratio $\phi$ (the part that is
# never negative) plus a Wigner matrix whose entries have *variance* $2\epsilon$ (the part that the
# residuals bring). The two are free, so their $R$-transforms add up, and the transform $G$ of the
# sum solves
#
# $$ 2\epsilon\phi\,G^3 - (2\epsilon + x\phi)\,G^2 + (x+\phi-1)\,G - 1 = 0 . $$
#
# On the real axis the coefficients are real. Either all three roots are: then there are no
# eigenvalues near $x$. Or two of them are conjugate, and the one below the axis is $G$, so that
# $\rho(x)=-\operatorname{Im}G/\pi$.
#
# **Write** `hessian_density_at(x, epsilon, phi)` with `x` `(points,)`; return the density
# `(points,)`, real and not negative. No point lies close to an edge.
#
# *Example.* $\epsilon=\frac12$, $\phi=1$, $x=\frac32$: $G^3-\frac52G^2+\frac32G-1
# =(G-2)(G^2-\frac12G+\frac12)$. The roots are 2 and $(1\pm i\sqrt7)/4$, so the density is
# $\sqrt7/(4\pi)\approx0.2105$.


# %%
def hessian_density_at(x, epsilon, phi):
    """Evaluate the density of a covariance plus a free Wigner matrix."""
    ### BEGIN SOLUTION
    density = np.zeros(len(x))
    for i, point in enumerate(x):
        cubic = [2 * epsilon * phi, -(2 * epsilon + point * phi), point + phi - 1, -1]
        density[i] = -np.roots(cubic).imag.min() / np.pi
    return density
    ### END SOLUTION


# %% tags=["spec"]
hessian_task = Task(
    "hessian_density_at",
    points=3,
    compare=Close(condition=5e2, float32=True),  # 30 * 7.1
    forbidden=(
        "course_lib.hessians.critical_hessian",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.r_transform",
    ),
)
hessian_task.example(np.array([1.5]), 0.5, 1.0)


def cubic_roots(point, s, phi):
    return np.roots([s * phi, -(s + point * phi), point + phi - 1, -1])


@hessian_task.inputs
def hessian_inputs(rng):
    epsilon, phi = float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.2, 0.75))
    inside, outside = [], []
    while len(inside) < 4 or len(outside) < 2:
        point = rng.uniform(-2.5, 5)
        roots = cubic_roots(point, 2 * epsilon, phi)
        gaps = np.abs(roots[:, None] - roots)[np.triu_indices(3, 1)]
        if roots.imag.max() > 0.15:
            inside.append(point)
        elif roots.imag.max() < 1e-9 and gaps.min() > 0.2:
            outside.append(point)
    return rng.permutation(inside[:4] + outside[:2]), epsilon, phi


def density_of_sum(x, s, phi):
    return np.array([cubic_roots(point, s, phi).imag.max() for point in x]) / np.pi


def density_of_noise(x, phi):
    inside = np.maximum(4 * phi - (x - 1 - phi) ** 2, 0)
    return np.sqrt(inside) / (2 * np.pi * phi * x)


def density_of_semicircle(x, s):
    return np.sqrt(np.maximum(4 * s - x**2, 0)) / (2 * np.pi * s)


@hessian_task.wrong(
    "root above the axis",
    "A density is not negative: take the root below the axis, and the minus of the formula.",
)
def hessian_negative(x, epsilon, phi):
    return -density_of_sum(x, 2 * epsilon, phi)


@hessian_task.wrong("pi forgotten", "The imaginary part is not yet the density: divide by pi.")
def hessian_without_pi(x, epsilon, phi):
    return np.pi * density_of_sum(x, 2 * epsilon, phi)


@hessian_task.wrong(
    "modulus of the root",
    "This is the modulus of a root; the density is its imaginary part, 0 where the root is real.",
)
def hessian_modulus(x, epsilon, phi):
    roots = [cubic_roots(point, 2 * epsilon, phi) for point in x]
    return np.array([np.abs(r[np.argmin(r.imag)]) for r in roots]) / np.pi


@hessian_task.wrong(
    "variance epsilon",
    "The Wigner part has variance 2 epsilon; the factor 2 is missing in the cubic.",
)
def hessian_half_the_variance(x, epsilon, phi):
    return density_of_sum(x, epsilon, phi)


@hessian_task.wrong(
    "deviation 2 epsilon",
    "2 epsilon is the variance of the Wigner part, not its standard deviation: it is not squared.",
)
def hessian_of_deviation(x, epsilon, phi):
    return density_of_sum(x, (2 * epsilon) ** 2, phi)


@hessian_task.wrong(
    "ratio turned round",
    "The ratio phi is turned round.",
)
def hessian_of_inverse_ratio(x, epsilon, phi):
    return density_of_sum(x, 2 * epsilon, 1 / phi)


@hessian_task.wrong(
    "covariance alone",
    "This is the law of the covariance alone, as at epsilon = 0.",
)
def hessian_without_wigner(x, epsilon, phi):
    return density_of_noise(x, phi)


@hessian_task.wrong(
    "semicircle alone",
    "This is the semicircle alone; the covariance is missing. (It also comes out of a cubic that "
    "has x + phi where x + phi - 1 belongs.)",
)
def hessian_without_covariance(x, epsilon, phi):
    return density_of_semicircle(x, 2 * epsilon)


@hessian_task.wrong(
    "densities added",
    "The two densities are added; the spectrum of a sum is not the sum of the spectra. What adds "
    "up is the R-transforms.",
)
def hessian_by_adding(x, epsilon, phi):
    return density_of_noise(x, phi) + density_of_semicircle(x, 2 * epsilon)


@hessian_task.wrong(
    "a term lost",
    "The coefficient of G^2 is 2 epsilon + x phi; its 2 epsilon is missing.",
)
def hessian_a_term_lost(x, epsilon, phi):
    roots = [np.roots([2 * epsilon * phi, -t * phi, t + phi - 1, -1]) for t in x]
    return np.array([r.imag.max() for r in roots]) / np.pi


@hessian_task.right("a real root by halving, then a quadratic")
def hessian_by_halving(x, epsilon, phi):
    density = []
    for t in x:
        b, c = -(1 / phi + t / (2 * epsilon)), (t + phi - 1) / (2 * epsilon * phi)
        d = -1 / (2 * epsilon * phi)
        low, high = -1e4, 1e4
        for _ in range(100):
            middle = (low + high) / 2
            if ((middle + b) * middle + c) * middle + d > 0:
                high = middle
            else:
                low = middle
        p, q = b + low, c + low * (b + low)
        density.append(max(q - p * p / 4, 0) ** 0.5 / np.pi)
    return np.array(density)


@hessian_task.right("torch, eigenvalues of companion matrices")
def hessian_by_torch(x, epsilon, phi):
    t, lead = torch.from_numpy(x), 2 * epsilon * phi
    companion = torch.zeros(len(x), 3, 3, dtype=torch.float64)
    companion[:, 1, 0] = companion[:, 2, 1] = 1
    companion[:, 0, 2] = 1 / lead
    companion[:, 1, 2] = -(t + phi - 1) / lead
    companion[:, 2, 2] = (2 * epsilon + t * phi) / lead
    return torch.linalg.eigvals(companion).imag.amax(dim=1) / torch.pi


@hessian_task.right("the covariance's transform, moved by the Wigner part")
def hessian_by_subordination(x, epsilon, phi):
    G, change = np.full(len(x), -1j), 1.0
    low, high = (1 - phi**0.5) ** 2, (1 + phi**0.5) ** 2
    while change > 1e-11:
        z = x - 2 * epsilon * G
        new = 2 / (z - 1 + phi + np.sqrt(z - low) * np.sqrt(z - high))
        G, change = new, np.abs(new - G).max()
    return np.maximum(-G.imag, 0) / np.pi


@hessian_task.right("Cardano's formula")
def hessian_by_cardano(x, epsilon, phi):
    values = []
    for t in x.tolist():
        a, b, c, d = 2 * epsilon * phi, -(2 * epsilon + t * phi), t + phi - 1, -1
        p, q = c / a - (b / a) ** 2 / 3, 2 * (b / a) ** 3 / 27 - b * c / (3 * a * a) + d / a
        under = (q / 2) ** 2 + (p / 3) ** 3
        if under <= 0:
            values.append(0.0)
        else:
            u, v = np.cbrt(-q / 2 + under**0.5), np.cbrt(-q / 2 - under**0.5)
            values.append(3**0.5 / 2 * abs(u - v) / pi)
    return values


@hessian_task.right("rounded to single precision")
def hessian_in_single_precision(x, epsilon, phi):
    roots = [
        np.polynomial.Polynomial(
            [-1, t + phi - 1, -2 * epsilon - t * phi, 2 * epsilon * phi]
        ).roots()
        for t in x
    ]
    return np.array([np.ptp(r.imag) / 2 for r in roots], dtype=np.float32) / np.float32(np.pi)


# %% [markdown]
# ## 11. A spectrum without eigenvalues
#
# A Hessian of a network is too large to be stored, let alone diagonalised, but it can be
# multiplied with a vector. The method of Lanczos turns $k$ such products into a small tridiagonal
# matrix whose eigenvalues show the spectrum. From $q_1=b/\lVert b\rVert$ and $q_0=0$,
#
# $$ \alpha_j = q_j^\top Aq_j, \qquad
#    w_j = Aq_j-\alpha_jq_j-\beta_{j-1}q_{j-1}, \qquad
#    \beta_j=\lVert w_j\rVert, \qquad q_{j+1}=w_j/\beta_j . $$
#
# The $\alpha$ stand on the diagonal and the $\beta$ beside it: $k$ steps give $k$ of the former
# and $k-1$ of the latter.
#
# **Write** `tridiagonal_of(A, b, k)` with a symmetric `A` `(n, n)`, `b` `(n,)` and `k` $<n$; return
# the pair `(alpha, beta)` of shapes `(k,)` and `(k - 1,)`. The $\beta$ are positive.
#
# *Example.* $A=\big(\begin{smallmatrix}2&1\\1&2\end{smallmatrix}\big)$ with a third row and column
# of zeros, $b=(3,0,0)$, $k=2$: $q_1=(1,0,0)$, $\alpha_1=2$, $w_1=(0,1,0)$, $\beta_1=1$,
# $\alpha_2=2$.


# %%
def tridiagonal_of(A, b, k):
    """Take k steps of Lanczos's method and return the two diagonals."""
    ### BEGIN SOLUTION
    alpha, beta = [], []
    q_prev, q = np.zeros(len(b)), b / np.linalg.norm(b)
    for j in range(k):
        w = A @ q
        alpha.append(q @ w)
        w = w - alpha[-1] * q - (beta[-1] * q_prev if beta else 0)
        if j < k - 1:
            beta.append(np.linalg.norm(w))
            q_prev, q = q, w / beta[-1]
    return np.array(alpha), np.array(beta)
    ### END SOLUTION


# %% tags=["spec"]
lanczos_task = Task(
    "tridiagonal_of",
    points=3,
    compare=Close(condition=2e2, float32=True),  # 30 * 4.5
    returns=("alpha", "beta"),
    forbidden=("course_lib.hessians.lanczos",),
)
lanczos_task.example(
    np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]), np.array([3.0, 0.0, 0.0]), 2
)


@lanczos_task.inputs
def lanczos_inputs(rng):
    n = int(rng.integers(6, 9))
    basis = np.linalg.qr(rng.normal(size=(n, n)))[0]
    eigenvalues = np.linspace(-2, 4, n) + rng.uniform(-0.2, 0.2, size=n)
    start = basis @ (rng.uniform(0.6, 1.4, size=n) * rng.choice([-1, 1], size=n))
    A = basis * eigenvalues @ basis.T
    return (A + A.T) / 2, start * rng.uniform(1.5, 3), int(rng.integers(3, 5))


def lanczos_with(A, b, k, previous=True, normal=True):
    q = b / np.linalg.norm(b) if normal else b
    q_prev, alpha, beta = 0 * q, [], [0.0]
    for _ in range(k):
        alpha.append(q @ A @ q)
        w = A @ q - alpha[-1] * q - previous * beta[-1] * q_prev
        beta.append(np.linalg.norm(w))
        q_prev, q = q, w / beta[-1]
    return np.array(alpha), np.array(beta[1:-1])


@lanczos_task.wrong(
    "start not of length 1",
    "The start vector is not divided by its length.",
)
def lanczos_start_as_given(A, b, k):
    return lanczos_with(A, b, k, normal=False)


@lanczos_task.wrong(
    "vector before the last kept",
    "Only the last vector is taken off; without beta q of the one before it the vectors are not "
    "orthogonal.",
)
def lanczos_one_term_short(A, b, k):
    return lanczos_with(A, b, k, previous=False)


@lanczos_task.wrong("beta squared", "The betas are lengths; these are their squares.")
def lanczos_beta_squared(A, b, k):
    alpha, beta = lanczos_with(A, b, k)
    return alpha, beta**2


@lanczos_task.wrong(
    "one beta too many",
    "k steps give k - 1 betas: the last length couples to a vector that is not used.",
)
def lanczos_one_beta_more(A, b, k):
    alpha, beta = lanczos_with(A, b, k + 1)
    return alpha[:-1], beta


@lanczos_task.wrong(
    "diagonals of A",
    "These are the diagonals of A itself; b is not used.",
)
def lanczos_diagonals_of_A(A, b, k):
    return np.diag(A)[:k], np.diag(A, 1)[: k - 1]


@lanczos_task.wrong(
    "starts from a unit vector",
    "The method starts from the first unit vector instead of b.",
)
def lanczos_from_unit_vector(A, b, k):
    return lanczos_with(A, np.eye(len(b))[0], k)


@lanczos_task.wrong(
    "power iteration",
    "These are Rayleigh quotients of A^j b: nothing is taken off the products.",
)
def lanczos_as_power_iteration(A, b, k):
    q, alpha, beta = b / np.linalg.norm(b), [], []
    for _ in range(k):
        w = A @ q
        alpha.append(q @ w)
        beta.append(np.linalg.norm(w))
        q = w / beta[-1]
    return np.array(alpha), np.array(beta[:-1])


@lanczos_task.wrong("pair turned round", "The pair is the wrong way round: first alpha, then beta.")
def lanczos_beta_first(A, b, k):
    return lanczos_with(A, b, k)[::-1]


@lanczos_task.right("every vector taken off twice")
def lanczos_reorthogonalised(A, b, k):
    Q = [b / np.linalg.norm(b)]
    alpha, beta = np.zeros(k), np.zeros(k - 1)
    for j in range(k):
        w = A @ Q[j]
        alpha[j] = Q[j] @ w
        for _ in range(2):
            for q in Q:
                w = w - (q @ w) * q
        if j < k - 1:
            beta[j] = np.sqrt(w @ w)
            Q.append(w / beta[j])
    return alpha, beta


@lanczos_task.right("torch")
def lanczos_by_torch(A, b, k):
    H, q = torch.from_numpy(A), torch.nn.functional.normalize(torch.from_numpy(b), dim=0)
    before, step, alpha, beta = torch.zeros_like(q), torch.tensor(0.0), [], []
    for _ in range(k):
        w = H.mv(q) - step * before
        alpha.append(w.dot(q))
        w = w - alpha[-1] * q
        step = w.norm()
        beta.append(step)
        before, q = q, w / step
    return torch.stack(alpha), torch.stack(beta)[:-1]


@lanczos_task.right("an orthogonal basis of b, Ab, AAb")
def lanczos_by_qr(A, b, k):
    columns = [b]
    for _ in range(k - 1):
        columns.append(A @ columns[-1])
    Q, _ = np.linalg.qr(np.stack(columns, axis=1))
    T = Q.T @ A @ Q
    return np.diag(T), np.abs(np.diag(T, 1))


@lanczos_task.right("orthogonal polynomials on the eigenvalues")
def lanczos_by_polynomials(A, b, k):
    at, vectors = np.linalg.eigh(A)
    mass = (vectors.T @ b) ** 2
    before, now = np.zeros(len(b)), np.ones(len(b))
    alpha, square = [], []
    for _ in range(k):
        square.append(mass @ now**2)
        alpha.append(mass @ (at * now**2) / square[-1])
        ratio = square[-1] / square[-2] if len(square) > 1 else 0.0
        before, now = now, (at - alpha[-1]) * now - ratio * before
    return alpha, [(y / x) ** 0.5 for x, y in pairwise(square)]


@lanczos_task.right("plain lists")
def lanczos_in_plain_lists(A, b, k):
    def dot(x, y):
        return sum(s * t for s, t in zip(x, y, strict=True))

    rows, start = A.tolist(), b.tolist()
    size = dot(start, start) ** 0.5
    basis, alpha, beta = [[x / size for x in start]], [], []
    while True:
        w = [dot(row, basis[-1]) for row in rows]
        alpha.append(dot(w, basis[-1]))
        if len(alpha) == k:
            return alpha, beta
        for q in basis:
            part = dot(w, q)
            w = [x - part * y for x, y in zip(w, q, strict=True)]
        beta.append(dot(w, w) ** 0.5)
        basis.append([x / beta[-1] for x in w])


@lanczos_task.right("single precision")
def lanczos_in_single_precision(A, b, k):
    A, b = A.astype(np.float32), b.astype(np.float32)
    q = b / np.linalg.norm(b)
    Q, alpha, beta = [q], [], []
    for _ in range(k):
        w = A @ Q[-1]
        alpha.append(w @ Q[-1])
        w -= np.stack(Q, axis=1) @ (np.stack(Q) @ w)
        beta.append(np.linalg.norm(w))
        Q.append(w / beta[-1])
    return np.array(alpha), np.array(beta[:-1])


# %% [markdown]
# ## 12. A Hessian in two parts
#
# Take the smallest network that is not convex: two linear layers, $\hat y = W_2W_1x$, with
# $\mathcal L = \frac1{2m}\sum_{\mu,i} e_{\mu i}^2$ and $e=\hat y-y$, summed over $m$ samples and
# all outputs. By the product rule its Hessian has a part made of first derivatives, which has no
# negative eigenvalue, and a part made of second derivatives, weighted by the residuals:
#
# $$ H = \underbrace{\frac1m\sum_{\mu,i}
#        \frac{\partial\hat y_{\mu i}}{\partial\theta_\alpha}
#        \frac{\partial\hat y_{\mu i}}{\partial\theta_\beta}}_{H_0}
#      + \underbrace{\frac1m\sum_{\mu,i} e_{\mu i}\,
#        \frac{\partial^2\hat y_{\mu i}}{\partial\theta_\alpha\partial\theta_\beta}}_{H_1} . $$
#
# The second derivative of $\hat y_i$ by an entry of $W_1$ and one of $W_2$ is an input or 0; by two
# entries of the same matrix it is 0. So $H_1$ fills two blocks off the diagonal, each the other's
# transpose. They are why a fit with residuals can have directions that lead down.
#
# **Write** `hessian_parts(W1, W2, X, Y)` with `W1` `(d_hidden, d_in)`, `W2` `(d_out, d_hidden)`,
# `X` `(m, d_in)`, `Y` `(m, d_out)`; return the pair `(H0, H1)` of square matrices. The parameters
# are ordered as `W1` row by row, then `W2` row by row.
#
# *Example.* All sizes 1, $W_1=2$, $W_2=3$, $x=1$, $y=5$: $\hat y=6$, $e=1$, the derivatives are
# $(W_2x, W_1x)=(3,2)$, so $H_0=\big(\begin{smallmatrix}9&6\\6&4\end{smallmatrix}\big)$ and
# $H_1=\big(\begin{smallmatrix}0&1\\1&0\end{smallmatrix}\big)$.


# %%
def hessian_parts(W1, W2, X, Y):
    """Split the Hessian of a linear network of two layers."""
    ### BEGIN SOLUTION
    m, (d_out, d_hidden) = len(X), W2.shape
    hidden = X @ W1.T
    error = hidden @ W2.T - Y
    by_W1 = np.einsum("ij,mk->jkmi", W2, X).reshape(W1.size, m * d_out)
    by_W2 = np.einsum("ia,mj->ajmi", np.eye(d_out), hidden).reshape(W2.size, m * d_out)
    J = np.concatenate([by_W1, by_W2])
    block = np.einsum("jl,mi,mk->jkil", np.eye(d_hidden), error, X).reshape(W1.size, W2.size)
    H1 = np.zeros((len(J), len(J)))
    H1[: W1.size, W1.size :] = block / m
    H1[W1.size :, : W1.size] = block.T / m
    return J @ J.T / m, H1
    ### END SOLUTION


# %% tags=["spec"]
parts_task = Task(
    "hessian_parts",
    points=4,
    compare=Close(condition=1e3, float32=True),  # 30 * 20
    returns=("H0", "H1"),
    forbidden=("course_lib.hessians.hessian_split_torch",),
)
parts_task.example(np.array([[2.0]]), np.array([[3.0]]), np.array([[1.0]]), np.array([[5.0]]))


@parts_task.inputs
def parts_inputs(rng):
    m, d_in, d_hidden, d_out = (
        int(rng.integers(*ends)) for ends in ((4, 7), (2, 4), (2, 4), (3, 5))
    )
    W1, W2 = rng.normal(size=(d_hidden, d_in)), rng.normal(size=(d_out, d_hidden))
    X = rng.normal(size=(m, d_in))
    error = X @ (rng.choice([-1, 1], size=(d_in, d_out)) * rng.uniform(0.5, 1.5, (d_in, d_out)))
    return W1, W2, X, X @ W1.T @ W2.T - error - rng.normal(size=(m, d_out)) / 4


def jacobian_of(W1, W2, X):
    """One row for each sample and output, one column for each parameter."""
    return np.array(
        [
            np.concatenate([np.kron(W2[i], x), np.kron(np.eye(len(W2))[i], W1 @ x)])
            for x in X
            for i in range(len(W2))
        ]
    )


def reordered(H, order):
    return H[np.ix_(order, order)]


@parts_task.wrong(
    "not divided by m",
    "Both parts are sums over the samples; divide by m.",
)
def parts_as_sums(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 * len(X), H1 * len(X)


@parts_task.wrong(
    "halved",
    "The 1/2 of the loss goes away with the first derivative; both parts are divided by m alone.",
)
def parts_halved(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 / 2, H1 / 2


@parts_task.wrong(
    "divided by the outputs too",
    "The loss is divided by the number of samples, not by samples times outputs.",
)
def parts_over_outputs(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 / Y.shape[1], H1 / Y.shape[1]


@parts_task.wrong(
    "residual turned round",
    "H1 has the wrong sign: the residual is prediction minus target.",
)
def parts_with_minus(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0, -H1


@parts_task.wrong(
    "targets for residuals",
    "H1 is weighted by the predictions; its weights are the residuals, prediction minus target.",
)
def parts_of_predictions(W1, W2, X, Y):
    return hessian_parts(W1, W2, X, np.zeros_like(Y))


@parts_task.wrong(
    "one block of H1",
    "H1 has two blocks off the diagonal, each the other's transpose; the lower one is missing.",
)
def parts_one_block(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0, np.triu(H1)


@parts_task.wrong(
    "H1 taken for zero",
    "H1 is not zero: the network is linear in x, but not in its parameters.",
)
def parts_gauss_newton(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0, 0 * H1


@parts_task.wrong(
    "whole Hessian first",
    "The first matrix is the whole Hessian; take H1 off.",
)
def parts_whole_first(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    return H0 + H1, H1


@parts_task.wrong(
    "second layer first",
    "The parameters are ordered W2 first; W1 comes first.",
)
def parts_second_layer_first(W1, W2, X, Y):
    order = np.roll(np.arange(W1.size + W2.size), W2.size)
    return tuple(reordered(H, order) for H in hessian_parts(W1, W2, X, Y))


@parts_task.wrong(
    "column by column",
    "The matrices are read column by column; read them row by row, as `ravel` does.",
)
def parts_by_columns(W1, W2, X, Y):
    first = np.arange(W1.size).reshape(W1.shape).T.ravel()
    second = W1.size + np.arange(W2.size).reshape(W2.shape).T.ravel()
    order = np.concatenate([first, second])
    return tuple(reordered(H, order) for H in hessian_parts(W1, W2, X, Y))


@parts_task.wrong(
    "layers do not meet in H0",
    "In H0 the blocks between W1 and W2 are missing: first derivatives by both are multiplied.",
)
def parts_layers_apart(W1, W2, X, Y):
    H0, H1 = hessian_parts(W1, W2, X, Y)
    H0 = H0.copy()
    H0[: W1.size, W1.size :] = 0
    H0[W1.size :, : W1.size] = 0
    return H0, H1


@parts_task.wrong(
    "samples for parameters",
    "This is the product of the Jacobian with itself the other way: one row for each sample and "
    "output (the tangent kernel) instead of one for each parameter.",
)
def parts_kernel(W1, W2, X, Y):
    J = jacobian_of(W1, W2, X)
    return J @ J.T / len(X), hessian_parts(W1, W2, X, Y)[1]


@parts_task.right("loops")
def parts_by_loops(W1, W2, X, Y):
    (d_hidden, d_in), d_out = W1.shape, len(W2)
    n_first, m = d_hidden * d_in, len(X)
    H0 = np.zeros((n_first + W2.size, n_first + W2.size))
    H1 = np.zeros_like(H0)
    for x, y in zip(X, Y, strict=True):
        hidden = W1 @ x
        for i in range(d_out):
            error = W2[i] @ hidden - y[i]
            slope = np.zeros(len(H0))
            for j in range(d_hidden):
                second = n_first + i * d_hidden + j
                slope[second] = hidden[j]
                for k in range(d_in):
                    slope[j * d_in + k] = W2[i, j] * x[k]
                    H1[j * d_in + k, second] += error * x[k] / m
                    H1[second, j * d_in + k] += error * x[k] / m
            H0 += np.outer(slope, slope) / m
    return H0, H1


@parts_task.right("torch, two derivatives")
def parts_by_autograd(W1, W2, X, Y):
    X, Y = torch.from_numpy(X), torch.from_numpy(Y)
    theta = torch.cat([torch.from_numpy(W1).flatten(), torch.from_numpy(W2).flatten()])

    def predictions(theta):
        first, second = theta[: W1.size].view(W1.shape), theta[W1.size :].view(W2.shape)
        return (X @ first.T @ second.T).flatten()

    def loss(theta):
        return (predictions(theta) - Y.flatten()).square().sum() / (2 * len(X))

    H = torch.autograd.functional.hessian(loss, theta)
    J = torch.autograd.functional.jacobian(predictions, theta)
    H0 = J.T @ J / len(X)
    return H0, H - H0


@parts_task.right("Kronecker products")
def parts_by_kronecker(W1, W2, X, Y):
    m = len(X)
    error = X @ (W2 @ W1).T - Y
    second_moment = X.T @ X / m
    cross = np.kron(W2.T, second_moment @ W1.T)
    H0 = np.block(
        [
            [np.kron(W2.T @ W2, second_moment), cross],
            [cross.T, np.kron(np.eye(len(W2)), W1 @ second_moment @ W1.T)],
        ]
    )
    C = error.T @ X / m
    block = np.zeros((W1.size, W2.size))
    for j in range(len(W1)):
        for i in range(len(W2)):
            block[j * X.shape[1] : (j + 1) * X.shape[1], i * len(W1) + j] = C[i]
    corners = np.zeros((W1.size, W1.size)), np.zeros((W2.size, W2.size))
    return H0, np.block([[corners[0], block], [block.T, corners[1]]])


@parts_task.right("differences of the loss")
def parts_by_differences(W1, W2, X, Y):
    n = W1.size + W2.size

    def predictions(step):
        first, second = step[: W1.size].reshape(W1.shape), step[W1.size :].reshape(W2.shape)
        return (X @ (W1 + first).T @ (W2 + second).T).ravel()

    eye = np.eye(n)
    error = predictions(np.zeros(n)) - Y.ravel()
    J = np.stack([(predictions(e) - predictions(-e)) / 2 for e in eye], axis=1)
    second = [
        [predictions(a + b) - predictions(a) - predictions(b) + error + Y.ravel() for b in eye]
        for a in eye
    ]
    H1 = np.array(second) @ error / len(X)
    np.fill_diagonal(H1, 0)
    return J.T @ J / len(X), H1.tolist()


@parts_task.right("sums of outer products in single precision")
def parts_in_single_precision(W1, W2, X, Y):
    J = jacobian_of(W1, W2, X).astype(np.float32)
    error = (X @ W1.T @ W2.T - Y).astype(np.float32)
    C = error.T @ X.astype(np.float32) / len(X)
    block = np.einsum("ik,jl->jkil", C, np.eye(len(W1), dtype=np.float32))
    H1 = np.zeros((J.shape[1],) * 2, dtype=np.float32)
    H1[: W1.size, W1.size :] = block.reshape(W1.size, W2.size)
    return torch.from_numpy(J.T @ J / len(X)), torch.from_numpy(H1 + H1.T)


# %% [markdown]
# ## 13. The moments of a free sum
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
sum_task = Task(
    "free_sum_moments",
    points=4,
    compare=Close(condition=2e2, float32=True),  # 30 * 2.8
    forbidden=(
        "course_lib.spectral_laws.moments",
        "course_lib.spectral_laws.r_transform",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.freeness",
    ),
)
sum_task.example(np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0]))


@sum_task.inputs
def sum_inputs(rng):
    n_moments = int(rng.integers(4, 7))
    a, b = (spread_points(rng, int(rng.integers(4, 8))) for _ in range(2))
    return first_moments(a, n_moments), first_moments(b, n_moments)


def moments_of_independent_sum(a, b):
    x, y = (np.concatenate([[1.0], m]) for m in (a, b))
    return np.array(
        [sum(comb(n, j) * x[j] * y[n - j] for j in range(n + 1)) for n in range(1, len(x))]
    )


@sum_task.wrong(
    "moments added",
    "The moments themselves are added; it is the free cumulants that add up.",
)
def sum_of_moments(a, b):
    return a + b


@sum_task.wrong(
    "independent numbers",
    "This is the sum of independent numbers, whose ordinary cumulants add up. Matrices do not "
    "commute, and the fourth moment of their sum is smaller.",
)
def sum_of_numbers(a, b):
    return moments_of_independent_sum(a, b)


@sum_task.wrong(
    "left as cumulants",
    "These are the free cumulants of the sum; turn them back into moments.",
)
def sum_left_as_cumulants(a, b):
    return free_cumulants(a) + free_cumulants(b)


@sum_task.wrong(
    "turned back as ordinary cumulants",
    "The free cumulants are added, but turned into moments by the rule for ordinary cumulants.",
)
def sum_turned_back_classically(a, b):
    kappa = np.concatenate([[0.0], free_cumulants(a) + free_cumulants(b)])
    m = np.ones(len(kappa))
    for n in range(1, len(m)):
        m[n] = sum(comb(n - 1, j - 1) * kappa[j] * m[n - j] for j in range(1, n + 1))
    return m[1:]


@sum_task.wrong(
    "Boolean cumulants",
    "Every kappa_s is multiplied by a coefficient of M, not of M to the power s: these cumulants "
    "are the Boolean ones.",
)
def sum_by_boolean_cumulants(a, b):
    kappa = np.concatenate([[0.0], boolean_cumulants(a) + boolean_cumulants(b)])
    m = np.ones(len(kappa))
    for n in range(1, len(m)):
        m[n] = sum(kappa[j] * m[n - j] for j in range(1, n + 1))
    return m[1:]


@sum_task.wrong(
    "difference",
    "The free cumulants are subtracted; this is A - B.",
)
def sum_as_difference(a, b):
    return moments_from_free_cumulants(
        free_cumulants(a) + free_cumulants(b * (-1.0) ** np.arange(1, len(b) + 1))
    )


@sum_task.wrong(
    "twice the first",
    "The cumulants of the first law are added to themselves; the second is not used.",
)
def sum_of_one_twice(a, b):
    return moments_from_free_cumulants(2 * free_cumulants(a))


@sum_task.right("noncrossing partitions")
def sum_by_partitions(a, b):
    parts = [[], []]
    for kappa, moments in zip(parts, (a, b), strict=True):
        for n, moment in enumerate(moments, start=1):
            kappa.append(moment - sum_over_noncrossing(kappa, n))
    kappa = np.sum(parts, axis=0)
    return np.array([kappa[n - 1] + sum_over_noncrossing(kappa, n) for n in range(1, len(a) + 1)])


@sum_task.right("torch")
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


@sum_task.right("plain lists")
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


@sum_task.right("words of a shifted model, in single precision")
def sum_by_fock_space(a, b):
    """A + B as operators: each cumulant is a step back over as many steps forward."""
    n = len(a)
    kappa = (free_cumulants(a) + free_cumulants(b)).astype(np.float32)
    T = np.eye(n + 1, k=-1, dtype=np.float32)
    for s in range(1, n + 1):
        T += kappa[s - 1] * np.eye(n + 1, k=s - 1, dtype=np.float32)
    return np.array([np.linalg.matrix_power(T, k)[0, 0] for k in range(1, n + 1)])

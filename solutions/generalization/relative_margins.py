# %%
from itertools import pairwise

import numpy as np

# %% [markdown]
# ## Margins that can be compared
#
# If the last layer is multiplied by 10, every margin becomes ten times as large, and all decisions
# stay the same. So a margin has to be compared with the size of the weights. One measure of it
# appears in a bound on the test error that does not count parameters, the spectral complexity
# $R_A$. For layers $A_1,\dots,A_L$ with spectral norms $\lVert A_i\rVert$ (the largest singular
# values),
#
# $$ R_A = \prod_{i=1}^L\lVert A_i\rVert\;
#        \Big(\sum_{i=1}^L\Big(\frac{\lVert A_i^\top\rVert_{2,1}}
#        {\lVert A_i\rVert}\Big)^{2/3}\Big)^{3/2}, \qquad
#    \rho_i = \frac{s_{y_i}(x_i)-\max_{c\ne y_i}s_c(x_i)}{R_A} , $$
#
# where $\lVert A_i^\top\rVert_{2,1}$ is the sum of the lengths of the *rows* of $A_i$, the weights
# that go into one unit each, and $\rho_i$ is the relative margin of example $i$ with the scores
# $s_c(x_i)$ and the label $y_i$. An example that is classified wrongly has a negative margin.
#
# **Write** `relative_margins(weights, scores, labels)` with a list of matrices `(d_out, d_in)`,
# the first layer first, `scores` $s_c(x_i)$ `(n, classes)` and integer `labels` `(n,)`; return
# the pair `(R, margins)`: the numbers $R_A$ and $\rho_i$, the latter in an array `(n,)`. There are
# at least one layer, none of which is 0, and at least two classes.
#
# *Example.* $A_1=(3\ \ 4)$ has spectral norm 5 and one row of length 5.
# $A_2=\big(\begin{smallmatrix}2\\0\end{smallmatrix}\big)$ has spectral norm 2 and rows of lengths
# 2 and 0. So $R_A=10\cdot(1+1)^{3/2}\approx28.28$. Scores $(5,1)$ with label 0 have the margin
# $4/R_A\approx0.1414$, with label 1 it is $-4/R_A$.


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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def network(rng, sizes, n=4, classes=4):
    """Layers with spectral norms around 1; the first point is clearly right, the second wrong."""
    weights = [rng.normal(size=(d, m)) / np.sqrt(m + d) for m, d in pairwise(sizes)]
    scores, labels = rng.integers(-4, 5, size=(n, classes)) / 2, rng.integers(classes, size=n)
    scores += rng.uniform(-0.2, 0.2, size=(n, 1))
    scores[0, labels[0]] += 5
    scores[1:2, labels[1:2]] -= 4
    return weights, scores, labels


def any_network(rng, scale=1, level=0):
    sizes = rng.permutation([2, 3, 4, 5])[: int(rng.integers(3, 5))]
    weights, scores, labels = network(rng, sizes, *rng.integers([5, 3], [8, 5]))
    return weights, scale * scores + level, labels


def close_singular_values(rng):
    d = int(rng.integers(3, 5))
    left, right = np.linalg.qr(rng.normal(size=(2, 4, d, d)))[0]
    stretch = rng.uniform(0.5, 2, size=(4, 1, 1)) * np.array([1, 0.99, 0.6, 0.3])[:d]
    return list(left * stretch @ right), *network(rng, (), 5, 2)[1:]


def scores_that_tie(rng):
    """Two rivals tie in the first point; the label ties with a rival in the last."""
    weights, _, labels = any_network(rng)
    scores = rng.integers(-3, 4, size=(len(labels), 4)) * 1.0
    scores[0, (labels[0] + [1, 2]) % 4] = 3
    scores[-1, (labels[-1] + [0, 1]) % 4] = 3
    return weights, scores, labels


def by_eigenvalues(weights, scores, labels):
    norms = [float(np.linalg.eigvalsh(A @ A.T)[-1]) ** 0.5 for A in weights]
    rows = [sum(sum(x * x for x in row) ** 0.5 for row in A) for A in weights]
    R = np.prod(norms) * sum((r / s) ** (2 / 3) for r, s in zip(rows, norms, strict=True)) ** 1.5
    pairs = zip(scores.tolist(), labels.tolist(), strict=True)
    return R, [(row.pop(label) - max(row)) / R for row, label in pairs]


LAYERS = [np.array([[3.0, 4.0]]), np.array([[2.0], [0.0]])]
task = Task(
    relative_margins,
    points=3,
    compare=Close(condition=1000.0, float32=True),  # 30 * 30
    returns=("R", "margins"),
    forbidden=("course_lib.generalization.margins",),
    examples=[(LAYERS, np.array([[5.0, 1.0], [5.0, 1.0]]), np.array([0, 1]))],
    regimes={
        "any network": any_network,
        "two layers of one unit": lambda rng: network(rng, (3, 1, 1, 4)),
        "one layer and one point": lambda rng: network(rng, rng.integers(2, 5, size=2), 1, 3),
        "all scores below 0": lambda rng: any_network(rng, 500, -6000),
        "close singular values, two classes": close_singular_values,
        "scores that tie": scores_that_tie,
    },
    right=[by_eigenvalues],
    wrong={
        "columns for rows": (
            "The lengths of the columns are added; with weights (d_out, d_in) it is the rows.",
            {"(A, axis=1)": "(A, axis=0)"},
        ),
        "Frobenius norm": ("R has Frobenius norms; take the spectral norms.", {"(A, 2)": "(A)"}),
        "lengths not divided": (
            "The sum in R has undivided row sums; divide each by the spectral norm of its layer.",
            {"(rows / spectral)": "rows"},
        ),
        "own class among the rivals": (
            "No margin is positive: leave the right class out of the maximum.",
            {"others.max(axis=1)": "scores.max(axis=1)"},
        ),
        "own class replaced by 0": (
            "Where all other scores are negative, 0 is taken off; take off the largest of them.",
            {"-np.inf": "0"},
        ),
        "gap without sign": (
            "This is the gap between the two largest scores; begin with that of the label.",
            {"(scores[at, labels] - others.max(axis=1))": "np.diff(np.sort(scores))[:, -1]"},
        ),
    },
)

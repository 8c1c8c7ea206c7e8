# %%
from itertools import pairwise

import numpy as np

# %% [markdown]
# ## Margins that can be compared
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
# the pair `(R, margins)`: a number and an array `(n,)`. There are at least one layer, none of which
# is 0, and at least two classes.
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def layers(rng, sizes):
    """Layers with spectral norms around 1."""
    return [rng.normal(size=(n, m)) / np.sqrt(m + n) for m, n in pairwise(sizes)]


def points(rng, n, classes):
    """Scores and labels: the first point is clearly right; the second, if any, clearly wrong."""
    scores, labels = rng.integers(-4, 5, size=(n, classes)) / 2, rng.integers(classes, size=n)
    scores += rng.uniform(-0.2, 0.2, size=(n, 1))
    scores[0, labels[0]] += 5
    scores[1:2, labels[1:2]] -= 4
    return scores, labels


def any_network(rng):
    sizes = rng.permutation([2, 3, 4, 5])[: int(rng.integers(3, 5))]
    return layers(rng, sizes), *points(rng, int(rng.integers(5, 8)), int(rng.integers(3, 5)))


def one_unit_twice(rng):
    return layers(rng, (3, 1, 1, 4)), *points(rng, 4, 4)


def one_layer_and_one_point(rng):
    return layers(rng, rng.integers(2, 5, size=2)), *points(rng, 1, 3)


def scores_below_zero(rng):
    weights, scores, labels = any_network(rng)
    return weights, 500 * scores - 6000, labels


def close_singular_values(rng):
    """Square layers, whose two largest singular values are 1 percent apart."""
    d = int(rng.integers(3, 5))
    left, right = (np.linalg.qr(rng.normal(size=(4, d, d)))[0] for _ in range(2))
    stretch = rng.uniform(0.5, 2, size=(4, 1, 1)) * np.array([1, 0.99, 0.6, 0.3])[:d]
    return list(left * stretch @ right), *points(rng, 5, 2)


def scores_that_tie(rng):
    """Two rivals tie in the first point; the label ties with a rival in the last."""
    weights, _, labels = any_network(rng)
    scores = rng.integers(-3, 4, size=(len(labels), 4)) * 1.0
    scores[0, (labels[0] + 1) % 4] = scores[0, (labels[0] + 2) % 4] = 3
    scores[-1, labels[-1]] = scores[-1, (labels[-1] + 1) % 4] = 3
    return weights, scores, labels


def by_eigenvalues(weights, scores, labels):
    norms = [float(np.linalg.eigvalsh(A @ A.T)[-1]) ** 0.5 for A in weights]
    rows = [sum(sum(x * x for x in row) ** 0.5 for row in A) for A in weights]
    R = sum((r / s) ** (2 / 3) for r, s in zip(rows, norms, strict=True)) ** 1.5
    for norm in norms:
        R *= norm
    margins = []
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        own = row.pop(label)
        margins.append((own - max(row)) / R)
    return R, margins


SUM, OWN, RIVAL = "((rows / spectral) ** (2 / 3)).sum()", "scores[at, labels]", "others.max(axis=1)"
task = Task(
    relative_margins,
    points=3,
    compare=Close(condition=1000.0, float32=True),  # 30 * 30
    returns=("R", "margins"),
    forbidden=("course_lib.generalization.margins",),
    examples=[
        (
            [np.array([[3.0, 4.0]]), np.array([[2.0], [0.0]])],
            np.array([[5.0, 1.0], [5.0, 1.0]]),
            np.array([0, 1]),
        )
    ],
    regimes={
        "any network": any_network,
        "two layers of one unit": one_unit_twice,
        "one layer and one point": one_layer_and_one_point,
        "all scores below 0": scores_below_zero,
        "close singular values, two classes": close_singular_values,
        "scores that tie": scores_that_tie,
    },
    right=[by_eigenvalues],
    wrong={
        "columns for rows": (
            "The lengths of the columns are added; with weights (d_out, d_in) it is the rows.",
            {"(A, axis=1)": "(A, axis=0)"},
        ),
        "Frobenius norm": (
            "R is that of the Frobenius norms; take the spectral norms, as in the formula.",
            {"(A, 2)": "(A)"},
        ),
        "exponents turned round": (
            "The exponents have changed places: 2/3 inside the sum, 3/2 outside.",
            {f"{SUM} ** 1.5": "((rows / spectral) ** 1.5).sum() ** (2 / 3)"},
        ),
        "without exponents": (
            "The exponents 2/3 and 3/2 are missing.",
            {f"{SUM} ** 1.5": "(rows / spectral).sum()"},
        ),
        "product of norms only": (
            "R is only the product of the spectral norms; the sum over the layers is missing.",
            {f" * {SUM} ** 1.5": ""},
        ),
        "lengths not divided": (
            "The sum in R has undivided row sums; divide each by the spectral norm of its layer.",
            {"(rows / spectral)": "rows"},
        ),
        "norm of the product": (
            "R has the norm of the product of all layers; take the product of their norms.",
            {
                "spectral.prod()": "np.linalg.norm("
                "np.linalg.multi_dot([*weights[::-1], np.eye(weights[0].shape[1])]), 2)"
            },
        ),
        "own class among the rivals": (
            "No margin is positive: leave the right class out of the maximum.",
            {RIVAL: "scores.max(axis=1)"},
        ),
        "own class replaced by 0": (
            "Where all other scores are negative, 0 is taken off; take off the largest of them.",
            {"-np.inf": "0"},
        ),
        "margins not divided": (
            "R is right; divide the margins by it.",
            {f"({OWN} - {RIVAL}) / R": f"{OWN} - {RIVAL}"},
        ),
        "gap without sign": (
            "This is the gap between the two largest scores; begin with that of the label.",
            {f"({OWN} - {RIVAL})": "np.diff(np.sort(scores, axis=1))[:, -1]"},
        ),
        "mean of the rivals": (
            "The mean of the other scores is taken off; it is the largest of them.",
            {"-np.inf": "np.nan", RIVAL: "np.nanmean(others, axis=1)"},
        ),
    },
)

# %%
from itertools import pairwise

import numpy as np
import torch

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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


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


def margin_by_columns(weights, scores, labels):
    R = complexity_of(weights, length=lambda A: np.linalg.norm(A, axis=0).sum())
    return R, margins_of(scores, labels) / R


def margin_by_frobenius(weights, scores, labels):
    R = complexity_of(weights, size=np.linalg.norm)
    return R, margins_of(scores, labels) / R


def margin_exponents_swapped(weights, scores, labels):
    R = complexity_of(weights, inner=1.5, outer=2 / 3)
    return R, margins_of(scores, labels) / R


def margin_without_exponents(weights, scores, labels):
    R = complexity_of(weights, inner=1.0, outer=1.0)
    return R, margins_of(scores, labels) / R


def margin_by_the_product(weights, scores, labels):
    R = np.prod([np.linalg.norm(A, 2) for A in weights])
    return R, margins_of(scores, labels) / R


def margin_lengths_undivided(weights, scores, labels):
    lengths = np.array([np.linalg.norm(A, axis=1).sum() for A in weights])
    R = np.prod([np.linalg.norm(A, 2) for A in weights]) * (lengths ** (2 / 3)).sum() ** 1.5
    return R, margins_of(scores, labels) / R


def margin_norm_of_the_product(weights, scores, labels):
    whole = np.eye(weights[0].shape[1])
    for A in weights:
        whole = A @ whole
    sizes = np.array([np.linalg.norm(A, 2) for A in weights])
    R = complexity_of(weights) / sizes.prod() * np.linalg.norm(whole, 2)
    return R, margins_of(scores, labels) / R


def margin_among_all(weights, scores, labels):
    R = complexity_of(weights)
    own = scores[np.arange(len(labels)), labels]
    return R, (own - scores.max(axis=1)) / R


def margin_not_divided(weights, scores, labels):
    return complexity_of(weights), margins_of(scores, labels)


def margin_gap_of_the_top(weights, scores, labels):
    R, top = complexity_of(weights), np.sort(scores, axis=1)
    return R, (top[:, -1] - top[:, -2]) / R


def margin_over_the_mean(weights, scores, labels):
    R = complexity_of(weights)
    own = scores[np.arange(len(labels)), labels]
    mean = (scores.sum(axis=1) - own) / (scores.shape[1] - 1)
    return R, (own - mean) / R


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


def margin_by_torch(weights, scores, labels):
    layers = [torch.from_numpy(A) for A in weights]
    norms = torch.stack([torch.linalg.matrix_norm(A, 2) for A in layers])
    rows = torch.stack([A.norm(dim=1).sum() for A in layers])
    R = norms.prod() * (rows / norms).pow(2 / 3).sum().pow(3 / 2)
    table, right = torch.from_numpy(scores), torch.from_numpy(labels)[:, None]
    own = table.gather(1, right)
    rivals = table.scatter(1, right, -torch.inf).amax(dim=1)
    return R, (own[:, 0] - rivals) / R


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


def margin_in_single_precision(weights, scores, labels):
    layers = [A.astype(np.float32) for A in weights]
    norms = np.array([np.linalg.norm(A, 2) for A in layers])
    rows = np.array([np.sqrt((A**2).sum(axis=1)).sum() for A in layers])
    R = np.exp(np.log(norms).sum() + 1.5 * np.log(((rows / norms) ** (2 / 3)).sum()))
    order = np.argsort(-scores, axis=1)
    rival = np.where(order[:, 0] == labels, order[:, 1], order[:, 0])
    at = np.arange(len(labels))
    return R, ((scores[at, labels] - scores[at, rival]) / R).astype(np.float32)


# condition: 30 * 2.6
task = Task(
    relative_margins,
    points=3,
    compare=Close(condition=100.0, float32=True),
    returns=("R", "margins"),
    forbidden=("course_lib.generalization.margins",),
    examples=[
        (
            [np.array([[3.0, 4.0]]), np.array([[2.0], [0.0]])],
            np.array([[5.0, 1.0], [5.0, 1.0]]),
            np.array([0, 1]),
        )
    ],
    regimes={"drawn": margin_inputs},
    right=[margin_by_loops, margin_by_torch, margin_in_plain_lists, margin_in_single_precision],
    wrong={
        "columns for rows": (
            ("The lengths of the columns are added; with weights (d_out, d_in) it is the rows."),
            margin_by_columns,
        ),
        "Frobenius norm": (
            (
                "The Frobenius norm stands where the spectral norm belongs; `np.linalg.norm(A)`"
                " gives it unless it is told otherwise."
            ),
            margin_by_frobenius,
        ),
        "exponents turned round": (
            "The exponents have changed places: 2/3 inside the sum, 3/2 outside.",
            margin_exponents_swapped,
        ),
        "without exponents": ("The exponents 2/3 and 3/2 are missing.", margin_without_exponents),
        "product of norms only": (
            ("R is only the product of the spectral norms; the sum over the layers is missing."),
            margin_by_the_product,
        ),
        "lengths not divided": (
            "In the sum each row sum is divided by the spectral norm of its layer.",
            margin_lengths_undivided,
        ),
        "norm of the product": (
            (
                "This takes the spectral norm of the product of all layers; asked for is the "
                "product of their norms."
            ),
            margin_norm_of_the_product,
        ),
        "own class among the rivals": (
            (
                "The maximum runs over all classes, the right one too: such a margin is never "
                "positive."
            ),
            margin_among_all,
        ),
        "margins not divided": ("R is right; divide the margins by it.", margin_not_divided),
        "gap without sign": (
            (
                "This is the gap between the two largest scores; a point that is classified "
                "wrongly has a negative margin."
            ),
            margin_gap_of_the_top,
        ),
        "mean of the rivals": (
            "The mean of the other scores is taken off; it is the largest of them.",
            margin_over_the_mean,
        ),
    },
)

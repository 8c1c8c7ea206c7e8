# %%
from math import pi

import numpy as np
import torch

# %% [markdown]
# ## The density and its atom, on both sides of 1
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


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


def law_of_deviation(x, ratios, variance):
    return noise_law(x, ratios, variance**2)


def law_of_root(x, ratios, variance):
    return noise_law(x, ratios, variance**0.5)


def law_of_inverse_ratio(x, ratios, variance):
    return noise_law(x, 1 / ratios, variance)


def law_without_atom(x, ratios, variance):
    return noise_law(x, ratios, variance)[0], np.zeros(len(ratios))


def law_with_negative_atom(x, ratios, variance):
    return noise_law(x, ratios, variance)[0], 1 - 1 / ratios


def law_with_the_rest(x, ratios, variance):
    return noise_law(x, ratios, variance)[0], np.where(ratios > 1, 1 / ratios, 0)


def law_with_full_area(x, ratios, variance):
    density, atom = noise_law(x, ratios, variance)
    return density / (1 - atom[:, None]), atom


def law_without_ratio_below(x, ratios, variance):
    density, atom = noise_law(x, ratios, variance)
    return density * ratios[:, None], atom


def law_not_over_x(x, ratios, variance):
    density, atom = noise_law(x, ratios, variance)
    return density * x, atom


def law_without_root(x, ratios, variance):
    r = ratios[:, None]
    inside = (x - variance * (1 - r) ** 2) * (variance * (1 + r) ** 2 - x)
    density = np.sqrt(np.maximum(inside, 0)) / (2 * np.pi * variance * r * x)
    return density, noise_law(x, ratios, variance)[1]


def law_nan_outside(x, ratios, variance):
    r = ratios[:, None]
    inside = (x - variance * (1 - np.sqrt(r)) ** 2) * (variance * (1 + np.sqrt(r)) ** 2 - x)
    with np.errstate(invalid="ignore"):
        density = np.sqrt(inside) / (2 * np.pi * variance * r * x)
    return density, noise_law(x, ratios, variance)[1]


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


def law_by_torch(x, ratios, variance):
    points, r = torch.from_numpy(x) / variance, torch.from_numpy(ratios)[:, None]
    inside = (4 * r - (points - 1 - r).square()).clamp(min=0)
    return inside.sqrt() / (2 * torch.pi * variance * r * points), (1 - 1 / r[:, 0]).relu()


def law_by_transform(x, ratios, variance):
    rows = []
    for r in ratios:
        G = [np.roots([r * variance * t, variance * (1 - r) - t, 1]) for t in x]
        rows.append([max(abs(roots.imag)) / np.pi for roots in G])
    return rows, [max(0.0, (r - 1) / r) for r in ratios]


def law_in_single_precision(x, ratios, variance):
    points, r = x.astype(np.float32), ratios.astype(np.float32)[:, None]
    v = np.float32(variance)
    centre, half = v * (1 + r), 2 * v * np.sqrt(r)
    inside = np.where(abs(points - centre) < half, half**2 - (points - centre) ** 2, 0)
    return np.sqrt(inside) / points / (2 * np.float32(np.pi) * v * r), 1 - 1 / np.maximum(
        r[:, 0], 1
    )


# condition: 30 * 4.4
task = Task(
    noise_law,
    points=2,
    compare=Close(condition=200.0, float32=True),
    returns=("density", "atom"),
    forbidden=("course_lib.spectral_laws.marchenko_pastur",),
    examples=[(np.array([5.0, 0.5]), np.array([4.0]), 1.0)],
    regimes={"drawn": law_inputs},
    right=[law_by_loops, law_by_torch, law_by_transform, law_in_single_precision],
    wrong={
        "variance as deviation": (
            (
                "The variance is squared, as if it were a standard deviation; it multiplies the"
                " edges as it is."
            ),
            law_of_deviation,
        ),
        "root of the variance": (
            (
                "The root of the variance is used; the edges are variance times (1 +- "
                "sqrt(ratio)) squared."
            ),
            law_of_root,
        ),
        "samples over features": (
            (
                "The ratio is turned round: it is features over samples, and there are zeros "
                "when it is above 1."
            ),
            law_of_inverse_ratio,
        ),
        "atom forgotten": (
            (
                "The density is right, but above ratio 1 a share 1 - 1/ratio of the eigenvalues"
                " is zero."
            ),
            law_without_atom,
        ),
        "negative atom": (
            "A share is not negative: below ratio 1 there is no atom.",
            law_with_negative_atom,
        ),
        "what is not the atom": (
            ("1/ratio is the share of the eigenvalues that are not zero; the atom is the rest."),
            law_with_the_rest,
        ),
        "area one beside an atom": (
            (
                "Above ratio 1 the density was stretched to area 1; with the atom that makes "
                "more than 1."
            ),
            law_with_full_area,
        ),
        "ratio missing below": (
            "The ratio is missing in the denominator of the density.",
            law_without_ratio_below,
        ),
        "not divided by x": (
            (
                "The density is divided by x as well; without it this is a semicircle round the"
                " middle."
            ),
            law_not_over_x,
        ),
        "edges without root": (
            "The edges are at (1 +- sqrt(ratio)) squared; the root is missing.",
            law_without_root,
        ),
        "NaN outside": (
            (
                "Outside the edges the number under the root is negative, and the root is NaN; "
                "the density is 0 there."
            ),
            law_nan_outside,
        ),
    },
)

# %%
from math import pi

import numpy as np
import torch

# %% [markdown]
# ## From the transform back to a density
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def smoothed_inputs(rng):
    eigenvalues = rng.uniform(-1, 2, size=int(rng.integers(4, 8)))
    return eigenvalues, rng.uniform(-2, 3, size=6), float(rng.uniform(0.2, 0.45))


def transform_at(eigenvalues, x, epsilon):
    return (1 / (x[:, None] + 1j * epsilon - eigenvalues)).mean(axis=1)


def smoothed_negative(eigenvalues, x, epsilon):
    return transform_at(eigenvalues, x, epsilon).imag / np.pi


def smoothed_without_pi(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon).imag


def smoothed_sum(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon).imag / np.pi * len(eigenvalues)


def smoothed_real_part(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon).real / np.pi


def smoothed_modulus(eigenvalues, x, epsilon):
    return np.abs(transform_at(eigenvalues, x, epsilon)) / np.pi


def smoothed_half_the_height(eigenvalues, x, epsilon):
    return -transform_at(eigenvalues, x, epsilon / 2).imag / np.pi


def smoothed_not_squared(eigenvalues, x, epsilon):
    return (epsilon / ((x[:, None] - eigenvalues) ** 2 + epsilon)).mean(axis=1) / np.pi


def smoothed_by_gauss(eigenvalues, x, epsilon):
    bells = np.exp(-0.5 * ((x[:, None] - eigenvalues) / epsilon) ** 2)
    return bells.mean(axis=1) / (epsilon * np.sqrt(2 * np.pi))


def smoothed_by_loops(eigenvalues, x, epsilon):
    density = np.zeros(len(x))
    for i, point in enumerate(x):
        for value in eigenvalues:
            density[i] += epsilon / ((point - value) ** 2 + epsilon**2) / pi
    return density / len(eigenvalues)


def smoothed_by_torch(eigenvalues, x, epsilon):
    z = torch.complex(torch.from_numpy(x), torch.full((len(x),), epsilon, dtype=torch.float64))
    table = 1 / (z[:, None] - torch.from_numpy(eigenvalues)[None, :])
    return -table.imag.mean(dim=1) / torch.pi


def smoothed_in_plain_lists(eigenvalues, x, epsilon):
    values = eigenvalues.tolist()
    G = [sum(1 / (complex(point, epsilon) - v) for v in values) / len(values) for point in x]
    return [-g.imag / pi for g in G]


def smoothed_by_resolvent(eigenvalues, x, epsilon):
    H, eye = np.diag(eigenvalues), np.eye(len(eigenvalues))
    resolvents = [np.linalg.inv((point + 1j * epsilon) * eye - H) for point in x]
    return np.array([-np.trace(R).imag for R in resolvents]) / (np.pi * len(H))


def smoothed_in_single_precision(eigenvalues, x, epsilon):
    gap = (x[:, None].astype(np.float32) - eigenvalues.astype(np.float32)) / np.float32(epsilon)
    return (1 / (1 + gap**2)).mean(axis=1) / np.float32(np.pi * epsilon)


# condition: 30 * 11
task = Task(
    smoothed_density,
    points=2,
    compare=Close(condition=500.0, float32=True),
    forbidden=("course_lib.spectral_laws.spectrum", "course_lib.spectral_laws.discrete_measure"),
    examples=[(np.array([0.0]), np.array([0.0]), 0.5)],
    regimes={"drawn": smoothed_inputs},
    right=[
        smoothed_by_loops,
        smoothed_by_torch,
        smoothed_in_plain_lists,
        smoothed_by_resolvent,
        smoothed_in_single_precision,
    ],
    wrong={
        "sign of the other convention": (
            (
                "A density is not negative. With G the mean of 1/(z - lambda), the imaginary "
                "part above the axis is negative, and the formula has a minus."
            ),
            smoothed_negative,
        ),
        "pi forgotten": ("The area is pi, not 1: divide by pi.", smoothed_without_pi),
        "sum, not mean": (
            ("The transform is summed over the eigenvalues; take the mean, so that the area is 1."),
            smoothed_sum,
        ),
        "real part": (
            (
                "The density stands in the imaginary part of the transform alone; what came has"
                " its real part."
            ),
            smoothed_real_part,
        ),
        "modulus": (
            "This is the modulus of the transform; only its imaginary part is the density.",
            smoothed_modulus,
        ),
        "full width": (
            (
                "Epsilon is the height above the axis, half of the width at half height; you "
                "used half of it."
            ),
            smoothed_half_the_height,
        ),
        "epsilon not squared": (
            "In epsilon / ((x - lambda)^2 + epsilon^2) the last epsilon is squared.",
            smoothed_not_squared,
        ),
        "Gaussian kernel": (
            (
                "This spreads each eigenvalue by a Gaussian bell; the transform spreads it by a"
                " Cauchy kernel."
            ),
            smoothed_by_gauss,
        ),
    },
)

# %%
from math import pi

import numpy as np
import torch

# %% [markdown]
# ## The spectrum of a Hessian
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def cubic_roots(point, s, phi):
    return np.roots([s * phi, -(s + point * phi), point + phi - 1, -1])


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


def hessian_negative(x, epsilon, phi):
    return -density_of_sum(x, 2 * epsilon, phi)


def hessian_without_pi(x, epsilon, phi):
    return np.pi * density_of_sum(x, 2 * epsilon, phi)


def hessian_modulus(x, epsilon, phi):
    roots = [cubic_roots(point, 2 * epsilon, phi) for point in x]
    return np.array([np.abs(r[np.argmin(r.imag)]) for r in roots]) / np.pi


def hessian_half_the_variance(x, epsilon, phi):
    return density_of_sum(x, epsilon, phi)


def hessian_of_deviation(x, epsilon, phi):
    return density_of_sum(x, (2 * epsilon) ** 2, phi)


def hessian_of_inverse_ratio(x, epsilon, phi):
    return density_of_sum(x, 2 * epsilon, 1 / phi)


def hessian_without_wigner(x, epsilon, phi):
    return density_of_noise(x, phi)


def hessian_without_covariance(x, epsilon, phi):
    return density_of_semicircle(x, 2 * epsilon)


def hessian_by_adding(x, epsilon, phi):
    return density_of_noise(x, phi) + density_of_semicircle(x, 2 * epsilon)


def hessian_a_term_lost(x, epsilon, phi):
    roots = [np.roots([2 * epsilon * phi, -t * phi, t + phi - 1, -1]) for t in x]
    return np.array([r.imag.max() for r in roots]) / np.pi


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


def hessian_by_torch(x, epsilon, phi):
    t, lead = torch.from_numpy(x), 2 * epsilon * phi
    companion = torch.zeros(len(x), 3, 3, dtype=torch.float64)
    companion[:, 1, 0] = companion[:, 2, 1] = 1
    companion[:, 0, 2] = 1 / lead
    companion[:, 1, 2] = -(t + phi - 1) / lead
    companion[:, 2, 2] = (2 * epsilon + t * phi) / lead
    return torch.linalg.eigvals(companion).imag.amax(dim=1) / torch.pi


def hessian_by_subordination(x, epsilon, phi):
    G, change = np.full(len(x), -1j), 1.0
    low, high = (1 - phi**0.5) ** 2, (1 + phi**0.5) ** 2
    while change > 1e-11:
        z = x - 2 * epsilon * G
        new = 2 / (z - 1 + phi + np.sqrt(z - low) * np.sqrt(z - high))
        G, change = new, np.abs(new - G).max()
    return np.maximum(-G.imag, 0) / np.pi


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


def hessian_in_single_precision(x, epsilon, phi):
    roots = [
        np.polynomial.Polynomial(
            [-1, t + phi - 1, -2 * epsilon - t * phi, 2 * epsilon * phi]
        ).roots()
        for t in x
    ]
    return np.array([np.ptp(r.imag) / 2 for r in roots], dtype=np.float32) / np.float32(np.pi)


# condition: 30 * 7.1
task = Task(
    hessian_density_at,
    points=3,
    compare=Close(condition=500.0, float32=True),
    forbidden=(
        "course_lib.hessians.critical_hessian",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.r_transform",
    ),
    examples=[(np.array([1.5]), 0.5, 1.0)],
    regimes={"drawn": hessian_inputs},
    right=[
        hessian_by_halving,
        hessian_by_torch,
        hessian_by_subordination,
        hessian_by_cardano,
        hessian_in_single_precision,
    ],
    wrong={
        "root above the axis": (
            (
                "A density is not negative: take the root below the axis, and the minus of the "
                "formula."
            ),
            hessian_negative,
        ),
        "pi forgotten": (
            "The imaginary part is not yet the density: divide by pi.",
            hessian_without_pi,
        ),
        "modulus of the root": (
            (
                "This is the modulus of a root; the density is its imaginary part, 0 where the "
                "root is real."
            ),
            hessian_modulus,
        ),
        "variance epsilon": (
            "The Wigner part has variance 2 epsilon; the factor 2 is missing in the cubic.",
            hessian_half_the_variance,
        ),
        "deviation 2 epsilon": (
            (
                "2 epsilon is the variance of the Wigner part, not its standard deviation: it "
                "is not squared."
            ),
            hessian_of_deviation,
        ),
        "ratio turned round": ("The ratio phi is turned round.", hessian_of_inverse_ratio),
        "covariance alone": (
            "This is the law of the covariance alone, as at epsilon = 0.",
            hessian_without_wigner,
        ),
        "semicircle alone": (
            (
                "This is the semicircle alone; the covariance is missing. (It also comes out of"
                " a cubic that has x + phi where x + phi - 1 belongs.)"
            ),
            hessian_without_covariance,
        ),
        "densities added": (
            (
                "The two densities are added; the spectrum of a sum is not the sum of the "
                "spectra. What adds up is the R-transforms."
            ),
            hessian_by_adding,
        ),
        "a term lost": (
            "The coefficient of G^2 is 2 epsilon + x phi; its 2 epsilon is missing.",
            hessian_a_term_lost,
        ),
    },
)

# %%
import numpy as np

# %% [markdown]
# ## From the transform back to a density
#
# The Stieltjes transform of a law determines its density: a little above the real axis, at
# $z = x + iy$, the density can be read off the imaginary part. For measured eigenvalues,
#
# $$ G(z) = \frac1n\sum_{j=1}^n\frac1{z-\lambda_j}, \qquad
#    \rho_y(x) = -\frac1\pi\operatorname{Im} G(x+iy) . $$
#
# The result is a smooth version of the histogram: each eigenvalue is spread over a width of about
# $y$. With $1/(\lambda_j-z)$ in place of $1/(z-\lambda_j)$, as in some books, the minus sign
# is absent.
#
# **Write** `smoothed_density(eigenvalues, x, height)` with `eigenvalues` `(n,)`, `x` `(points,)`,
# both in any order and at least one of each, and a positive `height` $y$; return `(points,)`, real
# numbers. Equal eigenvalues count as often as they occur, and a point may be an eigenvalue.
#
# *Example.* One eigenvalue 0, $x=0$, $y=1/2$: $G(i/2)=1/(i/2)=-2i$, so the density is
# $2/\pi\approx0.637$.


# %%
def smoothed_density(eigenvalues, x, height):
    """Read a density off the transform of the eigenvalues, a height above the axis."""
    ### BEGIN SOLUTION
    z = x[:, None] + 1j * height
    G = (1 / (z - eigenvalues)).mean(axis=1)
    return -G.imag / np.pi
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def spectrum(rng, n, points, low=0.2, high=0.45, times=1):
    """Eigenvalues that occur so many times, points around them, and a bounded height."""
    eigenvalues = rng.permutation(rng.uniform(-1, 2, size=n).repeat(times))
    return eigenvalues, rng.uniform(-2, 3, size=points), float(rng.uniform(low, high))


def far_from_all_eigenvalues(rng):
    eigenvalues, x, height = spectrum(rng, 3, 5)
    return eigenvalues, 8 * np.where(x < 0, x - 1, x + 1), height


def points_are_eigenvalues(rng):
    eigenvalues, _, height = spectrum(rng, 5, 0)
    return eigenvalues, rng.permutation(eigenvalues)[:3], height


def by_resolvent(eigenvalues, x, height):
    n = len(eigenvalues)
    z = x[:, None, None] + 1j * height
    resolvents = np.linalg.inv(z * np.eye(n) - np.diag(eigenvalues))
    return -np.trace(resolvents, axis1=1, axis2=2).imag / (n * np.pi)


TERM, DENSITY = "1 / (z - eigenvalues)", "-G.imag / np.pi"
GAUSSIAN = "np.exp(-(((x[:, None] - eigenvalues) / height) ** 2) / 2)"
task = Task(
    smoothed_density,
    points=2,
    compare=Close(condition=750.0, float32=True),  # 30 roundings, amplified by 25
    forbidden=("course_lib.spectral_laws.spectrum", "course_lib.spectral_laws.discrete_measure"),
    examples=[(np.array([0.0]), np.array([0.0]), 0.5)],
    regimes={
        "any spectrum": lambda rng: spectrum(rng, *rng.integers([4, 6], [6, 9])),
        "more eigenvalues than points": lambda rng: spectrum(rng, 8, rng.integers(2, 6)),
        "as many points as eigenvalues": lambda rng: spectrum(rng, 5, 5),
        "one eigenvalue": lambda rng: spectrum(rng, 1, 4),
        "one point": lambda rng: spectrum(rng, rng.integers(2, 6), 1),
        "small height": lambda rng: spectrum(rng, 6, 8, 0.08, 0.12),
        "height above 1": lambda rng: spectrum(rng, 6, 8, 1.5, 4),
        "far from all eigenvalues": far_from_all_eigenvalues,
        "equal eigenvalues": lambda rng: spectrum(rng, 3, 5, times=[1, 2, 4]),
        "points that are eigenvalues": points_are_eigenvalues,
    },
    right=[by_resolvent],
    wrong={
        "sign of the other convention": (
            "A density is not negative; put a minus before the imaginary part above the axis.",
            {DENSITY: "G.imag / np.pi"},
        ),
        "pi forgotten": ("The area is pi, not 1; divide by pi.", {DENSITY: "-G.imag"}),
        "sum, not mean": ("The area is n; take the mean.", {".mean(axis=1)": ".sum(axis=1)"}),
        "real part": ("This is the real part; take the imaginary part.", {"G.imag": "G.real"}),
        "full width": (
            "The density is too narrow, as at half the height; do not halve the height.",
            {"1j * height": "1j * height / 2"},
        ),
        "height not squared": (
            "The peaks are as wide as the root of the height; square it next to (x - lambda)^2.",
            {TERM: "-1j * height / ((x[:, None] - eigenvalues) ** 2 + height)"},
        ),
        "Gaussian kernel": (
            "Each eigenvalue is spread by a Gaussian; the transform spreads it by a Cauchy kernel.",
            {TERM: GAUSSIAN, DENSITY: "G / (height * np.sqrt(2 * np.pi))"},
        ),
    },
)

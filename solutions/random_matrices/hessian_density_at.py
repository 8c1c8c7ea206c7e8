# %%
import numpy as np

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
# **Write** `hessian_density_at(x, epsilon, phi)` with `x` `(points,)`, $\epsilon>0$ and $\phi>0$,
# which may be above 1; return the density `(points,)`, real and not negative. No point lies close
# to an edge, but some may lie between two parts of the spectrum.
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

INSIDE, OUTSIDE, NEAR_0 = (True, -3, 11), (False, -3, 11), (True, 0.02, 0.1)
BEYOND = [(True, 2.4, 2.6)]  # the covariance alone ends below 2.4
GAP = [(True, -0.2, -0.02), (False, 0.4, 0.7), (True, 2, 5), (False, -2, -1)]


def point(rng, epsilon, phi, is_inside, low, high):
    """A point inside or outside the spectrum, and not close to an edge of it."""
    while True:
        x = rng.uniform(low, high)
        roots = np.roots([2 * epsilon * phi, -(2 * epsilon + x * phi), x + phi - 1, -1])
        width, gaps = roots.imag.max(), np.diff(np.sort(roots.real))
        if width > 0.08 if is_inside else width == 0 and gaps.min() > 0.2:
            return x


def points(rng, wanted, epsilon=(0.1, 0.4), phi=(0.2, 0.75)):
    law = rng.uniform(*epsilon), rng.uniform(*phi)
    return rng.permutation([point(rng, *law, *where) for where in wanted]), *law


def inside_and_outside(rng, *more, n_inside=(2, 5), phi=(0.2, 0.75)):
    n_inside, n_outside = rng.integers(*n_inside), rng.integers(2, 4)
    return points(rng, [*more, *[INSIDE] * n_inside, *[OUTSIDE] * n_outside], phi=phi)


def by_subordination(x, epsilon, phi):
    """G(x) is the transform of the covariance at x - 2 epsilon G(x)."""
    G, before = np.full(len(x), -1j), 0
    while np.abs(G - before).max() > 1e-11:
        z, before = x - 2 * epsilon * G, G
        roots = np.sqrt(z - (1 - phi**0.5) ** 2) * np.sqrt(z - (1 + phi**0.5) ** 2)
        G = G / 2 + 1 / (z - 1 + phi + roots)
    return np.maximum(-G.imag, 0) / np.pi


task = Task(
    hessian_density_at,
    points=3,
    compare=Close(condition=500, float32=True),  # 30 roundings, amplified by 7
    forbidden=(
        "course_lib.hessians.critical_hessian",
        "course_lib.spectral_laws.free_sum",
        "course_lib.spectral_laws.r_transform",
    ),
    examples=[(np.array([1.5]), 0.5, 1.0)],
    regimes={
        "inside and outside": inside_and_outside,
        "more features than samples": lambda rng: inside_and_outside(rng, NEAR_0, phi=(1.5, 2.5)),
        "between two parts of the spectrum": lambda rng: points(rng, GAP, (0.01, 0.02), (3.5, 4.5)),
        "outside alone": lambda rng: inside_and_outside(rng, n_inside=(0, 1)),
        "one point beyond the covariance": lambda rng: points(rng, BEYOND, (0.3, 0.4), (0.2, 0.3)),
    },
    right=[by_subordination],
    wrong={
        "root above the axis": (
            "A density is not negative: take minus the imaginary part of the root below the axis.",
            {"-np.roots": "np.roots"},
        ),
        "pi forgotten": ("This is the imaginary part alone; divide it by pi.", {" / np.pi": ""}),
        "variance epsilon": (
            "The variance of the Wigner part is epsilon here; take 2 epsilon.",
            lambda right, x, epsilon, phi: right(x, epsilon / 2, phi),
        ),
        "ratio turned round": (
            "This is the law for the ratio 1 / phi; the covariance has the ratio phi.",
            lambda right, x, epsilon, phi: right(x, epsilon, 1 / phi),
        ),
        "covariance alone": (
            "This is the law of the covariance alone, as at epsilon = 0; add the Wigner part.",
            lambda right, x, epsilon, phi: right(x, 0.0, phi),
        ),
        "densities added": (
            "The two densities are added; add the R-transforms, which the cubic stands for.",
            lambda right, x, epsilon, phi: (
                right(x, 0.0, phi)
                + np.sqrt(np.maximum(8 * epsilon - x**2, 0)) / (4 * np.pi * epsilon)
            ),
        ),
    },
)

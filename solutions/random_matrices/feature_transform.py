# %%
import numpy as np

# %% [markdown]
# ## The right equation, and the right root
#
# When $\zeta=0$, random features look like pure noise, and their transform $G$ solves a quadratic
# equation. With $\phi=n_0/m$ and $\psi=n_0/n_1$ it is
#
# $$ z\,G^2 + \Big((1-z)\frac\psi\phi - 1\Big)\,G + \frac\psi\phi = 0 . $$
#
# One check is quick: far away, $G\approx1/z$ must make the left side small. For each $z$ above the
# axis the equation has two roots. The transform is the one with
# $\operatorname{Im}G<0$ there, since $-\operatorname{Im}G/\pi$ is a density; formulas with a fixed
# sign before the root of a complex number jump from one to the other.
#
# **Write** `feature_transform(x, height, phi, psi)` with `x` `(points,)`, in any order and of any
# sign, and `height` $>0$, which may be small; return the pair `(real part, imaginary part)` of $G$
# at $z=x+i\cdot$`height`, two real arrays `(points,)`.
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
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def at_ratio(rng, x, ratio, height):
    """Points in any order, a height, and phi and psi with psi / phi = ratio."""
    phi = rng.uniform(0.5, 2)
    return rng.permutation(x), rng.uniform(*height), phi, phi * ratio


def points_on_all_sides(rng, height=(0.15, 1), powers=(-1, 1)):
    """Points left of the spectrum, inside it on both sides of its middle, and right of it."""
    n_more, ratio = rng.integers(4), rng.uniform(0.4, 0.7) ** rng.choice(powers)
    x = [rng.uniform(-1, -0.2), *rng.uniform([0.5, 0.8, 1.2], [0.7, 1.1, 1.6], (n_more, 3)).ravel()]
    x += [1 + rng.uniform(0.3, 0.7) / ratio, rng.uniform(1.1, 1.3) * (1 + 1 / ratio)]
    return at_ratio(rng, [*x, rng.uniform(2.2, 3) * (1 + 1 / ratio)], ratio, height)


def one_point(rng):
    x = rng.choice([-0.5, 8]) * rng.uniform(1, 2, 1)
    return at_ratio(rng, x, rng.uniform(0.4, 2), (0.2, 2))


def near_the_eigenvalue_zero(rng):
    x = rng.uniform([-0.1, 0.04, -0.1], [-0.04, 0.08, 0.1])
    return at_ratio(rng, x, rng.uniform(0.35, 0.5), (0.02, 0.05))


def by_edges(x, height, phi, psi):
    """The Marchenko-Pastur law's transform, by a product of two roots that never jumps."""
    z, r = x + 1j * height, phi / psi
    G = 2 / (z - 1 + r + np.sqrt(z - (1 - r**0.5) ** 2) * np.sqrt(z - (1 + r**0.5) ** 2))
    return G.real, G.imag


CHOICE = "np.where(both[0].imag < both[1].imag, both[0], both[1])"
TAKE = "take the root with Im G < 0 at each point."
task = Task(
    feature_transform,
    points=3,
    compare=Close(condition=500, float32=True),  # 30 roundings, amplified by 2; far away by 16
    returns=("real part", "imaginary part"),
    forbidden=(
        "course_lib.spectral_laws.marchenko_pastur",
        "course_lib.random_features.random_features",
    ),
    examples=[(np.array([-0.4]), 0.8, 1.0, 1.0)],
    regimes={
        "points on all sides": points_on_all_sides,
        "close to the axis": lambda rng: points_on_all_sides(rng, (0.005, 0.01), powers=[-1]),
        "one point": one_point,
        "near the eigenvalue zero": near_the_eigenvalue_zero,
    },
    right=[by_edges],
    wrong={
        "equation of the talk": (
            "These roots do not fall like 1/z far away; take (1 - z) psi/phi - 1 before G.",
            {"(1 - z) * psi / phi - 1": "(1 - psi / phi) * z - 1"},
        ),
        "the other root": (f"This is the other root; {TAKE}", {" < ": " > "}),
        "always plus": (f"Some points jump to the other root; {TAKE}", {CHOICE: "both[0]"}),
        "smaller modulus": (
            f"The root of smaller modulus is wrong near the eigenvalue zero; {TAKE}",
            {CHOICE: "np.where(abs(both[0]) < abs(both[1]), both[0], both[1])"},
        ),
        "phi over psi": (
            "phi and psi have changed places; take psi/phi.",
            lambda right, x, height, phi, psi: right(x, height, psi, phi),
        ),
        "other convention": (
            "Both signs are wrong, as for the mean of 1/(lambda - z); take that of 1/(z - lambda).",
            {"G.real, G.imag": "-G.real, -G.imag"},
        ),
        "on the axis": ("The points lie on the axis; take x + i height.", {"1j * height": "0j"}),
    },
    equivalent={"both[0].imag < both[1].imag -> both[0].imag <= both[1].imag": "never equal"},
)

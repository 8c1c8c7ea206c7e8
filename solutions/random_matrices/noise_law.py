# %%
import numpy as np

# %% [markdown]
# ## The density and its atom, on both sides of 1
#
# The Marchenko-Pastur law for a covariance of ratio $r$ (features over samples) and
# variance $v$ has the density
#
# $$ \rho(x) = \frac{\sqrt{(x-\lambda_-)(\lambda_+-x)}}{2\pi\,v\,r\,x}
#    \quad (\lambda_-<x<\lambda_+), \qquad \lambda_\pm = v\,(1\pm\sqrt r)^2, $$
#
# and 0 elsewhere. With more features than samples this is not all: the matrix has too small a
# rank, and a share $1-1/r$ of the eigenvalues is exactly zero. The area under $\rho$ is then only
# $1/r$. Note that $v$ is a variance: a standard deviation in its place moves the edges.
#
# **Write** `noise_law(x, ratios, variance)` with `x` `(points,)`, none of them 0 but some perhaps
# negative, and positive `ratios` `(n_ratios,)`, both in any order; return the pair
# `(density, atom)` of shapes `(n_ratios, points)` and `(n_ratios,)`, where the atom is the share
# of zeros. At ratio 1 the lower edge is 0 and there is no atom.
#
# *Example.* $r=4$, $v=1$: the edges are 1 and 9. At $x=5$ the density is
# $\sqrt{4\cdot4}/(2\pi\cdot4\cdot5)=1/(10\pi)\approx0.0318$, at $x=0.5$ it is 0, and the atom is
# $3/4$.


# %%
def noise_law(x, ratios, variance):
    """Evaluate the law of sample covariances for several ratios: density, and mass at zero."""
    ### BEGIN SOLUTION
    r = ratios[:, None]
    root = np.sqrt(r)
    low, high = variance * (1 - root) ** 2, variance * (1 + root) ** 2
    inside = np.maximum((x - low) * (high - x), 0)
    density = np.sqrt(inside) / (2 * np.pi * variance * r * x)
    return density, np.maximum(1 - 1 / ratios, 0)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

BELOW_1, ABOVE_1 = (0.1, 0.6), (1.6, 3.5)
BOTH = [BELOW_1, ABOVE_1, BELOW_1, ABOVE_1]


def case(rng, bounds, points=8, variance=(1.4, 2.0)):
    """Ratios and a variance between bounds; first a point inside each law, then above and below."""
    ratios, v = rng.uniform(*np.transpose(bounds)), float(rng.uniform(*variance))
    low, high = (1 - ratios**0.5) ** 2, (1 + ratios**0.5) ** 2
    pool = rng.uniform(-1, 1.4 * high.max(), size=(1000, 1))
    distance = np.abs(pool - np.concatenate([[0], low, high])).min(axis=1)
    pool = pool[distance > 0.1]  # a root is steep at the edges
    tests = [(low < pool) & (pool < high), pool > high.max(), pool < 0]
    x = np.concatenate([pool[np.hstack(tests).argmax(axis=0)], pool[-points:]])
    return v * rng.permutation(x[:points, 0]), rng.permutation(ratios), v


def nothing_inside(rng):
    _, ratios, v = case(rng, [BELOW_1, ABOVE_1])
    low, high = min((1 - ratios**0.5) ** 2), max((1 + ratios**0.5) ** 2)
    x = [-rng.uniform(0.5, 1), low * rng.uniform(0.3, 0.8), high * rng.uniform(1.2, 2)]
    return v * rng.permutation(x), ratios, v


def by_transform(x, ratios, variance):
    G = [[np.roots([r * variance * t, variance * (1 - r) - t, 1]) for t in x] for r in ratios]
    return np.abs(np.imag(G)).max(axis=2) / np.pi, [max(0, (r - 1) / r) for r in ratios]


ATOM, ROOTED = "np.maximum(1 - 1 / ratios, 0)", "(x - low) * (high - x)"
task = Task(
    noise_law,
    points=2,
    compare=Close(condition=300.0, float32=True),  # 30 roundings, amplified by 10
    returns=("density", "atom"),
    forbidden=("course_lib.spectral_laws.marchenko_pastur",),
    examples=[(np.array([5.0, 0.5]), np.array([4.0]), 1.0)],
    regimes={
        "ratios on both sides of 1": lambda rng: case(rng, BOTH, int(rng.integers(7, 10))),
        "variance below 1": lambda rng: case(rng, BOTH, variance=(0.3, 0.7)),
        "all ratios below 1": lambda rng: case(rng, [BELOW_1] * 3),
        "all ratios above 1": lambda rng: case(rng, [ABOVE_1] * 2),
        "one ratio is 1": lambda rng: case(rng, [BELOW_1, (1, 1), ABOVE_1]),
        "one ratio": lambda rng: case(rng, [BELOW_1], points=5),
        "one point": lambda rng: case(rng, [ABOVE_1] * 2, points=1),
        "as many points as ratios": lambda rng: case(rng, [BELOW_1, ABOVE_1, ABOVE_1], points=3),
        "nothing inside": nothing_inside,
    },
    right=[by_transform],
    wrong={
        "variance as deviation": (
            "The variance is squared, like a standard deviation; take it as it is.",
            lambda right, x, ratios, v: right(x, ratios, v**2),
        ),
        "samples over features": (
            "The ratio is turned round; take features over samples, with zeros above 1.",
            lambda right, x, ratios, v: right(x, 1 / ratios, v),
        ),
        "atom forgotten": ("Above ratio 1 the atom is 1 - 1/ratio, not 0.", {ATOM: "0 * ratios"}),
        "negative atom": ("Below ratio 1 return 0, no negative share.", {ATOM: "1 - 1 / ratios"}),
        "area one beside an atom": (
            "Above ratio 1 the area under the density is 1 beside an atom; leave it at 1/ratio.",
            {"return density": "return density * np.maximum(r, 1)"},
        ),
        "ratio missing below": ("Divide the density by the ratio, too.", {"* r * x": "* x"}),
        "NaN outside": (
            "Outside the edges the density is NaN, the root of a negative number; return 0 there.",
            {f"np.maximum({ROOTED}, 0)": ROOTED},
        ),
    },
)

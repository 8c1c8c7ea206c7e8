# %%
import numpy as np

# %% [markdown]
# ## The two numbers of an activation
#
# The spectrum of random features $f(WX)$ depends on the activation $f$ through two numbers only.
# With $s=\sigma_w\sigma_x$, a standard normal $z$, and $f$ shifted so that
# $\mathbb E f(sz)=0$,
#
# $$ \eta = \mathbb E\,f(sz)^2, \qquad
#    \zeta = \big(s\,\mathbb E f'(sz)\big)^2 . $$
#
# $\zeta/\eta$ is the part of the signal that passes linearly. Here $f$ is made of two straight
# lines: slope `right` for positive and slope `left` for negative arguments, then shifted. (So the
# ReLU has slopes 1 and 0, and the absolute value 1 and $-1$.)
#
# **Write** `activation_numbers(right, left, sigma_w, sigma_x)`; return the pair of numbers
# $(\eta, \zeta)$. Each slope may be positive, negative or 0, and both sigmas are positive standard
# deviations. A formula or an integral, right to five digits, is accepted; an average over
# samples is not.
#
# *Example.* ReLU, $\sigma_w=2$, $\sigma_x=1$: $\mathbb E f(2z)^2=\frac12\cdot4=2$ before the shift,
# and the mean is $2/\sqrt{2\pi}$, so $\eta=2-\frac{2}{\pi}\approx1.363$; the mean slope is
# $\frac12$, so $\zeta=(2\cdot\frac12)^2=1$.


# %%
def activation_numbers(right, left, sigma_w, sigma_x):
    """Compute eta and zeta of an activation that is made of two straight lines."""
    ### BEGIN SOLUTION
    s = sigma_w * sigma_x
    mean = s * (right - left) / np.sqrt(2 * np.pi)
    eta = s**2 * (right**2 + left**2) / 2 - mean**2
    return eta, (s * (right + left) / 2) ** 2
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def case(rng, right, left, low=1.2, high=2.0):
    """Slopes near those given, with sigmas between two bounds."""
    slopes = rng.uniform(0.8, 1.2) * np.array([right, left])
    return tuple(np.append(slopes, rng.uniform(low, high, size=2)).tolist())


def by_quadrature(right, left, sigma_w, sigma_x):
    z, weights = np.polynomial.legendre.leggauss(200)
    z, weights = 5 * (z + 1), 5 * weights  # a normal number in (0, 10), each half for itself
    weights = weights * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    f = sigma_w * sigma_x * np.array([right * z, -left * z])
    eta = (weights * (f - (weights * f).sum()) ** 2).sum()
    return eta, (weights * (f[0] - f[1]) * z).sum() ** 2  # s E f'(s z) = E f(s z) z


SIGMA, ZETA = "sigma_w * sigma_x", "(s * (right + left) / 2) ** 2"
task = Task(
    activation_numbers,
    points=2,
    compare=Close(condition=500.0, float32=True),  # five digits, as the text promises
    returns=("eta", "zeta"),
    forbidden=(
        "course_lib.random_features.activations",
        "course_lib.random_features.gaussian_constants",
    ),
    examples=[(1.0, 0.0, 2.0, 1.0)],
    regimes={
        "both slopes positive": lambda rng: case(rng, 1.5, rng.uniform(0.2, 0.6)),
        "left slope negative": lambda rng: case(rng, 1.5, -rng.uniform(0.2, 0.6)),
        "left slope the steeper": lambda rng: case(rng, rng.uniform(0.2, 0.6), 1.5),
        "right slope negative": lambda rng: case(rng, -rng.uniform(0.8, 1.6), 0.5),
        "both slopes negative": lambda rng: case(rng, -rng.uniform(0.8, 1.6), -0.5),
        "absolute value": lambda rng: case(rng, 1, -1),
        "one straight line": lambda rng: case(rng, 1, 1),
        "slope 0 on the right": lambda rng: case(rng, 0, 1),
        "slope 0 everywhere": lambda rng: case(rng, 0, 0),
        "small sigmas": lambda rng: case(rng, 1.5, rng.uniform(0.2, 0.6), 0.3, 0.6),
        "large sigmas": lambda rng: case(rng, 1.5, -rng.uniform(0.2, 0.6), 3, 5),
    },
    right=[by_quadrature],
    wrong={
        "not shifted": (
            "Eta is the second moment of f before the shift; subtract the square of the mean.",
            {" - mean**2": ""},
        ),
        "zeta without sigma": (
            "Zeta does not depend on sigma; multiply the mean slope by it before squaring.",
            {ZETA: "((right + left) / 2) ** 2"},
        ),
        "zeta not squared": ("This zeta is its own root; square it.", {"/ 2) ** 2": "/ 2)"}),
        "mean of the squared slope": (
            "The squared slopes are averaged, and zeta is never 0; square the mean slope.",
            {ZETA: "s**2 * (right**2 + left**2) / 2"},
        ),
        "variance for deviation": (
            "The argument of f has too large a deviation; take sigma_w sigma_x, not its square.",
            {SIGMA: f"({SIGMA}) ** 2"},
        ),
        "sigma_x forgotten": ("Sigma_x makes no difference; take both sigmas.", {SIGMA: "sigma_w"}),
        "left slope turned round": (
            "One slope has the other sign, as for left * |x| on the left; take left * x there.",
            lambda right, up, down, *sigmas: right(up, -down, *sigmas),
        ),
    },
)

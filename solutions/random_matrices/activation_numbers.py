# %%
from math import pi

import numpy as np
import torch

# %% [markdown]
# ## Two numbers that say all about an activation
#
# The spectrum of random features $f(WX)$ depends on the activation $f$ through two numbers only.
# With $\sigma=\sigma_w\sigma_x$, a standard normal $z$, and $f$ shifted so that
# $\mathbb E f(\sigma z)=0$,
#
# $$ \eta = \mathbb E\,f(\sigma z)^2, \qquad
#    \zeta = \big(\sigma\,\mathbb E f'(\sigma z)\big)^2 . $$
#
# $\zeta/\eta$ is the part of the signal that passes linearly. Here $f$ is made of two straight
# lines: slope `right` for positive and slope `left` for negative arguments, then shifted. (So the
# ReLU has slopes 1 and 0, and the absolute value 1 and $-1$.)
#
# **Write** `activation_numbers(right, left, sigma_w, sigma_x)`; return the pair of numbers
# $(\eta, \zeta)$. Both sigmas are standard deviations. A formula or an integral, right to five
# digits, will do; an average over samples will not.
#
# *Example.* ReLU, $\sigma_w=2$, $\sigma_x=1$: $\mathbb E f(2z)^2=\frac12\cdot4=2$ before the shift,
# and the mean is $2/\sqrt{2\pi}$, so $\eta=2-\frac{2}{\pi}\approx1.363$; the mean slope is
# $\frac12$, so $\zeta=(2\cdot\frac12)^2=1$.


# %%
def activation_numbers(right, left, sigma_w, sigma_x):
    """Compute eta and zeta of an activation that is made of two straight lines."""
    ### BEGIN SOLUTION
    sigma = sigma_w * sigma_x
    mean = sigma * (right - left) / np.sqrt(2 * np.pi)
    eta = sigma**2 * (right**2 + left**2) / 2 - mean**2
    return eta, (sigma * (right + left) / 2) ** 2
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def activation_inputs(rng):
    right = rng.uniform(0.6, 2)
    left = right * rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)
    sigma_w, sigma_x = rng.uniform(1.2, 2), rng.uniform(1.1, 1.6)
    if rng.random() < 0.5:
        sigma_w, sigma_x = 1 / sigma_w, 1 / sigma_x
    return float(right), float(left), float(sigma_w), float(sigma_x)


def activation_not_shifted(right, left, sigma_w, sigma_x):
    sigma = sigma_w * sigma_x
    zeta = activation_numbers(right, left, sigma_w, sigma_x)[1]
    return sigma**2 * (right**2 + left**2) / 2, zeta


def activation_mean_of_sum(right, left, sigma_w, sigma_x):
    sigma = sigma_w * sigma_x
    mean = sigma * (right + left) / np.sqrt(2 * np.pi)
    zeta = activation_numbers(right, left, sigma_w, sigma_x)[1]
    return sigma**2 * (right**2 + left**2) / 2 - mean**2, zeta


def activation_zeta_plain(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, sigma_w, sigma_x)[0], ((right + left) / 2) ** 2


def activation_zeta_root(right, left, sigma_w, sigma_x):
    eta = activation_numbers(right, left, sigma_w, sigma_x)[0]
    return eta, sigma_w * sigma_x * (right + left) / 2


def activation_squared_slope(right, left, sigma_w, sigma_x):
    eta = activation_numbers(right, left, sigma_w, sigma_x)[0]
    return eta, (sigma_w * sigma_x) ** 2 * (right**2 + left**2) / 2


def activation_by_variance(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, sigma_w**2, sigma_x**2)


def activation_of_weights_only(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, sigma_w, 1.0)


def activation_at_unit_scale(right, left, sigma_w, sigma_x):
    return activation_numbers(right, left, 1.0, 1.0)


def activation_turned_left(right, left, sigma_w, sigma_x):
    return activation_numbers(right, -left, sigma_w, sigma_x)


def activation_by_quad(right, left, sigma_w, sigma_x):
    from scipy.integrate import quad

    sigma = sigma_w * sigma_x

    def mean(f):
        bell = 1 / np.sqrt(2 * np.pi)
        sides = [(-12, 0, left), (0, 12, right)]
        return sum(
            quad(lambda z, s=s: bell * np.exp(-z * z / 2) * f(s * sigma * z, s), a, b)[0]
            for a, b, s in sides
        )

    shift = mean(lambda value, slope: value)
    eta = mean(lambda value, slope: (value - shift) ** 2)
    return eta, (sigma * mean(lambda value, slope: slope)) ** 2


def activation_by_stein(right, left, sigma_w, sigma_x):
    z = torch.linspace(0, 12, 20_001, dtype=torch.float64)
    bell = torch.exp(-z * z / 2) / (2 * torch.pi) ** 0.5
    up, down = right * sigma_w * sigma_x * z, -left * sigma_w * sigma_x * z
    shift = torch.trapezoid(bell * (up + down), z)
    eta = torch.trapezoid(bell * ((up - shift) ** 2 + (down - shift) ** 2), z)
    return eta, torch.trapezoid(bell * z * (up - down), z) ** 2


def activation_in_plain_lists(right, left, sigma_w, sigma_x):
    slopes, sigma = [right, left], sigma_w * sigma_x
    linear = sum(slopes) / 2
    odd_out = (slopes[0] - slopes[1]) / 2
    eta = linear**2 + odd_out**2 * (1 - 2 / pi)
    return [sigma * sigma * eta, sigma * sigma * linear**2]


def activation_in_single_precision(right, left, sigma_w, sigma_x):
    up, down = (torch.tensor(s * sigma_w * sigma_x) for s in (right, left))
    eta = (up * up + down * down) / 2 - (up - down) ** 2 / (2 * torch.pi)
    return eta, (up + down) ** 2 / 4


task = Task(
    activation_numbers,
    points=2,
    compare=Close(condition=500.0, float32=True),
    returns=("eta", "zeta"),
    forbidden=(
        "course_lib.random_features.activations",
        "course_lib.random_features.gaussian_constants",
    ),
    examples=[(1.0, 0.0, 2.0, 1.0)],
    regimes={"drawn": activation_inputs},
    right=[
        activation_by_quad,
        activation_by_stein,
        activation_in_plain_lists,
        activation_in_single_precision,
    ],
    wrong={
        "not shifted": (
            (
                "The mean of f was not taken off before squaring: eta is the variance of f, not"
                " its second moment."
            ),
            activation_not_shifted,
        ),
        "mean of the sum of slopes": (
            (
                "The mean of f takes left with a minus, since its arguments are negative there;"
                " you added the two slopes."
            ),
            activation_mean_of_sum,
        ),
        "zeta without sigma": (
            "In zeta the mean slope is multiplied by sigma before it is squared.",
            activation_zeta_plain,
        ),
        "zeta not squared": (
            "Zeta is the square of sigma times the mean slope.",
            activation_zeta_root,
        ),
        "mean of the squared slope": (
            (
                "Zeta squares the mean slope; you took the mean of the squared slope, which "
                "cannot be 0 for the absolute value."
            ),
            activation_squared_slope,
        ),
        "variance for deviation": (
            (
                "The argument of f has standard deviation sigma_w sigma_x; you used the square "
                "of that."
            ),
            activation_by_variance,
        ),
        "sigma_x forgotten": (
            ("The argument of f has standard deviation sigma_w sigma_x; only sigma_w was used."),
            activation_of_weights_only,
        ),
        "unit scale": (
            (
                "These are the numbers for sigma = 1; the argument of f has standard deviation "
                "sigma_w sigma_x."
            ),
            activation_at_unit_scale,
        ),
        "left slope turned round": (
            (
                "For negative x the function is left * x; you took left * |x|, which turns the "
                "slope round."
            ),
            activation_turned_left,
        ),
    },
)

"""Activation functions for random features, each with the places where it is kinked.

They go by the names of ``course_lib.foundations.nonlinearities``, which has slopes instead.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from scipy.special import erf

from course_lib.foundations.nonlinearities import IDENTITY, LOGISTIC, RELU, TANH
from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_one_of


@dataclass(frozen=True)
class Activation:
    """A function that acts on every entry of a matrix.

    Args:
        name: for labels.
        value: takes an array of any shape, returns one of the same shape.
        kinks: where the function or its slope jumps. An integral over the function is split there.

    >>> Activation("square", lambda z: z * z)(np.array([3.0]))
    array([9.])
    """

    name: str
    value: Callable[[Array], Array]
    kinks: tuple[float, ...] = ()

    def __call__(self, z: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """The values of the function at every entry."""
        return self.value(z)


@dataclass(frozen=True)
class PiecewiseLinear:
    """The family f_alpha: slope 1 on the right and -alpha on the left of zero.

    Implements eq-piecewise-linear: f_alpha(z) = (max(z, 0) + alpha max(-z, 0) - shift) / scale,
    with shift and scale such that f_alpha has mean 0 and mean square 1 under the standard normal
    law. alpha = -1 is linear, 0 the shifted ReLU, 1 the shifted absolute value.

    Args:
        alpha: minus the slope on the left.

    Source: Pennington and Worah (2017); the normalisation follows from it.

    >>> PiecewiseLinear(-1.0)(np.array([-2.0, 3.0]))
    array([-2.,  3.])
    >>> [round(PiecewiseLinear(alpha).zeta, 4) for alpha in (-1.0, 0.0, 1.0)]
    [1.0, 0.7335, 0.0]
    """

    alpha: float
    kinks: tuple[float, ...] = (0.0,)

    @property
    def name(self) -> str:
        """The name for labels: linear, shifted ReLU, shifted abs, or the value of alpha."""
        named = {-1.0: "linear", 0.0: "shifted ReLU", 1.0: "shifted abs"}
        return named.get(float(self.alpha), f"alpha = {self.alpha:g}")

    @property
    def shift(self) -> float:
        """The mean, under the standard normal law, that is subtracted."""
        return float((1 + self.alpha) / np.sqrt(2 * np.pi))

    @property
    def scale(self) -> float:
        """The standard deviation, under the standard normal law, that is divided by."""
        return float(np.sqrt((1 + self.alpha**2) / 2 - self.shift**2))

    @property
    def zeta(self) -> float:
        """The squared mean slope; eta is 1."""
        return float(((1 - self.alpha) / (2 * self.scale)) ** 2)

    def __call__(self, z: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """The values of the function at every entry."""
        z = as_floating("z", z)
        raw = np.maximum(z, 0.0) + self.alpha * np.maximum(-z, 0.0)
        return (raw - self.shift) / self.scale  # eq-piecewise-linear


ACTIVATIONS = {
    f.name: f
    for f in (
        Activation("identity", IDENTITY.value),
        Activation("relu", RELU.value, kinks=(0.0,)),
        Activation("abs", np.abs, kinks=(0.0,)),
        Activation("sign", np.sign, kinks=(0.0,)),
        Activation("tanh", TANH.value),
        Activation("logistic", LOGISTIC.value),
        Activation("erf", erf),
        Activation("cos", np.cos),
    )
}


def by_name(name: str) -> Activation:
    """Look an activation up: identity, relu, abs, sign, tanh, logistic, erf or cos.

    None is shifted to mean zero or rescaled.

    Raises:
        ValueError: no activation has this name.

    >>> by_name("relu").kinks
    (0.0,)
    """
    check_one_of("name", name, ACTIVATIONS)
    return ACTIVATIONS[name]

"""Elementwise nonlinearities, each beside its slope.

The slope is written in terms of the *output*, because a backward pass keeps
outputs and can forget pre-activations: tanh' = 1 - h^2, logistic' = h (1 - h).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_one_of


class Nonlinearity(NamedTuple):
    """An elementwise function with its derivative.

    Attributes:
        name: what ``by_name`` finds it under.
        value: maps pre-activations to outputs.
        slope: maps *outputs* to the derivative at the pre-activation.
        max_slope: the least upper bound of the slope's absolute value.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    max_slope: float


def logistic(z: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """1 / (1 + exp(-z)), without overflow at either end.

    >>> logistic(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    z = as_floating("z", z)
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def _relu(z: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    return np.maximum(as_floating("z", z), 0.0)


def _identity(z: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    return as_floating("z", z)


TANH = Nonlinearity(
    "tanh",
    lambda z: np.tanh(as_floating("z", z)),
    lambda h: 1.0 - as_floating("h", h) ** 2,
    1.0,
)
LOGISTIC = Nonlinearity("logistic", logistic, lambda h: h * (1.0 - h), 0.25)
RELU = Nonlinearity("relu", _relu, lambda h: np.heaviside(as_floating("h", h), 0.0), 1.0)
IDENTITY = Nonlinearity("identity", _identity, lambda h: np.ones_like(as_floating("h", h)), 1.0)

NONLINEARITIES = {f.name: f for f in (TANH, LOGISTIC, RELU, IDENTITY)}


def by_name(name: str) -> Nonlinearity:
    """Look a nonlinearity up: tanh, logistic, relu or identity.

    Raises:
        ValueError: no nonlinearity has this name.

    >>> by_name("logistic").max_slope
    0.25
    """
    check_one_of("nonlinearity", name, NONLINEARITIES)
    return NONLINEARITIES[name]

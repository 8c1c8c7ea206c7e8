"""The nonlinearities of ``nonlinearities`` for tensors, by the same names.

Automatic differentiation needs only the values. The derivatives serve where they are written
out; as in the numpy table they take *outputs*.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.foundations.validate import check_one_of


class Nonlinearity(NamedTuple):
    """An elementwise function with its first two derivatives.

    Attributes:
        name: what ``by_name`` finds it under.
        value: maps pre-activations to outputs.
        slope: maps *outputs* to the derivative at the pre-activation.
        curvature: maps *outputs* to the second derivative at the pre-activation.
    """

    name: str
    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    curvature: Callable[[Tensor], Tensor]


TANH = Nonlinearity("tanh", torch.tanh, lambda h: 1 - h * h, lambda h: -2 * h * (1 - h * h))
LOGISTIC = Nonlinearity(
    "logistic", torch.sigmoid, lambda h: h * (1 - h), lambda h: h * (1 - h) * (1 - 2 * h)
)
# The kink of a relu, at which there is no second derivative, is left out.
RELU = Nonlinearity("relu", torch.relu, lambda h: (h > 0).to(h.dtype), torch.zeros_like)
IDENTITY = Nonlinearity("identity", lambda z: z, torch.ones_like, torch.zeros_like)

NONLINEARITIES = {f.name: f for f in (TANH, LOGISTIC, RELU, IDENTITY)}


def by_name(name: str) -> Nonlinearity:
    """Look a nonlinearity up: tanh, logistic, relu or identity.

    Raises:
        ValueError: no nonlinearity has this name.

    >>> by_name("relu").value(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    check_one_of("nonlinearity", name, NONLINEARITIES)
    return NONLINEARITIES[name]

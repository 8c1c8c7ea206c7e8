"""The two numbers in which an activation enters the spectrum of random features."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy import ndarray as Array

from course_lib.foundations.validate import check_positive
from course_lib.random_features.activations import Activation

REACH = 38.0  # the normal density underflows beyond
STEP = 0.5  # longest piece of the integral
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
TAIL, NEGLIGIBLE = 30.0, 1e-10


class Constants(NamedTuple):
    """Mean, eta and zeta of an activation.

    Attributes:
        mean: E f(s z), which the theorem wants to be zero.
        eta: E f(s z)^2.
        zeta: (s E f'(s z))^2, between 0 and eta.
    """

    mean: float
    eta: float
    zeta: float


def gaussian_constants(
    f: Callable[[Array], Array], sigma_w: float = 1.0, sigma_x: float = 1.0
) -> Constants:
    r"""Mean, eta and zeta of an activation whose inputs have deviation s = sigma_w sigma_x.

    Implements eq-eta and eq-zeta-stein. The slope is never taken: by Stein's lemma s E f'(s z) is
    E z f(s z), which is also right where f jumps. Integrals are split at the kinks of f, so
    that every piece is smooth, and are then exact to rounding.

    Args:
        f: an `Activation`, or any function of an array; if it has an attribute ``kinks``, the
            integrals are split there.
        sigma_w: standard deviation of the weights, times the root of their number.
        sigma_x: standard deviation of the data.

    Raises:
        ValueError: a deviation is not positive, or f has values that are not finite, or grows so
            fast that its mean square under the normal law does not exist.

    Source: Pennington and Worah (2017).

    >>> gaussian_constants(Activation("relu", lambda z: np.maximum(z, 0), (0.0,))).eta
    0.5
    """
    check_positive("sigma_w", sigma_w)
    check_positive("sigma_x", sigma_x)
    s = sigma_w * sigma_x
    kinks = np.array([kink / s for kink in getattr(f, "kinks", ())])
    grid = np.linspace(-REACH, REACH, round(2 * REACH / STEP) + 1)
    breaks = np.union1d(grid, kinks[np.abs(kinks) < REACH])
    middle, half = (breaks[:-1] + breaks[1:]) / 2, np.diff(breaks) / 2
    z = (middle[:, None] + half[:, None] * NODES).ravel()
    weight = (half[:, None] * WEIGHTS).ravel() * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    with np.errstate(over="ignore"):
        values = np.asarray(f(s * z), dtype=float)
        if values.shape != z.shape:
            raise ValueError(f"f: expected values of shape {z.shape}, got {values.shape}")
        square = weight * values**2
    finite = np.isfinite(square).all()
    if not finite or square[np.abs(z) > TAIL].sum() > NEGLIGIBLE * square.sum():
        raise ValueError(
            "f: expected a finite mean square under the normal law, got "
            + ("one that does not converge" if finite else "a value that is not finite")
        )
    eta = square.sum()  # eq-eta
    zeta = (weight * z * values).sum() ** 2  # eq-zeta-stein
    return Constants(float((weight * values).sum()), float(eta), float(min(zeta, eta)))


def eta_zeta(
    f: Callable[[Array], Array], sigma_w: float = 1.0, sigma_x: float = 1.0
) -> tuple[float, float]:
    """The pair (eta, zeta) of `gaussian_constants`.

    >>> [round(number, 4) for number in eta_zeta(np.sign)]
    [1.0, 0.6366]
    """
    constants = gaussian_constants(f, sigma_w, sigma_x)
    return constants.eta, constants.zeta


def standardized(
    f: Callable[[Array], Array], sigma_w: float = 1.0, sigma_x: float = 1.0, name: str = ""
) -> Activation:
    """The same activation minus its mean, over its deviation: mean 0 and eta 1.

    Args:
        f: as for `gaussian_constants`.
        sigma_w: deviation of the weights.
        sigma_x: deviation of the data.
        name: of the new activation.

    Raises:
        ValueError: f is constant, or has no finite mean square.

    >>> eta, zeta = eta_zeta(standardized(np.tanh))
    >>> round(eta, 12)
    1.0
    """
    mean, eta, _ = gaussian_constants(f, sigma_w, sigma_x)
    variance = eta - mean**2
    if variance <= NEGLIGIBLE * eta:
        raise ValueError("f: expected a function that varies, got a constant")
    deviation = np.sqrt(variance)
    kinks = tuple(getattr(f, "kinks", ()))
    label = name or f"standardized {getattr(f, 'name', 'function')}"
    return Activation(label, lambda z: (f(z) - mean) / deviation, kinks)


def leaky_relu_constants(right: float, left: float, s: float = 1.0) -> Constants:
    """Closed form for a leaky ReLU: right z for z > 0 and left z for z < 0, minus its mean.

    Implements eq-leaky-relu-constants. It covers the linear function (1, 1), relu (1, 0), the
    absolute value (1, -1), and f_alpha before normalisation (1, -alpha).

    >>> leaky_relu_constants(1.0, 1.0)
    Constants(mean=0.0, eta=1.0, zeta=1.0)
    """
    mean = s * (right - left) / np.sqrt(2 * np.pi)
    eta = s**2 * (right**2 + left**2) / 2 - mean**2  # eq-leaky-relu-constants
    return Constants(0.0, float(eta), float((s * (right + left) / 2) ** 2))


def erf_constants(s: float = 1.0) -> Constants:
    """Closed form for the error function, whose Gaussian means are arcsines.

    Implements eq-erf-constants. Source: Williams (1997).

    >>> round(erf_constants().eta, 4)
    0.4646
    """
    eta = 2 / np.pi * np.arcsin(2 * s**2 / (1 + 2 * s**2))  # eq-erf-constants
    return Constants(0.0, float(eta), float(4 / np.pi * s**2 / (1 + 2 * s**2)))

"""Eigenvalues of random features outside the bulk, made by the norms of samples and of weights.

The law of ``random_features`` says where all but a vanishing share of the eigenvalues are. Where
the largest are, it does not say: that depends on the fourth moment of the entries, and on a third
number of the activation.
"""

from collections.abc import Callable

import numpy as np
from numpy import ndarray as Array
from scipy.optimize import brentq

from course_lib.foundations.validate import check_at_least, check_one_of, check_positive
from course_lib.random_features.activations import Activation
from course_lib.random_features.gaussian_constants import gaussian_constants
from course_lib.spectral_laws.law import Law

FOURTH_MOMENTS = {"gaussian": 3.0, "coin": 1.0, "uniform": 9 / 5, "student": 9.0}
"""E x^4 of the entries of ``semicircle.ENTRIES``, which have variance 1."""


def second_hermite(
    f: Callable[[Array], Array], sigma_w: float = 1.0, sigma_x: float = 1.0
) -> float:
    """How the mean of an activation answers to a larger variance of its input.

    Implements eq-second-hermite: h2 = E (z^2 - 1) f(s z), which is twice the derivative of
    E f(s z sqrt(1 + a)) with respect to a, at a = 0. No odd function has one.

    Args:
        f: as for ``gaussian_constants``.
        sigma_w: standard deviation of the weights, times the root of their number.
        sigma_x: standard deviation of the data.

    Raises:
        ValueError: as ``gaussian_constants``.

    >>> round(second_hermite(lambda z: z * z), 12)
    2.0
    """
    s = sigma_w * sigma_x

    def weighted(x: Array) -> Array:
        return ((x / s) ** 2 - 1) * f(x)  # eq-second-hermite

    kinks = tuple(getattr(f, "kinks", ()))
    return gaussian_constants(Activation("", weighted, kinks), sigma_w, sigma_x).mean


def norm_spike(second: float, psi: float, entries: str = "gaussian") -> float:
    """The spike that the norms of the samples make in the covariance of the features.

    Implements eq-norm-spike: their common direction has this variance, where independent features
    of variance 1 have 1. ``course_lib.spectral_laws.principal_components.spike_limit`` says where
    an eigenvalue goes. The norms of the rows of weights make a second one of the same size, if the
    weights are drawn like the data: each spike takes the fourth moment of its own entries.

    Args:
        second: h2, as from `second_hermite`, of an activation of mean 0 and mean square 1.
        psi: inputs over features.
        entries: how the entries are drawn, a key of ``FOURTH_MOMENTS``.

    Raises:
        ValueError: ``psi`` is not positive, or ``entries`` is unknown.

    >>> norm_spike(2.0, 0.5), norm_spike(2.0, 0.5, "coin")
    (5.0, 1.0)
    """
    check_positive("psi", psi)
    check_one_of("entries", entries, FOURTH_MOMENTS)
    return float(1 + (FOURTH_MOMENTS[entries] - 1) * second**2 / (4 * psi))  # eq-norm-spike


def law_outlier(law: Law, spike: float, ratio: float) -> float:
    """Where the largest eigenvalue goes when the bulk follows any law.

    Implements eq-outlier-equation. A rank-one matrix is added to features of the law, whose
    directions have nothing to do with them. For Marchenko and Pastur's law of variance 1 it is
    ``spike_limit``.

    Args:
        law: of the eigenvalues of Y Y^T / m.
        spike: 1 plus the square of the rank-one matrix's singular value over m.
        ratio: features over samples.

    Returns:
        The outlier, or the right edge of the law where the spike is too small for one.

    Raises:
        ValueError: ``spike`` is below 1, or ``ratio`` not positive.

    Source: Benaych-Georges and Nadakuditi (2012).

    >>> from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
    >>> round(law_outlier(MarchenkoPastur(1.0), 3.0, 1.0), 9)
    4.5
    """
    check_at_least("spike", spike, 1)
    check_positive("ratio", ratio)
    edge = law.support[-1][1]

    def excess(at: float) -> float:
        G = float(law.stieltjes(np.array([complex(at)]))[0].real)
        return (spike - 1) * G * (1 - ratio + ratio * at * G) - 1  # eq-outlier-equation

    if excess(edge * (1 + 1e-12)) <= 0:
        return edge
    far = 2 * edge
    while excess(far) > 0:
        far *= 2
    return float(brentq(excess, edge, far, xtol=1e-13 * edge, rtol=1e-14))

"""Random features: data times random weights, through a nonlinearity."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_one_of, check_positive, check_shape, check_whole
from course_lib.spectral_laws.semicircle import ENTRIES


class Setup(NamedTuple):
    """Data and weights.

    Attributes:
        X: one sample per column.
        W: one feature per row.
    """

    X: Float[Array, "n0 m"]
    W: Float[Array, "n1 n0"]

    @property
    def phi(self) -> float:
        """Inputs over samples, n0/m."""
        return self.X.shape[0] / self.X.shape[1]

    @property
    def psi(self) -> float:
        """Inputs over features, n0/n1."""
        return self.X.shape[0] / self.W.shape[0]


def random_feature_setup(
    n0: int,
    m: int,
    n1: int,
    rng: np.random.Generator,
    sigma_w: float = 1.0,
    sigma_x: float = 1.0,
    entries: str = "gaussian",
) -> Setup:
    """Draw data of deviation sigma_x and weights of deviation sigma_w / sqrt(n0).

    Args:
        n0: entries of a sample.
        m: samples.
        n1: features.
        rng: X is drawn first, then W.
        sigma_w: deviation of the weights, times sqrt(n0).
        sigma_x: deviation of the data.
        entries: how single entries are drawn, a key of ``ENTRIES`` in ``semicircle``.

    Raises:
        ValueError: a size is below 1, a deviation is not positive, or ``entries`` is unknown.

    >>> setup = random_feature_setup(6, 3, 12, np.random.default_rng(0))
    >>> setup.phi, setup.psi
    (2.0, 0.5)
    """
    for name, size in (("n0", n0), ("m", m), ("n1", n1)):
        check_whole(name, size, 1)
    check_positive("sigma_w", sigma_w)
    check_positive("sigma_x", sigma_x)
    check_one_of("entries", entries, ENTRIES)
    draw = ENTRIES[entries]
    X = sigma_x * draw(rng, (n0, m))
    W = sigma_w / np.sqrt(n0) * draw(rng, (n1, n0))
    return Setup(X, W)


def features(f: Callable[[Array], Array], setup: Setup) -> Float[Array, "n1 m"]:
    """Y = f(W X), one feature per row.

    Implements eq-feature-map.

    Raises:
        ValueError: the weights do not fit the data.

    >>> features(np.abs, Setup(np.array([[1.0, -2.0]]), np.array([[3.0]])))
    array([[3., 6.]])
    """
    check_shape("W", setup.W, ("n1", len(setup.X)))
    return f(as_floating("W", setup.W) @ setup.X)  # eq-feature-map

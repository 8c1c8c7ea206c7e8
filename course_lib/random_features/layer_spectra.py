"""What a stack of random layers does to the spectrum of the data that pass through it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_positive, check_whole
from course_lib.random_features.activations import PiecewiseLinear
from course_lib.spectral_laws.law import Law
from course_lib.spectral_laws.spectrum import gram_eigenvalues, ks_distance

Activation = Callable[[Array], Array]


class Shape(NamedTuple):
    """The sizes of a stack of layers.

    Attributes:
        inputs: entries n0 of a sample.
        units: width n1 of every layer.
        samples: number m of samples.
    """

    inputs: int
    units: int
    samples: int


def stack_shape(n0: int, phi: float = 1.0, psi: float = 1.5) -> Shape:
    """Whole numbers with the shapes phi = n0/m and psi = n0/n1, as near as they come.

    All layers have the same width. Each of them then has n1/m = phi/psi, and the law of the first
    one is a fair standard for the others.

    Raises:
        ValueError: a shape is not positive, or ``n0`` leaves no unit or no sample.

    >>> stack_shape(150)
    Shape(inputs=150, units=100, samples=150)
    """
    check_whole("n0", n0, 1)
    check_positive("phi", phi)
    check_positive("psi", psi)
    shape = Shape(n0, round(n0 / psi), round(n0 / phi))
    if min(shape) < 1:
        raise ValueError(f"n0: expected enough inputs for a unit and a sample, got {n0}")
    return shape


def layers(
    f: Activation,
    shape: Shape,
    depth: int,
    rng: np.random.Generator,
    unit_norms: bool = False,
) -> Iterator[Float[Array, "units samples"]]:
    r"""The outputs Y^1, Y^2, ... of a stack of random layers on Gaussian data.

    Implements eq-layers: Y^l = f(W^l Y^{l-1}) with Y^0 = X, the entries of X standard normal and
    those of W^l normal with variance one over the number of its columns.

    Args:
        f: acts on every entry; of mean 0 and mean square 1 under the standard normal law.
        shape: sizes.
        depth: number of layers.
        rng: X is drawn first, then W^1, W^2, ...; networks with different ``f`` and the same seed
            have the same weights.
        unit_norms: whether every sample is divided by its root mean square before each layer.

    Yields:
        The outputs, one layer after the other; only one is held at a time.

    Raises:
        ValueError: ``depth`` is below 1.
    """
    check_whole("depth", depth, 1)
    Y = rng.standard_normal((shape.inputs, shape.samples))
    for _ in range(depth):
        if unit_norms:
            Y = Y / np.sqrt(square_norms(Y))
        W = rng.standard_normal((shape.units, len(Y))) / np.sqrt(len(Y))
        Y = f(W @ Y)  # eq-layers
        yield Y


def square_norms(Y: Float[Array, "units samples"]) -> Float[Array, " samples"]:
    """Mean square of the entries of every sample.

    >>> square_norms(np.array([[1.0, 0.0], [1.0, 2.0]]))
    array([1., 2.])
    """
    Y = as_floating("Y", Y)
    return (Y * Y).mean(axis=0)


def layer_eigenvalues(
    f: Activation,
    shape: Shape,
    depth: int,
    rng: np.random.Generator,
    unit_norms: bool = False,
) -> Float[Array, "depth units"]:
    """Eigenvalues of the Gram matrix of every layer's output, in ascending order.

    The arguments are those of `layers`.
    """
    outputs = layers(f, shape, depth, rng, unit_norms)
    return np.array([gram_eigenvalues(Y) for Y in outputs])


def layer_distances(eigenvalues: Float[Array, "depth units"], first: Law) -> Float[Array, " depth"]:
    """Kolmogorov's distance of every layer's spectrum to the law of the first layer."""
    return np.array([ks_distance(row, first) for row in eigenvalues])


def second_moment(layer: int, zeta: float, phi: float, psi: float) -> float:
    r"""Mean square of the eigenvalues in layer l, in the limit, where their mean is 1.

    Implements eq-layer-second-moment. Apart from the samples' own norms, which give phi/psi, it is
    n1 times the variance of the overlap of two samples. A layer keeps a share zeta^2 of that
    variance and adds 1/n1 of its own.

    Args:
        layer: l, from 1; 0 stands for the data, counted as if they had n1 rows.
        zeta: squared mean slope of an activation that is normalised to eta = 1.
        phi: inputs over samples.
        psi: inputs over units.

    Raises:
        ValueError: ``layer`` is below 1, or ``zeta`` is not in [0, 1].

    >>> [round(second_moment(layer, 0.0, 1.0, 1.5), 3) for layer in (1, 10)]
    [1.667, 1.667]
    >>> [round(second_moment(layer, 1.0, 1.0, 1.5), 3) for layer in (1, 10)]
    [2.333, 11.333]
    """
    check_whole("layer", layer, 1)
    if not 0 <= zeta <= 1:
        raise ValueError(f"zeta: expected a number from 0 to 1, got {zeta}")
    kept = zeta ** (2 * np.arange(layer))
    return float(phi / psi + kept.sum() + zeta ** (2 * layer) / psi)  # eq-layer-second-moment


def next_square_norm(q: Float[Array, "*points"], f: PiecewiseLinear) -> Float[Array, "*points"]:
    r"""Mean square of a very wide layer's output when that of its input is q.

    Implements eq-square-norm. The result is never below q: the fixed point 1 is left upwards,
    however slowly.

    >>> next_square_norm(np.array([0.0, 1.0, 4.0]), PiecewiseLinear(-1.0))
    array([0., 1., 4.])
    """
    return q + (f.shift / f.scale) ** 2 * (np.sqrt(q) - 1) ** 2  # eq-square-norm

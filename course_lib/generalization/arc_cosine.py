r"""Kernels of infinitely wide ReLU networks, in closed form.

All networks here are h_0 = x, h_l = sqrt(2 / n_l) relu(W_l h_{l-1}), f = a h_L, with every weight
drawn from N(0, 1): the parametrisation in which the tangent kernel has a limit.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_one_of, check_shape, check_whole


def arc_cosine_zero(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Twice the chance that a random unit is active on both of two inputs.

    Implements eq-arc-cosine-zero, the arc-cosine kernel of degree 0.

    Args:
        cosine: of the angle between the inputs; rounding beyond [-1, 1] is cut off.

    Source: Cho and Saul (2009).

    >>> arc_cosine_zero(np.array([-1.0, 0.0, 1.0]))
    array([0. , 0.5, 1. ])
    """
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    return 1 - angle / np.pi  # eq-arc-cosine-zero


def arc_cosine_one(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Twice the mean product of what a random unit returns for two inputs of length 1.

    Implements eq-arc-cosine-one, the arc-cosine kernel of degree 1 for unit vectors.

    Args:
        cosine: of the angle between the inputs; rounding beyond [-1, 1] is cut off.

    Source: Cho and Saul (2009).

    >>> arc_cosine_one(np.array([-1.0, 1.0])).round(12)
    array([0., 1.])
    """
    u = np.clip(cosine, -1.0, 1.0)
    return np.sqrt(1 - u**2) / np.pi + u * arc_cosine_zero(u)  # eq-arc-cosine-one


def arc_cosine_kernel(
    X: Float[Array, "n d"], X2: Float[Array, "n2 d"], degree: int
) -> Float[Array, "n n2"]:
    """2 E[s(w.x) s(w.x')] over Gaussian w, for s the step (degree 0) or the ReLU (degree 1).

    Args:
        X: inputs, one per row, none of them zero.
        X2: other inputs.
        degree: 0 or 1.

    Raises:
        ValueError: the shapes do not fit, an input is zero, or the degree is another.

    >>> arc_cosine_kernel(np.array([[2.0, 0.0]]), np.array([[3.0, 0.0]]), 1)
    array([[6.]])
    """
    check_one_of("degree", degree, (0, 1))
    cosine, scale = _cosines(X, X2)
    return arc_cosine_zero(cosine) if degree == 0 else scale * arc_cosine_one(cosine)


def ntk_two_layer(X: Float[Array, "n d"], X2: Float[Array, "n2 d"]) -> Float[Array, "n n2"]:
    """The limit of the tangent kernel of one hidden ReLU layer.

    Implements eq-ntk-two-layer. The first term comes from the outgoing weights, the second from
    the incoming ones.

    Args:
        X: inputs, one per row, none of them zero.
        X2: other inputs.

    Raises:
        ValueError: the shapes do not fit or an input is zero.

    Source: Jacot, Gabriel and Hongler (2018), without biases.

    >>> ntk_two_layer(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0]])).round(4)
    array([[2.    , 0.6366]])
    """
    X, X2 = as_floating("X", X), as_floating("X2", X2)
    outgoing = arc_cosine_kernel(X, X2, 1)
    incoming = (X @ X2.T) * arc_cosine_kernel(X, X2, 0)
    return outgoing + incoming  # eq-ntk-two-layer


def ntk_deep(
    X: Float[Array, "n d"], X2: Float[Array, "n2 d"], hidden: int
) -> tuple[Float[Array, "n n2"], Float[Array, "n n2"]]:
    """The limits of the two kernels of a deep ReLU network, layer by layer.

    Implements eq-covariance-recursion and eq-ntk-recursion. Lengths pass through unchanged, so
    only the angles move.

    Args:
        X: inputs, one per row, none of them zero.
        X2: other inputs.
        hidden: number of hidden layers; 0 gives the linear model, whose kernel is x.x'.

    Returns:
        The covariance of the outputs at initialisation, and the tangent kernel.

    Raises:
        ValueError: ``hidden`` is negative, the shapes do not fit, or an input is zero.

    >>> covariance, tangent = ntk_deep(np.array([[1.0]]), np.array([[1.0]]), hidden=3)
    >>> covariance.item(), tangent.item()
    (1.0, 4.0)
    """
    check_whole("hidden", hidden, 0)
    cosine, scale = _cosines(X, X2)
    tangent = scale * cosine
    for _ in range(hidden):
        gate = arc_cosine_zero(cosine)
        cosine = arc_cosine_one(cosine)  # eq-covariance-recursion
        tangent = scale * cosine + gate * tangent  # eq-ntk-recursion
    return scale * cosine, tangent


def _cosines(X: Array, X2: Array) -> tuple[Array, Array]:
    """Cosines of all angles, and the products of the lengths."""
    X, X2 = as_floating("X", X), as_floating("X2", X2)
    check_shape("X", X, ("n", "d"))
    check_shape("X2", X2, ("n2", X.shape[1]))
    lengths, lengths2 = (np.linalg.norm(part, axis=1) for part in (X, X2))
    for name, length in (("X", lengths), ("X2", lengths2)):
        if not (length > 0).all():
            row = int(np.argmin(length > 0))
            raise ValueError(f"{name}: expected inputs that are not zero, got one in row {row}")
    scale = lengths[:, None] * lengths2
    return np.clip(X @ X2.T / scale, -1.0, 1.0), scale

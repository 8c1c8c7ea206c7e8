r"""Shorten a gradient that is too long, and leave its direction alone.

Two lectures write the same function in two ways: cases (length above the
threshold or not), and a minimum, min(1, threshold / length). Both are here, one
for a single vector, one for the whole gradient of a model.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from course_lib.foundations.precision import as_floating
from course_lib.foundations.validate import check_at_least, check_positive


def clip_by_norm(u: Float[Array, "*shape"], threshold: float) -> Float[Array, "*shape"]:
    """Clip one vector: by cases, as the Bulgarian lecture writes it.

    Implements eq-clip-cases.

    Args:
        u: a gradient.
        threshold: the greatest length allowed (kappa).

    Returns:
        ``u`` itself while it is short enough, otherwise a shorter vector of the same direction.

    Raises:
        ValueError: ``threshold`` is not positive, or ``u`` is not finite.

    >>> clip_by_norm(np.array([3.0, 4.0]), 1.0)
    array([0.6, 0.8])
    """
    u = as_floating("u", u)
    length = global_norm([u])
    _check_usable(threshold, length)
    return u * (threshold / length) if length > threshold else u  # eq-clip-cases


def global_norm(gradients: Sequence[Float[Array, "..."]]) -> float:
    """The length of all gradients laid end to end: one norm for the whole model.

    Implements eq-global-norm, scaled so that squares of large entries do not overflow.

    Args:
        gradients: the gradient of each parameter; a NamedTuple of arrays will do.

    Returns:
        The Euclidean norm; inf or nan when an entry is.

    >>> global_norm([np.array([3.0]), np.array([[4.0]])])
    5.0
    >>> global_norm([np.array([0.0, -4e200])])
    4e+200
    """
    gradients = [as_floating("gradients", g) for g in gradients]
    largest = max((float(np.abs(g).max(initial=0.0)) for g in gradients), default=0.0)
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    squares = sum(float(((g / largest) ** 2).sum()) for g in gradients)
    return largest * squares**0.5  # eq-global-norm


def clip_by_global_norm(
    gradients: Sequence[Float[Array, "..."]], threshold: float, epsilon: float = 0.0
) -> tuple[Sequence[Float[Array, "..."]], float]:
    """Clip the gradient of a whole model: by a minimum, as the Chinese lecture writes it.

    Implements eq-clip-min.

    Every part is multiplied by the same factor. Clipping each part by its own
    norm would turn the direction of the whole.

    Args:
        gradients: the gradient of each parameter, a list or a NamedTuple of arrays.
        threshold: the greatest global norm allowed (kappa; theta in the Chinese lecture).
        epsilon: added to the norm before dividing.

    Returns:
        The clipped gradients, of the type that came in, and the norm before clipping.

    Raises:
        ValueError: ``threshold`` is not positive, or the norm is not finite: a
            gradient that has overflowed has lost its direction.

    Convention: ``torch.nn.utils.clip_grad_norm_`` divides by the norm plus 1e-6;
    ``epsilon=1e-6`` gives its numbers, 0 gives the formula of the lectures.

    >>> clipped, norm = clip_by_global_norm([np.array([3.0]), np.array([4.0])], 2.5)
    >>> norm, [part.tolist() for part in clipped]
    (5.0, [[1.5], [2.0]])
    """
    norm = global_norm(gradients)
    _check_usable(threshold, norm)
    check_at_least("epsilon", epsilon, 0.0)
    length = norm + epsilon
    factor = min(1.0, threshold / length) if length > 0 else 1.0  # eq-clip-min
    parts = [g * factor for g in gradients]
    make = getattr(type(gradients), "_make", list)
    return make(parts), norm


def _check_usable(threshold: float, norm: float) -> None:
    check_positive("threshold", threshold)
    if not np.isfinite(norm):
        raise ValueError(f"gradients: expected a finite norm, got {norm}")

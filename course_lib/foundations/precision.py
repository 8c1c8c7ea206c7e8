"""Arithmetic in real or complex numbers, also where whole numbers came in.

numpy computes in the type of what it gets: a product of small integers overflows without a word,
and a mean that is written into an array of integers loses its fraction.
"""

from typing import Any

import numpy as np
from jaxtyping import Inexact
from numpy import ndarray as Array


def as_floating(name: str, array: Any) -> Inexact[Array, "..."]:
    """An array of real or complex numbers; whole numbers become doubles.

    Args:
        name: the argument as the caller wrote it.
        array: an array or lists of numbers; single precision stays single.

    Raises:
        ValueError: what came is no array of numbers.

    >>> as_floating("Y", np.array([100], dtype=np.int8)) ** 2
    array([10000.])
    >>> as_floating("Y", ["a"])
    Traceback (most recent call last):
        ...
    ValueError: Y: expected an array of numbers, got ['a']
    """
    if np.ma.isMaskedArray(array):
        raise ValueError(f"{name}: expected an array of numbers, got a masked array")
    try:
        numbers = np.asarray(array)
    except ValueError:
        raise ValueError(
            f"{name}: expected an array of numbers, got lists of unequal length"
        ) from None
    if numbers.dtype.kind in "iu" or numbers.size == 0:
        return numbers.astype(float) if numbers.dtype.kind not in "fc" else numbers
    if numbers.dtype.kind not in "fc":
        raise ValueError(f"{name}: expected an array of numbers, got {array!r}")
    return numbers


def floating_dtype(array: Array) -> np.dtype:
    """The type in which to keep sums of what is in an array: its own, or double for whole numbers.

    >>> floating_dtype(np.ones(2, dtype=np.float32)), floating_dtype(np.ones(2, dtype=int))
    (dtype('float32'), dtype('float64'))
    """
    return array.dtype if array.dtype.kind in "fc" else np.dtype(float)

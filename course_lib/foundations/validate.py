"""Errors that say which argument, what was expected, and what came."""

from collections.abc import Collection
from numbers import Integral, Real
from typing import Any

import numpy as np


def check_shape(name: str, array: Any, expected: tuple[int | str, ...]) -> None:
    """Refuse an array whose shape does not match, in a sentence that names the axes.

    Args:
        name: the argument as the caller wrote it.
        array: anything with a shape.
        expected: one entry per axis; an int must match, a word names a free axis.

    Raises:
        ValueError: the number of axes or one of the sizes differs.

    >>> check_shape("x", np.zeros((4, 3)), ("batch", 3))
    >>> check_shape("x", np.zeros(3), ("batch", 3))
    Traceback (most recent call last):
        ...
    ValueError: x: expected shape (batch, 3), got (3,)
    """
    shape = tuple(np.shape(array))
    fits = len(shape) == len(expected) and all(
        isinstance(want, str) or want == got for want, got in zip(expected, shape, strict=True)
    )
    if not fits:
        axes = ", ".join(str(axis) for axis in expected)
        comma = "," if len(expected) == 1 else ""
        raise ValueError(f"{name}: expected shape ({axes}{comma}), got {shape}")


def check_one_of(name: str, value: Any, choices: Collection[Any]) -> None:
    """Refuse a value outside a short list of choices.

    Raises:
        ValueError: ``value`` is not among ``choices``.

    >>> check_one_of("pool", "max", ["last", "mean"])
    Traceback (most recent call last):
        ...
    ValueError: pool: expected one of 'last', 'mean', got 'max'
    """
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name}: expected one of {listed}, got {value!r}")


def check_at_least(name: str, value: float, smallest: float) -> None:
    """Refuse a number that is too small, or not a number.

    Raises:
        ValueError: ``value`` is below ``smallest`` or NaN.

    >>> check_at_least("window", 0, 1)
    Traceback (most recent call last):
        ...
    ValueError: window: expected at least 1, got 0
    """
    if not is_number(value) or not value >= smallest:
        raise ValueError(f"{name}: expected at least {smallest}, got {shown(value)}")


def check_positive(name: str, value: float) -> None:
    """Refuse a number that is not positive and finite.

    Raises:
        ValueError: ``value`` is zero, negative, infinite or NaN.

    >>> check_positive("phi", -1.0)
    Traceback (most recent call last):
        ...
    ValueError: phi: expected a positive number, got -1.0
    """
    if not is_number(value) or not 0 < value < np.inf:
        raise ValueError(f"{name}: expected a positive number, got {shown(value)}")


def check_whole(name: str, value: Any, smallest: int) -> None:
    """Refuse a number that is too small, or has a fractional part.

    Raises:
        ValueError: ``value`` is below ``smallest``, or its type is no type of integers.

    >>> check_whole("k", 2.5, 0)
    Traceback (most recent call last):
        ...
    ValueError: k: expected a whole number, 0 or more, got 2.5
    """
    if not is_number(value) or not isinstance(value, Integral) or value < smallest:
        raise ValueError(f"{name}: expected a whole number, {smallest} or more, got {shown(value)}")


def is_number(value: Any) -> bool:
    """Whether a value is one real number; neither True nor an array is one.

    >>> is_number(np.float32(2)), is_number(True), is_number(np.array([2.0])), is_number("2")
    (True, False, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """A value as an error shows it: numbers plainly, anything else so that it is told apart.

    >>> shown(np.float64(2.5)), shown("2.5"), shown([2.5])
    ('2.5', "'2.5'", '[2.5]')
    """
    return str(value) if is_number(value) else repr(value)

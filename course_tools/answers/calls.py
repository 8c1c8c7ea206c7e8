"""How a student's function is called, and what is looked at in its answer.

``CALLS`` run where the student's code runs; an observer runs where answers are judged, on plain
values only. Both are public and hold no answer, so a student's kit can name them.
"""

import contextlib
import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

LIBRARY = "course_lib."


def call_plain(function: Callable, *inputs: Any) -> Any:
    """Call the function with the inputs."""
    return function(*inputs)


def call_without_arguments(function: Callable, *inputs: Any) -> Any:
    """Call the function with nothing: the inputs are for the observer."""
    return function()


def call_on_each(function: Callable, items: list) -> Any:
    """Call the function with each item of a list: one case may then show several situations."""
    return [function(item) for item in items]


def call_with_gradient(function: Callable, first: Any, *rest: Any) -> Any:
    """Call a torch function and differentiate it: (value, gradient).

    All arrays arrive as tensors. Where the result cannot be differentiated, a sentence stands in
    the place of the gradient.
    """
    import torch

    tensors = [torch.from_numpy(x) if isinstance(x, np.ndarray) else x for x in (first, *rest)]
    leaf = tensors[0].requires_grad_(True)
    value = function(*tensors)
    if value is None:
        return None
    if not isinstance(value, torch.Tensor) or not value.requires_grad:
        with contextlib.suppress(TypeError, ValueError):
            value = float(value)
        return value, "no gradient: the result is cut off from the first argument"
    if value.numel() != 1:
        return value.detach(), f"no gradient: the result has shape {tuple(value.shape)}"
    (gradient,) = torch.autograd.grad(value.sum(), leaf, allow_unused=True)
    return value.detach(), torch.zeros_like(leaf) if gradient is None else gradient


CALLS: dict[str, Callable] = {
    "plain": call_plain,
    "without arguments": call_without_arguments,
    "on each": call_on_each,
    "with gradient": call_with_gradient,
}


@cache
def observer(path: str) -> Callable[..., Any]:
    """The function of the library that says what is compared instead of the returned value.

    Args:
        path: module and function, as in ``course_lib.computation.tape_reports:tape_reports``;
            empty for the returned value itself. The function takes the value and the inputs.

    Raises:
        ValueError: there is no such function in the library.

    >>> observer("")(7, "an input")
    7
    """
    if not path:
        return lambda value, *inputs: value
    module, _, name = path.partition(":")
    found = None
    if module.startswith(LIBRARY):
        with contextlib.suppress(ImportError):
            found = getattr(importlib.import_module(module), name, None)
    if not callable(found):
        raise ValueError(f"observe: expected a function as {LIBRARY}module:name, got {path!r}")
    return found

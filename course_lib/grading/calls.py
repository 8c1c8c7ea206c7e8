"""How a student's function is called, and what is looked at in its answer.

``CALLS`` run where the student's code runs; ``OBSERVERS`` run where answers are judged, on plain
values only. Both are public and hold no answer, so a student's kit can name them.
"""

import contextlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from course_lib.grading.compare import kind

MAX_STEPS = 2000
SHORT = 5000  # letters of a table whose reports are remembered


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
    """Call a torch function and differentiate it: (value, gradient by the first input).

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


def observe_value(value: Any, *inputs: Any) -> Any:
    """Look at the returned value itself."""
    return value


def observe_tapes(table: Any, words: list[str]) -> Any:
    """Run a Turing machine's table on each word and report what the tape then says.

    The table is that of ``course_lib.recurrent.turing_machine``, with "start" as the first state
    and "_" as the blank; the other states may have any name. Each report is the number that the
    tape holds in binary, or a sentence.

    >>> table = {("start", "0"): ("done", "1", "R")}
    >>> observe_tapes(table, ["0", "1", "00"])
    ['0 -> 1', '1 -> 1', '00 -> 2']
    """
    from course_lib.recurrent.turing_machine import TuringMachine

    if not isinstance(table, dict):
        return table
    try:
        for _, symbol in table:  # other things than texts could be chosen to have one hash
            if not isinstance(symbol, str):
                raise TypeError(f"a symbol is a string, not {kind(symbol)}")
        rules = {
            (_state(state), symbol): (_state(after), write, move)
            for (state, symbol), (after, write, move) in table.items()
        }
        machine = TuringMachine(rules, start="start", blank="_")
    except (TypeError, ValueError) as error:
        return [f"not a table: {str(error).splitlines()[0]}"] * len(words)
    listed = tuple(sorted(rules.items()))
    reports = _remembered(listed) if len(repr(listed)) <= SHORT else {}
    for word in words:
        if word not in reports:
            reports[word] = f"{word} -> {_number(machine.run(word, MAX_STEPS))}"
    return [reports[word] for word in words]


@lru_cache(maxsize=100)
def _remembered(rules: tuple) -> dict[str, str]:
    """What a table made of each word so far: in a class the same tables and words come again."""
    return {}


def _state(name: Any) -> str:
    """A state by any name: numbers and tuples will do."""
    return name if isinstance(name, str) else repr(name)


def _number(run: Any) -> str:
    if not run.halted:
        return f"still running after {MAX_STEPS} steps"
    if not run.tape or set(run.tape) - {"0", "1"}:
        return f"not a binary number: {run.tape!r}"
    return str(int(run.tape, 2))


CALLS: dict[str, Callable] = {
    "plain": call_plain,
    "without arguments": call_without_arguments,
    "on each": call_on_each,
    "with gradient": call_with_gradient,
}
OBSERVERS: dict[str, Callable] = {"value": observe_value, "tapes": observe_tapes}

"""Mutants of a solution: what it would compute if one thing in it were otherwise.

A mutant is given by what changes: an edit of the solution's text, as in
``{"W_hh.T @": "W_hh @"}``; one line around the solution, as in
``lambda right, *inputs: right(*inputs)[::-1]``; or, where neither does, a function of its own.
"""

import functools
import inspect
import textwrap
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

AROUND = "right"  # the first parameter of a line around the solution
Change = Mapping[str, str] | Callable[..., Any]


class SpecError(ValueError):
    """A spec that cannot be used; the message names the task and what is missing."""


def mutant(solution: FunctionType, name: str, change: Change) -> tuple[Callable, str]:
    """The function that a change makes of a solution, and its text.

    Args:
        solution: the function that is changed.
        name: of the mutant, for messages.
        change: an edit, a line around the solution, or another function.

    Returns:
        The mutant; and its text where the change is an edit, else an empty string.

    Raises:
        SpecError: a text to be replaced does not stand exactly once in the solution.

    >>> def double(x):
    ...     return 2 * x
    >>> mutant(double, "negative", lambda right, x: -right(x))[0](4)
    -8
    """
    if isinstance(change, Mapping):
        text = edited(solution, name, change)
        return compiled(solution, text), text
    own, parameters = (list(inspect.signature(f).parameters) for f in (solution, change))
    if parameters != own and parameters[:1] == [AROUND]:
        return functools.partial(change, solution), ""
    return change, ""


def edited(solution: FunctionType, name: str, edits: Mapping[str, str]) -> str:
    """The text of a solution with some pieces replaced, each of which stands in it once."""
    text = source_of(solution)
    for old, new in edits.items():
        if (count := text.count(old)) != 1:
            raise SpecError(
                f"{solution.__name__}: wrong {name!r}: {old!r}: expected once in the solution, "
                f"got {count} times"
            )
        text = text.replace(old, new)
    return text


def source_of(solution: FunctionType) -> str:
    """The text of a solution, from the left margin on."""
    return textwrap.dedent(inspect.getsource(solution))


def compiled(solution: FunctionType, text: str) -> Callable:
    """The function that a text defines, with the names that the solution sees."""
    names = dict(solution.__globals__)
    exec(compile(text, f"<a mutant of {solution.__name__}>", "exec"), names)
    return names[solution.__name__]

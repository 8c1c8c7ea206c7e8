"""What came of calling a student's function, and what is said about it."""

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Args:
        cause: "value" where something came back; else why nothing did: "error", "slow",
            "interrupted", or another key of ``course_tools.gradebook.models.CAUSES``.
        value: what came back, rebuilt from plain data.
        error: name of the exception.
        text: the exception in one line as the student's code worded it; never shown to students
            where the inputs were hidden.
        mutated: names of the arguments that the call changed.
    """

    cause: str
    value: Any = None
    error: str = ""
    text: str = ""
    mutated: tuple[str, ...] = ()


class Line(NamedTuple):
    """One line of feedback: what it is about, and the words.

    The kinds are "case" (an input), "expected", "what came", "looks like" (a mistake or a hint),
    "hint", "note", and "hidden" (what may be said about cases whose inputs may not).
    """

    kind: str
    text: str

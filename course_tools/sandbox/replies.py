"""What a child answers, checked part by part: nothing that it sends is trusted."""

import builtins
from typing import Any

from course_tools.answers.outcome import Outcome
from course_tools.answers.values import Malformed, unpack
from course_tools.sandbox.requests import Request

MAX_TEXT = 300
CAUSES = frozenset(
    ("value", "error", "missing", "not started", "closed", "memory", "unserializable")
)
EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def cell_reply(frame: bytes, number: int) -> tuple[str, str, frozenset[str]]:
    """Read how a cell went.

    Args:
        frame: what the child sent.
        number: of the cell that ran.

    Returns:
        The cause, one line if it failed, and the blocked modules that it says were used so far.

    Raises:
        Malformed: anything but that.
    """
    place, cause, line, touched = _parts(frame, 4)
    _require(type(place) is int and place == number, "a reply to another cell")
    _require(
        type(cause) is str and cause in ("value", "error", "closed", "memory"), "an unknown cause"
    )
    return cause, _text(line), _names(touched)


def case_reply(
    frame: bytes, nonce: int, case: int, request: Request
) -> tuple[Outcome, frozenset[str]]:
    """Read what came of one call.

    Args:
        frame: what the child sent.
        nonce: the random number that the request carried.
        case: of the request, counted from 0.
        request: what was asked.

    Returns:
        The outcome, and the blocked modules that it says were used so far.

    Raises:
        Malformed: anything but that.
    """
    number, place, cause, value, error, text, changed, touched = _parts(frame, 8)
    _require(type(number) is type(place) is int, "numbers that are none")
    _require((number, place) == (nonce, case), "a reply to another call")
    _require(type(cause) is str and cause in CAUSES, "an unknown cause")
    _require(type(error) is str, "the name of an error that is none")
    text, changed, touched = _text(text), _names(changed), _names(touched)
    if cause == "value":
        mutated = tuple(name for name in request.arguments if name in changed)
        return Outcome("value", value, mutated=mutated), touched
    error = error if error in EXCEPTIONS else "Exception" if error else ""
    return Outcome(cause, error=error, text=text), touched


def _parts(frame: bytes, n_parts: int) -> list[Any]:
    parts = unpack(frame)
    _require(type(parts) is list and len(parts) == n_parts, "another number of parts")
    return parts


def _names(value: Any) -> frozenset[str]:
    _require(type(value) is list and len(value) <= 100, "a list of names that is none")
    _require(all(type(name) is str for name in value), "a name that is none")
    return frozenset(value)


def _text(value: Any) -> str:
    _require(type(value) is str, "a text that is none")
    return " ".join(value[:MAX_TEXT].split())


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise Malformed(otherwise)

"""Text for people: what strangers wrote made harmless to show, and numbers and times in words.

Names, file names and messages may hold anything: escape codes that repaint a terminal, marks that
turn the direction of writing, ten thousand characters without a space. Escaping for HTML is
jinja2's work; here the text itself becomes plain.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from course_tools.gradebook.models import CAUSES, TaskResult

# How a line of feedback is shown; others as "kind: text".
BEFORE = {"case": "public case {1}", "note": "{1}", "hidden": "{1}"}
LIMIT = 300  # characters of one line
MOST_LINES = 12
MOST_MARKS = 3  # accents on one letter
JOINERS = "\u200c\u200d"  # Persian and several Indian scripts need them
ESCAPE_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")


def sanitize(text: str, limit: int = LIMIT) -> str:
    r"""One line of ordinary characters, cut where it is too long.

    >>> sanitize("\x1b[31mred\x1b[0m\nand\tblue")
    'red and blue'
    >>> sanitize("a\u202eb\x00"), sanitize("x" * 99, limit=5)
    ('a�b�', 'xxxx…')
    """
    text = text[: 20 * limit]  # what follows costs time
    text = " ".join(ESCAPE_CODES.sub("", text).split())
    if not (text.isascii() and text.isprintable()):
        text = "".join(_ordinary(text))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def sanitize_lines(text: str, limit: int = LIMIT, most: int = MOST_LINES) -> list[str]:
    r"""The lines of a text, each sanitized, without the empty ones.

    >>> sanitize_lines("one\n\n two\nthree", most=2)
    ['one', 'two', '…']
    """
    listed = []
    for line in text[: 20 * limit * most].splitlines():
        if line := sanitize(line, limit):
            listed.append(line)
    return listed if len(listed) <= most else [*listed[:most], "…"]


def outcome(result: TaskResult) -> str:
    """The cause in words, and how many hidden cases came out right where that says something.

    >>> outcome(TaskResult("f", "key", 0.0, 1.0, "wrong", passed=2, cases=6))
    'a wrong answer; 2 of 6 hidden cases came out right'
    """
    words = CAUSES.get(result.cause, sanitize(result.cause))
    if result.passed or (result.cases and result.cause == "wrong"):
        words += f"; {result.passed} of {result.cases} hidden cases came out right"
    return words


def feedback_lines(result: TaskResult) -> list[str]:
    """What a student reads about a task, line by line.

    >>> from course_tools.answers.outcome import Line
    >>> lines = (Line("case", "1 of 2: x = 3"), Line("looks like", "A sign is lost."))
    >>> feedback_lines(TaskResult("f", "", 0, 1, "wrong", feedback=lines))
    ['public case 1 of 2: x = 3', 'looks like: A sign is lost.']
    """
    lines = [BEFORE.get(line.kind, "{0}: {1}").format(*line) for line in result.feedback]
    return sanitize_lines("\n".join(lines))


def number(value: float) -> str:
    """Points, hours, means: at most two decimals, and none that say nothing.

    >>> number(2.0), number(0.125), number(2 / 3)
    ('2', '0.12', '0.67')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def counted(count: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "student"), counted(3, "student")
    ('1 student', '3 students')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def moment(when: datetime | None) -> str:
    """A time as people write it; in UTC, since the file does not say where it was written.

    >>> moment(datetime(2026, 11, 20, 23, 5))
    '20 November 2026, 23:05 UTC'
    """
    if when is None:
        return ""
    when = in_utc(when)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


def in_utc(when: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is one already."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _ordinary(text: str) -> Iterator[str]:
    marks = 0
    for letter in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind.startswith("C") and letter not in JOINERS:
            yield "�"
        elif marks <= MOST_MARKS:
            yield letter

"""What every export format has in common: what a writer is given, and what it says.

A format is a ``Writer`` in a module of its own; ``formats.FORMATS`` lists them by name.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import GradeSummary
from course_tools.gradebook.settings import Settings


class ExportError(ValueError):
    """An export that cannot be made; one sentence that says what to do."""


@dataclass(frozen=True)
class Assignment:
    """What an export says of the exercise set itself.

    Args:
        name: the exercise set, as in ``solutions/<name>``.
        title: its heading.
        due: when it was due, with a time zone.
        lms: what a school's system calls it, such as ``canvas: Recurrence (1234)``.
    """

    name: str
    title: str
    due: datetime | None = None
    lms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Export:
    """What a writer is given.

    Args:
        grades: the class.
        exercises: the exercise set.
        settings: the due date, the late rule, and what the school's systems call things.
        out: the file or the folder to write.
        template: the file that the school's system gave out, to be filled in, if there is one.
    """

    grades: Sequence[GradeSummary]
    exercises: ExerciseSet
    settings: Settings
    out: Path
    template: Path | None = None

    @property
    def assignment(self) -> Assignment:
        """The exercise set as the school's system knows it."""
        title = self.settings.title or self.exercises.title
        return Assignment(self.exercises.name, title, self.settings.due, self.settings.lms)


@dataclass(frozen=True)
class Written:
    """What a writer says.

    Args:
        counted: what it wrote, such as "3 pages"; empty where that is one row per student.
        remarks: what the instructor should know, one sentence each.
    """

    counted: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Writer:
    """One export format.

    Args:
        help: what it writes, in one line of ``course export --help``.
        out: what its file or folder is called when nobody says; ``{name}`` is the exercise set.
        write: writes it; raises ``ExportError`` where that cannot be done.
        takes_template: whether a file of the school's system is filled in.
    """

    help: str
    out: str
    write: Callable[[Export], Written]
    takes_template: bool = False


def save(data: bytes, out: Path) -> Path:
    """Write a file whole or not at all.

    Raises:
        ExportError: the file cannot be written.
    """
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(out)
    except OSError as error:
        with suppress(OSError):  # where its folder is none, there is nothing to remove
            partial.unlink(missing_ok=True)
        raise ExportError(f"{out}: cannot be written: {error.strerror or error}") from error
    return out

"""Grades as tables: a plain one, and the one that scripts around nbgrader read.

Everything that a student chose (name, address, file name) is hostile: in a spreadsheet a cell
that begins with ``=`` is a program. ``cell`` is the one way by which text enters a table.

Checked against the source of nbgrader's ``CsvExportPlugin``: columns and their order, times in
UTC without a zone, rows of zeros for who handed in nothing.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from course_tools.gradebook.models import GradeSummary, TaskLine
from course_tools.reports.sanitizing import in_utc
from course_tools.submissions.models import PROBLEMS

# Excel, LibreOffice and Google's sheets begin a formula at these, full-width forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
BLANK = " \u00a0\u200b\u2060\u3000\ufeff"

PLAIN = (
    *("id", "name", "email", "group", "file", "handed_in", "late_hours"),
    *("raw", "penalty", "score", "maximum"),
)
NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
# What each format's file or folder is called when nobody says.
FORMATS = {
    "csv": "{name}.csv",
    "nbgrader": "{name}-nbgrader.csv",
    "gradescope": "{name}-gradescope",
    "canvas": "{name}-canvas.csv",
    "moodle": "{name}-moodle.csv",
    "html": "{name}-feedback",
}


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


def cell(text: str) -> str:
    r"""Text that no spreadsheet takes for a formula, on one line.

    >>> cell("=1+1"), cell(" \t@SUM(A1)"), cell("Ada Lovelace")
    ("'=1+1", "'  @SUM(A1)", 'Ada Lovelace')
    """
    plain = UNSEEN.sub(" ", text.encode("utf-8", "replace").decode())
    return "'" + plain if text.lstrip(BLANK).startswith(FORMULA) else plain


def number(value: float) -> str:
    """A number as every importer reads it: a point, no exponent, no zeros at the end.

    >>> number(7.0), number(2 / 3), number(-0.0)
    ('7', '0.6667', '0')
    """
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def clock(moment: datetime | None) -> str:
    """A time in UTC, without a zone, as nbgrader writes it; empty if there is none."""
    if moment is None:
        return ""
    return in_utc(moment).strftime("%Y-%m-%d %H:%M:%S")


def unsettled(line: TaskLine) -> bool:
    """Whether a task has no result yet, or none for which the student is answerable."""
    return line.result.cause in ("grader", "waiting") and not line.overridden


def waits(grade: GradeSummary) -> bool:
    """Whether any of a student's tasks is unsettled."""
    return any(unsettled(line) for line in grade.tasks)


def status(grade: GradeSummary) -> str:
    """In words, how it stands with a student's submission."""
    if grade.problem:
        return PROBLEMS[grade.problem]
    changed = any(line.overridden for line in grade.tasks)
    words = [
        "not all tasks graded yet" if waits(grade) else "graded",
        "late" * (grade.late_hours > 0),
        "time of handing in not known" * grade.time_unknown,
        "changed by the instructor" * changed,
    ]
    return ", ".join(filter(None, words))


def table(rows: Iterable[Sequence[str]], bom: bool = False) -> bytes:
    """Rows as CSV: UTF-8, lines that end as RFC 4180 has it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


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


def write_csv(grades: Sequence[GradeSummary], out: Path) -> Path:
    """One row per student, one column per task.

    With a byte order mark: without one Excel reads the names in the code page of the machine;
    pandas, R and LibreOffice pass over it.
    """
    tasks = list(dict.fromkeys(line.task for one in grades for line in one.tasks))
    rows = [[*PLAIN, *tasks, "status"]]
    for one in grades:
        person, points = one.person, {line.task: number(line.points) for line in one.tasks}
        texts = (person.id, person.name, person.email, person.group, one.file)
        numbers = (one.late_hours, one.raw, one.penalty, one.score, one.maximum)
        rows.append(
            [
                *map(cell, texts),
                clock(one.handed_in),
                *map(number, numbers),
                *(points.get(task, "") for task in tasks),
                status(one),
            ]
        )
    return save(table(rows, bom=True), out)


def write_nbgrader(grades: Sequence[GradeSummary], assignment: Assignment, out: Path) -> Path:
    """The table that ``nbgrader export`` writes, for the scripts that read it."""
    rows: list[Sequence[str]] = [NBGRADER]
    for one in grades:
        last, first = split_name(one.person.name)
        rows.append(
            [
                cell(assignment.lms.get("nbgrader") or assignment.name),
                clock(assignment.due),
                clock(one.handed_in),
                *map(cell, (one.person.id, last, first, one.person.email)),
                *map(number, (one.raw, one.penalty, one.score, one.maximum)),
            ]
        )
    return save(table(rows), out)


def split_name(name: str) -> tuple[str, str]:
    """Last and first name, from "Last, First" or "First Last".

    >>> split_name("Lovelace, Ada"), split_name("Ada King Lovelace"), split_name("Plato")
    (('Lovelace', 'Ada'), ('Lovelace', 'Ada King'), ('Plato', ''))
    """
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.strip().rpartition(" ")
    return last.strip(), first.strip()

"""The plain table: one row per student, one column per task."""

from collections.abc import Sequence
from pathlib import Path

from course_tools.gradebook.models import GradeSummary
from course_tools.reports.csv_cells import cell, csv_bytes, plain_number, utc_text
from course_tools.reports.exports import Export, Writer, Written, save
from course_tools.submissions.models import PROBLEMS

COLUMNS = (
    *("id", "name", "email", "group", "file", "handed_in", "late_hours"),
    *("raw", "penalty", "score", "maximum"),
)


def status(grade: GradeSummary) -> str:
    """In words, how it stands with a student's submission."""
    if grade.problem:
        return PROBLEMS[grade.problem]
    changed = any(line.overridden for line in grade.tasks)
    words = [
        "not all tasks graded yet" if grade.waits else "graded",
        "late" * (grade.late_hours > 0),
        "time of handing in not known" * grade.time_unknown,
        "changed by the instructor" * changed,
    ]
    return ", ".join(filter(None, words))


def write_csv(grades: Sequence[GradeSummary], out: Path) -> Path:
    """One row per student, one column per task.

    With a byte order mark: without one Excel reads the names in the code page of the machine;
    pandas, R and LibreOffice pass over it.
    """
    tasks = list(dict.fromkeys(line.task for one in grades for line in one.tasks))
    rows = [[*COLUMNS, *tasks, "status"]]
    for one in grades:
        person, points = one.person, {line.task: plain_number(line.points) for line in one.tasks}
        texts = (person.id, person.name, person.email, person.group, one.file)
        numbers = (one.late_hours, one.raw, one.penalty, one.score, one.maximum)
        rows.append(
            [
                *map(cell, texts),
                utc_text(one.handed_in),
                *map(plain_number, numbers),
                *(points.get(task, "") for task in tasks),
                status(one),
            ]
        )
    return save(csv_bytes(rows, bom=True), out)


def write(export: Export) -> Written:
    """Write the table."""
    write_csv(export.grades, export.out)
    return Written()


WRITER = Writer("a table for a spreadsheet, with a column for each task", "{name}.csv", write)

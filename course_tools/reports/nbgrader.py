"""The table that nbgrader exports, for the scripts that read it.

Checked against the source of nbgrader's ``CsvExportPlugin``: columns and their order, times in
UTC without a zone, rows of zeros for who handed in nothing.
"""

from collections.abc import Sequence
from pathlib import Path

from course_tools.gradebook.models import GradeSummary
from course_tools.reports.csv_cells import cell, csv_bytes, plain_number, split_name, utc_text
from course_tools.reports.exports import Assignment, Export, Writer, Written, save

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def write_nbgrader(grades: Sequence[GradeSummary], assignment: Assignment, out: Path) -> Path:
    """The table that ``nbgrader export`` writes, for the scripts that read it."""
    rows: list[Sequence[str]] = [COLUMNS]
    for one in grades:
        last, first = split_name(one.person.name)
        rows.append(
            [
                cell(assignment.lms.get("nbgrader") or assignment.name),
                utc_text(assignment.due),
                utc_text(one.handed_in),
                *map(cell, (one.person.id, last, first, one.person.email)),
                *map(plain_number, (one.raw, one.penalty, one.score, one.maximum)),
            ]
        )
    return save(csv_bytes(rows), out)


def write(export: Export) -> Written:
    """Write the table."""
    write_nbgrader(export.grades, export.assignment, export.out)
    return Written()


WRITER = Writer("the table that nbgrader exports", "{name}-nbgrader.csv", write)

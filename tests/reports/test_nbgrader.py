"""The table that nbgrader exports."""

import csv
from datetime import UTC, datetime, timedelta, timezone

from grade_summaries import HIDDEN, grade_summary, nothing

from course_tools.reports.exports import Assignment
from course_tools.reports.nbgrader import COLUMNS, write_nbgrader
from course_tools.submissions.models import Person


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_no_column_that_a_student_can_reach_holds_a_formula(tmp_path):
    one = grade_summary("", 2, 1, person=Person("=1", "=1", "=1", "=1"))
    (row,) = read(write_nbgrader([one], Assignment("a", "A"), tmp_path / "n.csv"))
    assert all(row[name] == "'=1" for name in ("student_id", "email", "last_name"))


def test_nbgraders_columns_and_its_times(tmp_path):
    due = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    ada = grade_summary(
        "ada", 2, 1, who={"name": "Ada King Lovelace", "email": "a@b.c"}, penalty=1.0
    )
    assignment = Assignment("recurrence", "Recurrence", due)
    path = write_nbgrader([ada, nothing("bob")], assignment, tmp_path / "n.csv")
    rows = read(path)
    assert tuple(rows[0]) == COLUMNS
    assert list(rows[0].values()) == [
        "recurrence", "2026-11-20 10:00:00", "2026-11-20 10:00:00", "ada", "Lovelace", "Ada King",
        "a@b.c", "3", "1", "2", "4",
    ]  # fmt: skip
    assert (rows[1]["timestamp"], rows[1]["score"]) == ("", "0")
    assert datetime.strptime(rows[0]["duedate"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) == due


def test_a_time_that_is_not_known_is_no_time(tmp_path):
    ada = grade_summary("ada", 2, 1.5, handed_in=None, time_unknown=True)
    (row,) = read(write_nbgrader([ada], Assignment("r", "R"), tmp_path / "n.csv"))
    assert (row["timestamp"], row["late_submission_penalty"]) == ("", "0")


def test_nothing_that_only_the_instructor_may_see(tmp_path):
    path = write_nbgrader([grade_summary("ada", 0, 1)], Assignment("a", "A"), tmp_path / "n.csv")
    assert HIDDEN not in path.read_text("utf-8")

"""The plain table: every program reads it and no spreadsheet runs it."""

import csv

from grade_summaries import HIDDEN, grade_summary, nothing

from course_tools.reports.csv_table import write_csv
from course_tools.submissions.models import Person


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_no_column_that_a_student_can_reach_holds_a_formula(tmp_path):
    person = Person("=1", "=1", "=1", "=1")
    (row,) = read(
        write_csv([grade_summary("", 2, 1, person=person, file="=1")], tmp_path / "a.csv")
    )
    assert all(row[name] == "'=1" for name in ("id", "name", "email", "group", "file"))


def test_one_row_per_student_with_all_columns(tmp_path):
    who = {"name": "Ada, Lady", "group": 'B"1'}
    ada = grade_summary("ada", 2, 1.5, who=who, late_hours=2.5, penalty=0.5)
    path = write_csv([ada, nothing("alan", name="Алан")], tmp_path / "deep" / "grades.csv")
    rows = read(path)
    assert list(rows[0]) == [
        "id", "name", "email", "group", "file", "handed_in", "late_hours", "raw", "penalty",
        "score", "maximum", "task_1", "task_2", "status",
    ]  # fmt: skip
    assert rows[0] == {
        "id": "ada", "name": "Ada, Lady", "email": "", "group": 'B"1', "file": "ada.ipynb",
        "handed_in": "2026-11-20 10:00:00", "late_hours": "2.5", "raw": "3.5", "penalty": "0.5",
        "score": "3", "maximum": "4", "task_1": "2", "task_2": "1.5", "status": "graded, late",
    }  # fmt: skip
    assert (rows[1]["name"], rows[1]["status"]) == ("Алан", "nothing was handed in")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # Excel reads the names right
    assert raw.count(b"\n") == raw.count(b"\r\n") == 3


def test_a_time_that_is_not_known_is_no_time_and_the_row_says_so(tmp_path):
    ada = grade_summary("ada", 2, 1.5, handed_in=None, time_unknown=True)
    (row,) = read(write_csv([ada], tmp_path / "a.csv"))
    assert (row["handed_in"], row["late_hours"], row["penalty"]) == ("", "0", "0")
    assert row["status"] == "graded, time of handing in not known"


def test_control_characters_line_ends_and_halves_of_letters_do_no_harm(tmp_path):
    one = grade_summary("a\x00b\r\nc\udc80", 2, file="x\u2028y")
    (row,) = read(write_csv([one], tmp_path / "a.csv"))
    assert (row["id"], row["file"]) == ("a b  c?", "x y")


def test_nothing_that_only_the_instructor_may_see(tmp_path):
    path = write_csv([grade_summary("ada", 0, 1)], tmp_path / "a.csv")
    assert HIDDEN not in path.read_text("utf-8")

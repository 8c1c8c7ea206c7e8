"""Tables that every program reads and no spreadsheet runs."""

import csv
import errno
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from grade_summaries import HIDDEN, grade_summary, nothing

from course_tools.reports.exports import (
    NBGRADER,
    Assignment,
    ExportError,
    cell,
    number,
    write_csv,
    write_nbgrader,
)
from course_tools.submissions.models import Person

HOSTILE = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
]


def read(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_a_formula_is_text_in_every_column_a_student_can_reach(text, tmp_path):
    person = Person(text, text, text, text)
    one = grade_summary("", 2, 1, person=person, file=text)
    row = read(write_csv([one], tmp_path / "all.csv"), "utf-8-sig")[0]
    assert all(row[name].startswith("'") for name in ("id", "name", "email", "group", "file"))
    row = read(write_nbgrader([one], Assignment("a", "A"), tmp_path / "nb.csv"))[0]
    assert all(row[name].startswith("'") for name in ("student_id", "email", "last_name"))


def test_numbers_are_never_prefixed_and_texts_only_where_needed():
    assert number(-1.5) == "-1.5"
    assert [cell(text) for text in ("ada", "a=b", "", "O'Hara", "李雷")] == [
        "ada",
        "a=b",
        "",
        "O'Hara",
        "李雷",
    ]


def test_one_row_per_student_with_all_columns(tmp_path):
    who = {"name": "Ada, Lady", "group": 'B"1'}
    ada = grade_summary("ada", 2, 1.5, who=who, late_hours=2.5, penalty=0.5)
    path = write_csv([ada, nothing("alan", name="Алан")], tmp_path / "deep" / "grades.csv")
    rows = read(path, "utf-8-sig")
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
    (row,) = read(write_csv([ada], tmp_path / "a.csv"), "utf-8-sig")
    assert (row["handed_in"], row["late_hours"], row["penalty"]) == ("", "0", "0")
    assert row["status"] == "graded, time of handing in not known"
    (row,) = read(write_nbgrader([ada], Assignment("r", "R"), tmp_path / "n.csv"))
    assert (row["timestamp"], row["late_submission_penalty"]) == ("", "0")


def test_control_characters_line_ends_and_halves_of_letters_do_no_harm(tmp_path):
    one = grade_summary("a\x00b\r\nc\udc80", 2, file="x\u2028y")
    (row,) = read(write_csv([one], tmp_path / "a.csv"), "utf-8-sig")
    assert (row["id"], row["file"]) == ("a b  c?", "x y")


def test_nbgraders_columns_and_its_times(tmp_path):
    due = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    ada = grade_summary(
        "ada", 2, 1, who={"name": "Ada King Lovelace", "email": "a@b.c"}, penalty=1.0
    )
    assignment = Assignment("recurrence", "Recurrence", due)
    path = write_nbgrader([ada, nothing("bob")], assignment, tmp_path / "n.csv")
    rows = read(path)
    assert tuple(rows[0]) == NBGRADER
    assert list(rows[0].values()) == [
        "recurrence", "2026-11-20 10:00:00", "2026-11-20 10:00:00", "ada", "Lovelace", "Ada King",
        "a@b.c", "3", "1", "2", "4",
    ]  # fmt: skip
    assert (rows[1]["timestamp"], rows[1]["score"]) == ("", "0")
    assert datetime.strptime(rows[0]["duedate"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) == due


def test_nothing_that_only_the_instructor_may_see(tmp_path):
    one = grade_summary("ada", 0, 1)
    for path in (
        write_csv([one], tmp_path / "a.csv"),
        write_nbgrader([one], Assignment("a", "A"), tmp_path / "b.csv"),
    ):
        assert HIDDEN not in path.read_text("utf-8")


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    path = write_csv([grade_summary("ada", 2)], tmp_path / "a.csv")
    before = path.read_bytes()

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match=r"a.csv: cannot be written: No space left on device$"):
        write_csv([grade_summary("alan", 2)], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]

"""results.json as the platform documents it, and nothing in it that a student must not know."""

import json
import math

import jsonschema
import pytest
from grade_summaries import HIDDEN, grade_summary, nothing, task_line
from gradescope_schema import SCHEMA

from course_tools.answers.outcome import Line
from course_tools.gradebook.models import CAUSES
from course_tools.reports.exports import ExportError
from course_tools.reports.gradescope import (
    not_graded,
    results_json,
    to_bytes,
    write_gradescope_folder,
)
from course_tools.submissions.models import Person


def checked(results):
    again = json.loads(to_bytes(results))
    jsonschema.validate(again, SCHEMA)
    return again


def test_points_per_task_and_in_all_without_the_late_penalty():
    results = checked(
        results_json(grade_summary("ada", 2, 0.5, penalty=2.0, late_hours=30), "landlock")
    )
    assert results["score"] == 2.5
    assert [
        (t["name"], t["number"], t["score"], t["max_score"], t["status"]) for t in results["tests"]
    ] == [
        ("task_1", "1", 2.0, 2.0, "passed"),
        ("task_2", "2", 0.5, 2.0, "failed"),
    ]
    assert "2.5 of 4 points." in results["output"]
    assert "Isolation: landlock." in results["output"]
    assert results["tests"][1]["output"] == (
        "A wrong answer; 2 of 6 hidden cases came out right.\n"
        "public case 1 of 4: expected 4, came 3."
    )


def test_nothing_that_a_student_must_not_know_and_all_is_visible():
    results = results_json(grade_summary("ada", 0, 1))
    assert HIDDEN not in json.dumps(results)
    assert {test["visibility"] for test in results["tests"]} == {"visible"}
    assert results["stdout_visibility"] == "hidden"


def test_the_instructors_points_and_words_count():
    line = task_line(
        "t",
        1.5,
        2.0,
        "wrong",
        feedback=(Line("note", "no"),),
        detail=HIDDEN,
        overridden=True,
        comment="well tried",
    )
    one = grade_summary("ada", 0)
    results = checked(results_json(type(one)(**{**vars(one), "tasks": (line,), "raw": 1.5})))
    assert results["score"] == results["tests"][0]["score"] == 1.5
    assert results["tests"][0]["output"] == "The instructor set these points.\nwell tried"


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_words(cause):
    one = grade_summary("ada", 0)
    line = task_line("t", 0.0, 2.0, cause)
    test = checked(results_json(type(one)(**{**vars(one), "tasks": (line,)})))["tests"][0]
    assert test["output"].lower() == f"{CAUSES[cause].lower()}."


def test_a_file_that_cannot_be_read_says_so_once_and_in_every_task():
    one = grade_summary("ada", 0, 0, problem="unreadable", sentence="a.ipynb: not JSON")
    results = checked(results_json(one))
    assert "The file cannot be read as a notebook." in results["output"]
    assert "a.ipynb: not JSON" in results["output"]
    assert "wrong" not in json.dumps(results)


def test_hostile_text_and_numbers_that_are_none_make_no_invalid_file():
    evil = "\x1b[31m\ud800</pre><script>\x00"
    one = grade_summary("ada", math.nan, file=evil, sentence=evil, cell_failures=(evil,) * 99)
    results = checked(results_json(one))
    assert results["score"] == 0.0
    assert "\x1b" not in results["output"]
    assert len(results["output"].splitlines()) < 30


def test_when_the_grader_failed_there_is_no_score_and_only_the_instructor_reads_why():
    results = checked(not_graded("Landlock is off."))
    assert "score" not in results
    (note,) = results["tests"]
    assert (note["output"], note["visibility"]) == ("Landlock is off.", "hidden")
    assert not {"score", "max_score"} & note.keys()
    assert "Landlock" not in results["output"]


def test_a_folder_for_each_who_handed_in_and_none_outside(tmp_path):
    evil = grade_summary("", 1, person=Person("../../evil"))
    written = write_gradescope_folder(
        [grade_summary("ada@uni.edu", 2), evil, nothing("bob")], tmp_path
    )
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "ada@uni.edu/results.json",
        "_.._evil/results.json",
    ]
    assert all(path.resolve().is_relative_to(tmp_path) for path in written)


def test_two_students_never_share_a_folder(tmp_path):
    with pytest.raises(ExportError, match="would share the folder"):
        write_gradescope_folder([grade_summary("a/b", 2), grade_summary("A_b", 1)], tmp_path)
    assert not any(tmp_path.iterdir())

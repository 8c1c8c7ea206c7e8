"""Canvas's own file, filled in: nothing but the one column changes."""

import csv
import io
import re
from dataclasses import replace

import pytest
import yaml
from grade_summaries import HIDDEN, changed_result, grade_summary, nothing

from course_tools.reports.canvas import fill_canvas, find_column, new_canvas
from course_tools.reports.exports import Assignment, ExportError
from course_tools.reports.worksheet import Worksheet
from course_tools.submissions.models import Person

# As Canvas exports it: maxima with leading spaces, muted row before them, test student last.
HEADER = 'Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),"Recurrence, one (12)",Current Score,Final Score\r\n'  # noqa: E501
MUTED = ",,,,,,Manual Posting,,\r\n"
POINTS = "    Points Possible,,,,,10.00,4.00,(read only),(read only)\r\n"
ADA = '"Lovelace, Ada",101,s-ada,ada@uni.edu,"Maths, A",9.00,,90.0,"45.0"\r\n'
ALAN = '"Turing, Alan",102,s-alan,alan@uni.edu,"Maths, A",8.00,1.00,80.0,40.0\r\n'
EXCUSED = '"Noether, Emmy",103,s-emmy,emmy@uni.edu,"Maths, A",7.00,EX,,\r\n'
EVIL = '"=""=HYPERLINK(1)""",104,s-evil,evil@uni.edu,"Maths, A",,N/A,,\r\n'
TEST = '"Student, Test",105,,5f3e,"Maths, A",,,,\r\n'
FILE = HEADER + MUTED + POINTS + ADA + ALAN + EXCUSED + EVIL + TEST
ONE = Assignment("recurrence", "Recurrence, one")


def filled(grades, assignment=ONE, text=FILE):
    return fill_canvas(Worksheet(text.encode()), grades, assignment)


def test_only_the_grades_change_byte_by_byte():
    class_ = [
        grade_summary("s-ada", 2, 1.5),
        grade_summary("s-alan", 0, 0),
        grade_summary("s-emmy", 2, 2),
    ]
    result = filled(class_)
    expected = FILE.replace('"Maths, A",9.00,,', '"Maths, A",9.00,3.5,').replace(
        "8.00,1.00,", "8.00,0,"
    )
    assert result.data.decode() == expected
    assert (result.n_filled, result.unmatched) == (2, ())
    assert "Left as it was, excused or not assigned in Canvas: 1 student: s-emmy." in result.remarks


@pytest.mark.parametrize(
    "person",
    [
        Person("x", lms="101"),
        Person("s-ada"),
        Person("ADA@uni.edu"),
        Person("x", email="ada@uni.edu"),
        Person("101"),
        Person("101", name="Ada Lovelace"),
        Person("x", name="ada  lovelace"),
        Person("x", name="Lovelace, Ada"),
    ],
)
def test_a_student_is_found_by_any_of_the_names_canvas_knows(person):
    result = filled([grade_summary("", 2, 1.5, person=person)])
    assert '"Maths, A",9.00,3.5,' in result.data.decode()


@pytest.mark.parametrize(
    "person",
    [
        Person("101", name="Alan Turing", lms="999"),  # our number is somebody else's there
        Person("x", name="Test Student"),
        Person("x", name="Grace Hopper"),
    ],
)
def test_no_grade_goes_to_a_stranger(person):
    alan = grade_summary("", 0, 0, person=Person("s-alan"))
    result = filled([grade_summary("", 2, 1.5, person=person), alan])
    assert result.unmatched == (person.id,)
    assert "3.5" not in result.data.decode()
    assert any(f"has no row for 1 student: {person.id} (" in remark for remark in result.remarks)


def test_who_handed_in_nothing_keeps_what_canvas_has():
    result = filled([nothing("s-alan")])
    assert result.data.decode() == FILE
    assert "Left as it was, since nothing was handed in: 1 student: s-alan." in result.remarks


def test_who_is_not_graded_yet_keeps_what_canvas_has():
    waiting = grade_summary("s-ada", 0, 1)
    lines = changed_result(waiting.tasks[0], cause="grader"), waiting.tasks[1]
    result = filled([replace(waiting, tasks=lines)])
    assert (result.data.decode(), result.n_filled) == (FILE, 0)
    settled = replace(lines[0], points=2.0, overridden=True), lines[1]
    assert filled([replace(waiting, tasks=settled)]).n_filled == 1


def test_scores_follow_the_points_that_canvas_gives_and_we_say_so():
    result = filled([grade_summary("s-ada", 2, 1)], text=FILE.replace(",4.00,", ",100.00,"))
    assert ",9.00,75," in result.data.decode()
    assert "Scores are scaled to the 100 points that Canvas gives." in result.remarks


@pytest.mark.parametrize(
    "points",
    [
        "1000.00",
        '"1,000.00"',
        '"1.000,00"',
        '"1000,00"',
        "1 000.00",
        "1\u202f000",
        "1'000.00",
        "1000",
    ],
)
def test_a_thousand_points_in_every_way_of_writing_them(points):
    result = filled([grade_summary("s-ada", 2, 1)], text=FILE.replace(",4.00,", f",{points},"))
    assert ",9.00,750," in result.data.decode()
    assert "Scores are scaled to the 1000 points that Canvas gives." in result.remarks


TWO_READINGS = "points without a mark between the thousands"
NO_NUMBER = "points in digits, as 1000 or 12.5"


@pytest.mark.parametrize(
    ("points", "expected", "came"),
    [
        ('"1,000"', TWO_READINGS, "'1,000', which may be 1 or 1000"),
        ("1.000", TWO_READINGS, "'1.000', which may be 1 or 1000"),
        ("12.500", TWO_READINGS, "'12.500', which may be 12.5 or 12500"),
        ("four", NO_NUMBER, "'four'"),
        ("1.2.3", NO_NUMBER, "'1.2.3'"),
        ("nan", NO_NUMBER, "'nan'"),
        ("-4.00", NO_NUMBER, "'-4.00'"),
        ("(schreibgeschützt)", NO_NUMBER, "'(schreibgeschützt)'"),
    ],
)
def test_points_that_are_not_understood_are_refused_by_name(points, expected, came):
    text = FILE.replace(",4.00,", f",{points},")
    sentence = f"column 'Recurrence, one (12)': expected {expected}, got {came}"
    with pytest.raises(ExportError, match=re.escape(sentence)):
        filled([grade_summary("s-ada", 2, 1)], text=text)


@pytest.mark.parametrize(("points", "grade"), [('"4,000"', "3"), ("4.000", "3")])
def test_of_two_readings_the_maximum_of_the_exercises_is_taken(points, grade):
    result = filled([grade_summary("s-ada", 2, 1)], text=FILE.replace(",4.00,", f",{points},"))
    assert f",9.00,{grade}," in result.data.decode()
    assert not any("scaled" in remark for remark in result.remarks)


@pytest.mark.parametrize("points", ["", "0.00", " "])
def test_where_canvas_gives_no_points_scores_stay_as_they_are(points):
    result = filled([grade_summary("s-ada", 2, 1)], text=FILE.replace(",4.00,", f",{points},"))
    assert ",9.00,3," in result.data.decode()


def test_two_columns_of_names_semicolons_and_a_mark_at_the_start():
    text = "\ufeffLastName;FirstName;ID;SIS Login ID;Section;Recurrence (12)\r\n    Points Possible;;;;;4,00\r\nLovelace;Ada;101;a;A;\r\n"  # noqa: E501
    result = filled(
        [grade_summary("", 2, 1.5, person=Person("x", "Ada Lovelace"))],
        Assignment("recurrence", "Recurrence"),
        text,
    )
    assert result.data.decode() == text.replace("a;A;\r\n", "a;A;3.5\r\n")


@pytest.mark.parametrize("setting", ["12", "(12)", "Recurrence, one (12)", "renamed (12)", "", "recurrence,  ONE"])  # fmt: skip # noqa: E501
def test_the_column_is_named_by_id_or_title(setting):
    header = Worksheet(FILE.encode()).header
    assert find_column(header, Assignment("r", "Recurrence, one", lms={"canvas": setting})) == 6


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("Recurrence", r"expected one that is 'Recurrence', got none; .*'Essay \(11\)'"),
        ("99", "expected one that is '99', got none"),
        ("Recurrence (99)", r"expected one that is 'Recurrence \(99\)', got none"),
        ("Section", "expected one that is 'Section', got none"),
        ("Final Score", "one of its totals"),
    ],
)
def test_no_column_is_ever_made_up(setting, sentence):
    with pytest.raises(ExportError, match=sentence):
        filled([grade_summary("s-ada", 2)], Assignment("r", "R", lms={"canvas": setting}))


def test_two_columns_of_one_title_need_the_id():
    text = FILE.replace("Essay (11)", '"Recurrence, one (11)"')
    with pytest.raises(ExportError, match=r"expected one that is .*, got 2; "):
        filled([], text=text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id,name\r\nada,Ada\r\n", "expected a gradebook from Canvas"),
        (FILE.replace(",4.00,", ",(read only),"), "read only"),
    ],
)
def test_another_file_is_refused(text, sentence):
    with pytest.raises(ExportError, match=sentence):
        filled([grade_summary("s-ada", 2)], text=text)


def test_without_a_file_the_column_must_have_its_id():
    class_ = [
        grade_summary("s-ada", 2, 1, who={"name": "=Ada Lovelace", "lms": "101"}),
        nothing("bob"),
    ]
    with pytest.raises(ExportError, match="--template"):
        new_canvas(class_, ONE)
    result = new_canvas(class_, Assignment("r", "R", lms={"canvas": "R (12)"}))
    rows = list(csv.reader(io.StringIO(result.data.decode(), newline="")))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "R (12)"],
        ["    Points Possible", "", "", "", "", "4"],
        ["Lovelace, =Ada", "101", "s-ada", "", "", "3"],
    ]
    again = fill_canvas(Worksheet(result.data), class_, Assignment("r", "R"))
    assert again.data == result.data


def test_nothing_that_only_the_instructor_may_see():
    assert HIDDEN not in filled([grade_summary("s-ada", 0, 0)]).data.decode()


@pytest.mark.parametrize("title", ["Exercises: one", 'Say "one"', "Übung"])
def test_the_line_that_we_ask_for_can_be_pasted_into_the_settings(title):
    with pytest.raises(ExportError) as refusal:
        new_canvas([], Assignment("recurrence", title))
    line = str(refusal.value).partition("under lms: ")[2]
    assert yaml.safe_load(line) == {"canvas": f"{title} (1234)"}

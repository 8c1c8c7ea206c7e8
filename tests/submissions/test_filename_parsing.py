"""Whose a file is by its name, in each system's way of naming."""

from datetime import UTC, datetime

import pytest

from course_tools.submissions.archives import CollectError
from course_tools.submissions.filename_parsing import parse_filename, read_gradescope


def fields_of(name, is_folder=False):
    [found] = parse_filename(name, is_folder, {})
    return found.person.id, found.person.name, found.person.lms, found.file


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ada.ipynb", ("ada", "", "", "ada.ipynb")),
        ("ada.b.ipynb", ("ada.b", "", "", "ada.b.ipynb")),
        ("week_3_final_2.ipynb", ("week_3_final_2", "", "", "week_3_final_2.ipynb")),
        ("2024_17_work.ipynb", ("2024_17_work", "", "", "2024_17_work.ipynb")),
        ("LovelaceAda_3_9_x.ipynb", ("LovelaceAda_3_9_x", "", "", "LovelaceAda_3_9_x.ipynb")),
        ("lovelaceada_3_9_x.ipynb", ("3", "lovelaceada", "3", "x.ipynb")),
        ("gödelkurt_LATE_3_9_a_4_5.ipynb", ("3", "gödelkurt", "3", "a_4_5.ipynb")),
        ("de_la_cruzana_3_9_x.ipynb", ("3", "de_la_cruzana", "3", "x.ipynb")),
        ("LATE_anon_Zq9_12_x.ipynb", ("anon_Zq9", "", "anon_Zq9", "x.ipynb")),
        ("churchalonzo_3_link.html", ("3", "churchalonzo", "3", "")),
        ("A B_1_assignsubmission_file_x.ipynb", ("1", "A B", "1", "x.ipynb")),
        ("G1-A B_1_assignsubmission_file_x.ipynb", ("1", "G1-A B", "1", "x.ipynb")),
        ("Participant_1_assignsubmission_file_x.ipynb", ("1", "", "1", "x.ipynb")),
    ],
)
def test_files(name, expected):
    assert fields_of(name) == expected


def test_folders():
    assert fields_of("ada.b", True) == ("ada.b", "", "", "")
    assert fields_of("A B_1_assignsubmission_file_", True)[:3] == ("1", "A B", "1")
    assert parse_filename("A B_1_assignsubmission_onlinetext", True, {}) == []
    assert parse_filename("A_1_assignsubmission_onlinetext_onlinetext.html", False, {}) == []


def test_a_students_choice_of_name_does_not_reach_the_front():
    """What a student calls a file stands behind the number that the system wrote."""
    moodle = "Eve_6_assignsubmission_file_Ada_1_assignsubmission_file_x.ipynb"
    assert fields_of(moodle)[:3] == ("6", "Eve", "6")
    assert fields_of("eve_6_60_lovelaceada_1_10_x.ipynb")[:3] == ("6", "eve", "6")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-10 18:25:53.109082000 -07:00", datetime(2026, 11, 11, 1, 25, 53, 109082, UTC)),
        ("2026-11-10 18:25:53 Z", datetime(2026, 11, 10, 18, 25, 53, tzinfo=UTC)),
        ("'2026-11-10T18:25:53+01:00'", datetime(2026, 11, 10, 17, 25, 53, tzinfo=UTC)),
        ("2026-11-10 18:25:53", datetime(2026, 11, 10, 18, 25, 53, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("[1]", None),
    ],
)
def test_times(written, moment):
    text = f"submission_1:\n  :submitters:\n  - :name: A\n  :created_at: {written}\n"
    [found] = read_gradescope(text.encode())["submission_1"]
    assert (found.handed_in, found.person.id, found.person.lms) == (moment, "submission_1", "1")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"3", b"a: 1", b"a: {':submitters': 3}", b"a: {':submitters': [1, [2]]}"]
)
def test_yaml_that_says_nothing_of_submitters(data):
    assert read_gradescope(data) == {}


def test_depth_is_no_danger():
    """A parser that recurses in C ends the whole process here."""
    deep = "submission_1:\n  :submitters:\n  - :name: A\n    :x: " + "[" * 900 + "]" * 900
    blocks = "\n".join(" " * n + "a:" for n in range(2000))
    assert read_gradescope(deep.encode())["submission_1"][0].person.name == "A"
    assert read_gradescope(blocks.encode()) == {}


@pytest.mark.parametrize("data", [b"a: [", b"\x01", b"\xff\xfe\x00", b"a: b: c"])
def test_not_yaml(data):
    with pytest.raises(CollectError, match="not what Gradescope writes"):
        read_gradescope(data)


def test_members_of_a_group_stay_distinct_without_any_number():
    text = b"submission_1:\n  :submitters:\n  - :name: A\n  - :name: B\n"
    ids = [found.person.id for found in read_gradescope(text)["submission_1"]]
    assert ids == ["submission_1 A", "submission_1 B"]

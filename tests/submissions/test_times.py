"""Whose a time is: one that a download or a zip set is not known, and makes nobody late."""

import io
import json
import os
import struct
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from submitted import TASKS, graded, keys_for

from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.scores import grade_summaries
from course_tools.gradebook.settings import LatePolicy, Settings
from course_tools.submissions.collect import collect

DUE = datetime(2026, 11, 20, 22, tzinfo=UTC)
AFTER = DUE + timedelta(hours=83)
RULES = Settings(due=DUE, late=LatePolicy(fraction=0.2, closes_after_hours=72))
SYSTEMS = {
    "Canvas": "lovelaceada_101_901_recurrence.ipynb",
    "Canvas, a student's own zip": "lovelaceada_101_901_all.zip",
    "Canvas, anonymous": "anon_x7Yz_901_recurrence.ipynb",
    "Moodle": "Ada Lovelace_101_assignsubmission_file_/recurrence.ipynb",
    "Moodle, without folders": "Ada Lovelace_101_assignsubmission_file_recurrence.ipynb",
    "Gradescope, without a time": "submission_101/recurrence.ipynb",
}
METADATA = b"submission_101:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '7'\n"


def notebook(source: str = "x = 1") -> bytes:
    cell = {"cell_type": "code", "source": source}
    return json.dumps({"nbformat": 4, "cells": [cell]}).encode()


def zipped(files: dict[str, bytes], when: datetime = AFTER, extra=None) -> bytes:
    """A zip as most write one, with local dates; ``extra`` gives a field with a zone as well."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, when.timetuple()[:6])
            member.extra = extra(when) if extra else b""
            archive.writestr(member, data)
    return buffer.getvalue()


def unix(when: datetime) -> bytes:
    """As Info-ZIP writes it."""
    return struct.pack("<HHBi", 0x5455, 5, 1, int(when.timestamp()))


def ntfs(when: datetime) -> bytes:
    """As 7-Zip writes it: tenths of microseconds since 1601."""
    ticks = (int(when.timestamp()) + 11_644_473_600) * 10**7
    return struct.pack("<HHIHHQQQ", 0x000A, 32, 0, 1, 24, ticks, ticks, ticks)


def lay(root, files: dict[str, bytes], when: datetime = AFTER, as_zip=False, extra=None):
    """Files as a folder or as a zip of it."""
    if as_zip:
        root = root.with_name(f"{root.name}.zip")
        root.write_bytes(zipped(files, when, extra))
        return root
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        os.utime(root / name, 2 * (when.timestamp(),))
    return root


def of_system(system: str) -> dict[str, bytes]:
    name = SYSTEMS[system]
    files = {name: zipped({"recurrence.ipynb": notebook()}) if "zip" in name else notebook()}
    return files | ({"submission_metadata.yml": METADATA} if "Gradescope" in system else {})


def grade_class(book: Gradebook, path, points=(1, 2)):
    """Collect and grade everything in it."""
    run = book.begin(seed=1, isolation="none", environment="", tasks=TASKS)
    found = list(collect(path, "recurrence"))
    for one in found:
        book.record(run, book.hand_in(one, keys_for(one)), graded(one, *points))
    book.finish(run)
    return found


def only(book: Gradebook, rules: Settings = RULES):
    (grade,) = grade_summaries(book, TASKS, rules)
    return grade


@pytest.fixture
def book():
    with Gradebook.open("sqlite://", "small") as book:
        yield book


@pytest.mark.parametrize("extra", [None, unix, ntfs])
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("as_zip", [True, False])
def test_the_time_of_a_download_makes_nobody_late(tmp_path, book, system, as_zip, extra):
    path = lay(tmp_path / "class", of_system(system), as_zip=as_zip, extra=extra)
    [submission] = grade_class(book, path)
    assert submission.handed_in is None
    grade = only(book)
    assert (grade.raw, grade.penalty, grade.score) == (3, 0, 3)
    assert (grade.late_hours, grade.handed_in, grade.time_unknown) == (0, None, True)


def test_what_canvas_marked_late_is_still_said(tmp_path, book):
    files = {"lovelaceada_LATE_101_901_recurrence.ipynb": notebook()}
    grade_class(book, lay(tmp_path / "class", files, as_zip=True))
    grade = only(book)
    assert (grade.sentence, grade.penalty) == ("Canvas marked it late", 0)
    assert grade.time_unknown


def test_gradescope_tells_the_time_itself(tmp_path, book):
    told = METADATA + b"  :created_at: 2026-11-21 10:00:00.000000000 -07:00\n"
    files = of_system("Gradescope, without a time") | {"submission_metadata.yml": told}
    grade_class(book, lay(tmp_path / "class", files, as_zip=True))
    grade = only(book)
    assert grade.handed_in == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert (grade.late_hours, grade.time_unknown) == (19, False)


@pytest.mark.parametrize(("extra", "known"), [(None, False), (unix, True), (ntfs, True)])
@pytest.mark.parametrize("name", ["ada.ipynb", "ada/recurrence.ipynb", "ada.zip"])
def test_the_date_in_a_zip_is_known_where_it_has_a_zone(tmp_path, book, name, extra, known):
    inside = zipped({"b.ipynb": notebook()}, DUE, unix)  # these dates are the student's to choose
    files = {name: inside if name.endswith(".zip") else notebook()}
    [submission] = grade_class(book, lay(tmp_path / "class", files, as_zip=True, extra=extra))
    assert submission.handed_in == (AFTER if known else None)
    grade = only(book)
    assert (grade.score, grade.time_unknown) == ((0, False) if known else (3, True))


@pytest.mark.parametrize("name", ["ada.ipynb", "ada/recurrence.ipynb", "ada.zip"])
def test_in_a_plain_folder_the_files_date_counts(tmp_path, book, name):
    files = {name: zipped({"b.ipynb": notebook()}) if name.endswith(".zip") else notebook()}
    grade_class(book, lay(tmp_path / "class", files, DUE + timedelta(hours=30)))
    grade = only(book)
    assert (grade.late_hours, grade.time_unknown) == (30, False)
    assert grade.score == pytest.approx(3 * 0.6)


@pytest.mark.parametrize("extra", [b"UT\1\0\1", b"UT\5\0\2abcd", b"\n\0\4\0\0\0\0\0", b"xx\0\0"])
def test_a_field_that_holds_no_time_tells_nothing(tmp_path, extra):
    path = lay(tmp_path / "class", {"ada.ipynb": notebook()}, as_zip=True, extra=lambda _: extra)
    [submission] = collect(path, "recurrence")
    assert submission.handed_in is None


def test_without_a_due_date_an_unknown_time_does_not_matter(tmp_path, book):
    grade_class(book, lay(tmp_path / "class", of_system("Canvas"), as_zip=True))
    assert not only(book, Settings()).time_unknown


def test_who_handed_in_nothing_has_no_time_to_be_known(tmp_path, book):
    grade_class(book, lay(tmp_path / "class", {"ada/notes.txt": b""}, as_zip=True))
    assert only(book).time_unknown  # something was handed in
    book.enrol([replace(book.students()[0], id="zoe")])
    assert not grade_summaries(book, TASKS, RULES)[1].time_unknown


# Which attempt counts, where no time is known


def test_of_two_files_in_a_zip_the_newer_by_its_own_clock_counts(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, hour in (("ada/recurrence.ipynb", 9), ("ada.ipynb", 12)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, hour, 0, 0)), notebook(name))
    (tmp_path / "class.zip").write_bytes(buffer.getvalue())
    earlier, counts = collect(tmp_path / "class.zip", "recurrence")
    assert (earlier.cells, counts.cells) == (("ada/recurrence.ipynb",), ("ada.ipynb",))
    assert counts.sentence == (
        "two files for ada: ada/recurrence.ipynb and ada.ipynb; ada.ipynb counts"
    )
    assert earlier.handed_in is counts.handed_in is None


@pytest.mark.parametrize("extra", [None, unix])
def test_the_newer_file_inside_a_students_own_zip_counts(tmp_path, extra):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, hour in (("a.ipynb", 12), ("b.ipynb", 9)):
            member = zipfile.ZipInfo(name, (2026, 11, 20, hour, 0, 0))
            member.extra = extra(datetime(*member.date_time, tzinfo=UTC)) if extra else b""
            archive.writestr(member, notebook(name))
    path = lay(tmp_path / "class", {"ada.zip": buffer.getvalue()})
    *_, counts = collect(path, "recurrence")
    assert (counts.cells, counts.handed_in) == (("a.ipynb",), AFTER)


CANVAS = SYSTEMS["Canvas"]


@pytest.mark.parametrize(("which", "score"), [("latest", 1), ("first", 3), ("best", 3)])
def test_a_later_download_holds_a_later_attempt(tmp_path, book, which, score):
    grade_class(book, lay(tmp_path / "one", {CANVAS: notebook("1")}, as_zip=True))
    later = AFTER + timedelta(days=1)
    grade_class(
        book, lay(tmp_path / "two", {CANVAS: notebook("2")}, later, as_zip=True), points=(0, 1)
    )
    grade = only(book, replace(RULES, attempts=which))
    assert (grade.score, grade.attempts, grade.time_unknown) == (score, 2, True)


def test_who_goes_back_to_the_first_version_hands_it_in_again(tmp_path, book):
    for n, (text, points) in enumerate([("1", (1, 2)), ("2", (0, 1)), ("1", (1, 2))]):
        path = lay(tmp_path / str(n), {CANVAS: notebook(text)}, AFTER + timedelta(days=n), True)
        grade_class(book, path, points)
    assert only(book).score == 3


def test_a_download_after_a_file_with_a_time_holds_the_later_attempt(tmp_path, book):
    grade_class(
        book, lay(tmp_path / "by mail", {"101.ipynb": notebook("1")}, DUE - timedelta(days=1))
    )
    grade_class(book, lay(tmp_path / "canvas", {CANVAS: notebook("2")}, as_zip=True), points=(0, 1))
    grade = only(book)
    assert (grade.file, grade.score, grade.time_unknown) == (CANVAS, 1, True)


def test_in_one_collection_what_counts_counts_in_the_gradebook_too(tmp_path, book):
    path = lay(tmp_path / "class", {CANVAS: notebook("1")})
    lay(path, {"101.ipynb": notebook("2")}, AFTER - timedelta(days=9))
    earlier, counts = grade_class(book, path)
    assert (earlier.name, counts.name) == ("101.ipynb", CANVAS)
    assert counts.sentence.endswith(f"{CANVAS} counts")
    assert [one.name for one in book.attempts("101")] == [earlier.name, counts.name]


def test_of_a_folder_with_and_without_zones_the_named_file_counts(tmp_path, book):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        zoned = zipfile.ZipInfo("ada/other.ipynb", AFTER.timetuple()[:6])
        zoned.extra = unix(AFTER)
        archive.writestr(zoned, notebook("1"))
        archive.writestr(
            zipfile.ZipInfo("ada/recurrence.ipynb", (2026, 11, 1, 9, 0, 0)), notebook("2")
        )
    (tmp_path / "class.zip").write_bytes(buffer.getvalue())
    grade_class(book, tmp_path / "class.zip")
    assert only(book).file == "ada/recurrence.ipynb"


def test_a_file_from_a_zip_keeps_the_time_that_a_folder_told(tmp_path, book):
    files, when = {"ada.ipynb": notebook()}, DUE + timedelta(hours=1)
    grade_class(book, lay(tmp_path / "class", files, when))
    grade_class(book, lay(tmp_path / "class", files, when, as_zip=True))
    assert only(book).handed_in == when


def test_a_time_becomes_known(tmp_path, book):
    files, when = {"ada.ipynb": notebook()}, DUE + timedelta(hours=1)
    grade_class(book, lay(tmp_path / "class", files, when - timedelta(hours=9), as_zip=True))
    assert only(book).time_unknown
    grade_class(book, lay(tmp_path / "class", files, when))
    assert (only(book).handed_in, only(book).late_hours) == (when, 1)

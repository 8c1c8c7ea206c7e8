"""Whatever lies in the folder, everybody ends as a row, and nothing of it is trusted."""

import io
import json
import os
import shutil
import struct
import zipfile
from datetime import UTC, datetime
from operator import length_hint
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_tools.submissions.archives import CollectError
from course_tools.submissions.collect import collect
from course_tools.submissions.models import PROBLEMS, Person
from course_tools.submissions.roster import Roster

DATE = (2026 - 1980) << 9 | 11 << 5 | 1  # the first of November as a zip has it


def notebook(*sources: str) -> bytes:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "cells": cells}).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, (2026, 11, 1, 12, 0, 0))
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Write files below a folder of hand-ins and collect it."""
    root = tmp_path / "handed in"
    root.mkdir()

    def lay(files: dict[str, bytes], roster=None, as_zip=False, **options):
        path = root
        if as_zip:
            path = tmp_path / "class.zip"
            path.write_bytes(zipped(files))
        else:
            for n, (name, data) in enumerate(files.items()):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(data)
                os.utime(root / name, (10**9 + n, 10**9 + n))
        found = list(collect(path, "recurrence", roster and Roster(roster), **options))
        for submission in found:
            assert (submission.cells is None) == (submission.problem in PROBLEMS)
            assert submission.handed_in is None or submission.handed_in.tzinfo is UTC
        return found

    lay.root = root
    return lay


def test_one_file_per_student(folder):
    ada, bob = folder({"bob.ipynb": notebook("b = 2"), "ada.ipynb": notebook("a = 1", "a")})
    assert (ada.person, ada.name, ada.cells) == (Person("ada"), "ada.ipynb", ("a = 1", "a"))
    assert (bob.problem, bob.sentence) == ("", "")
    assert bob.handed_in == datetime.fromtimestamp(10**9, UTC)
    assert len(bob.sha256) == 64


def test_one_folder_per_student_and_the_notebook_may_lie_deep(folder):
    ada, bob = folder(
        {"ada/work/my.ipynb": notebook("a"), "ada/data.csv": b"1", "bob/x.IPYNB": notebook("b")}
    )
    assert (ada.person.id, ada.name, ada.cells) == ("ada", "ada/work/my.ipynb", ("a",))
    assert bob.cells == ("b",)


MOODLE = {
    "Ada Lovelace_17_assignsubmission_file_/recurrence.ipynb": notebook("ada"),
    "Alan Turing_18_assignsubmission_file/recurrence.ipynb": notebook("alan"),
    "Alan Turing_18_assignsubmission_onlinetext/onlinetext.html": b"<p>here</p>",
    "Kurt Gödel_19_assignsubmission_file_my_work.ipynb": notebook("kurt"),
    "Participant_20_assignsubmission_file_x_7_assignsubmission_file_.ipynb": notebook("blind"),
}


@pytest.mark.parametrize("as_zip", [False, True])
def test_moodle(folder, as_zip):
    found = folder(MOODLE, as_zip=as_zip)
    assert [(s.person.id, s.person.lms, s.person.name, s.cells) for s in found] == [
        ("17", "17", "Ada Lovelace", ("ada",)),
        ("18", "18", "Alan Turing", ("alan",)),
        ("19", "19", "Kurt Gödel", ("kurt",)),
        ("20", "20", "", ("blind",)),
    ]


def test_canvas(folder):
    found = folder({
        "lovelaceada_LATE_3_901_recurrence.ipynb": notebook("ada"),
        "turingalan_4_902_scratch_5_6_x.ipynb": notebook("scratch"),
        "turingalan_4_903_recurrence-1.ipynb": notebook("alan"),
        "anon_x7Yz_904_recurrence.ipynb": notebook("anonymous"),
        "churchalonzo_8_text.html": b"<p>words</p>",
    })  # fmt: skip
    said = {(s.person.id, s.person.name): (s.cells, s.sentence) for s in found}
    assert said["3", "lovelaceada"] == (("ada",), "Canvas marked it late")
    assert said["4", "turingalan"][0] == ("alan",)
    assert "recurrence-1.ipynb counts" in said["4", "turingalan"][1]
    assert said["anon_x7Yz", ""][0] == ("anonymous",)
    assert found[[s.person.id for s in found].index("8")].problem == "no notebook"


METADATA = b"""
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '007'
    :email: ada@x.org
  :created_at: 2026-11-10 18:25:53.109082000 -07:00
  :results: &r
    :tests: [*r]
submission_2:
  :submitters:
  - :name: Alan Turing
    :sid:
    :email: alan@x.org
  - :name: Kurt
    :sid: '8'
    :email:
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-11 01:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/Los_Angeles
"""


@pytest.mark.parametrize("as_zip", [False, True])
def test_gradescope(folder, as_zip):
    found = folder({
        f"assignment_5_export/{name}": data for name, data in {
            "submission_metadata.yml": METADATA,
            "submission_1/recurrence.ipynb": notebook("ada"),
            "submission_1/submission_metadata.yml": METADATA.replace(b"007", b"8"),
            "submission_2/recurrence.ipynb": notebook("both"),
        }.items()
    }, as_zip=as_zip)  # fmt: skip
    said = [(s.person.id, s.person.lms, s.cells, s.handed_in.isoformat()) for s in found]
    assert said == [
        ("007", "1", ("ada",), "2026-11-11T01:25:53.109082+00:00"),
        ("8", "2", ("both",), "2026-11-11T01:00:00+00:00"),
        ("alan@x.org", "2", ("both",), "2026-11-11T01:00:00+00:00"),
    ]
    assert found[1].sentence == "handed in together by Alan Turing, Kurt"


@pytest.mark.parametrize("as_zip", [False, True])
def test_a_students_own_zip_says_nothing_about_who_they_are_or_when(folder, as_zip):
    own = zipped(
        {
            "bob.ipynb": notebook("b"),
            "__MACOSX/._bob.ipynb": b"?",
            "notes.txt": b"",
            ".ipynb_checkpoints/bob-checkpoint.ipynb": notebook("old"),
        }
    ).replace(struct.pack("<H", DATE), struct.pack("<H", DATE - 5))
    files = {
        "ada.zip": own,
        "bob/all.zip": own,
        "Cy D_17_assignsubmission_file_all.zip": own,
        "edan_18_99_all.zip": own,
    }
    cyd, dan, ada, bob = folder(files, as_zip=as_zip)
    assert (ada.person.id, ada.name, ada.cells) == ("ada", "ada.zip/bob.ipynb", ("b",))
    assert bob.name == "bob/all.zip/bob.ipynb"
    assert (cyd.person.id, dan.person.id, cyd.cells, dan.cells) == ("17", "18", ("b",), ("b",))
    assert ada.handed_in == (None if as_zip else datetime.fromtimestamp(10**9, UTC))


def test_all_shapes_side_by_side(folder):
    found = folder({
        **MOODLE, "zoe.ipynb": notebook("z"), "yan/y.ipynb": notebook("y"),
        "lovelaceada_3_901_recurrence.ipynb": notebook("canvas"),
    })  # fmt: skip
    assert [s.person.id for s in found] == ["17", "18", "19", "20", "3", "yan", "zoe"]
    assert all(s.cells for s in found)


def test_two_hand_ins_of_one_student(folder):
    earlier, counts = folder({"ada.ipynb": notebook("1"), "ada/recurrence.ipynb": notebook("2")})
    assert (earlier.cells, counts.cells) == (("1",), ("2",))
    assert counts.sentence == (
        "two files for ada: ada.ipynb and ada/recurrence.ipynb; the newer counts"
    )
    assert earlier.sentence == "an earlier attempt; ada/recurrence.ipynb counts"


def test_in_one_hand_in_the_name_counts_before_the_date(folder):
    earlier, counts = folder({
        "ada/recurrence.ipynb": notebook("named"), "ada/zzz.ipynb": notebook("newer"),
        "ada/broken.ipynb": b"?",
    })  # fmt: skip
    assert counts.cells == ("named",)
    assert earlier.handed_in <= counts.handed_in
    assert counts.sentence == (
        "three files for ada: ada/zzz.ipynb, ada/broken.ipynb and ada/recurrence.ipynb; "
        "ada/recurrence.ipynb counts, ada/broken.ipynb cannot be read"
    )


def test_a_file_that_cannot_be_read_does_not_displace_one_that_can(folder):
    [counts] = folder({"ada/my.ipynb": notebook("1"), "ada/recurrence.ipynb": b"{"})
    assert counts.cells == ("1",)


def test_roster(folder):
    roster = [
        Person("al7", name="Ada Lovelace", group="a", extension_hours=24.0),
        Person("at2", name="Alan Turing", email="alan@x.org"),
        Person("kg1", lms="19"),
        Person("em3", name="Emmy Noether"),
        Person("17", name="Somebody Else"),
    ]
    found = folder({**MOODLE, "alan@x.org.ipynb": notebook("again")}, roster)
    said = {s.person.id: s for s in found if s.cells}
    assert said["al7"].person == Person("al7", "Ada Lovelace", "", "a", 24.0, "17")
    assert "two files for at2" in said["at2"].sentence
    assert said["kg1"].cells == ("kurt",)
    assert said["20"].sentence == "20 is not in the roster"
    absent = [(s.person.id, s.problem, s.name, s.sha256, s.handed_in) for s in found if not s.cells]
    assert absent == [("17", "nothing", "", "", None), ("em3", "nothing", "", "", None)]


def test_a_number_of_the_lms_does_not_take_somebody_elses_id(folder):
    stranger, owner = sorted(
        folder({"Bob X_17_assignsubmission_file_a.ipynb": notebook("b")}, [Person("17", "Ada Y")]),
        key=lambda s: s.person.id, reverse=True,
    )  # fmt: skip
    assert (owner.person.id, owner.problem) == ("17", "nothing")
    assert (stranger.person.id, stranger.cells) == ("lms-17", ("b",))


def test_a_name_that_two_share_is_nobodys(folder):
    roster = [Person("a", "Ana Cruz"), Person("b", "Ana Cruz")]
    found = folder({"anacruz_3_9_x.ipynb": notebook("?")}, roster)
    assert [s.person.id for s in found] == ["3", "a", "b"]
    assert found[0].sentence == "it may belong to any of 2 people in the roster: a, b"


def test_not_a_notebook(folder):
    found = {s.person.id: s for s in folder({
        "ada.pdf": b"%PDF", "bob/report.pdf": b"", "cyd/a.txt": b"", "cyd/b.txt": b"",
        "dan.ipynb": b"{", "eve.ipynb": b"[1]", "fay.zip": b"PK??", "gus.zip": zipped({"a": b""}),
        "hal.ipynb": b"[" * 900_000, "ida.ipynb": b"",
    })}  # fmt: skip
    assert found["ada"].sentence == "there is no notebook among the files: ada.pdf"
    assert found["cyd"].sentence == "there is no notebook among the files: cyd/a.txt and cyd/b.txt"
    assert found["dan"].sentence == "dan.ipynb: not a Jupyter notebook: not JSON"
    assert found["hal"].sentence == "hal.ipynb: not a Jupyter notebook: nested too deeply"
    assert found["fay"].sentence == "fay.zip: not a zip file, or a damaged one"
    problems = {name: s.problem for name, s in found.items()}
    assert problems == dict.fromkeys(["ada", "bob", "cyd", "gus"], "no notebook") | dict.fromkeys(
        ["dan", "eve", "fay", "hal", "ida"], "unreadable"
    )


@pytest.mark.parametrize("as_zip", [False, True])
def test_an_empty_folder_is_a_row_too(folder, tmp_path, as_zip):
    for name in ("ada", "bob/.ipynb_checkpoints", "cyd/work/deep"):
        (folder.root / name).mkdir(parents=True)
    found = folder({"dan/d.ipynb": notebook("d")})
    if as_zip:
        shutil.make_archive(str(tmp_path / "class"), "zip", folder.root)
        found = list(collect(tmp_path / "class.zip", "recurrence"))
    assert [(s.person.id, s.problem) for s in found] == [
        ("ada", "no notebook"),
        ("bob", "no notebook"),
        ("cyd", "no notebook"),
        ("dan", ""),
    ]
    assert found[0].sentence == "there is no notebook among the files: ada/"


def test_a_folder_of_hidden_files_only_in_a_zip(folder):
    files = {"ada/.DS_Store": b"", "__MACOSX/ada/._x": b"", "bob/x.ipynb": notebook("b")}
    ada, _ = folder(files, as_zip=True)
    assert (ada.person.id, ada.problem) == ("ada", "no notebook")


def test_a_student_with_a_notebook_and_a_report(folder):
    [ada] = folder({"ada.ipynb": notebook("a"), "ada.pdf": b"%PDF"})
    assert (ada.cells, ada.sentence) == (("a",), "")


def test_what_systems_leave_behind_is_no_hand_in(folder):
    [ada] = folder({
        "ada.ipynb": notebook("a"), "._ada.ipynb": b"", ".DS_Store": b"", "Thumbs.db": b"",
        "__MACOSX/ada.ipynb": b"", ".ipynb_checkpoints/ada-checkpoint.ipynb": b"",
        "ada/.ipynb_checkpoints/x.ipynb": b"",
    })  # fmt: skip
    assert ada.sentence == ""


def test_an_old_format_is_converted_and_the_sentence_says_so(folder):
    cell = {"cell_type": "code", "input": ["x = 1"], "outputs": [], "language": "python"}
    sheets = [{"cells": [cell]}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets}
    [ada] = folder({"ada.ipynb": json.dumps(old).encode()})
    assert ada.cells == ("x = 1",)
    assert ada.sentence == "ada.ipynb: it was converted from notebook format 3"


def test_too_large_is_not_read(folder):
    folder.root.joinpath("ada.ipynb").touch()
    os.truncate(folder.root / "ada.ipynb", 80 * 2**20)
    ada, bob = folder({"bob.zip": zipped({"b.ipynb": notebook("x" * 2**20)})}, max_mb=0.5)
    assert (ada.problem, ada.sentence) == ("too large", "ada.ipynb: larger than 0.5 MB")
    assert (bob.problem, bob.sentence) == ("too large", "bob.zip/b.ipynb: larger than 0.5 MB")


def test_links_pipes_and_sockets_are_not_opened(folder, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook("secret"))
    (folder.root / "ada.ipynb").symlink_to(secret)
    (folder.root / "bob").symlink_to(tmp_path)
    (folder.root / "cyd").mkdir()
    (folder.root / "cyd" / "x.ipynb").symlink_to(secret)
    os.mkfifo(folder.root / "dan.ipynb")
    found = folder({"eve/e.ipynb": notebook("e")})
    (folder.root / "eve" / "loop").symlink_to(folder.root)
    assert folder({}) == found
    assert [(s.person.id, s.problem) for s in found[:-1]] == [
        ("ada", "unreadable"), ("bob", "unreadable"), ("cyd", "unreadable"), ("dan", "unreadable")
    ]  # fmt: skip
    assert found[0].sentence == "ada.ipynb: a link; links are not followed"
    assert found[3].sentence == "dan.ipynb: not a regular file"
    assert found[4].cells == ("e",)


def test_a_zip_of_everything(folder, tmp_path):
    files = {"class/ada.ipynb": notebook("a"), "class/bob/x.ipynb": notebook("b")}
    ada, bob = folder(files, as_zip=True)
    assert (ada.cells, bob.cells) == (("a",), ("b",))
    assert ada.handed_in is None  # the zip tells no zone
    assert ada.modified == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_lone_students_folder_is_not_taken_for_a_class(folder):
    found = folder({"ada/bob.ipynb": notebook("forged"), "ada/recurrence.ipynb": notebook("a")})
    assert {s.person.id for s in found} == {"ada"}


def test_names_that_lead_out_of_a_zip(folder):
    found = folder({
        "../../ada.ipynb": notebook("a"), "/etc/bob.ipynb": notebook("b"),
        "cyd\\..\\..\\c.ipynb": notebook("c"), "C:\\dan.ipynb": notebook("d"),
        "eve.ipynb": notebook("e"),
    }, as_zip=True)  # fmt: skip
    assert [s.problem for s in found if s.person.id != "eve"] == ["unreadable"] * 4
    assert all("outside its folder" in s.sentence for s in found if s.problem)


def test_a_link_in_a_zip(folder):
    link = zipfile.ZipInfo("l.ipynb")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    [ada] = folder({"ada.zip": buffer.getvalue()})
    assert ada.sentence == "ada.zip/l.ipynb: a link or a device; not read"


NAMES = [
    "=cmd|'/c calc'!A0",
    "ä ö/x",
    "a" * 240,
    "a" * 239 + "b",
    "a\x07da",
    "a\x1bda",
    "\u202egnp",
]


def test_strange_names_stay_distinct_and_can_be_shown(folder):
    files = {name.replace("/", "∕") + ".ipynb": notebook(name) for name in NAMES}
    found = folder(files)
    ids = {s.person.id for s in found}
    assert len(ids) == len(NAMES)
    assert all(len(name) <= 80 and name.isprintable() for name in ids)


def test_a_name_that_is_not_text(folder):
    (folder.root / os.fsdecode(b"\xff\xfe.ipynb")).write_bytes(notebook("x"))
    [one] = folder({})
    assert (one.person.id + one.name).encode()
    assert one.cells == ("x",)


def test_the_two_ways_to_write_one_letter_are_one_name(folder):
    earlier, counts = folder({"e\u0301.ipynb": notebook("1"), "\u00e9.ipynb": notebook("2")})
    assert earlier.person == counts.person == Person("\u00e9")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "there is no such folder or zip"),
        (Path.mkdir, "got an empty folder"),
        (lambda path: path.write_bytes(b"PK\x03\x04 no"), "got a file that is no zip"),
        (lambda path: path.write_bytes(zipped({})), "got an empty zip"),
        (lambda path: (path / "submissions").mkdir(parents=True), "got an empty folder"),
        (lambda path: (path / ".hidden").mkdir(parents=True), "got an empty folder"),
    ],
)
def test_nothing_to_collect(tmp_path, make, sentence):
    make(tmp_path / "x")
    with pytest.raises(CollectError, match=sentence):
        collect(tmp_path / "x", "recurrence")


def test_metadata_that_is_not_gradescopes(folder):
    with pytest.raises(CollectError, match="not what Gradescope writes"):
        folder({"submission_metadata.yml": b"{a: " * 5000, "submission_1/a.ipynb": notebook("a")})


def test_files_are_read_one_student_at_a_time(folder, monkeypatch):
    folder({f"{n}.ipynb": notebook("x") for n in range(50)})
    opened = []
    real = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *a, **k: opened.append(path) or real(path, *a, **k)
    )
    rows = collect(folder.root, "recurrence")
    assert opened == []
    next(rows)
    assert len(opened) == 1


def test_more_notebooks_than_anybody_needs(folder):
    found = folder({f"ada/{n:02}.ipynb": notebook(str(n)) for n in range(30)})
    assert len(found) == 10
    assert found[-1].cells == ("29",)
    assert "and 26 more" in found[-1].sentence


text = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(text, st.binary(max_size=40), min_size=1, max_size=4), st.binary(max_size=200)
)
def test_any_zip_gives_rows_or_one_sentence(tmp_path, files, noise):
    path = tmp_path / "any.zip"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.encode("utf-8", "replace").decode(), data)
    whole = bytearray(buffer.getvalue())
    for place, byte in enumerate(noise):  # damage it here and there
        if byte % 7 == 0:
            whole[place * 31 % len(whole)] = byte
    path.write_bytes(whole)
    (tmp_path / "box").mkdir(exist_ok=True)
    (tmp_path / "box" / "ada.zip").write_bytes(whole)
    [row] = collect(tmp_path / "box", "recurrence")
    assert (row.cells is None) == (row.problem in PROBLEMS)
    try:
        rows = list(collect(path, "recurrence"))
    except CollectError:
        rows = []
    for row in rows:
        (row.person.id + row.name + row.sentence).encode()
        assert (row.cells is None) == (row.problem in PROBLEMS)


def test_of_many_zips_a_few_are_opened(folder):
    names = [f"ada/{letter}.zip" for letter in "abcdefg"]
    found = folder({name: zipped({"x.ipynb": notebook(name)}) for name in names})
    assert [s.cells for s in found] == [(name,) for name in names[:5]]


def test_the_problem_that_says_most_is_named(folder):
    [ada] = folder(
        {"ada/a.pdf": b"", "ada/b.ipynb": b"?", "ada/c.ipynb": b" " * 3000}, max_mb=0.001
    )
    assert (ada.problem, ada.name) == ("too large", "ada/c.ipynb")


def test_how_many_is_told_before_anything_is_read(folder):
    folder.root.joinpath("a").mkdir()
    for name in ("ada.ipynb", "a/one.ipynb", "a/two.ipynb", "a/notes.txt", "zoe.zip", "text.txt"):
        folder.root.joinpath(name).write_bytes(notebook("x = 1"))
    many = folder.root / "many"
    many.mkdir()
    for n in range(20):
        many.joinpath(f"{n}.ipynb").write_bytes(notebook("x = 1"))
    found = collect(folder.root, "recurrence", Roster([Person("nobody"), Person("ada")]))
    assert length_hint(found) == 1 + 2 + 1 + 1 + 10 + 1
    assert len(list(found)) == 16


def test_a_single_notebook_is_not_a_class(folder):
    path = folder.root / "ada.ipynb"
    path.write_bytes(notebook("x = 1"))
    with pytest.raises(CollectError, match="expected a folder of hand-ins or a zip"):
        collect(path, "recurrence")


def test_who_is_not_in_the_roster_is_named(folder):
    name = "Ada King_17_assignsubmission_file/recurrence.ipynb"
    [_, ada] = sorted(folder({name: notebook("x = 1")}, [Person("zoe")]), key=lambda one: one.name)
    assert ada.person.id == "17"
    assert ada.sentence == "Ada King is not in the roster"

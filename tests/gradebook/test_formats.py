"""Every format by one door, with a sentence for what cannot be done."""

import pytest
from standings import HIDDEN, nothing, standing

from course_lib.gradebook.exports import Assignment, ExportError
from course_lib.gradebook.formats import FORMATS, export

ONE = Assignment("recurrence", "Recurrence", lms={"canvas": "Recurrence (12)"})
CLASS = [standing("ada", 2, 1, who={"lms": "71"}), nothing("bob")]
CANVAS = (
    b"Student,ID,SIS Login ID,Section,Recurrence (12)\r\n"
    b"    Points Possible,,,,4\r\nAda,71,a,A,\r\n"
)
MOODLE = (
    b"Identifier,Grade,Maximum Grade,Grade can be changed,Last modified (grade),"
    b"Feedback comments\r\n"
    b"Participant 71,,4.00,Yes,-,\r\n"
)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_written_and_leaks_nothing(format, tmp_path):
    template = tmp_path / "template.csv"
    template.write_bytes({"canvas": CANVAS, "moodle": MOODLE}.get(format, b""))
    out = tmp_path / "out" / FORMATS[format].format(name="recurrence")
    given = template if format in ("canvas", "moodle") else None
    said = export(format, CLASS, ONE, out, given)
    assert said[0].startswith(f"{out}: ")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    texts = [path.read_text("utf-8") for path in files]
    assert len(files) == 1
    assert "3" in texts[0]
    assert HIDDEN not in texts[0]


def test_the_template_itself_is_not_touched_and_students_without_a_row_are_named(tmp_path):
    template = tmp_path / "template.csv"
    template.write_bytes(CANVAS)
    said = export("canvas", CLASS, ONE, tmp_path / "o.csv", template)
    assert template.read_bytes() == CANVAS
    assert said[0].endswith(": 1 of 2 grades")
    assert "Canvas's file has no row for 1 student: bob." in said


@pytest.mark.parametrize(
    ("format", "template", "sentence"),
    [
        ("excel", None, "expected one of csv, nbgrader, canvas, moodle, gradescope, got 'excel'"),
        ("csv", CANVAS, "csv has no template"),
        ("moodle", None, "--template"),
        ("moodle", CANVAS, "template.csv: this is not a grading worksheet"),
        ("canvas", MOODLE, "template.csv: this is not a gradebook from Canvas"),
        ("canvas", b"", "template.csv: the file to fill in is empty"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(format, template, sentence, tmp_path):
    path = None if template is None else tmp_path / "template.csv"
    if path:
        path.write_bytes(template)
    with pytest.raises(ExportError, match=sentence) as caught:
        export(format, CLASS, ONE, tmp_path / "o", path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).count("template.csv") <= 1
    assert not (tmp_path / "o").exists()

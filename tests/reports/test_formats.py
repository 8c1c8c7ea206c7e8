"""Every format by one door, with a sentence for what cannot be done."""

import pytest
from grade_summaries import HIDDEN, grade_summary, nothing

from course_tools.gradebook.settings import Settings
from course_tools.reports.exports import ExportError, Writer, Written
from course_tools.reports.formats import FORMATS, export, list_formats

SETTINGS = Settings(title="Recurrence", lms={"canvas": "Recurrence (12)"})
CLASS = [grade_summary("ada", 2, 1, who={"lms": "71"}), nothing("bob")]
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
def test_every_format_is_written_and_leaks_nothing(format, recurrence, tmp_path):
    template = tmp_path / "template.csv"
    template.write_bytes({"canvas": CANVAS, "moodle": MOODLE}.get(format, b""))
    out = tmp_path / "out" / FORMATS[format].out.format(name="recurrence")
    given = template if FORMATS[format].takes_template else None
    said = export(format, CLASS, recurrence, SETTINGS, out, given)
    assert said[0].startswith(f"{out}: ")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    texts = [path.read_text("utf-8") for path in files]
    assert len(files) == (3 if format == "html" else 1)
    assert "3" in texts[0]
    assert not any(HIDDEN in text for text in texts)


def test_whose_time_is_not_known_is_said_once(recurrence, tmp_path):
    time_unknown = [
        grade_summary(name, 2, 1, handed_in=None, time_unknown=True) for name in ("ada", "alan")
    ]
    said = export("csv", [*time_unknown, *CLASS], recurrence, SETTINGS, tmp_path / "o.csv")
    assert said[1:] == (
        "It is not known when 2 students handed in, so nothing is taken off for lateness there.",
    )
    assert export("csv", CLASS, recurrence, SETTINGS, tmp_path / "o.csv")[1:] == ()


@pytest.mark.parametrize(
    ("format", "template"),
    [
        ("canvas", CANVAS.replace(b",4\r", b',"5,000"\r')),
        ("moodle", MOODLE.replace(b"4.00", b"5.000")),
    ],
)
def test_a_number_that_may_be_two_is_named_with_file_column_and_value(
    format, template, recurrence, tmp_path
):
    path, column = tmp_path / "given.csv", {"canvas": "Recurrence (12)", "moodle": "Maximum Grade"}
    path.write_bytes(template)
    with pytest.raises(ExportError) as refusal:
        export(format, CLASS, recurrence, SETTINGS, tmp_path / "out.csv", path)
    said = str(refusal.value)
    assert said.startswith(
        f"{path}: column {column[format]!r}: expected points without a mark between the thousands, "
        "got '5"
    )
    assert said.endswith(", which may be 5 or 5000")
    assert not (tmp_path / "out.csv").exists()


def test_the_template_is_not_touched_and_students_without_a_row_are_named(recurrence, tmp_path):
    template = tmp_path / "template.csv"
    template.write_bytes(CANVAS)
    said = export("canvas", CLASS, recurrence, SETTINGS, tmp_path / "o.csv", template)
    assert template.read_bytes() == CANVAS
    assert said[0].endswith(": 1 grade, 2 students")
    assert "Canvas's file has no row for 1 student: bob." in said


@pytest.mark.parametrize(
    ("format", "template", "sentence"),
    [
        (
            "excel",
            None,
            "csv, nbgrader, gradescope, canvas, moodle, html, got 'excel'",
        ),
        ("csv", CANVAS, "template: expected none for csv"),
        ("moodle", None, "--template"),
        ("moodle", CANVAS, "template.csv: expected a grading worksheet"),
        ("canvas", MOODLE, "template.csv: expected a gradebook from Canvas"),
        ("canvas", b"", "template.csv: the file to fill in is empty"),
    ],
)
def test_what_cannot_be_done_is_said(format, template, sentence, recurrence, tmp_path):
    path = None if template is None else tmp_path / "template.csv"
    if path:
        path.write_bytes(template)
    with pytest.raises(ExportError, match=sentence) as caught:
        export(format, CLASS, recurrence, SETTINGS, tmp_path / "o", path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).count("template.csv") <= 1
    assert not (tmp_path / "o").exists()


def test_a_format_is_one_line_of_the_table(recurrence, tmp_path, monkeypatch):
    def write(export):
        export.out.write_text(f"{export.assignment.title}: {len(export.grades)}")
        return Written("1 line", ("Read it aloud.",))

    monkeypatch.setitem(FORMATS, "text", Writer("a line of text", "{name}.txt", write))
    monkeypatch.chdir(tmp_path)
    said = export("text", CLASS, recurrence, SETTINGS)
    assert said == ("recurrence.txt: 1 line, 2 students", "Read it aloud.")
    assert (tmp_path / "recurrence.txt").read_text() == "Recurrence: 2"
    assert list_formats().splitlines()[-1].split(maxsplit=1) == ["text", "a line of text"]

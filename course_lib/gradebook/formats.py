"""One door to every format: the function behind ``course export``."""

from collections.abc import Sequence
from pathlib import Path

from course_lib.gradebook.canvas import fill_canvas, new_canvas
from course_lib.gradebook.exports import (
    Assignment,
    ExportError,
    save,
    write_csv,
    write_nbgrader,
)
from course_lib.gradebook.gradescope import write_gradescope_folder
from course_lib.gradebook.moodle import fill_moodle
from course_lib.gradebook.records import Standing
from course_lib.gradebook.worksheet import Filled, read_worksheet

# What each format's file or folder is called when nobody says.
FORMATS = {
    "csv": "{name}.csv",
    "nbgrader": "{name}-nbgrader.csv",
    "canvas": "{name}-canvas.csv",
    "moodle": "{name}-moodle.csv",
    "gradescope": "{name}-gradescope",
}
FILLED_IN = ("canvas", "moodle")


def export(
    format: str,
    standings: Sequence[Standing],
    assignment: Assignment,
    out: Path,
    template: Path | None = None,
) -> tuple[str, ...]:
    """Write grades in one format.

    Args:
        format: a key of ``FORMATS``.
        standings: the class.
        assignment: what is graded.
        out: the file, or for gradescope the folder.
        template: the file that the school's system gave out, to be filled in; canvas can do
            without, the other formats have none.

    Returns:
        Sentences for the instructor: first what was written, then what to know about it.

    Raises:
        ExportError: it cannot be made; one sentence.
    """
    if format not in FORMATS:
        raise ExportError(f"format: expected one of {', '.join(FORMATS)}, got {format!r}")
    if template is not None and format not in FILLED_IN:
        raise ExportError(f"the format {format} has no template; leave --template out")
    if format in FILLED_IN:
        filled = _fill(format, standings, assignment, template)
        save(filled.data, out)
        return (f"{out}: {filled.n_filled} of {len(standings)} grades", *filled.remarks)
    if format == "gradescope":
        written = write_gradescope_folder(standings, out)
        return (f"{out}: {len(written)} of {len(standings)} students, one results.json each",)
    if format == "csv":
        write_csv(standings, out)
    else:
        write_nbgrader(standings, assignment, out)
    return (f"{out}: {len(standings)} students",)


def _fill(
    format: str, standings: Sequence[Standing], assignment: Assignment, template: Path | None
) -> Filled:
    if template is None and format == "moodle":
        raise ExportError(
            "Moodle imports only a file of its own: in the assignment choose Submissions, "
            "Download grading worksheet, and give that file with --template"
        )
    if template is None:
        return new_canvas(standings, assignment)
    sheet = read_worksheet(template)
    try:
        return (fill_canvas if format == "canvas" else fill_moodle)(sheet, standings, assignment)
    except ExportError as error:
        raise ExportError(f"{template}: {error}") from error

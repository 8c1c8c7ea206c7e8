"""The export formats by name, and the function behind ``course export``.

To add one: a module with its ``WRITER``, and a line in ``FORMATS``.
"""

from collections.abc import Sequence
from pathlib import Path

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import GradeSummary
from course_tools.gradebook.settings import Settings
from course_tools.reports import canvas, csv_table, gradescope, moodle, nbgrader, pages
from course_tools.reports.exports import Export, ExportError, Writer
from course_tools.reports.sanitizing import counted
from course_tools.reports.worksheet import listed

FORMATS: dict[str, Writer] = {
    "csv": csv_table.WRITER,
    "nbgrader": nbgrader.WRITER,
    "gradescope": gradescope.WRITER,
    "canvas": canvas.WRITER,
    "moodle": moodle.WRITER,
    "html": pages.WRITER,
}
NOT_YET = "Run `course regrade` and export again, for not all tasks are graded yet"


def export(
    format: str,
    grades: Sequence[GradeSummary],
    exercises: ExerciseSet,
    settings: Settings,
    out: Path | None = None,
    template: Path | None = None,
) -> tuple[str, ...]:
    """Write grades in one format.

    Args:
        format: a key of ``FORMATS``.
        grades: the class.
        exercises: the exercise set.
        settings: the due date, and what the school's systems call things.
        out: the file; for gradescope and html the folder; None takes the format's own name.
        template: the file that the school's system gave out, to be filled in; canvas can do
            without, moodle cannot, the others have none.

    Returns:
        Sentences for the instructor: first what was written, then what to know about it.

    Raises:
        ExportError: it cannot be made; one sentence.
    """
    if format not in FORMATS:
        raise ExportError(f"format: expected one of {', '.join(FORMATS)}, got {format!r}")
    writer = FORMATS[format]
    if template is not None and not writer.takes_template:
        filled_in = ", ".join(name for name, one in FORMATS.items() if one.takes_template)
        raise ExportError(
            f"template: expected none for {format} (only for {filled_in}), got {str(template)!r}"
        )
    out = out or Path(writer.out.format(name=exercises.name))
    written = writer.write(Export(grades, exercises, settings, out, template))
    what = ", ".join(filter(None, [written.counted, counted(len(grades), "student")]))
    return f"{out}: {what}", *written.remarks, *_remarks(grades)


def _remarks(grades: Sequence[GradeSummary]) -> list[str]:
    """What holds for every format: who waits for a grading, and whose time is not known."""
    remarks = []
    if waiting := [one for one in grades if one.waits]:
        remarks.append(f"{NOT_YET}: {listed(waiting)}.")
    if n_unknown := sum(one.time_unknown for one in grades):
        who = counted(n_unknown, "student")
        remarks.append(
            f"It is not known when {who} handed in, so nothing is taken off for lateness there."
        )
    return remarks


def list_formats() -> str:
    """The formats with what each writes, for ``course export --help``."""
    wide = max(map(len, FORMATS))
    return "\n".join(f"{name:<{wide}}  {writer.help}" for name, writer in FORMATS.items())

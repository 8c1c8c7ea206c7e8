"""One door to every format: the function behind ``course export``."""

from collections.abc import Sequence
from pathlib import Path

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import GradeSummary
from course_tools.gradebook.settings import LatePolicy, Settings
from course_tools.reports.canvas import fill_canvas, new_canvas
from course_tools.reports.exports import (
    FORMATS,
    Assignment,
    ExportError,
    save,
    waits,
    write_csv,
    write_nbgrader,
)
from course_tools.reports.gradescope import write_gradescope_folder
from course_tools.reports.moodle import fill_moodle
from course_tools.reports.sanitizing import counted, number
from course_tools.reports.worksheet import Filled, listed, read_worksheet

FILLED_IN = ("canvas", "moodle")
NOT_YET = "Run `course regrade` and export again, for not all tasks are graded yet"


def export(
    format: str,
    grades: Sequence[GradeSummary],
    exercises: ExerciseSet,
    settings: Settings,
    out: Path,
    template: Path | None = None,
) -> tuple[str, ...]:
    """Write grades in one format.

    Args:
        format: a key of ``FORMATS``.
        grades: the class.
        exercises: the exercise set.
        settings: the due date, and what the school's systems call things.
        out: the file; for gradescope and html the folder.
        template: the file that the school's system gave out, to be filled in; canvas can do
            without, the formats that are not ``FILLED_IN`` have none.

    Returns:
        Sentences for the instructor: first what was written, then what to know about it.

    Raises:
        ExportError: it cannot be made; one sentence.
    """
    if format not in FORMATS:
        raise ExportError(f"format: expected one of {', '.join(FORMATS)}, got {format!r}")
    if template is not None and format not in FILLED_IN:
        raise ExportError(f"the format {format} has no template; leave --template out")
    assignment = Assignment(
        exercises.name, settings.title or exercises.title, settings.due, settings.lms
    )
    n_students = counted(len(grades), "student")
    waiting = [one for one in grades if waits(one)]
    remarks = (f"{NOT_YET}: {listed(waiting)}.",) if waiting else ()
    if n_unknown := sum(one.time_unknown for one in grades):
        who = counted(n_unknown, "student")
        remarks += (
            f"It is not known when {who} handed in, so nothing is taken off for lateness there.",
        )
    if format in FILLED_IN:
        filled = _fill(format, grades, assignment, template)
        save(filled.data, out)
        return (
            f"{out}: {counted(filled.n_filled, 'grade')}, {n_students}",
            *filled.remarks,
            *remarks,
        )
    if format == "gradescope":
        written = write_gradescope_folder(grades, out)
        return (f"{out}: {counted(len(written), 'file')}, {n_students}", *remarks)
    if format == "html":
        from course_tools.reports.pages import write_pages  # draws, and takes a second to load

        try:
            pages = write_pages(
                list(grades),
                exercises,
                out,
                late_rule=late_rule(settings.late),
                due=settings.due,
                extensions=settings.extensions,
            )
        except OSError as error:
            raise ExportError(f"{out}: cannot be written: {error.strerror or error}") from error
        return (f"{out}: {counted(len(pages), 'page')}, {n_students}", *remarks)
    if format == "csv":
        write_csv(grades, out)
    else:
        write_nbgrader(grades, assignment, out)
    return (f"{out}: {n_students}", *remarks)


def late_rule(policy: LatePolicy) -> str:
    """The late rule as a sentence; empty where being late costs nothing.

    >>> late_rule(LatePolicy(fraction=0.1, at_most=0.5, grace_minutes=15))
    '10 % of the points for each day begun, at most 50 %; the first 15 minutes are free.'
    """
    parts = []
    if policy.fraction:
        share = f"{number(100 * policy.fraction)} % of the points for each {policy.per} begun"
        most = f", at most {number(100 * policy.at_most)} %" if policy.at_most < 1 else ""
        parts.append(share + most)
    if policy.closes_after_hours is not None:
        parts.append(f"nothing is earned after {number(policy.closes_after_hours)} hours")
    if parts and policy.grace_minutes:
        parts.append(f"the first {number(policy.grace_minutes)} minutes are free")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _fill(
    format: str, grades: Sequence[GradeSummary], assignment: Assignment, template: Path | None
) -> Filled:
    if template is None and format == "moodle":
        raise ExportError(
            "Moodle imports only a file of its own: in the assignment choose Submissions, "
            "Download grading worksheet, and give that file with --template"
        )
    if template is None:
        return new_canvas(grades, assignment)
    sheet = read_worksheet(template)
    try:
        return (fill_canvas if format == "canvas" else fill_moodle)(sheet, grades, assignment)
    except ExportError as error:
        raise ExportError(f"{template}: {error}") from error

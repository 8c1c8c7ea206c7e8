"""Moodle: fill in the grading worksheet that it gave out.

Checked against Moodle's own source, ``mod/assign/gradingtable.php`` and
``mod/assign/feedback/offline``: the columns are named in the language of the site; the first one
holds "Participant" in that language and a number; the grade stands before the maximum, then
perhaps the state of the workflow, then whether the grade can be changed; feedback comments come
after the time of the last grading, and are HTML. On import a grade that is empty, negative, above
the maximum, unchanged or locked is skipped; a comment is taken over even then.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from course_tools.gradebook.models import CAUSES, GradeSummary, TaskLine
from course_tools.reports.csv_cells import plain_number
from course_tools.reports.exports import Assignment, Export, ExportError, Writer, Written
from course_tools.reports.sanitizing import sanitize
from course_tools.reports.worksheet import (
    Filled,
    Key,
    Worksheet,
    fill_template,
    full_names,
    listed,
    match,
    points_in,
    ready,
    remarks_on,
    save_filled,
    unmatched,
)
from course_tools.submissions.models import PROBLEMS
from course_tools.submissions.numbers import readings

TIME = re.compile(r"-|.*\d{1,2}[:.]\d\d.*", re.S)
# "No" in the languages of Moodle's larger sites; in the others Moodle itself skips what is locked.
NO = frozenset(
    {"no", "non", "nein", "nee", "nej", "nei", "não", "nie", "ne", "nem", "nu", "ei", "ez", "hayır"}
    | {
        "όχι",
        "нет",
        "ні",
        "не",
        "לא",
        "لا",
        "خیر",
        "नहीं",
        "いいえ",
        "아니오",
        "否",
        "không",
        "tidak",
    }
)
YES = frozenset(
    {"yes", "sí", "si", "oui", "ja", "sim", "tak", "áno", "ano", "da", "kyllä", "igen", "bai"}
    | {"evet", "ναι", "да", "так", "כן", "نعم", "بله", "हाँ", "はい", "예", "是", "có"}
)


@dataclass(frozen=True)
class _Columns:
    identifier: int
    name: int | None
    email: int | None
    grade: int
    maximum: int
    changeable: int | None
    feedback: int | None


def fill_moodle(sheet: Worksheet, grades: Sequence[GradeSummary], assignment: Assignment) -> Filled:
    """Write grades, scaled to the worksheet's maximum, and a line of feedback.

    A comment that somebody else wrote stays: only an empty one, or one of ours, which begins with
    the exercise set's title, is written over.

    Raises:
        ExportError: not a grading worksheet, or one whose grades are words.
    """
    rows = tuple(
        row for row in range(1, sheet.n_rows) if any(value.strip() for value in sheet.row(row))
    )
    columns = _find_columns(sheet, rows)
    found = match(rows, grades, _moodle_keys(sheet, columns))
    remarks = remarks_on(rows, found, grades, "Moodle")
    title, own = sheet.header[columns.maximum], {one.maximum for one in found.values()}
    maxima = {row: points_in(sheet.value(row, columns.maximum), title, own) for row in found}
    locked, n_filled = [], 0
    for row, one in found.items():
        if columns.changeable is not None and _says(sheet, row, columns.changeable) in NO:
            locked.append(one)
        elif ready(one):
            maximum, mark = maxima[row]
            grade = plain_number(scaled(one, maximum)).replace(".", mark or ".")
            sheet.put(row, columns.grade, grade)
            n_filled += 1
            if columns.feedback is not None:
                before = sheet.value(row, columns.feedback).strip()
                if not before or before.startswith(_opening(assignment)):
                    sheet.put(row, columns.feedback, feedback(one, assignment))
    if locked:
        remarks.append(f"Left as it was, since the grade is locked: {listed(locked)}.")
    sizes = {maximum for maximum, _ in maxima.values()}
    if sizes - own:
        sizes = " or ".join(map(plain_number, sorted(sizes)))
        remarks.append(f"Grades are scaled to the worksheet's maximum of {sizes}.")
    lost = tuple(one.person.id for one in unmatched(found, grades))
    return Filled(sheet.data(), n_filled, lost, tuple(remarks))


def scaled(grade: GradeSummary, maximum: float) -> float:
    """The score on Moodle's scale, never outside it."""
    share = grade.score / grade.maximum if grade.maximum else 0.0
    return min(max(share, 0.0), 1.0) * maximum


def feedback(grade: GradeSummary, assignment: Assignment) -> str:
    """One paragraph: the score, then each task with its points and, where lost, the cause."""
    head = f"{plain_number(grade.score)} of {plain_number(grade.maximum)} points"
    if grade.penalty:
        head += f" ({plain_number(grade.raw)} less {plain_number(grade.penalty)} for lateness)"
    if grade.problem:
        return _opening(assignment) + f"{head}: {PROBLEMS[grade.problem]}."
    tasks = "; ".join(map(_task_feedback, grade.tasks))
    return _opening(assignment) + html.escape(f"{head}. {tasks}.")


def _task_feedback(line: TaskLine) -> str:
    cause = line.result.cause
    text = f"{line.task} {plain_number(line.points)}/{plain_number(line.maximum)}"
    return text if cause == "right" or line.overridden else f"{text} ({CAUSES[cause]})"


def _opening(assignment: Assignment) -> str:
    return html.escape(f"{assignment.lms.get('moodle') or assignment.title}: ")


def _find_columns(sheet: Worksheet, rows: Sequence[int]) -> _Columns:
    """Columns by their English names, else by what stands in them."""
    header = [title.lower() for title in sheet.header]

    def named(*titles: str) -> int | None:
        return next((header.index(title) for title in titles if title in header), None)

    def all_of(column: int, test: re.Pattern) -> bool:
        return all(test.fullmatch(sheet.value(row, column).strip()) for row in rows)

    first = sanitize(sheet.value(rows[0], 0), 40) if rows else ""
    if not rows or not all_of(0, re.compile(r".*?\d+", re.S)):
        raise ExportError(
            "expected a grading worksheet from Moodle, whose first column holds 'Participant' and "
            f"a number, got one with {first!r} there; in Moodle: the assignment, Submissions, "
            "Download grading worksheet"
        )
    maximum, last = named("maximum grade"), len(header) - 1
    if maximum is None:
        maximum = _maximum_by_content(sheet, rows)
    grade = named("grade")
    if maximum is None or (grade is None and "maximum grade" in header):
        raise ExportError(
            "the worksheet has no column with one maximum grade beside the grades: set the "
            "assignment's grade to points, not to a scale, or give the worksheet in English"
        )
    changeable = named("grade can be changed")
    if changeable is None:
        after = range(maximum + 1, min(maximum + 3, len(header)))
        words = {column: {_says(sheet, row, column) for row in rows} for column in after}
        changeable = next((column for column in after if words[column] <= YES | NO), None)
    comments = named("feedback comments")
    if comments is None and "grade" not in header and last > maximum + 1:
        dated = all_of(last - 1, TIME) and not all_of(last, TIME)
        comments = last if dated else None
    email = named("email address", "email")
    if email is None:
        found = (c for c in range(1, maximum) if all_of(c, re.compile(r"[^@\s]+@[^@\s]+|")))
        email = next((c for c in found if any("@" in sheet.value(row, c) for row in rows)), None)
    name = named("full name")
    if name is None and maximum > 3 and "identifier" not in header:
        name = 1
    return _Columns(
        0, name, email, maximum - 1 if grade is None else grade, maximum, changeable, comments
    )


def _maximum_by_content(sheet: Worksheet, rows: Sequence[int]) -> int | None:
    """A column of one and the same number, after one of grades or nothing: if there is just one."""
    found = []
    for column in range(2, len(sheet.header)):
        texts = {sheet.value(row, column).strip() for row in rows}
        before = [sheet.value(row, column - 1).strip() for row in rows]
        if (
            len(texts) == 1
            and max(readings(*texts), default=0.0) > 0
            and all(not text or readings(text) for text in before)
        ):
            found.append(column)
    return found[0] if len(found) == 1 else None


def _says(sheet: Worksheet, row: int, column: int) -> str:
    return sheet.value(row, column).strip().casefold()


def _moodle_keys(sheet: Worksheet, columns: _Columns) -> list[Key]:
    def participant(row: int) -> str:
        return re.split(r"\D", sheet.value(row, columns.identifier).strip())[-1]

    keys: list[Key] = [(participant, lambda person: (person.lms,))]
    if columns.email is not None:
        email = columns.email
        keys.append((lambda row: sheet.value(row, email), lambda p: (p.email, p.id)))
    between = range(1, columns.grade)  # an id number, a user name: whatever the site shows
    for column in between:
        if column not in (columns.name, columns.email):
            keys.append((lambda row, c=column: sheet.value(row, c), lambda p: (p.id,)))
    if columns.name is not None:
        name = columns.name
        keys.append((lambda row: sheet.value(row, name), full_names))
    keys.append((participant, lambda person: () if person.name else (person.id,)))
    return keys


def write(export: Export) -> Written:
    """Write the grading worksheet that Moodle gave out, filled in."""
    if export.template is None:
        raise ExportError(
            "Moodle imports only a file of its own: in the assignment choose Submissions, "
            "Download grading worksheet, and give that file with --template"
        )
    return save_filled(fill_template(fill_moodle, export, export.template), export.out)


WRITER = Writer(
    "Moodle's grading worksheet, filled in (--template)",
    "{name}-moodle.csv",
    write,
    takes_template=True,
)

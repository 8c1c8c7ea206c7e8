"""Canvas: fill in the gradebook file that it gave out.

Checked against Canvas's own source, ``lib/gradebook_exporter.rb`` and ``gradebook_importer.rb``:
the name is in one column or in two (LastName, FirstName); the row of maxima begins with
``    Points Possible``; before it there may be a row of nothing but "Manual Posting"; where the
maximum reads "(read only)", and in columns titled like its own totals, the importer skips what it
finds; EX is excused, N/A is not assigned; the file may be separated by semicolons; a column whose
title Canvas does not know makes a new assignment.
"""

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from course_tools.gradebook.models import GradeSummary
from course_tools.reports.csv_cells import cell, csv_bytes, plain_number, split_name
from course_tools.reports.exports import Assignment, Export, ExportError, Writer, Written
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
    same,
    save_filled,
    unmatched,
)
from course_tools.submissions.models import Person

WITH_ID = re.compile(r"^(.*?)\s*\((\d+)\)\s*$", re.S)
OF_PEOPLE = (
    "Student",
    "LastName",
    "FirstName",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
)
TOTALS = re.compile(
    "(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)", re.IGNORECASE
)
MUTED = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE | re.S)
KEPT = ("EX", "N/A")


def fill_canvas(sheet: Worksheet, grades: Sequence[GradeSummary], assignment: Assignment) -> Filled:
    """Write the scores into the assignment's column and touch nothing else.

    The column is the one that ``assignment.lms["canvas"]`` names by title or by id, else the
    one that has the exercise set's title. Scores are scaled to Canvas's points.

    Raises:
        ExportError: not a file from Canvas, or the column is not there, or is there twice.
    """
    if "ID" not in sheet.header or sheet.header[0] not in ("Student", "LastName"):
        raise ExportError(
            "expected a gradebook from Canvas, whose first row begins with 'Student, ID', got one "
            f"that begins with {', '.join(sheet.header[:3])!r}; in Canvas: Grades, Export, "
            "Export Entire Gradebook"
        )
    column = find_column(sheet.header, assignment)
    layout = _layout(sheet)
    points = _points(sheet, layout, column, {one.maximum for one in grades})
    found = match(layout.students, grades, _canvas_keys(sheet))
    remarks = remarks_on(layout.students, found, grades, "Canvas")
    if points and any(one.maximum != points for one in found.values()):
        remarks.append(f"Scores are scaled to the {plain_number(points)} points that Canvas gives.")
    kept, n_filled = [], 0
    for row, one in found.items():
        if sheet.value(row, column).strip().upper() in KEPT:
            kept.append(one)
        elif ready(one):
            scale = points / one.maximum if points and one.maximum else 1.0
            sheet.put(row, column, plain_number(one.score * scale))
            n_filled += 1
    if kept:
        remarks.append(f"Left as it was, excused or not assigned in Canvas: {listed(kept)}.")
    lost = tuple(one.person.id for one in unmatched(found, grades))
    return Filled(sheet.data(), n_filled, lost, tuple(remarks))


def new_canvas(grades: Sequence[GradeSummary], assignment: Assignment) -> Filled:
    """The smallest file that Canvas imports, for when there is none to fill in.

    Raises:
        ExportError: the settings do not say the column's id.
    """
    title = assignment.lms.get("canvas", "")
    if not WITH_ID.match(title):  # Canvas would make a new assignment
        raise ExportError(
            "Canvas needs the assignment's id: give the downloaded gradebook with --template, or "
            f"write its column into the settings, under lms: {_setting(assignment)}"
        )
    maximum = max((one.maximum for one in grades), default=0.0)
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", cell(title)],
        ["    Points Possible", "", "", "", "", plain_number(maximum)],
    ]
    graded = [one for one in grades if ready(one)]
    for one in graded:
        person = one.person
        texts = (sortable(person), person.lms, person.id, person.email, person.group)
        rows.append([*map(cell, texts), plain_number(one.score)])
    return Filled(csv_bytes(rows), len(graded), (), ())


def sortable(person: Person) -> str:
    """The name as Canvas sorts it.

    >>> sortable(Person("ada", "Ada Lovelace")), sortable(Person("ada"))
    ('Lovelace, Ada', 'ada')
    """
    return ", ".join(filter(None, split_name(person.name))) or person.id


def find_column(header: Sequence[str], assignment: Assignment) -> int:
    """The assignment's column.

    Raises:
        ExportError: none or several, or one that Canvas takes for its own.

    >>> find_column(["Student", "ID", "Recurrence (12)"], Assignment("r", "Recurrence"))
    2
    """
    wanted = assignment.lms.get("canvas", "").strip() or assignment.title
    named = WITH_ID.match(wanted)
    wanted_id = named[2] if named else wanted.strip("()") if wanted.strip("()").isdigit() else ""
    offered = {
        column: title
        for column, title in enumerate(map(WITH_ID.match, header))
        if title and title.string not in OF_PEOPLE and not TOTALS.search(title.string)
    }
    found = [
        column
        for column, title in offered.items()
        if (title[2] == wanted_id if wanted_id else _is_titled(title, wanted))
    ]
    if len(found) == 1:
        return found[0]
    if TOTALS.search(wanted):
        raise ExportError(
            f"Canvas takes a column titled {wanted!r} for one of its totals and skips it on "
            "import; give the assignment another title there"
        )
    titles = ", ".join(repr(title.string) for title in offered.values()) or "none"
    raise ExportError(
        f"column: expected one that is {wanted!r}, got {len(found) or 'none'}; write the one you "
        f"mean into the settings, under lms: {_setting(assignment)}; there are: {titles}"
    )


def _setting(assignment: Assignment) -> str:
    """The column's line in the settings; in quotes, for titles have colons."""
    return f"canvas: {json.dumps(f'{assignment.title} (1234)', ensure_ascii=False)}"


def _is_titled(title: re.Match[str], wanted: str) -> bool:
    return same(wanted) in (same(title.string), same(title[1]))


@dataclass(frozen=True)
class _Layout:
    points: int | None
    students: tuple[int, ...]


def _layout(sheet: Worksheet) -> _Layout:
    points, students = None, []
    for row in range(1, sheet.n_rows):
        values = sheet.row(row)
        if points is None and "Points Possible" in values[0]:
            points = row
        elif not all(MUTED.fullmatch(value) for value in values):
            students.append(row)
    return _Layout(points, tuple(students))


def _points(
    sheet: Worksheet, layout: _Layout, column: int, maxima: Collection[float]
) -> float | None:
    """What Canvas gives for the assignment; None where it does not say, or gives nothing."""
    text = "" if layout.points is None else sheet.value(layout.points, column).strip()
    if "read only" in text.lower():
        raise ExportError(f"Canvas marks the column {sheet.header[column]!r} as read only")
    if not text:
        return None
    points, _ = points_in(text, sheet.header[column], maxima)
    return points or None


def _canvas_keys(sheet: Worksheet) -> list[Key]:
    def under(title: str) -> Callable[[int], str]:
        column = sheet.header.index(title) if title in sheet.header else len(sheet.header)
        return lambda row: sheet.value(row, column)

    def name(row: int) -> str:
        first, second = sheet.value(row, 0), sheet.value(row, 1)
        text = f"{first}, {second}" if sheet.header[0] == "LastName" else first
        return "" if text == "Student, Test" else text

    number_of = under("ID")
    return [
        (number_of, lambda person: (person.lms,)),
        (under("SIS User ID"), lambda person: (person.id,)),
        (under("SIS Login ID"), lambda person: (person.id, person.email)),
        # a number of our own may happen to be somebody else's in Canvas: the name must agree
        (number_of, lambda person: () if person.name else (person.id,)),
        (
            lambda row: f"{number_of(row)} {name(row)}",
            lambda person: [f"{person.id} {full}" for full in full_names(person)],
        ),
        (name, full_names),
    ]


def write(export: Export) -> Written:
    """Write the file that Canvas gave out, filled in, or the smallest that it imports."""
    if export.template is None:
        return save_filled(new_canvas(export.grades, export.assignment), export.out)
    return save_filled(fill_template(fill_canvas, export, export.template), export.out)


WRITER = Writer(
    "Canvas's gradebook file, filled in (--template)",
    "{name}-canvas.csv",
    write,
    takes_template=True,
)

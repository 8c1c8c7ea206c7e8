"""A CSV file that somebody else wrote, of which a few cells are filled in.

The csv module would write a file anew, with its own idea of what needs quotes. Here a cell that
is not filled in keeps its bytes, so that the school's system gets back what it gave out.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_tools.gradebook.models import GradeSummary
from course_tools.reports.csv_cells import cell, plain_number
from course_tools.reports.exports import Assignment, Export, ExportError, Written, save
from course_tools.reports.sanitizing import counted, sanitize
from course_tools.submissions.models import Person
from course_tools.submissions.numbers import readings

BOM = "\ufeff"
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Filled:
    """A filled-in file.

    Args:
        data: its bytes.
        n_filled: rows that got a grade.
        unmatched: ids of the students for whom the file has no row.
        remarks: what the instructor should know, one sentence each.
    """

    data: bytes
    n_filled: int
    unmatched: tuple[str, ...]
    remarks: tuple[str, ...]


class Worksheet:
    r"""Rows of cells, each with the text that stands for it in the file.

    >>> sheet = Worksheet(b'name,grade\r\n"Ada",\r\n')
    >>> sheet.put(1, 1, "7")
    >>> sheet.data()
    b'name,grade\r\n"Ada",7\r\n'
    """

    def __init__(self, data: bytes):
        """Split a file into cells.

        Raises:
            ExportError: empty, not UTF-8, or not CSV.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ExportError(
                "the file to fill in is not UTF-8: give it as it was downloaded, or save it in the "
                "spreadsheet program as 'CSV UTF-8'"
            ) from error
        self._start = BOM * text.startswith(BOM)
        text = text.removeprefix(BOM)
        if not text.strip():
            raise ExportError("the file to fill in is empty; download it once more")
        self.delimiter = max(DELIMITERS, key=lambda mark: _width(text, mark))
        self._raw: list[list[str]] = [[]]
        self._ends: list[str] = []
        self._split(text)
        self.header = [self.value(0, column).strip() for column in range(len(self._raw[0]))]

    def _split(self, text: str) -> None:
        parts = re.compile(
            rf'("(?:[^"]|"")*"|[^"{self.delimiter}\r\n][^{self.delimiter}\r\n]*|)'
            rf"({self.delimiter}|\r\n|\n|\r|\Z)"
        )
        place = 0
        while True:
            found = parts.match(text, place)
            if found is None:
                raise ExportError(
                    f"row {len(self._raw)} of the file to fill in is not CSV: a quote is not closed"
                )
            self._raw[-1].append(found[1])
            place = found.end()
            if found[2] != self.delimiter:
                self._ends.append(found[2])
                if place == len(text):
                    return
                self._raw.append([])

    @property
    def n_rows(self) -> int:
        """Rows, the header among them."""
        return len(self._raw)

    def value(self, row: int, column: int) -> str:
        """What a cell says; empty where a row is too short."""
        if column >= len(self._raw[row]):
            return ""
        raw = self._raw[row][column]
        return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw

    def row(self, row: int) -> list[str]:
        """What the cells of a row say, as many as the header has."""
        return [self.value(row, column) for column in range(len(self.header))]

    def put(self, row: int, column: int, text: str) -> None:
        """Fill in a cell."""
        raw = self._raw[row]
        raw.extend([""] * (column + 1 - len(raw)))
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=self.delimiter).writerow([text])
        raw[column] = written.getvalue().removesuffix("\r\n")

    def data(self) -> bytes:
        """The file."""
        pairs = zip(self._raw, self._ends, strict=True)
        text = "".join(self.delimiter.join(raw) + end for raw, end in pairs)
        return (self._start + text).encode()


def _width(text: str, delimiter: str) -> int:
    """How many cells the first row has, if this is what separates them."""
    return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))


def read_worksheet(path: Path) -> Worksheet:
    """Read the file that the school's system gave out.

    Raises:
        ExportError: it cannot be read; the sentence begins with its name.
    """
    try:
        return Worksheet(path.read_bytes())
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ExportError as error:
        raise ExportError(f"{path}: {error}") from error


def fill_template(
    fill: Callable[[Worksheet, Sequence[GradeSummary], Assignment], Filled],
    export: Export,
    template: Path,
) -> Filled:
    """Fill in the file that the school's system gave out.

    Raises:
        ExportError: it cannot be filled in; the sentence begins with its name.
    """
    sheet = read_worksheet(template)
    try:
        return fill(sheet, export.grades, export.assignment)
    except ExportError as error:
        raise ExportError(f"{template}: {error}") from error


def save_filled(filled: Filled, out: Path) -> Written:
    """Write a filled-in file, and say how many grades it got."""
    save(filled.data, out)
    return Written(counted(filled.n_filled, "grade"), filled.remarks)


# How a row and a student can name the same person: the row's word, and the student's words.
Key = tuple[Callable[[int], str], Callable[[Person], Sequence[str]]]


def match(
    rows: Sequence[int], grades: Sequence[GradeSummary], keys: Sequence[Key]
) -> dict[int, GradeSummary]:
    """Find each student's row, by the strongest key first, and never by one that two share.

    Args:
        rows: the rows of students.
        grades: the students.
        keys: strongest first.
    """
    found: dict[int, GradeSummary] = {}
    for of_row, of_person in keys:
        taken = {id(grade) for grade in found.values()}
        by_word: dict[str, list[int]] = {}
        for row in rows:
            if row not in found and (word := same(of_row(row))):
                by_word.setdefault(word, []).append(row)
        pairs = []
        for one in grades:
            if id(one) not in taken:
                words = {same(word) for word in of_person(one.person)}
                pairs += [(row, one) for word in words for row in by_word.get(word, ())]
        of_rows = Counter(row for row, _ in pairs)
        of_students = Counter(id(one) for _, one in pairs)
        found |= {r: one for r, one in pairs if of_rows[r] == of_students[id(one)] == 1}
    return found


def same(word: str) -> str:
    """A name or address in the form in which two are compared.

    >>> same("  Lovelace,  ADA ")
    'lovelace, ada'
    """
    return " ".join(word.casefold().split())


def full_names(person: Person) -> tuple[str, ...]:
    """A name as either system may write it: "Ada Lovelace" and "Lovelace, Ada".

    >>> full_names(Person("ada", "Ada Lovelace"))
    ('Ada Lovelace', 'Lovelace, Ada')
    """
    name = person.name.strip()
    if "," in name:
        last, _, first = name.partition(",")
        return name, f"{first.strip()} {last.strip()}"
    first, _, last = name.rpartition(" ")
    return (name, f"{last}, {first}") if first else (name,)


def points_in(text: str, column: str, maxima: Collection[float]) -> tuple[float, str]:
    """The points that a cell says, and the decimal mark that it says them with.

    Of two readings, 1 and 1000 of "1,000", the exercises' own maximum counts.

    Args:
        text: of the cell.
        column: its title.
        maxima: of the students' scores.

    Raises:
        ExportError: it says no points, or there is still more than one reading.
    """
    found = {value: mark for value, mark in readings(text).items() if value >= 0}
    if len(found) > 1:
        found = {value: found[value] for value in found if value in maxima} or found
    if len(found) == 1:
        return next(iter(found.items()))
    came = f"got {sanitize(text, 40)!r}"
    if found:
        either = " or ".join(map(plain_number, sorted(found)))
        raise ExportError(
            f"column {column!r}: expected points without a mark between the thousands, "
            f"{came}, which may be {either}"
        )
    raise ExportError(f"column {column!r}: expected points in digits, as 1000 or 12.5, {came}")


def listed(grades: Sequence[GradeSummary]) -> str:
    """Students in a sentence.

    >>> listed([GradeSummary(Person("ada", "Ada L"), (), 0, 1, 0, 0)])
    '1 student: ada (Ada L)'
    """
    people = [one.person for one in grades]
    names = ", ".join(cell(f"{p.id} ({p.name})" if p.name else p.id) for p in people)
    return f"{len(people)} student{'s' * (len(people) > 1)}: {names}"


def empty_handed(grade: GradeSummary) -> bool:
    """Whether there is neither a submission nor a point that somebody gave by hand."""
    return grade.problem == "nothing" and grade.score == 0


def ready(grade: GradeSummary) -> bool:
    """Whether there is a score to write."""
    return not (empty_handed(grade) or grade.waits)


def unmatched(found: dict[int, GradeSummary], grades: Sequence[GradeSummary]) -> list[GradeSummary]:
    """The students for whom there is no row."""
    matched = {id(one) for one in found.values()}
    return [one for one in grades if id(one) not in matched]


def remarks_on(
    rows: Sequence[int], found: dict[int, GradeSummary], grades: Sequence[GradeSummary], system: str
) -> list[str]:
    """What is to be said of students without a row and of rows without a student."""
    remarks = []
    if lost := unmatched(found, grades):
        remarks.append(f"{system}'s file has no row for {listed(lost)}.")
    if n_left := len(rows) - len(found):
        remarks.append(
            f"Rows of {system}'s file that belong to nobody in the gradebook, left as they are: "
            f"{n_left}."
        )
    if idle := [one for one in found.values() if empty_handed(one)]:
        remarks.append(f"Left as it was, since nothing was handed in: {listed(idle)}.")
    return remarks

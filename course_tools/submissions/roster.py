"""Who is in the class: the roster's CSV, and which of its people a file belongs to.

The names of files come from students and from the school's system, so they are text to be tidied
and matched, never trusted.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from course_tools.submissions.models import Person
from course_tools.submissions.names import clean, fold, squeeze, tidy_id
from course_tools.submissions.numbers import readings

MAX_BYTES, MAX_HOURS = 20 * 2**20, 24 * 366
COLUMNS = {
    "id": "id",
    "name": "name",
    "email": "email",
    "group": "group",
    "extension": "extension_hours",
    "extension_hours": "extension_hours",
    "lms": "lms",
}


class RosterError(ValueError):
    """A roster that cannot be used; one sentence with the file and the line."""


class Roster:
    """The people of a class, found by whatever a file tells of its owner.

    >>> roster = Roster([Person("al7", name="Ada King Lovelace"), Person("at2", name="Alan T.")])
    >>> [person.id for person in roster.named("lovelaceadaking")]
    ['al7']
    """

    def __init__(self, people: Iterable[Person]):
        self.people = tuple(people)
        self._by_id = {person.id: person for person in self.people}
        self._index: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in self.people:
            keys = {("id", fold(person.id)), ("lms", person.lms), ("email", fold(person.email))}
            for key in keys | {("name", key) for key in _spellings(person.name)}:
                if key[1]:
                    self._index[key].append(person)

    def __len__(self) -> int:
        return len(self.people)

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._by_id

    def named(self, name: str) -> list[Person]:
        """Everybody whose name this may be, in any order of its words."""
        return self._find("name", squeeze(name))

    def owner(self, parsed: Person) -> tuple[Person | None, str]:
        """The one person whom a parsed name fits, and a remark where there is more than one.

        By id, the LMS's number, email, name; the LMS's number taken as an id comes last, and only
        where the names do not contradict.
        """
        own = parsed.id != parsed.lms  # else the number stands in for an id
        exact = self._by_id.get(parsed.id) if own else None
        tries = [
            [exact] if exact else [],
            self._find("id", fold(parsed.id)) if own else [],
            self._find("lms", parsed.lms),
            self._find("email", fold(parsed.email)),
            self.named(parsed.name),
            # Moodle puts the group before the name where one group was downloaded
            self.named(parsed.name.partition("-")[2]) if parsed.lms else [],
        ]
        if not own:
            tries.append([p for p in self._find("id", fold(parsed.id)) if _may_be(parsed.name, p)])
        if not parsed.lms:  # a file may bear any one of these as its name
            tries += [self._find("lms", parsed.id), self._find("email", fold(parsed.id))]
            tries.append(self.named(parsed.id))
        found = next((people for people in tries if people), [])
        if len(found) == 1:
            person = found[0]
            return replace(
                person,
                name=person.name or parsed.name,
                email=person.email or parsed.email,
                lms=parsed.lms or person.lms,
            ), ""
        if found:
            ids = ", ".join(person.id for person in found[:4])
            return None, f"it may belong to any of {len(found)} people in the roster: {ids}"
        return None, ""

    def _find(self, kind: str, text: str) -> list[Person]:
        return self._index.get((kind, text), []) if text else []


def _may_be(name: str, person: Person) -> bool:
    return not name or not person.name or squeeze(name) in _spellings(person.name)


def _spellings(name: str) -> set[str]:
    """A name's words run together, first or last name first."""
    words = fold(name).replace(",", " ").split()
    return {squeeze("".join(words[cut:] + words[:cut])) for cut in range(min(len(words), 8))}


def read_roster(path: Path) -> Roster:
    """Read a CSV with a header: id, and if wanted name, email, group, extension (hours), lms.

    Other columns are ignored; a byte order mark, semicolons and capitals do no harm.

    Raises:
        RosterError: names the file and the line.
    """
    rows = _csv_rows(path)
    try:
        return Roster(_parse_people(path.name, rows))
    except csv.Error as error:
        raise RosterError(f"{path.name}, line {rows.line_num}: {error}") from error


def _csv_rows(path: Path):
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RosterError(f"{path.name}: larger than {MAX_BYTES // 2**20} MB; not a roster")
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{path}: cannot be read: {error.strerror}") from error
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    header = text.split("\n", 1)[0]
    return csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count), strict=True)


def _parse_people(file: str, rows) -> Iterator[Person]:
    header = [re.sub(r"[\s_]+", "_", name.strip().lower()) for name in next(rows, [])]
    fields = {COLUMNS[name]: n for n, name in reversed([*enumerate(header)]) if name in COLUMNS}
    if "id" not in fields:
        shown = clean(", ".join(header), 80) or "nothing"
        raise RosterError(f"{file}, line 1: header: expected a column 'id', got {shown}")
    lines: dict[str, int] = {}
    for row in rows:
        line = rows.line_num
        values = {name: row[n].strip() for name, n in fields.items() if n < len(row)}
        if not any(cell.strip() for cell in row):
            continue
        if not values.get("id"):
            raise RosterError(f"{file}, line {line}: id: expected one for every student, got none")
        hours = _parse_hours(values.pop("extension_hours", ""), f"{file}, line {line}")
        tidied = {name: clean(value) for name, value in values.items()}
        person = Person(**tidied | {"id": tidy_id(values["id"])}, extension_hours=hours)
        if person.id in lines:
            raise RosterError(
                f"{file}, line {line}: id: expected one line for each student, "
                f"got {person.id!r} on line {lines[person.id]} already"
            )
        lines[person.id] = line
        yield person


def _parse_hours(text: str, where: str) -> float:
    found = [hours for hours in readings(text or "0") if 0 <= hours <= MAX_HOURS]
    if len(found) == 1:
        return found[0]
    came = repr(clean(text, 40))
    if found:
        raise RosterError(
            f"{where}: extension: expected hours without a mark between the thousands, got {came}"
        )
    raise RosterError(f"{where}: extension: expected hours as a number, got {came}")

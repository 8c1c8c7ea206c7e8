"""Writing into a gradebook: students, submissions and results, many rows in one transaction.

Every function takes a connection in a transaction that writes, says what should be there, and
does nothing where it is there already: writing the same thing twice changes nothing.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from course_tools.gradebook import schema
from course_tools.gradebook.fingerprints import hash_of, hash_of_cells
from course_tools.gradebook.models import Graded
from course_tools.gradebook.schema import Row, row_of, storable
from course_tools.submissions.models import Person, Submission

CHUNK = 500  # values in one IN (...); SQLite allows 32766, others fewer

T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most ``size`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def rows_of(connection: Connection, table: Table, column: Column, values: Iterable) -> list[Row]:
    """The rows of a table whose column has one of the values, in the order of the table's key."""
    found: list[Row] = []
    for chunk in chunks(dict.fromkeys(values)):
        query = select(table).where(column.in_(chunk)).order_by(*table.primary_key.columns)
        found += connection.execute(query).all()
    return found


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, if there are any."""
    if rows:
        connection.execute(insert(table), list(rows))


def enrol(connection: Connection, people: Iterable[Person], *, fill_in: bool = False) -> None:
    """Write students; what a roster says replaces what was known of them.

    Args:
        connection: the transaction.
        people: who; the last entry of an id counts.
        fill_in: keep what is known of a student where the new entry says nothing.
    """
    people = [Person(**row_of(person)) for person in people]
    table = schema.students
    rows = rows_of(connection, table, table.c.id, (person.id for person in people))
    old = {row.id: Person(**row._mapping) for row in rows}
    new = dict(old)
    for person in people:
        if fill_in and person.id in new:
            said = {name: value for name, value in asdict(person).items() if value}
            person = replace(new[person.id], **said)
        new[person.id] = person
    add(connection, table, [asdict(person) for person in new.values() if person.id not in old])
    for person in new.values():
        if person != old.get(person.id, person):
            query = update(table).where(table.c.id == person.id).values(**asdict(person))
            connection.execute(query)


def hand_in(
    connection: Connection, handed: Sequence[tuple[Submission, Mapping[str, str] | None]]
) -> list[int]:
    """Write submissions with their tasks' keys, and return their numbers."""
    enrol(connection, (submission.person for submission, _ in handed), fill_in=True)
    rows = [_row_of(submission) for submission, _ in handed]
    _keep_cells(connection, (submission.cells for submission, _ in handed))
    table = schema.submissions
    identities = [row["identity"] for row in rows]
    known = {row.identity: row for row in rows_of(connection, table, table.c.identity, identities)}
    fresh = {row["identity"]: row for row in rows if row["identity"] not in known}
    add(connection, table, list(fresh.values()))
    for row in rows:
        if row["identity"] in known:
            _revise(connection, known[row["identity"]], row)
    ids = {row.identity: row.id for row in rows_of(connection, table, table.c.identity, identities)}
    numbers = [ids[identity] for identity in identities]
    keys_of = (({} if submission.cells is None else keys) for submission, keys in handed)
    numbered = zip(numbers, keys_of, strict=True)
    set_current_keys(connection, {n: keys for n, keys in numbered if keys is not None})
    return numbers


def _row_of(submission: Submission) -> dict[str, Any]:
    student, name = storable(submission.person.id), storable(submission.name)
    return {
        "identity": hash_of("submission", student, name, submission.sha256),
        "student": student,
        "name": name,
        "sha256": submission.sha256,
        "handed_in": submission.handed_in,
        "modified": submission.modified,
        "cells": None if submission.cells is None else hash_of_cells(submission.cells),
        "problem": submission.problem,
        "sentence": storable(submission.sentence),
    }


def _keep_cells(connection: Connection, many: Iterable[tuple[str, ...] | None]) -> None:
    texts = {hash_of_cells(cells): cells for cells in many if cells is not None}
    table = schema.cells
    there = set()
    for chunk in chunks(texts):
        there |= set(connection.scalars(select(table.c.hash).where(table.c.hash.in_(chunk))))
    packed = [{"hash": h, "text": pack(cells)} for h, cells in texts.items() if h not in there]
    add(connection, table, packed)


def pack(cells: Sequence[str]) -> bytes:
    """Cells as bytes; JSON keeps any text, also what UTF-8 refuses."""
    return zlib.compress(json.dumps(list(cells)).encode())


def unpack(data: bytes) -> tuple[str, ...]:
    """The cells that ``pack`` packed."""
    return tuple(json.loads(zlib.decompress(data)))


def _revise(connection: Connection, old: Row, new: dict[str, Any]) -> None:
    """Bring a known submission up to date: its reading may have improved, its time be known."""
    changed = {name: new[name] for name in ("cells", "problem", "sentence")}
    changed |= _times(connection, old, new)
    if any(getattr(old, name) != value for name, value in changed.items()):
        table = schema.submissions
        connection.execute(update(table).where(table.c.id == old.id).values(**changed))


def _times(connection: Connection, old: Row, new: dict[str, Any]) -> dict[str, datetime | None]:
    """When a file was handed in that was seen before, and the date that it bears.

    The earlier ones, since copying a folder makes its files look younger; and a known time stays
    known. But the later ones where another version of the same file came in between: then the
    student went back to this one.
    """
    table, names = schema.submissions, ("handed_in", "modified")
    was, again = old.handed_in or old.modified, new["handed_in"] or new["modified"]
    if was is not None and again is not None:
        query = select(func.coalesce(*(table.c[name] for name in names))).where(
            table.c.student == old.student, table.c.name == old.name, table.c.id != old.id
        )
        others = [moment for moment in connection.scalars(query) if moment is not None]
        if any(was <= moment < again for moment in others):
            return {name: new[name] for name in names}
    both = {name: [getattr(old, name), new[name]] for name in names}
    return {name: min(filter(None, two), default=None) for name, two in both.items()}


def set_current_keys(connection: Connection, keys: Mapping[int, Mapping[str, str]]) -> None:
    """Say under which keys the results of submissions count from now on."""
    table = schema.current_keys
    have: dict[int, dict[str, str]] = {}
    for row in rows_of(connection, table, table.c.submission, keys):
        have.setdefault(row.submission, {})[row.task] = row.key
    stale = [number for number in keys if keys[number] != have.get(number, {})]
    if stale:
        query = delete(table).where(table.c.submission == bindparam("number"))
        connection.execute(query, [{"number": number} for number in stale])
    add(
        connection,
        table,
        [
            {"submission": number, "task": task, "key": key}
            for number in stale
            for task, key in keys[number].items()
        ],
    )


def record_all(connection: Connection, run: int, graded: Sequence[tuple[int, Graded]]) -> None:
    """Write results of several submissions in one transaction, which saves most of the time.

    A result that this run has written under its key already is left as it is.
    """
    table, created = schema.results, schema.now()
    keys = [result.key for _, answer in graded for result in answer.results]
    there = set()
    for chunk in chunks(keys):
        query = select(table.c.key).where(and_(table.c.run == run, table.c.key.in_(chunk)))
        there |= set(connection.scalars(query))
    rows = {}
    for number, answer in graded:
        for result in answer.results:
            if result.key not in there:
                place = {"run": run, "submission": number, "created": created}
                rows[result.key] = row_of(result) | place | {"isolation": answer.isolation}
    add(connection, table, list(rows.values()))
    _keep_failures(connection, dict(graded))


def _keep_failures(connection: Connection, graded: Mapping[int, Graded]) -> None:
    submissions, table = schema.submissions, schema.cell_failures
    lines = {
        (row.student, row.cells): graded[row.id].cell_failures
        for row in rows_of(connection, submissions, submissions.c.id, graded)
    }
    for (student, cells), failures in lines.items():
        mine = and_(table.c.student == student, table.c.cells == cells)
        connection.execute(delete(table).where(mine))
        place = {"student": student, "cells": cells}
        rows = [place | {"position": i, "line": storable(line)} for i, line in enumerate(failures)]
        add(connection, table, rows)

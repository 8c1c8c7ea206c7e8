"""Reading a gradebook: what counts, and the history behind it.

Every function takes a connection; what it returns is plain data that outlives it.
"""

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from course_tools.gradebook import schema
from course_tools.gradebook.models import TaskResult
from course_tools.gradebook.schema import Row
from course_tools.gradebook.writes import chunks, unpack
from course_tools.submissions.models import LONG_AGO, Person

RESULT = [field.name for field in fields(TaskResult)]


@dataclass(frozen=True)
class Attempt:
    """One submission of a student as the gradebook keeps it.

    Args:
        id: the gradebook's number for it.
        student: the student's id.
        name: of the file.
        sha256: of its bytes.
        handed_in: when, in UTC; None where that is not known.
        cells: the hash of its code cells; empty where there is nothing to run.
        problem: a key of ``PROBLEMS``, or empty.
        sentence: the problem, or a remark about the file.
        keys: for each task the key under which its result counts.
        results: for each task the result that counts; a task without one waits for a grading.
        cell_failures: one line for each cell that failed.
    """

    id: int
    student: str
    name: str
    sha256: str
    handed_in: datetime | None
    cells: str
    problem: str
    sentence: str
    keys: dict[str, str]
    results: dict[str, TaskResult]
    cell_failures: tuple[str, ...]


@dataclass(frozen=True)
class Grading:
    """A result with its history: in which run it came about, when, and of which submission."""

    result: TaskResult
    run: int
    submission: int
    isolation: str
    created: datetime


@dataclass(frozen=True)
class Override:
    """The instructor's points for a task; ``points`` is None where they were taken back."""

    student: str
    task: str
    points: float | None
    comment: str
    by: str
    created: datetime


@dataclass(frozen=True)
class GradingRun:
    """One run of the grader; ``finished`` is None for one that goes on or was stopped."""

    id: int
    seed: int
    isolation: str
    environment: str
    settings: str
    process: str
    started: datetime
    finished: datetime | None
    counts: dict[str, int]


def runs(connection: Connection) -> list[GradingRun]:
    """All runs, the first one first."""
    rows = connection.execute(select(schema.runs).order_by(schema.runs.c.id)).all()
    return [
        GradingRun(
            id=row.id,
            seed=int(row.seed),
            isolation=row.isolation,
            environment=row.environment,
            settings=row.settings,
            process=row.process,
            started=row.started,
            finished=row.finished,
            counts=json.loads(row.counts),
        )
        for row in rows
    ]


def tasks(connection: Connection) -> list[tuple[str, float]]:
    """Names and maxima of the tasks as of the last run, in order."""
    rows = connection.execute(select(schema.tasks).order_by(schema.tasks.c.position)).all()
    return [(row.name, row.maximum) for row in rows]


def students(connection: Connection) -> list[Person]:
    """Everybody, by id."""
    rows = connection.execute(select(schema.students)).all()
    return sorted((Person(**row._mapping) for row in rows), key=lambda person: person.id)


def attempts(connection: Connection, student: str | None = None) -> list[Attempt]:
    """The submissions of one student, or of all, by student, the earliest first.

    Where it is not known when one was handed in, the date that its file bears gives its place.
    """
    submissions, current, results = schema.submissions, schema.current_keys, schema.results
    failures = schema.cell_failures

    def rows(query: Select, *order: Any) -> list[Row]:
        if student is not None:
            query = query.where(submissions.c.student == student)
        return list(connection.execute(query.order_by(*order)))

    keys: dict[int, dict[str, str]] = {}
    for row in rows(select(current).join(submissions), current.c.submission):
        keys.setdefault(row.submission, {})[row.task] = row.key
    counting: dict[int, dict[str, TaskResult]] = {}
    here = and_(results.c.key == current.c.key, results.c.task == current.c.task)
    query = select(current.c.submission.label("whose"), results).select_from(current)
    query = query.join(results, here).join(submissions, submissions.c.id == current.c.submission)
    for row in rows(query, results.c.id):
        counting.setdefault(row.whose, {})[row.task] = _result(row)  # the last one stays
    lines: dict[int, list[str]] = {}
    mine = and_(
        failures.c.student == submissions.c.student, failures.c.cells == submissions.c.cells
    )
    query = select(submissions.c.id, failures.c.line).join(failures, mine)
    for row in rows(query, submissions.c.id, failures.c.position):
        lines.setdefault(row.id, []).append(row.line)
    handed = rows(select(submissions), submissions.c.id)
    handed.sort(key=lambda row: (row.student, row.handed_in or row.modified or LONG_AGO, row.id))
    return [
        Attempt(
            id=row.id,
            student=row.student,
            name=row.name,
            sha256=row.sha256,
            handed_in=row.handed_in,
            cells=row.cells or "",
            problem=row.problem,
            sentence=row.sentence,
            keys=keys.get(row.id, {}),
            results=counting.get(row.id, {}),
            cell_failures=tuple(lines.get(row.id, ())),
        )
        for row in handed
    ]


def _result(row: Row) -> TaskResult:
    return TaskResult(**{name: getattr(row, name) for name in RESULT})


def results(connection: Connection, student: str, task: str | None = None) -> list[Grading]:
    """Every grading of a student's task, or of all tasks, the first one first."""
    table, submissions = schema.results, schema.submissions
    query = select(table).join(submissions).where(submissions.c.student == student)
    if task is not None:
        query = query.where(table.c.task == task)
    return [
        Grading(_result(row), row.run, row.submission, row.isolation, row.created)
        for row in connection.execute(query.order_by(table.c.id))
    ]


def known(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that have a result.

    A grading that failed by no fault of the student is not one: it is worth another try.
    """
    table, found = schema.results, set()
    for chunk in chunks(keys):
        query = select(table.c.key).where(table.c.key.in_(chunk), table.c.cause != "grader")
        found |= set(connection.scalars(query))
    return found


def override_history(connection: Connection, student: str | None = None) -> list[Override]:
    """Every override and every withdrawal, the first one first."""
    table = schema.overrides
    query = select(table).order_by(table.c.id)
    if student is not None:
        query = query.where(table.c.student == student)
    return [
        Override(row.student, row.task, row.points, row.comment, row.author, row.created)
        for row in connection.execute(query)
    ]


def overrides(connection: Connection) -> dict[tuple[str, str], Override]:
    """The overrides that count, by student and task."""
    last = {(one.student, one.task): one for one in override_history(connection)}
    return {place: one for place, one in last.items() if one.points is not None}


def dump(connection: Connection) -> list[tuple]:
    """All that a gradebook says, without moments, run numbers and row numbers, in a fixed order.

    Two gradebooks that say the same about a class have the same dump, whatever the number of
    workers, the order of the work, and the kills in between.
    """
    submissions, table = schema.submissions, schema.results
    rows: list[tuple] = [("task", *task) for task in tasks(connection)]
    rows += [("student", *astuple(person)) for person in students(connection)]
    for attempt in attempts(connection):
        place = (attempt.student, attempt.name, attempt.sha256)
        rows.append(("submission", *place, attempt.cells, attempt.problem, attempt.sentence))
        rows += [("current key", *place, *item) for item in attempt.keys.items()]
        rows += [("cell failure", *place, line) for line in attempt.cell_failures]
    query = select(table, submissions.c.student).join(submissions)
    rows += {("result", r.student, *astuple(_result(r))) for r in connection.execute(query)}
    for place, one in overrides(connection).items():
        rows.append(("override", *place, one.points, one.comment, one.by))
    return sorted(rows, key=repr)


def stored_cells(connection: Connection, submission: int) -> tuple[str, ...]:
    """The code cells of a submission; empty where there is nothing to run."""
    cells, submissions = schema.cells, schema.submissions
    query = select(cells.c.text).join(submissions).where(submissions.c.id == submission)
    data = connection.scalar(query)
    return () if data is None else unpack(data)

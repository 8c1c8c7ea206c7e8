"""The gradebook: who handed in what, every result of it, and the instructor's last word.

Whatever is written is written in one transaction, and writing it again changes nothing, so a
grading that was killed is resumed by running it again.
"""

import json
import os
import platform
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar, runtime_checkable

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, update

from course_tools.gradebook import queries, schema, writes
from course_tools.gradebook.migrations import migrate
from course_tools.gradebook.models import Graded
from course_tools.gradebook.schema import FORMAT, VERSION, now, storable
from course_tools.gradebook.storage import (
    GradebookError,
    LockTaken,
    WriterLock,
    connect,
    database_url,
    display_name,
    file_of,
    handle_database_errors,
)
from course_tools.submissions.models import Submission

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


@runtime_checkable
class _Method(Protocol[P, R]):
    """A function that an instance binds; of a ``Callable`` in a class that is not known."""

    def __get__(self, book: "Gradebook", owner: type, /) -> Callable[P, R]: ...


def _method(
    function: Callable[Concatenate[Connection, P], R], *, changes: bool = False
) -> _Method[P, R]:
    """A method of a gradebook that calls a function with a connection of its own.

    Args:
        function: of ``queries`` or ``writes``.
        changes: whether it writes; then the connection is in a transaction.
    """

    def method(book: "Gradebook", *arguments: P.args, **options: P.kwargs) -> R:
        with book._write() if changes else book._read() as connection:
            return function(connection, *arguments, **options)

    update_wrapper(method, function)
    return method


class Gradebook:
    """A gradebook, opened by ``Gradebook.open`` and closed by ``close`` or at the end of a with.

    Not to be taken into another process: a worker has no business in it.
    """

    def __init__(self, engine: Engine):
        self.place = display_name(engine.url)
        self._engine = engine
        self._lock: WriterLock | None = None

    @classmethod
    def open(
        cls, where: str | Path, exercise: str | None = None, *, create: bool = True
    ) -> "Gradebook":
        """Open a gradebook, and bring an older one up to date.

        Args:
            where: a file (SQLite) or any SQLAlchemy URL.
            exercise: the exercise set it must be of; None takes any.
            create: make a new one, of ``exercise``, where there is none yet.

        Raises:
            GradebookError: says in one sentence what is in the way.
        """
        url = database_url(where)
        place, file = display_name(url), file_of(url)
        create = create and exercise is not None
        if file is not None and "mode" not in url.query:
            if file.is_dir():
                raise GradebookError(f"{place} is a folder, not a gradebook")
            if not file.exists() and not create:
                raise GradebookError(f"{place}: there is no gradebook of that name")
            if not file.absolute().parent.is_dir():
                raise GradebookError(f"{place}: there is no folder {file.absolute().parent}")
        book = cls(connect(url))
        try:
            book._initialize(exercise, create)
        except BaseException:
            book.close()
            raise
        return book

    def _initialize(self, exercise: str | None, create: bool) -> None:
        """Look whether this is a gradebook; make or migrate it where that is asked for."""
        with self._read() as connection:
            about = self._read_meta(connection, create)
        if about.get("version") != str(VERSION):
            with self._write() as connection:
                about = self._read_meta(connection, create)  # another process may have been faster
                if not about:
                    schema.metadata.create_all(connection)
                    about = {"format": FORMAT, "version": str(VERSION), "exercise": str(exercise)}
                    about["created"] = now().isoformat(timespec="seconds")
                    rows = [{"name": name, "value": value} for name, value in about.items()]
                    writes.add(connection, schema.meta, rows)
                elif about["version"] != str(VERSION):
                    migrate(connection, int(about["version"]))
        self.exercise = about["exercise"]
        if exercise not in (None, self.exercise):
            raise GradebookError(
                f"{self.place} is the gradebook of the exercise set {self.exercise!r}, "
                f"not of {exercise!r}: give another name with --gradebook"
            )

    def _read_meta(self, connection: Connection, create: bool) -> dict[str, str]:
        """What the gradebook says about itself; empty where there is nothing at all yet."""
        tables = inspect(connection).get_table_names()
        if not tables and create:
            return {}
        meta = {column.name for column in schema.meta.columns}
        if "meta" in tables and meta <= {
            c["name"] for c in inspect(connection).get_columns("meta")
        }:
            about = {row.name: row.value for row in connection.execute(select(schema.meta))}
        else:
            about = {}
        if about.get("format") != FORMAT or not about.get("version", "").isdecimal():
            what = "holds other tables" if tables else "is empty"
            raise GradebookError(
                f"{self.place} is not a gradebook, it {what}: give another name with --gradebook"
            )
        if int(about["version"]) > VERSION:
            raise GradebookError(
                f"{self.place} was written by a newer version of the course (format "
                f"{about['version']}; this one reads up to {VERSION}): update the course"
            )
        return about

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with handle_database_errors(self.place), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Generator[Connection]:
        engine = self._engine.execution_options(writes=True)
        with handle_database_errors(self.place), engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close the gradebook, and let others grade into it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        self._engine.dispose()

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Runs

    def begin(
        self,
        *,
        seed: int,
        isolation: str,
        environment: str,
        settings: str = "",
        tasks: Sequence[tuple[str, float]] = (),
    ) -> int:
        """Begin a run; from now to ``finish`` or ``close`` no other process can.

        Args:
            seed: the instructor's seed.
            isolation: the level in force.
            environment: from ``fingerprints.environment_fingerprint``.
            settings: from ``settings_json``.
            tasks: names and maxima of the exercise set's tasks, in order.

        Returns:
            The run's number.

        Raises:
            GradebookError: another process is grading into this gradebook.
        """
        try:
            with handle_database_errors(self.place):
                self._lock = self._lock or WriterLock(self._engine)
        except LockTaken as error:
            raise GradebookError(self._who_is_grading()) from error
        row = {
            "seed": str(seed),
            "isolation": isolation,
            "environment": environment,
            "settings": storable(settings),
            "process": f"process {os.getpid()} on {platform.node()}",
            "started": now(),
            "counts": "{}",
        }
        with self._write() as connection:
            if tasks:
                connection.execute(delete(schema.tasks))
                listed = [
                    {"name": name, "position": i, "maximum": maximum}
                    for i, (name, maximum) in enumerate(tasks)
                ]
                connection.execute(insert(schema.tasks), listed)
            key = connection.execute(insert(schema.runs).values(**row)).inserted_primary_key
        return int(key[0]) if key else 0

    def _who_is_grading(self) -> str:
        started = [run for run in self.runs() if run.finished is None][-1:]
        who = f" ({started[0].process}, since {started[0].started:%H:%M} UTC)" if started else ""
        return (
            f"{self.place}: another `course grade`{who} is writing into this gradebook; "
            "wait until it is done, or stop it"
        )

    def finish(self, run: int, counts: Mapping[str, int] | None = None) -> None:
        """End a run, and let others grade into the gradebook."""
        values = {"finished": now(), "counts": json.dumps(dict(counts or {}))}
        with self._write() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.id == run).values(**values))
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # Writing: see the function of each name in ``writes``

    enrol = _method(writes.enrol, changes=True)
    set_current_keys = _method(writes.set_current_keys, changes=True)
    record_all = _method(writes.record_all, changes=True)

    def hand_in(self, submission: Submission, keys: Mapping[str, str] | None = None) -> int:
        """Write one submission; see ``hand_in_all``."""
        return self.hand_in_all([(submission, keys)])[0]

    def hand_in_all(
        self, handed: Iterable[tuple[Submission, Mapping[str, str] | None]]
    ) -> list[int]:
        """Write submissions; those that are there already stay what they are.

        Args:
            handed: each with the keys of its tasks, under which its results count from now on;
                None leaves the keys as they are. A submission without cells has none.

        Returns:
            Their numbers, in order.
        """
        numbers = []
        for chunk in writes.chunks(handed):
            with self._write() as connection:
                numbers += writes.hand_in(connection, chunk)
        return numbers

    def record(self, run: int, submission: int, graded: Graded) -> None:
        """Write the results of one submission; see ``record_all``."""
        self.record_all(run, [(submission, graded)])

    def override(self, student: str, task: str, points: float, comment: str, by: str) -> None:
        """Give a task the instructor's points, whatever the grading says, now or later.

        Raises:
            GradebookError: no such student or task, or points that the task cannot have.
        """
        self._check_names(student, task)
        maximum = dict(self.tasks())[task]
        if not 0 <= points <= maximum:
            raise GradebookError(f"points: expected 0 to {maximum:g} for {task}, got {points:g}")
        self._add_override(student, task, points, comment, by)

    def withdraw_override(self, student: str, task: str, by: str, comment: str = "") -> None:
        """Take an override back, so that the grading counts again.

        Raises:
            GradebookError: there is none.
        """
        if (student, task) not in self.overrides():
            raise GradebookError(f"{student} has no manual score for {task}")
        self._add_override(student, task, None, comment, by)

    def _add_override(
        self, student: str, task: str, points: float | None, comment: str, by: str
    ) -> None:
        row = {"student": student, "task": task, "points": points, "created": now()}
        row |= {"comment": storable(comment), "author": storable(by)}
        with self._write() as connection:
            connection.execute(insert(schema.overrides).values(**row))

    def _check_names(self, student: str, task: str) -> None:
        if student not in {person.id for person in self.students()}:
            raise GradebookError(f"student: expected one in {self.place}, got {student!r}")
        names = [name for name, _ in self.tasks()]
        if task not in names:
            raise GradebookError(f"task: expected one of {', '.join(names)}, got {task!r}")

    # Reading: see the function of each name in ``queries``

    runs = _method(queries.runs)
    tasks = _method(queries.tasks)
    students = _method(queries.students)
    attempts = _method(queries.attempts)
    results = _method(queries.results)
    known = _method(queries.known)
    overrides = _method(queries.overrides)
    override_history = _method(queries.override_history)
    stored_cells = _method(queries.stored_cells)
    dump = _method(queries.dump)

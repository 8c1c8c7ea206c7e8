"""Where a gradebook lies: a SQLite file or any database that SQLAlchemy reaches.

What goes wrong there comes out as ``GradebookError``, one sentence each. SQLite runs in WAL
mode, so readers go on while a grading writes, with ``synchronous=FULL``: a commit is on the disk
before it returns, so that neither SIGKILL nor a power cut takes it back. Results could be made
again, a manual score could not; and commits are few, since the engine gives many results at once.
"""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

BUSY_TIMEOUT = 30.0  # seconds that a short write waits for another one
LOCK = 7041776  # any number, as long as it is always the same


class GradebookError(RuntimeError):
    """A gradebook that cannot be used; the message is one sentence that says what to do."""


class LockTaken(GradebookError):
    """Another process holds the lock."""


def database_url(where: str | Path) -> URL:
    """The address of a gradebook, given as a path or as an SQLAlchemy URL.

    Raises:
        GradebookError: it cannot be understood.

    >>> database_url("class.db").render_as_string()
    'sqlite:///class.db'
    """
    if "://" not in str(where):
        return URL.create("sqlite", database=str(where))
    try:
        return make_url(str(where))
    except (ArgumentError, ValueError) as error:
        raise GradebookError(
            "gradebook: expected a path or a database's URL such as "
            f"postgresql+psycopg://user@host/database, got {str(where)!r}"
        ) from error


def file_of(url: URL) -> Path | None:
    """The SQLite file behind an address; None for what is in memory or on a server."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database).removeprefix("file:"))


def display_name(url: URL) -> str:
    """How messages call a gradebook: the file, or the address without its password."""
    return str(file_of(url) or url.render_as_string(hide_password=True))


def connect(url: URL) -> Engine:
    """An engine for the address; nothing is opened yet.

    Raises:
        GradebookError: SQLAlchemy does not know the database, or its driver is not installed.
    """
    place, sqlite = display_name(url), url.get_backend_name() == "sqlite"
    try:
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT} if sqlite else {})
    except NoSuchModuleError as error:
        raise GradebookError(
            f"{place}: SQLAlchemy knows no database called {url.drivername!r}; "
            "a URL begins like sqlite:///, postgresql+psycopg:// or mysql+pymysql://"
        ) from error
    except ModuleNotFoundError as error:
        raise GradebookError(
            f"{place}: the driver for this database is missing; "
            f"install it with `pip install {error.name}`"
        ) from error
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin says, nowhere else
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _use_wal(connection: Any) -> None:
    """Set the mode; while another process makes the file, SQLite refuses at once."""
    until = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    # A writer takes its turn at once: a reader that turns writer midway could not wait for it.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def handle_database_errors(place: str) -> Generator[None]:
    """Say in one sentence what the database objects to."""
    try:
        yield
    except IntegrityError:
        raise  # our own mistake, not the user's
    except (DBAPIError, sqlite3.Error) as error:
        raise GradebookError(f"{place} {_explanation(error)}") from error


# What a database's own message holds, and what a user is told.
EXPLANATIONS = {
    "disk is full": "no room",
    "no space left": "no room",
    "not a database": "is not a gradebook: give another name with --gradebook",
    "malformed": "is damaged: go back to a copy, or grade into a new file",
    "readonly": "can only be read: allow writing to the file and its folder",
    "read-only": "can only be read: allow writing to the file and its folder",
    "unable to open": "cannot be opened: its folder must be there and allow writing",
    "is locked": f"was kept busy by another program for {BUSY_TIMEOUT:.0f} s: try again",
    "disk i/o": "could not be written: its disk fails or is full; what is committed is safe",
}
NO_ROOM = (
    "cannot grow, the disk is full: everything committed so far is safe, and the same command "
    "goes on from there once there is room"
)


def _explanation(error: Exception) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines() or ["no reason given"]
    for part, sentence in EXPLANATIONS.items():
        if part in " ".join(lines).lower():
            return NO_ROOM if sentence == "no room" else sentence
    return f"cannot be reached or used: {lines[0]}"


class WriterLock:
    """The right to grade into a gradebook, held by one process; its death gives it back.

    Beside a SQLite file it is an exclusive transaction in an empty ``class.db.lock``, which
    works wherever SQLite does; on PostgreSQL an advisory lock of a connection of its own. On
    other databases nothing stops a second grading.

    Raises:
        LockTaken: another process holds it.
    """

    def __init__(self, engine: Engine):
        self._connection: Any = None
        file = file_of(engine.url)
        if file is not None:
            self._connection = _lock_file(file.with_name(file.name + ".lock"))
        elif engine.dialect.name == "postgresql":
            self._connection = _lock_database(engine)

    def release(self) -> None:
        """Give the right back."""
        if isinstance(self._connection, Connection):
            with suppress(DBAPIError):  # a server that is gone holds no lock
                self._connection.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _lock_file(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=MEMORY")  # leaves no second file
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise LockTaken from error
        raise
    return connection


def _lock_database(engine: Engine) -> Connection:
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()  # so that closing ends the session, and the lock with it
    if not connection.scalar(text(f"SELECT pg_try_advisory_lock({LOCK})")):
        connection.close()
        raise LockTaken
    return connection

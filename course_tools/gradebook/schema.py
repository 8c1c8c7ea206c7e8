"""The tables of a gradebook.

A result has a key, the hash of everything that it depends on, and each task of a submission has
a current key. The result that counts is the one with the current key: after a change of the spec
the current keys are others, the old results stay, and they count again as soon as the old spec
does. Cells are kept once, under their hash.
"""

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from course_tools.answers.outcome import Line
from course_tools.gradebook.models import TaskResult
from course_tools.submissions.models import Person

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = "course gradebook"
VERSION = 4

NAME = String(255)  # MySQL wants lengths for what it indexes
HASH = String(64)

Row = Any  # sqlalchemy.Row, whose type parameters the checker of the tests cannot read


class Utc(TypeDecorator):
    """A moment: kept in UTC without its zone, which SQLite cannot keep, and read with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        """To UTC; a moment without zone is taken for UTC."""
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """With its zone again."""
        return None if value is None else value.replace(tzinfo=UTC)


class Lines(TypeDecorator):
    """Lines of feedback: kept as JSON, and read as lines again."""

    impl = Text
    cache_ok = True
    python_type = tuple[Line, ...]

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To JSON."""
        return None if value is None else json.dumps([list(map(storable, line)) for line in value])

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Line, ...] | None:
        """From JSON."""
        return None if value is None else tuple(Line(*line) for line in json.loads(value))


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


TYPES: dict[Any, TypeEngine] = {
    str: Text(),
    float: Float(),
    int: Integer(),
    tuple[Line, ...]: Lines(),
}


def storable(text: str) -> str:
    r"""Text that every database takes: no NUL, no half of a surrogate pair.

    >>> storable("a\x00b\ud800") == "a\ufffdb\ufffd"
    True
    """
    if text.isascii() and "\x00" not in text:
        return text
    return "".join("\ufffd" if c == "\x00" or "\ud800" <= c <= "\udfff" else c for c in text)


def columns_of(
    model: type["DataclassInstance"], *, primary_key: str = "", **types: TypeEngine
) -> list[Column]:
    """A column for each field of a dataclass, so that a new field is written down once.

    Args:
        model: the dataclass; its fields are texts, numbers and lines of feedback.
        primary_key: the field that is one.
        types: of the fields that need another one than ``TYPES`` has.

    >>> [column.name for column in columns_of(Person)][:3]
    ['id', 'name', 'email']
    """
    return [
        Column(
            field.name,
            types.get(field.name, TYPES[field.type]),
            primary_key=field.name == primary_key,
            nullable=False,
        )
        for field in fields(model)
    ]


def row_of(record: Any) -> dict[str, Any]:
    """A dataclass as the row of the table that ``columns_of`` made for it."""
    texts = {f.name: storable(getattr(record, f.name)) for f in fields(record) if f.type is str}
    return asdict(record) | texts


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),  # format, version, exercise, created
    Column("value", Text, nullable=False),
)

# The tasks of the exercise set, as of the last run.
tasks = Table(
    "tasks",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("maximum", Float, nullable=False),
)

students = Table("students", metadata, *columns_of(Person, id=NAME, primary_key="id"))

cells = Table(
    "cells",
    metadata,
    Column("hash", HASH, primary_key=True),
    Column("text", LargeBinary(2**24), nullable=False),  # JSON, compressed
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("identity", HASH, nullable=False, unique=True),  # hash of student, name and sha256
    Column("student", NAME, ForeignKey("students.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("handed_in", Utc),
    Column("modified", Utc),  # orders attempts where handed_in is not known
    Column("cells", HASH, ForeignKey("cells.hash")),
    Column("problem", String(40), nullable=False),
    Column("sentence", Text, nullable=False),
)

current_keys = Table(
    "current_keys",
    metadata,
    Column("submission", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("task", NAME, primary_key=True),
    Column("key", HASH, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seed", String(40), nullable=False),  # text: a seed may be longer than an INTEGER
    Column("isolation", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("started", Utc, nullable=False),
    Column("finished", Utc),
    Column("counts", Text, nullable=False),  # JSON
)

results = Table(
    "results",
    metadata,
    Column("id", Integer, primary_key=True),
    *columns_of(TaskResult, key=HASH, task=NAME, cause=String(40)),
    Column("run", Integer, ForeignKey("runs.id"), nullable=False),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
    Column("isolation", Text, nullable=False),
    Column("created", Utc, nullable=False),
    UniqueConstraint("key", "run"),
)

cell_failures = Table(
    "cell_failures",
    metadata,
    Column("student", NAME, ForeignKey("students.id"), primary_key=True),
    Column("cells", HASH, ForeignKey("cells.hash"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("line", Text, nullable=False),
)

# An override without points takes the one before it back.
overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("student", NAME, ForeignKey("students.id"), nullable=False, index=True),
    Column("task", NAME, nullable=False),
    Column("points", Float),
    Column("comment", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", Utc, nullable=False),
)

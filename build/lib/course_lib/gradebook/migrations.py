"""From an older gradebook to this one, a version at a time, in one transaction.

A step describes the tables as they were in its own days, so that it does not change when
``schema`` goes on. To add one: raise ``schema.VERSION``, write the step, put it in ``STEPS``.
"""

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)

from course_lib.gradebook.schema import VERSION, meta


def from_1_to_2(connection: Connection) -> None:
    """Say which result counts, instead of counting the last one; keep the level of isolation.

    Version 1 counted the last result of each task, so going back to an old spec graded again.
    """
    then = MetaData()
    submissions = Table("submissions", then, Column("id", Integer, primary_key=True))
    results = Table(
        "results",
        then,
        Column("id", Integer, primary_key=True),
        Column("submission", Integer),
        Column("task", String(255)),
        Column("key", String(64)),
        Column("maximum", Float),
    )
    wanted = Table(
        "wanted",
        then,
        Column("submission", Integer, ForeignKey(submissions.c.id), primary_key=True),
        Column("task", String(255), primary_key=True),
        Column("key", String(64), nullable=False),
    )
    tasks = Table(
        "tasks",
        then,
        Column("name", String(255), primary_key=True),
        Column("position", Integer, nullable=False),
        Column("maximum", Float, nullable=False),
    )
    then.create_all(connection, tables=[wanted, tasks])
    kind = Text().compile(connection.dialect)
    connection.execute(text(f"ALTER TABLE results ADD COLUMN isolation {kind} DEFAULT '' NOT NULL"))
    last: dict[tuple[int, str], str] = {}
    maxima: dict[str, float] = {}
    for row in connection.execute(select(results).order_by(results.c.id)):
        last[row.submission, row.task] = row.key
        maxima[row.task] = row.maximum
    if last:
        rows = [{"submission": s, "task": task, "key": key} for (s, task), key in last.items()]
        connection.execute(insert(wanted), rows)
        ordered = enumerate(maxima.items())
        rows = [{"name": name, "position": i, "maximum": value} for i, (name, value) in ordered]
        connection.execute(insert(tasks), rows)


STEPS: dict[int, Callable[[Connection], None]] = {1: from_1_to_2}


def migrate(connection: Connection, version: int) -> None:
    """Bring a gradebook of an older version up to ``schema.VERSION``.

    Args:
        connection: in a transaction that writes; on any error nothing of it remains.
        version: the one the gradebook has now.
    """
    for step in range(version, VERSION):
        STEPS[step](connection)
    query = update(meta).where(meta.c.name == "version").values(value=str(VERSION))
    connection.execute(query)

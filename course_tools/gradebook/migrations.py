"""From an older gradebook to this one, a version at a time, in one transaction.

A step describes the tables as they were in its own days, so that it does not change when
``schema`` goes on. To add one: raise ``schema.VERSION``, write the step, put it in ``STEPS``.
"""

import json
import re
from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
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

from course_tools.gradebook.schema import VERSION, meta


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


def from_2_to_3(connection: Connection) -> None:
    """Forget times of handing in that were those of a download, but keep the order.

    Version 2 took the dates of the files that Canvas and Moodle give out, which they name by the
    student's number, for the time of handing in.
    """
    then = MetaData()
    submissions = Table(
        "submissions",
        then,
        Column("id", Integer, primary_key=True),
        Column("student", String(255)),
        Column("name", Text),
        Column("handed_in", DateTime),
        Column("modified", DateTime),
    )
    students = Table("students", then, Column("id", String(255)), Column("lms", Text))
    kind = DateTime().compile(connection.dialect)
    connection.execute(text(f"ALTER TABLE submissions ADD COLUMN modified {kind}"))
    connection.execute(update(submissions).values(modified=submissions.c.handed_in))
    query = select(submissions.c.id, submissions.c.name, students.c.lms)
    query = query.join(students, students.c.id == submissions.c.student)
    for row in connection.execute(query.where(students.c.lms != "")).all():
        given_out = rf"(.*_)?{re.escape(row.lms)}_(\d+_|assignsubmission_|text\.|link\.)"
        if re.match(given_out, row.name.partition("/")[0]):
            query = update(submissions).where(submissions.c.id == row.id)
            connection.execute(query.values(handed_in=None))


def from_3_to_4(connection: Connection) -> None:
    """Call the table of current keys by that name; keep feedback as lines that have a kind."""
    connection.execute(text("ALTER TABLE wanted RENAME TO current_keys"))
    connection.execute(text("ALTER TABLE results RENAME COLUMN message TO feedback"))
    results = Table("results", MetaData(), Column("id", Integer), Column("feedback", Text))
    for row in connection.execute(select(results)).all():
        lines = [["note", line] for line in row.feedback.splitlines()]
        query = update(results).where(results.c.id == row.id)
        connection.execute(query.values(feedback=json.dumps(lines)))


STEPS: dict[int, Callable[[Connection], None]] = {1: from_1_to_2, 2: from_2_to_3, 3: from_3_to_4}


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

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, insert, select

from course_tools.gradebook import schema
from course_tools.gradebook.models import TaskResult
from course_tools.submissions.models import Person


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        yield connection
    engine.dispose()


def moment_kept(connection, moment):
    row = {"id": 1, "seed": "1", "isolation": "", "environment": "", "settings": ""}
    row |= {"process": "", "counts": "{}", "started": moment}
    connection.execute(insert(schema.runs), row)
    return connection.scalar(select(schema.runs.c.started))


def test_a_moment_of_another_zone_comes_back_as_the_same_moment_in_utc(connection):
    moment = datetime(2026, 11, 20, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    came = moment_kept(connection, moment)
    assert came == moment
    assert came.tzinfo is UTC


def test_a_moment_without_zone_is_taken_for_utc(connection):
    came = moment_kept(connection, datetime(2026, 11, 20, 12, 0))
    assert came == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_no_moment_stays_none(connection):
    moment_kept(connection, schema.now())
    assert connection.scalar(select(schema.runs.c.finished)) is None


def test_now_is_in_utc():
    assert abs(datetime.now(UTC) - schema.now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("plain", "plain"), ("größe 😀", "größe 😀"), ("a\0b", "a\ufffdb"), ("\udcff.x", "\ufffd.x")],
)
def test_text_that_databases_refuse_is_marked(text, kept):
    assert schema.storable(text) == kept
    schema.storable(text).encode()


@pytest.mark.parametrize(
    ("table", "model"), [(schema.results, TaskResult), (schema.students, Person)]
)
def test_every_field_of_a_model_is_a_column(table, model):
    columns = {column.name: column for column in table.columns}
    for field in dataclasses.fields(model):
        assert not columns[field.name].nullable
        assert columns[field.name].type.python_type == field.type


def test_a_row_holds_only_texts_that_databases_take():
    row = schema.row_of(TaskResult("mean", "k", 1.0, 2.0, "wrong", detail="a\0"))
    assert row["detail"] == "a\ufffd"
    assert (row["points"], row["maximum"], row["cases"]) == (1.0, 2.0, 0)

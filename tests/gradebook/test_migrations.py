"""Gradebooks of every earlier version, opened by this one."""

import sqlite3

import pytest
from sqlalchemy import create_engine, inspect, text

from course_tools.answers.outcome import Line
from course_tools.gradebook import migrations, schema
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.storage import GradebookError, connect, database_url

VERSION_1 = """
CREATE TABLE meta (name VARCHAR(40) NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE students (
    id VARCHAR(255) NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,
    "group" TEXT NOT NULL, extension_hours FLOAT NOT NULL, lms TEXT NOT NULL);
CREATE TABLE cells (hash VARCHAR(64) NOT NULL PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE submissions (
    id INTEGER NOT NULL PRIMARY KEY, identity VARCHAR(64) NOT NULL,
    student VARCHAR(255) NOT NULL REFERENCES students (id), name TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL, handed_in DATETIME, cells VARCHAR(64) REFERENCES cells (hash),
    problem VARCHAR(40) NOT NULL, sentence TEXT NOT NULL, UNIQUE (identity));
CREATE INDEX ix_submissions_student ON submissions (student);
CREATE TABLE runs (
    id INTEGER NOT NULL PRIMARY KEY, seed VARCHAR(40) NOT NULL, isolation TEXT NOT NULL,
    environment TEXT NOT NULL, settings TEXT NOT NULL, process TEXT NOT NULL,
    started DATETIME NOT NULL, finished DATETIME, counts TEXT NOT NULL);
CREATE TABLE results (
    id INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR(64) NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id),
    submission INTEGER NOT NULL REFERENCES submissions (id), task VARCHAR(255) NOT NULL,
    points FLOAT NOT NULL, maximum FLOAT NOT NULL, cause VARCHAR(40) NOT NULL,
    mistake TEXT NOT NULL, message TEXT NOT NULL, detail TEXT NOT NULL, passed INTEGER NOT NULL,
    cases INTEGER NOT NULL, created DATETIME NOT NULL, UNIQUE ("key", run));
CREATE INDEX ix_results_submission ON results (submission);
CREATE TABLE cell_failures (
    student VARCHAR(255) NOT NULL REFERENCES students (id),
    cells VARCHAR(64) NOT NULL REFERENCES cells (hash),
    position INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (student, cells, position));
CREATE TABLE overrides (
    id INTEGER NOT NULL PRIMARY KEY, student VARCHAR(255) NOT NULL REFERENCES students (id),
    task VARCHAR(255) NOT NULL, points FLOAT, comment TEXT NOT NULL, author TEXT NOT NULL,
    created DATETIME NOT NULL);
CREATE INDEX ix_overrides_student ON overrides (student);
INSERT INTO meta VALUES ('format', 'course gradebook'), ('version', '1'), ('exercise', 'small'),
    ('created', '2026-01-01T00:00:00+00:00');
"""
ROWS = """
INSERT INTO students VALUES ('ada', 'Ada', '', '', 0, ''), ('alan', '', '', '', 24, '');
INSERT INTO submissions VALUES
    (1, 'i1', 'ada', 'a.ipynb', 's1', '2026-01-02 03:04:05.000000', NULL, '', ''),
    (2, 'i2', 'alan', 'b.ipynb', 's2', NULL, NULL, 'unreadable', 'It cannot be read.');
INSERT INTO runs VALUES
    (1, '7', 'none', 'e', '', 'p', '2026-01-03 00:00:00.000000', NULL, '{}'),
    (2, '7', 'none', 'e', '', 'p', '2026-01-04 00:00:00.000000', NULL, '{}');
INSERT INTO results VALUES
    (1, 'mean-old', 1, 1, 'mean', 0, 1, 'wrong', 'm', 'one' || char(10) || 'two', 'd', 1,
     6, '2026-01-03 00:00:00'),
    (2, 'last', 1, 1, 'last', 2, 2, 'right', '', '', '', 6, 6, '2026-01-03 00:00:00'),
    (3, 'mean-new', 2, 1, 'mean', 1, 1, 'right', '', '', '', 6, 6, '2026-01-04 00:00:00');
INSERT INTO overrides VALUES (1, 'ada', 'last', 1.5, 'neat', 'me', '2026-01-05 00:00:00');
"""


@pytest.fixture
def old(tmp_path):
    """A gradebook of version 1."""
    file = tmp_path / "class.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(VERSION_1 + ROWS)
    connection.close()
    return file


def shape(engine):
    """Tables, columns, keys and indices, as the database tells them."""
    look = inspect(engine)
    return {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)),
            look.get_pk_constraint(table)["constrained_columns"],
            sorted(c["column_names"] for c in look.get_unique_constraints(table)),
            sorted(i["column_names"] for i in look.get_indexes(table)),
            sorted(
                (f["constrained_columns"], f["referred_table"])
                for f in look.get_foreign_keys(table)
            ),
        )
        for table in look.get_table_names()
    }


def test_version_1_becomes_what_is_made_today(old, tmp_path):
    Gradebook.open(old, "small").close()
    Gradebook.open(tmp_path / "new.db", "small").close()
    old_engine, new_engine = (connect(database_url(f)) for f in (old, tmp_path / "new.db"))
    assert shape(old_engine) == shape(new_engine)
    old_engine.dispose()
    new_engine.dispose()


def test_version_1_keeps_what_it_says(old):
    with Gradebook.open(old, "small", create=False) as book:
        (ada,) = book.attempts("ada")
        assert {task: result.points for task, result in ada.results.items()} == {
            "mean": 1,  # the later one, as version 1 counted
            "last": 2,
        }
        assert [grading.result.key for grading in book.results("ada", "mean")] == [
            "mean-old",
            "mean-new",
        ]
        lines = book.results("ada", "mean")[0].result.feedback
        assert lines == (Line("note", "one"), Line("note", "two"))
        assert book.tasks() == [("mean", 1), ("last", 2)]
        assert book.overrides()["ada", "last"].points == 1.5
        assert [person.id for person in book.students()] == ["ada", "alan"]
        assert book.attempts("alan")[0].sentence == "It cannot be read."
        assert book.known(["mean-old", "mean-new", "x"]) == {"mean-old", "mean-new"}


GIVEN_OUT = """
INSERT INTO students VALUES ('kurt', '', '', '', 0, '17'), ('anon_x7', '', '', '', 0, 'anon_x7');
INSERT INTO submissions VALUES
    (3, 'i3', 'kurt', 'gödelkurt_LATE_17_902_a.ipynb', 's3', '2026-01-09 00:00:00', NULL, '', ''),
    (4, 'i4', 'kurt', '17_903_all.zip/b.ipynb', 's4', '2026-01-07 00:00:00', NULL, '', ''),
    (5, 'i5', 'kurt', 'Kurt G_17_assignsubmission_file_/c.ipynb', 's5', '2026-01-08 00:00:00',
     NULL, '', ''),
    (6, 'i6', 'anon_x7', 'anon_x7_904_d.ipynb', 's6', '2026-01-09 00:00:00', NULL, '', ''),
    (7, 'i7', 'kurt', 'submission_17/e.ipynb', 's7', '2026-01-05 00:00:00', NULL, '', ''),
    (8, 'i8', 'kurt', 'kurt_117_905_f.ipynb', 's8', '2026-01-06 00:00:00', NULL, '', '');
"""


def test_the_time_of_a_download_is_forgotten_and_its_order_kept(old):
    with sqlite3.connect(old) as connection:
        connection.executescript(GIVEN_OUT)
    connection.close()
    with Gradebook.open(old, "small") as book:
        kurt = [(one.id, one.handed_in and one.handed_in.day) for one in book.attempts("kurt")]
        assert kurt == [(7, 5), (8, 6), (4, None), (5, None), (3, None)]
        assert [one.handed_in for one in book.attempts("anon_x7")] == [None]
        assert book.attempts("ada")[0].handed_in.day == 2


def test_an_empty_version_1(tmp_path):
    file = tmp_path / "class.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(VERSION_1)
    connection.close()
    with Gradebook.open(file, "small") as book:
        assert book.dump() == []


def test_it_is_done_once(old):
    Gradebook.open(old, "small").close()
    with Gradebook.open(old, "small") as book:
        before = book.dump()
    with Gradebook.open(old, "small") as book:
        assert book.dump() == before


def test_a_step_that_fails_leaves_the_old_version_whole(old, monkeypatch):
    def fail_late(connection):
        migrations.from_1_to_2(connection)
        raise RuntimeError("the power is gone")

    engine = connect(database_url(old))
    before = shape(engine)
    monkeypatch.setitem(migrations.STEPS, 1, fail_late)
    with pytest.raises(RuntimeError, match="the power is gone"):
        Gradebook.open(old, "small")
    assert shape(engine) == before
    engine.dispose()
    monkeypatch.undo()
    with Gradebook.open(old, "small") as book:
        assert len(book.attempts("ada")[0].results) == 2


def test_a_newer_version_is_refused(old):
    with sqlite3.connect(old) as connection:
        newer = f"UPDATE meta SET value = '{schema.VERSION + 1}' WHERE name = 'version'"
        connection.execute(newer)
    connection.close()
    with pytest.raises(GradebookError, match=r"written by a newer version .* update the course"):
        Gradebook.open(old, "small")


def test_every_version_has_its_step():
    assert sorted(migrations.STEPS) == list(range(1, schema.VERSION))


def test_in_another_database_the_steps_are_the_same():
    """As far as SQLite in memory is another: no file, one connection."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for statement in (VERSION_1 + ROWS).split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
        migrations.migrate(connection, 1)
        assert connection.scalar(text("SELECT count(*) FROM current_keys")) == 2
    engine.dispose()

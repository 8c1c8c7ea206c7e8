import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from course_tools.gradebook import storage
from course_tools.gradebook.storage import GradebookError, LockTaken, WriterLock


def sentence(*arguments):
    with pytest.raises(GradebookError) as caught:
        storage.connect(storage.database_url(*arguments))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_path_is_sqlite_and_a_url_is_itself():
    assert storage.database_url(Path("a b/class.db")).database == "a b/class.db"
    assert storage.database_url("postgresql+psycopg://u@h/d").get_backend_name() == "postgresql"


def test_the_title_hides_the_password():
    url = storage.database_url("postgresql+psycopg://ada:secret@host/db")
    assert "ada" in storage.display_name(url)
    assert "secret" not in storage.display_name(url)
    assert storage.display_name(storage.database_url("sqlite:////tmp/class.db")) == "/tmp/class.db"


def test_what_is_no_file():
    assert storage.file_of(storage.database_url("sqlite://")) is None
    assert storage.file_of(storage.database_url("mysql+pymysql://h/d")) is None
    there = storage.database_url("sqlite:///file:/tmp/class.db?mode=ro&uri=true")
    assert storage.file_of(there) == Path("/tmp/class.db")


def test_neither_path_nor_url():
    assert "expected a path or a database's URL" in sentence("no scheme://at all")


def test_unknown_database():
    assert "knows no database called 'abacus'" in sentence("abacus://host/db")


def test_missing_driver(monkeypatch):
    monkeypatch.delitem(sys.modules, "pymysql", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoSuchDriver(), *sys.meta_path])
    assert "pip install pymysql" in sentence("mysql+pymysql://host/db")


class NoSuchDriver:
    def find_spec(self, name, path=None, target=None):
        if name == "pymysql":
            raise ModuleNotFoundError("No module named 'pymysql'", name="pymysql")
        return None


@pytest.fixture
def engine(tmp_path):
    engine = storage.connect(storage.database_url(tmp_path / "class.db"))
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY)"))
    yield engine
    engine.dispose()


def test_sqlite_runs_in_wal_mode_and_syncs_every_commit(engine):
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_reader_goes_on_during_a_write_and_sees_the_state_before(engine):
    count = text("SELECT count(*) FROM t")
    with engine.connect() as reader, engine.execution_options(writes=True).begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.scalar(count) == 0
        with engine.connect() as another:
            assert another.scalar(count) == 0
    with engine.connect() as reader:
        assert reader.scalar(count) == 1


def test_who_opens_a_file_that_another_one_is_just_making_waits_for_it(tmp_path):
    """SQLite itself would refuse at once: the mode of a file cannot change meanwhile."""
    maker = sqlite3.connect(tmp_path / "class.db", isolation_level=None, check_same_thread=False)
    maker.execute("BEGIN IMMEDIATE")
    maker.execute("CREATE TABLE t (a)")
    done = threading.Timer(0.2, maker.execute, ["COMMIT"])
    done.start()
    engine = storage.connect(storage.database_url(tmp_path / "class.db"))
    try:
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("SELECT count(*) FROM t")) == 0
    finally:
        engine.dispose()
        done.join()
        maker.close()


def test_a_file_that_stays_busy_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "BUSY_TIMEOUT", 0.1)
    engine = storage.connect(storage.database_url(tmp_path / "class.db"))
    with contextlib.closing(sqlite3.connect(tmp_path / "class.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE t (a)")
        with (
            pytest.raises(GradebookError, match="kept busy"),
            storage.handle_database_errors("class.db"),
        ):
            engine.connect()
    engine.dispose()


def write(engine, *statements):
    with engine.execution_options(writes=True).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_tables_made_in_a_failed_transaction_are_gone(engine):
    with pytest.raises(OperationalError, match="no such table"):
        write(engine, "CREATE TABLE u (a INTEGER)", "INSERT INTO nowhere VALUES (1)")
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'u'"))
    assert found == 0


def said(error):
    with pytest.raises(GradebookError) as caught, storage.handle_database_errors("class.db"):
        raise error
    message = str(caught.value)
    assert message.startswith("class.db ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("complaint", "part"),
    [
        ("database or disk is full", "the same command goes on"),
        ('could not extend file "x": No space left on device\nHINT: free some', "is safe"),
        ("file is not a database", "is not a gradebook"),
        ("database disk image is malformed", "is damaged"),
        ("attempt to write a readonly database", "can only be read"),
        ("cannot execute INSERT in a read-only transaction", "can only be read"),
        ("unable to open database file", "cannot be opened"),
        ("database is locked", "try again"),
        ("disk I/O error", "could not be written"),
        ("connection refused\nIs it running?", "cannot be reached or used: connection refused"),
        ("", "no reason given"),
    ],
)
def test_every_complaint_is_one_sentence(complaint, part):
    assert part in said(OperationalError("SELECT 1", {}, Exception(complaint)))


def test_a_mistake_of_our_own_is_not_the_users():
    with pytest.raises(IntegrityError), storage.handle_database_errors("class.db"):
        raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))


def test_a_disk_that_is_really_full(engine):
    fill = "CREATE TABLE big (a BLOB)", "INSERT INTO big VALUES (zeroblob(100000))"
    with (
        pytest.raises(GradebookError, match="the disk is full"),
        storage.handle_database_errors("class.db"),
    ):
        write(engine, "PRAGMA max_page_count = 3", *fill)


def test_one_holder_at_a_time_within_a_process_too(engine):
    lock = WriterLock(engine)
    with pytest.raises(LockTaken):
        WriterLock(engine)
    lock.release()
    lock.release()  # once more does no harm
    WriterLock(engine).release()


HOLD = """
import sys, time
from course_tools.gradebook.storage import WriterLock, connect, database_url
lock = WriterLock(connect(database_url(sys.argv[1])))
print("held", flush=True)
time.sleep(60)
"""


def test_the_death_of_the_holder_gives_the_lock_back(engine):
    file = engine.url.database
    command = [sys.executable, "-c", HOLD, file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockTaken):
            WriterLock(engine)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    WriterLock(engine).release()


def test_a_lock_file_that_cannot_be_made_is_an_error_and_not_a_taken_lock(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/nowhere/class.db")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        WriterLock(engine)


def test_in_memory_there_is_nothing_to_lock():
    engine = create_engine("sqlite://")
    first, second = WriterLock(engine), WriterLock(engine)
    first.release()
    second.release()


def test_two_that_read_and_then_write_take_turns(engine):
    """Without a turn of its own, one of the two would be refused at once."""
    counted = []

    def add():
        for _ in range(20):
            with engine.execution_options(writes=True).begin() as connection:
                n = connection.scalar(text("SELECT count(*) FROM t"))
                connection.execute(text(f"INSERT INTO t VALUES ({n})"))
            counted.append(n)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == list(range(40))

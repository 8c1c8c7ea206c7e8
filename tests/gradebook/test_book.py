import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from submitted import TASKS, graded, keys_for, submission

from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.storage import GradebookError
from course_tools.submissions.models import Person

ROOT = Path(__file__).parents[2]
RUN = {"seed": 7, "isolation": "none", "environment": "Python", "tasks": TASKS}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "class.db"


@pytest.fixture
def book(file):
    with Gradebook.open(file, "small") as book:
        yield book


def sentence(*arguments, **options):
    """What opening says."""
    with pytest.raises(GradebookError) as caught:
        Gradebook.open(*arguments, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def grade(book, *handed_and_points, spec="", finish=True):
    """A whole run, as the engine does it."""
    run = book.begin(**RUN)
    numbers = book.hand_in_all([(one, keys_for(one, spec)) for one, *_ in handed_and_points])
    for number, (one, *points) in zip(numbers, handed_and_points, strict=True):
        if not book.known(keys_for(one, spec).values()) >= set(keys_for(one, spec).values()):
            book.record(run, number, graded(one, *points, spec=spec))
    if finish:
        book.finish(run, {"graded": len(numbers)})
    return numbers


def points(book, student):
    return [
        {task: result.points for task, result in attempt.results.items()}
        for attempt in book.attempts(student)
    ]


# Opening


def test_what_is_not_there_is_made_only_when_asked(file):
    assert "there is no gradebook" in sentence(file, "small", create=False)
    assert "there is no gradebook" in sentence(file)
    assert not file.exists()
    Gradebook.open(file, "small").close()
    with Gradebook.open(file) as book:
        assert book.exercise == "small"


def test_a_folder_is_missing(tmp_path):
    assert "there is no folder" in sentence(tmp_path / "nowhere" / "class.db", "small")


def test_a_folder_is_no_gradebook(tmp_path):
    assert "is a folder" in sentence(tmp_path, "small")


def test_random_bytes_are_refused_and_left_alone(file):
    file.write_bytes(bytes(range(1, 250)) * 99)
    assert "is not a gradebook" in sentence(file, "small")
    assert file.read_bytes() == bytes(range(1, 250)) * 99


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE t (a)", "CREATE TABLE meta (name, value)", "CREATE TABLE meta (a)"],
)
def test_another_sqlite_file_is_refused_and_left_alone(file, statement):
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    assert "is not a gradebook, it holds other tables" in sentence(file, "small")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.close()
    assert tables == (1,)


def test_an_empty_file_becomes_a_gradebook_only_when_one_may_be_made(file):
    """A grading that is killed as it begins leaves one."""
    file.touch()
    assert "is not a gradebook, it is empty" in sentence(file, create=False)
    with Gradebook.open(file, "small") as book:
        assert book.dump() == []


def test_another_exercise(file):
    Gradebook.open(file, "small").close()
    message = sentence(file, "large")
    assert "is the gradebook of the exercise set 'small', not of 'large'" in message


def test_read_only(file):
    Gradebook.open(file, "small").close()
    with Gradebook.open(f"sqlite:///file:{file}?mode=ro&uri=true") as book:
        assert book.students() == []
        with pytest.raises(GradebookError, match="can only be read"):
            book.enrol([Person("ada")])


def test_a_server_that_is_not_there():
    """With a driver that is always there: SQLite, in a place that cannot be."""
    assert "cannot be opened" in sentence("sqlite:///file:/proc/1/no/class.db?mode=rw&uri=true")


def test_in_memory():
    with Gradebook.open("sqlite://", "small") as book:
        grade(book, (submission("ada"), 1, 2))
        assert points(book, "ada") == [{"mean": 1, "last": 2}]


# Grading


def test_a_run_and_what_it_leaves(book):
    one = submission(Person("ada", "Ada"), hours=2)
    (number,) = grade(book, (one, 1, 0.5))
    (attempt,) = book.attempts("ada")
    assert (attempt.id, attempt.name, attempt.handed_in) == (number, "ada.ipynb", one.handed_in)
    assert attempt.results == {result.task: result for result in graded(one, 1, 0.5).results}
    assert attempt.keys == keys_for(one)
    assert book.stored_cells(number) == ("x = 1",)
    assert book.tasks() == list(TASKS)
    (run,) = book.runs()
    assert (run.seed, run.isolation, run.counts) == (7, "none", {"graded": 1})
    assert run.started <= run.finished


def test_a_seed_of_any_size(book):
    run = book.begin(**RUN | {"seed": 2**80})
    book.finish(run)
    assert book.runs()[0].seed == 2**80


def test_a_file_without_cells_is_a_row_too(book):
    broken = submission("ada", cells=None, problem="unreadable", sentence="Not JSON.")
    number = book.hand_in(broken)
    (attempt,) = book.attempts("ada")
    assert (attempt.problem, attempt.sentence, attempt.cells) == ("unreadable", "Not JSON.", "")
    assert book.stored_cells(number) == ()


def test_attempts_come_in_the_order_of_time(book):
    late, early = submission("ada", "y = 2", hours=5), submission("ada", hours=1)
    unknown = submission("ada", "z", handed_in=None)
    book.hand_in_all([(late, None), (early, None), (unknown, None)])
    order = [late.sha256, early.sha256, unknown.sha256]
    assert [a.sha256 for a in book.attempts()] == [order[2], order[1], order[0]]


def test_what_is_known_needs_no_work(book):
    one = submission("ada")
    grade(book, (one, 1, 2))
    assert book.known(keys_for(one).values()) == set(keys_for(one).values())
    assert book.known([*keys_for(one).values(), "x"]) == set(keys_for(one).values())
    assert book.known([]) == set()


def test_a_fault_of_the_grader_is_worth_another_try(book):
    one = submission("ada")
    run = book.begin(**RUN)
    number = book.hand_in(one, keys_for(one))
    book.record(run, number, graded(one, 0, 0, cause="grader"))
    assert book.known(keys_for(one).values()) == set()
    assert book.attempts("ada")[0].results["mean"].cause == "grader"
    again = book.begin(**RUN)
    book.record(again, number, graded(one, 1, 2))
    assert points(book, "ada") == [{"mean": 1, "last": 2}]
    assert len(book.results("ada", "mean")) == 2


def test_a_changed_spec_and_back(book):
    one = submission("ada")
    grade(book, (one, 1, 2))
    (number,) = grade(book, (one, 0, 0), spec="changed")
    assert points(book, "ada") == [{"mean": 0, "last": 0}]
    grade(book, (one, 9, 9))  # the results of the first run are found: nothing is graded
    assert points(book, "ada") == [{"mean": 1, "last": 2}]
    assert [grading.run for grading in book.results("ada", "mean")] == [1, 2]
    assert len(book.results("ada")) == 4
    book.set_current_keys(
        {number: {"mean": keys_for(one, "changed")["mean"], "last": keys_for(one)["last"]}}
    )
    assert points(book, "ada") == [{"mean": 0, "last": 2}]


def test_a_task_whose_spec_changed_waits(book):
    one = submission("ada")
    (number,) = grade(book, (one, 1, 2))
    book.hand_in(one, keys_for(one) | {"mean": "new"})
    (attempt,) = book.attempts("ada")
    assert attempt.id == number
    assert set(attempt.keys) - set(attempt.results) == {"mean"}


def test_the_same_cells_under_two_names_are_graded_once(book):
    first, second = submission("ada"), submission("ada", name="copy.ipynb")
    assert keys_for(first) == keys_for(second)
    grade(book, (first, 1, 2), (second, 0, 0))
    assert points(book, "ada") == [{"mean": 1, "last": 2}] * 2
    assert len(book.results("ada")) == 2


def test_many_in_one_transaction_are_many_one_by_one(tmp_path):
    handed = [submission(f"s{i}", f"x = {i}") for i in range(20)]
    with Gradebook.open(tmp_path / "a.db", "small") as a:
        grade(a, *((one, i % 2, 2) for i, one in enumerate(handed)))
        with Gradebook.open(tmp_path / "b.db", "small") as b:
            run = b.begin(**RUN)
            numbers = b.hand_in_all((one, keys_for(one)) for one in reversed(handed))
            answers = [graded(one, i % 2, 2) for i, one in enumerate(handed)]
            b.record_all(run, list(zip(reversed(numbers), answers, strict=True)))
            b.finish(run)
            assert a.dump() == b.dump()
            assert len(a.dump()) == 2 + 20 * (1 + 1 + 2 + 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.enrol([Person("ada", "Ada")]),
        lambda book: book.hand_in(submission("ada", "y")),
        lambda book: book.hand_in(submission("ada"), {"mean": "k"}),
        lambda book: book.override("ada", "mean", 0.5, "", "me"),
        lambda book: grade(book, (submission("ada"), 0, 0), spec="changed"),
    ],
)
def test_the_dump_sees_every_change(book, change):
    grade(book, (submission("ada"), 1, 2))
    before = book.dump()
    change(book)
    assert book.dump() != before


# Overrides


def test_an_override_and_its_withdrawal(book):
    grade(book, (submission("ada"), 0, 2))
    book.override("ada", "mean", 0.25, "half of an idea", "prof")
    book.override("ada", "mean", 0.5, "a good idea", "prof")
    (override,) = book.overrides().values()
    assert (override.points, override.comment, override.by) == (0.5, "a good idea", "prof")
    grade(book, (submission("ada"), 0, 0), spec="changed")
    assert book.overrides()["ada", "mean"].points == 0.5
    book.withdraw_override("ada", "mean", "prof", "on second thoughts")
    assert book.overrides() == {}
    assert [one.points for one in book.override_history("ada")] == [0.25, 0.5, None]
    assert book.override_history("alan") == []
    with pytest.raises(GradebookError, match="ada has no manual score for mean"):
        book.withdraw_override("ada", "mean", "prof")


@pytest.mark.parametrize(
    ("student", "task", "value", "part"),
    [
        ("eve", "mean", 1, "student: expected one in .*class.db, got 'eve'"),
        ("ada", "median", 1, "task: expected one of mean, last, got 'median'"),
        ("ada", "mean", 1.5, "points: expected 0 to 1 for mean, got 1.5"),
        ("ada", "mean", -1, "expected 0 to 1 for mean, got -1"),
        ("ada", "mean", float("nan"), "expected 0 to 1 for mean, got nan"),
    ],
)
def test_an_override_that_cannot_be(book, student, task, value, part):
    grade(book, (submission("ada"), 0, 2))
    with pytest.raises(GradebookError, match=part):
        book.override(student, task, value, "", "prof")
    assert book.overrides() == {}


# Several at a time


def test_one_grading_at_a_time(book, file):
    run = book.begin(**RUN)
    with Gradebook.open(file, "small") as other:
        with pytest.raises(
            GradebookError, match=rf"another `course grade` \(process {os.getpid()}"
        ):
            other.begin(**RUN)
        assert other.runs()[0].finished is None  # reading goes on
        other.enrol([Person("ada")])  # and so does a short write
        book.finish(run)
        other.finish(other.begin(**RUN))
    again = book.begin(**RUN)
    book.finish(again)


def test_closing_gives_the_right_back(book, file):
    with Gradebook.open(file, "small") as other:
        other.begin(**RUN)
    book.finish(book.begin(**RUN))


@pytest.mark.slow
def test_a_reader_sees_whole_submissions_while_they_are_written(book, file):
    handed = [submission(f"s{i}", f"x = {i}") for i in range(150)]
    run = book.begin(**RUN)
    numbers = book.hand_in_all((one, keys_for(one)) for one in handed)
    seen, done = [], threading.Event()

    def read():
        with Gradebook.open(file, create=False) as reader:
            while not done.is_set() or not seen:
                seen.extend(len(attempt.results) for attempt in reader.attempts())

    thread = threading.Thread(target=read)
    thread.start()
    for number, one in zip(numbers, handed, strict=True):
        book.record(run, number, graded(one, 1, 2))
    done.set()
    thread.join()
    assert set(seen) <= {0, 2}


GRADE = """
import sys
sys.path.insert(0, "tests")
from submitted import TASKS, graded, keys_for, submission
from course_tools.gradebook.book import Gradebook
with Gradebook.open(sys.argv[1], "small") as book:
    run = book.begin(seed=7, isolation="none", environment="Python", tasks=TASKS)
    for i in range(int(sys.argv[2])):
        one = submission(f"s{i:03}", f"x = {i}")
        number = book.hand_in(one, keys_for(one))
        if not book.known(keys_for(one).values()):
            book.record(run, number, graded(one, 1, i % 3))
        print(i, flush=True)
    book.finish(run)
"""


@pytest.mark.slow
def test_killed_and_resumed_it_is_as_if_nothing_had_been(file, tmp_path):
    n = 40
    undisturbed = tmp_path / "undisturbed.db"
    command = [sys.executable, "-c", GRADE]
    subprocess.run([*command, undisturbed, str(n)], check=True, cwd=ROOT, capture_output=True)
    for stop in (0, 7, 22):
        given = [*command, file, str(n)]
        with subprocess.Popen(given, stdout=subprocess.PIPE, text=True, cwd=ROOT) as grader:
            for line in grader.stdout:
                if int(line) == stop:
                    break
            os.kill(grader.pid, signal.SIGKILL)
        with Gradebook.open(file, create=False) as book:
            assert len(book.attempts()) > stop  # what was committed is there
            assert {len(a.results) for a in book.attempts()[: stop + 1]} == {2}
            assert {len(a.results) for a in book.attempts()} <= {0, 2}
            assert book.runs()[-1].finished is None
    subprocess.run([*command, file, str(n)], check=True, cwd=ROOT, capture_output=True)
    with Gradebook.open(file) as book, Gradebook.open(undisturbed) as other:
        assert book.dump() == other.dump()
        assert len(book.runs()) == 4


@pytest.mark.slow
def test_a_full_disk_loses_nothing(book, file):
    handed = [submission(f"s{i}", f"x = {i}" + "y" * 500) for i in range(200)]
    run = book.begin(**RUN)
    with book._engine.connect() as connection:  # the pool gives the same connection again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 40}")
    written = []

    def go_on():
        for one in handed:
            number = book.hand_in(one, keys_for(one))
            book.record(run, number, graded(one, 1, 2, detail="m" * 900))
            written.append(number)

    with pytest.raises(GradebookError, match="the disk is full: everything committed so far is"):
        go_on()
    assert 0 < len(written) < len(handed)
    book.close()
    with Gradebook.open(file, "small") as book:
        assert sum(len(attempt.results) for attempt in book.attempts()) == 2 * len(written)
        grade(book, *((one, 1, 2) for one in handed))
        assert sum(len(attempt.results) for attempt in book.attempts()) == 2 * len(handed)

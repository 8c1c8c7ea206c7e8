from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event
from submitted import TASKS, graded, keys_for, submission

from course_tools.gradebook import queries, schema, writes
from course_tools.submissions.models import Person


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        run = {"seed": str(2**70), "isolation": "none", "environment": "e", "settings": "s"}
        run |= {"started": schema.now(), "process": "p", "counts": '{"full": 1}'}
        writes.add(connection, schema.runs, [{"id": 1} | run, {"id": 2} | run])
        yield connection
    engine.dispose()


def grade(connection, one, *points, run=1, **changes):
    (number,) = writes.hand_in(connection, [(one, keys_for(one))])
    writes.record_all(connection, run, [(number, replace(graded(one, *points), **changes))])
    return number


def test_an_empty_gradebook(connection):
    assert queries.attempts(connection) == []
    assert queries.attempts(connection, "ada") == []
    assert queries.students(connection) == []
    assert queries.dump(connection) == []
    assert queries.overrides(connection) == {}
    assert queries.stored_cells(connection, 1) == ()


def test_runs(connection):
    first, _ = queries.runs(connection)
    assert (first.id, first.seed, first.counts, first.finished) == (1, 2**70, {"full": 1}, None)
    assert (first.isolation, first.environment, first.settings) == ("none", "e", "s")


def test_tasks_in_their_own_order(connection):
    rows = [
        {"name": "b", "position": 0, "maximum": 2.0},
        {"name": "a", "position": 1, "maximum": 1.0},
    ]
    writes.add(connection, schema.tasks, rows)
    assert queries.tasks(connection) == [("b", 2.0), ("a", 1.0)]


def test_the_attempts_of_one_student_are_theirs_alone(connection):
    grade(connection, submission("ada"), 1, 2, cell_failures=("a",))
    grade(connection, submission("alan"), 0, 1, cell_failures=("b", "c"))
    (alan,) = queries.attempts(connection, "alan")
    assert {task: result.points for task, result in alan.results.items()} == {"mean": 0, "last": 1}
    assert alan.cell_failures == ("b", "c")
    assert [one.student for one in queries.attempts(connection)] == ["ada", "alan"]
    assert alan == queries.attempts(connection)[1]


def test_a_class_takes_as_few_queries_as_a_student(connection):
    def asked(student):
        seen = []

        def count(*event):
            seen.append(event[2])

        event.listen(connection, "before_cursor_execute", count)
        queries.attempts(connection, student)
        event.remove(connection, "before_cursor_execute", count)
        return len(seen)

    for i in range(30):
        grade(connection, submission(f"s{i}"), 1, 2)
    assert asked(None) == asked("s3") == 4


def test_a_later_grading_under_the_same_key_counts(connection):
    one = submission("ada")
    grade(connection, one, 0, 0)
    number = grade(connection, one, 1, 2, run=2)
    (attempt,) = queries.attempts(connection, "ada")
    assert attempt.results["mean"].points == 1
    history = queries.results(connection, "ada", "mean")
    assert [(g.run, g.submission, g.result.points) for g in history] == [
        (1, number, 0),
        (2, number, 1),
    ]
    assert history[0].isolation == "none"
    assert len(queries.results(connection, "ada")) == 4
    assert queries.results(connection, "alan") == []


def test_a_key_of_another_task_is_not_its_result(connection):
    """No two tasks share a key; but should they, a result stays with its task."""
    one = submission("ada")
    number = grade(connection, one, 1, 2)
    writes.set_current_keys(connection, {number: {"mean": keys_for(one)["last"]}})
    assert queries.attempts(connection, "ada")[0].results == {}


def test_a_dump_knows_no_numbers_and_no_moments(connection):
    grade(connection, submission(Person("ada", "Ada"), hours=1), 1, 2, cell_failures=("a",))
    first = queries.dump(connection)
    other = create_engine("sqlite://")
    with other.begin() as second:
        schema.metadata.create_all(second)
        run = {"seed": "3", "isolation": "", "environment": "", "settings": "", "process": ""}
        writes.add(second, schema.runs, [{"id": 9, "started": schema.now(), "counts": "{}"} | run])
        grade(second, submission(Person("ada", "Ada"), hours=5), 1, 2, run=9, cell_failures=("a",))
        assert queries.dump(second) == first
    other.dispose()
    kinds = [row[0] for row in first]
    assert sorted(set(kinds)) == ["cell failure", "current key", "result", "student", "submission"]
    assert len(kinds) == 1 + 2 * len(TASKS) + 1 + 1

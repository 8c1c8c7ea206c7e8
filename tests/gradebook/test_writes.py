from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event, func, select
from submitted import graded, keys_for, submission

from course_tools.answers.outcome import Line
from course_tools.gradebook import schema, writes
from course_tools.submissions.models import Person


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        run = {"seed": "1", "isolation": "", "environment": "", "settings": "", "process": ""}
        run |= {"started": schema.now(), "counts": "{}"}
        writes.add(connection, schema.runs, [{"id": 1} | run, {"id": 2} | run])
        yield connection
    engine.dispose()


def count(connection, table):
    return connection.scalar(select(func.count()).select_from(table))


def people(connection):
    table = schema.students
    rows = connection.execute(select(table).order_by(table.c.id))
    return [Person(**row._mapping) for row in rows]


def test_chunks():
    assert list(writes.chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(writes.chunks([])) == []


def test_a_roster_replaces_and_a_file_only_fills_in(connection):
    writes.enrol(connection, [Person("ada", "Ada", "a@x", "g1", 24.0)])
    writes.enrol(connection, [Person("ada", email="new@x"), Person("alan")], fill_in=True)
    assert people(connection) == [Person("ada", "Ada", "new@x", "g1", 24.0), Person("alan")]
    writes.enrol(connection, [Person("ada", "Ada L.")])
    assert people(connection) == [Person("ada", "Ada L."), Person("alan")]


def test_the_last_entry_of_an_id_counts(connection):
    writes.enrol(connection, [Person("ada", "A", email="a@x"), Person("ada", "B")], fill_in=True)
    assert people(connection) == [Person("ada", "B", "a@x")]


def test_more_students_than_one_query_takes(connection):
    everybody = [Person(f"s{i:05}") for i in range(3 * writes.CHUNK + 1)]
    writes.enrol(connection, everybody)
    writes.enrol(connection, everybody)
    assert people(connection) == everybody


def test_handing_in_twice_changes_nothing(connection):
    one, two = submission("ada"), submission("alan", "y = 2")
    handed = [(one, keys_for(one)), (two, keys_for(two))]
    first = writes.hand_in(connection, handed)
    statements = []
    engine = connection.engine
    event.listen(
        engine, "before_cursor_execute", lambda *event: statements.append(event[2].split()[0])
    )
    assert writes.hand_in(connection, handed) == first
    assert set(statements) == {"SELECT"}
    assert count(connection, schema.submissions) == 2
    assert count(connection, schema.current_keys) == 4


def test_the_same_file_twice_in_one_go_is_one(connection):
    one = submission("ada")
    numbers = writes.hand_in(connection, [(one, None), (one, None)])
    assert numbers[0] == numbers[1]
    assert count(connection, schema.submissions) == 1


@pytest.mark.parametrize(
    "other",
    [
        submission("ada", "y = 2"),  # other bytes
        submission("ada", name="again.ipynb"),
        submission("alan"),
    ],
)
def test_every_attempt_is_kept(connection, other):
    first, second = writes.hand_in(connection, [(submission("ada"), None), (other, None)])
    assert first != second


def test_cells_are_kept_once_and_come_back_whole(connection):
    odd = "größe = '\ud83d'\n\0"
    a, b = submission("ada", odd), submission("alan", odd)
    writes.hand_in(connection, [(a, None), (b, None)])
    assert count(connection, schema.cells) == 1
    assert writes.unpack(connection.scalar(select(schema.cells.c.text))) == (odd,)


def test_other_keys_replace_and_none_leaves_them(connection):
    one = submission("ada")
    (number,) = writes.hand_in(connection, [(one, {"mean": "k1", "last": "k2"})])
    writes.hand_in(connection, [(one, None)])
    assert count(connection, schema.current_keys) == 2
    writes.hand_in(connection, [(one, {"mean": "k3"})])
    row = connection.execute(select(schema.current_keys)).one()
    assert tuple(row) == (number, "mean", "k3")


def test_a_file_that_can_be_read_after_all(connection):
    broken = submission("ada", cells=None, problem="too large", sentence="Too large.")
    writes.hand_in(connection, [(broken, {"mean": "k"})])
    assert count(connection, schema.current_keys) == 0
    whole = replace(broken, cells=("x = 1",), problem="", sentence="")
    writes.hand_in(connection, [(whole, {"mean": "k"})])
    row = connection.execute(select(schema.submissions)).one()
    assert (row.problem, row.sentence, row.cells is None) == ("", "", False)
    assert count(connection, schema.current_keys) == 1
    writes.hand_in(connection, [(broken, None)])
    assert count(connection, schema.current_keys) == 0


def when(connection, number):
    table = schema.submissions
    return connection.scalar(select(table.c.handed_in).where(table.c.id == number))


def test_copying_a_folder_makes_nobody_late(connection):
    (number,) = writes.hand_in(connection, [(submission("ada", hours=5), None)])
    writes.hand_in(connection, [(submission("ada", hours=50), None)])
    assert when(connection, number) == submission("ada", hours=5).handed_in
    writes.hand_in(connection, [(submission("ada", hours=1), None)])
    assert when(connection, number) == submission("ada", hours=1).handed_in


def test_a_time_that_becomes_known(connection):
    (number,) = writes.hand_in(connection, [(submission("ada", handed_in=None), None)])
    assert when(connection, number) is None
    writes.hand_in(connection, [(submission("ada", hours=2), None)])
    writes.hand_in(connection, [(submission("ada", handed_in=None), None)])
    assert when(connection, number) == submission("ada", hours=2).handed_in


def test_who_goes_back_to_an_earlier_version_hands_it_in_again(connection):
    first, second = submission("ada", hours=1), submission("ada", "y = 2", hours=3)
    numbers = writes.hand_in(connection, [(first, None), (second, None)])
    writes.hand_in(
        connection, [(replace(first, handed_in=submission("ada", hours=4).handed_in), None)]
    )
    assert when(connection, numbers[0]) == submission("ada", hours=4).handed_in


def test_two_files_of_other_names_do_not_take_turns(connection):
    first = submission("ada", name="a.ipynb", hours=1)
    second = submission("ada", "y = 2", name="b.ipynb", hours=3)
    numbers = writes.hand_in(connection, [(first, None), (second, None)])
    copied = submission("ada", name="a.ipynb", hours=9)
    writes.hand_in(connection, [(copied, None)])
    assert when(connection, numbers[0]) == first.handed_in


def test_a_result_is_written_once_in_a_run_and_again_in_another(connection):
    one = submission("ada")
    (number,) = writes.hand_in(connection, [(one, keys_for(one))])
    answer = graded(one, 1, 0)
    writes.record_all(connection, 1, [(number, answer), (number, answer)])
    writes.record_all(connection, 1, [(number, answer)])
    assert count(connection, schema.results) == 2
    writes.record_all(connection, 2, [(number, answer)])
    assert count(connection, schema.results) == 4


def test_cell_failures_are_those_of_the_last_grading(connection):
    one = submission("ada")
    (number,) = writes.hand_in(connection, [(one, keys_for(one))])
    writes.record_all(
        connection, 1, [(number, replace(graded(one, 1, 2), cell_failures=("a", "b")))]
    )
    writes.record_all(connection, 2, [(number, replace(graded(one, 1, 2), cell_failures=("c\0",)))])
    assert connection.scalars(select(schema.cell_failures.c.line)).all() == ["c\ufffd"]


def test_text_of_students_never_stops_the_writing(connection):
    odd = "\ud800\0</script>'; DROP TABLE results; --"
    one = submission(Person(odd, odd, odd, odd), name=odd, sentence=odd)
    (number,) = writes.hand_in(connection, [(one, {"mean": "k"})])
    writes.record_all(
        connection, 1, [(number, graded(one, 1, 0, feedback=(Line("note", odd),), detail=odd))]
    )
    assert writes.hand_in(connection, [(one, None)]) == [number]
    assert count(connection, schema.results) == 2

"""A run files everything, does nothing twice, and can be stopped and resumed at any moment."""

import sys
import threading

import pytest
from quick_judge import (
    QuickConfig,
    QuickJudge,
    empty,
    quick_set,
    soon,
    submission,
)

from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.models import Graded, TaskResult
from course_tools.grading import engine
from course_tools.grading.engine import RunReport, grade, open_pool, outcome, regrade
from course_tools.grading.pools import LocalPool, Pool
from course_tools.grading.workers import PoolError

CLASS = [
    *(submission(f"s{i}", ("right", "half", "wrong")[i % 3]) for i in range(9)),
    empty("nobody"),
    submission("tricky", "raise"),
]


class Here(Pool):
    """Judges in this process, and keeps what it was given."""

    width = 2

    def __init__(self, config):
        self.judge, self.works = QuickJudge(config), []

    def submit(self, work):
        from concurrent.futures import Future

        self.works.append(work)
        future = Future()
        try:
            with self.judge as judge:
                future.set_result(judge.grade(work))
        except RuntimeError as error:
            results = (TaskResult(t, k, 0, 0, "grader", detail=str(error))
                       for t, k in work.keys.items())  # fmt: skip
            future.set_result(Graded(work.student, tuple(results)))
        return future

    def __exit__(self, *error):
        pass


@pytest.fixture
def config(traces):
    return QuickConfig(traces)


@pytest.fixture
def book(tmp_path):
    with Gradebook.open(tmp_path / "class.db", "quick") as book:
        yield book


def run(book, config, submissions, exercises=None, seed=1, **more):
    """Grade here: the report and the works."""
    pool = Here(config)
    report = grade(submissions, book, exercises or quick_set(), config, pool, seed, **more)
    return report, pool.works


def test_every_submission_has_its_row(book, config):
    report, _ = run(book, config, CLASS)
    assert report.counts == {"full": 3, "partial": 3, "wrong": 3, "no notebook": 1, "grader": 1}
    assert report.done == len(CLASS)
    attempts = {one.student: one for one in book.attempts()}
    assert {name: [r.cause for r in one.results.values()] for name, one in attempts.items()} == {
        **{f"s{i}": [["right"] * 2, ["right", "wrong"], ["wrong"] * 2][i % 3] for i in range(9)},
        "nobody": [],
        "tricky": ["grader", "grader"],
    }
    assert attempts["nobody"].problem == "no notebook"
    (last,) = book.runs()
    assert last.finished
    assert last.counts == dict(report.counts)


def test_the_maximum_stands_also_where_no_judge_answered(book, config):
    run(book, config, [submission("tricky", "raise")], quick_set(second=3))
    (attempt,) = book.attempts()
    assert [result.maximum for result in attempt.results.values()] == [1, 3]


def test_what_is_known_is_not_done_again(book, config):
    run(book, config, CLASS)
    before = book.dump()
    report, works = run(book, config, CLASS)
    assert report.counts == {"before": 9, "no notebook": 1, "grader": 1}
    assert [work.student for work in works] == ["tricky"], "the fault was not the student's"
    assert book.dump() == before


def test_another_seed_is_another_grading(book, config):
    run(book, config, CLASS[:3])
    _, works = run(book, config, CLASS[:3], seed=2)
    assert len(works) == 3
    assert {work.seed for work in works} == {2}


def test_one_file_handed_in_twice_is_judged_once(book, config):
    twice = [submission("ada"), submission("ada", name="again.ipynb"), submission("alan")]
    report, works = run(book, config, twice)
    assert [work.student for work in works] == ["ada", "alan"]
    assert report.done == 3
    assert [len(one.results) for one in book.attempts()] == [2, 2, 2]


def test_a_file_whose_answer_is_not_written_yet_is_not_judged_again(book, config, monkeypatch):
    monkeypatch.setattr(engine, "POLL_INTERVAL", 1000)
    others = [submission(f"s{i}") for i in range(engine.CHUNK - 1)]
    _, works = run(book, config, [submission("ada"), *others, submission("ada", name="again")])
    assert [work.student for work in works].count("ada") == 1
    assert [len(one.results) for one in book.attempts("ada")] == [2, 2]


def test_two_versions_of_one_student_are_both_kept(book, config):
    run(book, config, [submission("ada", "wrong"), submission("ada", "right", "v2.ipynb")])
    points = [sum(r.points for r in one.results.values()) for one in book.attempts("ada")]
    assert sorted(points) == [0, 2]


def test_regrading_touches_what_a_change_touches(book, config):
    run(book, config, CLASS[:10])
    pool = Here(config)
    assert regrade(book, quick_set(), config, pool, 1).counts == {"before": 9, "no notebook": 1}
    assert pool.works == []
    report = regrade(book, quick_set(second=2), config, pool, 1)
    assert report.total == report.done == 10
    assert len(pool.works) == 9
    assert {tuple(work.keys) for work in pool.works} == {("second",)}
    assert {work.cells for work in pool.works} == {("right",), ("half",), ("wrong",)}
    assert {one.results["second"].maximum for one in book.attempts() if one.cells} == {2}
    assert regrade(book, quick_set(), config, pool, 1).counts["before"] == 9, "and back again"
    assert len(pool.works) == 9


def test_progress_is_told_for_each_submission(book, config):
    told = []
    run(
        book,
        config,
        iter(CLASS),
        on_progress=lambda report: told.append((report.done, report.total)),
    )
    assert told == [(i, len(CLASS)) for i in range(len(CLASS) + 1)]


def test_how_many_there_are_is_known_when_all_are_read(book, config):
    told = []
    run(book, config, (one for one in CLASS[:9]), on_progress=lambda r: told.append(r.total))
    assert told[-1] == 9


def test_phases_are_summed(book, config):
    assert run(book, config, CLASS[:4])[0].phases == {"judging": 4.0}


def test_answers_are_written_together(book, config, monkeypatch):
    written = []
    monkeypatch.setattr(engine, "POLL_INTERVAL", 1000)
    monkeypatch.setattr(
        Gradebook, "record_all", lambda book, run, graded: written.append(len(graded))
    )
    run(book, config, [submission(f"s{i}") for i in range(2 * engine.CHUNK + 3)])
    assert written == [engine.CHUNK, engine.CHUNK, 3]


def test_answers_do_not_wait_long_to_be_written(book, traces, tmp_path):
    """While one submission takes long, what the others got is already safe."""
    config = QuickConfig(traces)
    slow = [submission("ada"), submission("alan", f"sleep {tmp_path / 'sleeps'}")]
    seen = []

    def results():
        return [r for one in book.attempts("ada") for r in one.results.values()]

    with LocalPool(config, 2, QuickJudge) as pool:

        def watch():
            seen.append(soon(results))
            for worker in pool.workers:
                worker.terminate()

        thread = threading.Thread(target=watch)
        thread.start()
        with pytest.raises(PoolError):
            grade(slow, book, quick_set(), config, pool, 1)
        thread.join()
    assert seen == [True]


def test_what_stops_a_run_leaves_what_was_done(book, config):
    def stop(report: RunReport) -> None:
        if report.done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(book, config, CLASS[:9], on_progress=stop)
    done = [one.student for one in book.attempts() if one.results]
    assert len(done) == 6
    assert book.runs()[-1].finished is None
    _, works = run(book, config, CLASS[:9])
    assert {work.student for work in works} == {f"s{i}" for i in range(9)} - set(done)


def test_a_collection_that_breaks_off_costs_nothing_that_was_graded(book, config):
    def broken():
        yield from (submission(f"s{i}") for i in range(60))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        run(book, config, broken())
    assert sum(bool(one.results) for one in book.attempts()) > 40


@pytest.mark.slow
def test_many_are_read_only_as_the_run_goes_on(book, config):
    read, most = 0, 0

    def submissions():
        nonlocal read
        for i in range(500):
            read += 1
            yield submission(f"s{i}")

    def watch(report: RunReport) -> None:
        nonlocal most
        most = max(most, read - report.done)

    run(book, config, submissions(), on_progress=watch)
    assert read == 500
    assert most <= 2 * engine.CHUNK


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        (("right", "right"), "full"),
        (("right", "slow"), "partial"),
        (("slow", "wrong", "slow"), "slow"),
    ],
)
def test_outcome(causes, expected):
    results = (TaskResult("t", "k", float(c == "right"), 1, c) for c in causes)
    assert outcome(Graded("ada", tuple(results))) == expected


def test_a_pool_is_of_this_machine_unless_a_scheduler_is_named(config):
    with open_pool(config, 3, judge=QuickJudge) as pool:
        assert isinstance(pool, LocalPool)
        assert pool.width == 3


def test_a_cluster_needs_dask(config, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.delitem(sys.modules, "course_tools.grading.cluster", raising=False)
    with pytest.raises(PoolError, match=r"^--scheduler local needs dask .*pip install 'course-lib"):
        open_pool(config, scheduler="local")

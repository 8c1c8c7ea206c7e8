"""A pool answers everything, takes little on at a time, and leaves nothing behind."""

import os
import signal

import pytest
from quick_judge import QuickConfig, QuickJudge, alive, at_second_work, n_begun, soon, work

from course_tools.grading import pools
from course_tools.grading.pools import LocalPool
from course_tools.grading.workers import PoolError


@pytest.fixture
def pool(traces):
    with LocalPool(QuickConfig(traces), 2, QuickJudge) as pool:
        yield pool


def run(pool, works):
    """Causes of all answers, by number."""
    answers = [answer for answer in pool.run(works) if answer is not None]
    assert len(answers) == len(dict(answers))
    return {number: [r.cause for r in graded.results] for number, graded in answers}


def test_every_work_is_answered_under_its_number(pool):
    said = [("right", "half")[i % 2] for i in range(40)]
    came = run(pool, ((i, work(f"s{i}", cell)) for i, cell in enumerate(said)))
    assert came == {i: ["right", ("right", "wrong")[i % 2]] for i in range(40)}


def test_nothing_to_do(pool, traces):
    assert run(pool, []) == {}
    assert os.listdir(traces) == []


def test_only_what_is_needed_soon_is_taken_on(pool):
    answered, most = 0, 0

    def works():
        nonlocal most
        for i in range(200):
            most = max(most, i + 1 - answered)
            yield i, work(f"s{i}")

    for answer in pool.run(works()):
        answered += answer is not None
    assert answered == 200
    assert most == 2 * (1 + pools.PREFETCH)


def shares(traces):
    """How many works each of the processes has begun."""
    return [n_begun(traces, pid) for pid in alive(traces)]


def test_both_processes_work(traces):
    asked = []

    def until_both_work():
        """One of the two may start long after the other."""
        for i in range(10_000):
            if len(before := shares(traces)) == 2 and min(before) > 20:
                return
            asked.append(i)
            yield i, work(f"s{i}")

    with LocalPool(QuickConfig(traces, seconds=0.01), 2, QuickJudge) as pool:
        run(pool, until_both_work())
        assert min(shares(traces)) > 20
        assert sum(shares(traces)) == len(asked)


def test_while_nothing_comes_the_caller_has_its_turn(traces, tmp_path, monkeypatch):
    monkeypatch.setattr(pools, "POLL_INTERVAL", 0.01)
    with LocalPool(QuickConfig(traces, seconds=0.2), 1, QuickJudge) as pool:
        assert list(pool.run([(1, work("ada"))])).count(None) > 5


@pytest.mark.slow
def test_a_killed_process_costs_no_answer(traces):
    with LocalPool(QuickConfig(traces, seconds=0.005), 2, QuickJudge) as pool:
        causes, killed = [], 0
        for number, graded in filter(None, pool.run((i, work(f"s{i}")) for i in range(60))):
            causes += [r.cause for r in graded.results]
            if number % 20 == 10:
                os.kill(at_second_work(traces), signal.SIGKILL)
                killed += 1
    assert killed == 3
    assert causes == ["right"] * 120


@pytest.mark.slow
def test_poison_costs_its_own_row_only(pool):
    """The neighbours are graded though their process was killed many times over others' work."""
    cells = ["die" if i % 5 == 2 else "right" for i in range(10)]
    came = run(pool, ((i, work(f"s{i}", cell)) for i, cell in enumerate(cells)))
    assert came == {i: ["grader" if i % 5 == 2 else "right"] * 2 for i in range(10)}


def test_what_no_process_can_do_stops_the_run(traces):
    with (
        pytest.raises(PoolError, match="no room for a sandbox"),
        LocalPool(QuickConfig(traces, refusal="no room for a sandbox"), 2, QuickJudge) as pool,
    ):
        run(pool, [(1, work("ada"))])


def test_leaving_early_ends_what_is_under_way(traces, tmp_path):
    sleeps = [tmp_path / f"sleeps{i}" for i in range(2)]

    def leave_early():
        with LocalPool(QuickConfig(traces), 2, QuickJudge) as pool:
            for i in range(20):
                pool.submit(work(f"s{i}", f"sleep {sleeps[i % 2]}"))
            assert soon(lambda: all(path.exists() for path in sleeps))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave_early()
    assert os.listdir(traces) == [], "the judges were not closed"

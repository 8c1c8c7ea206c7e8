"""The workers of a dask cluster grade as this machine does, and may come and go."""

import os
import signal
from collections import Counter

import pytest
from distributed import LocalCluster, Status
from quick_judge import (
    QuickConfig,
    QuickJudge,
    alive,
    everything,
    quick_set,
    soon,
    work,
)

from course_tools.gradebook.book import Gradebook
from course_tools.grading import cluster
from course_tools.grading.cluster import DaskPool
from course_tools.grading.engine import grade, open_pool
from course_tools.grading.workers import PoolError

# A slow disk is told by a warning, when a worker of this process makes its folder.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Creating scratch directories"),
]
SILENT = {"dashboard_address": "127.0.0.1:0", "silence_logs": 50}


@pytest.fixture
def elsewhere(traces):
    """A cluster that is not the grader's: one worker of four threads.

    Its worker lives in this process, which saves the start of another, and is spoken to by the
    same protocol.
    """
    one = {"n_workers": 1, "threads_per_worker": 4, "processes": False, "protocol": "tcp://"}
    with LocalCluster(**one, **SILENT) as there:
        yield there


def causes(pool, works):
    """Causes of all answers, by number."""
    answers = [answer for answer in pool.run(works) if answer is not None]
    assert len(answers) == len(dict(answers))
    return {number: {r.cause for r in graded.results} for number, graded in answers}


def rows(folder, config, scheduler, n_students):
    """What a class comes to."""
    with (
        Gradebook.open(folder / f"{len(os.listdir(folder))}.db", "quick") as book,
        open_pool(config, 2, scheduler, QuickJudge) as pool,
    ):
        grade(everything(n_students), book, quick_set(), config, pool, 1)
        return book.dump()


LARGE = pytest.mark.exhaustive(reason="more of the same: a small class holds every kind of row")


@pytest.mark.parametrize("n_students", [50, pytest.param(200, marks=LARGE)])
def test_the_same_rows_whatever_the_number_of_workers(tmp_path, elsewhere, traces, n_students):
    config = QuickConfig(traces)
    here = rows(tmp_path, config, "", n_students)
    assert len(here) > 5 * n_students
    assert rows(tmp_path, config, elsewhere.scheduler_address, n_students) == here
    assert rows(tmp_path, config, "local:2", n_students) == here


TWO = pytest.mark.exhaustive(reason="the second loss costs the start of a worker and its judge")


@pytest.mark.parametrize("losses", [(60,), pytest.param((100, 200), marks=TWO)])
def test_a_lost_worker_costs_no_answer(traces, losses):
    config = QuickConfig(traces, seconds=0.005)
    n_works = max(losses)
    with DaskPool(config, "local:2", QuickJudge) as pool:
        came, works = Counter(), ((i, work(f"s{i}")) for i in range(n_works))
        for _, graded in filter(None, pool.run(works)):
            came.update(r.cause for r in graded.results)
            if came.total() in losses:
                os.kill(max(pool.client.run(os.getpid).values()), signal.SIGKILL)
        assert came == {"right": 2 * n_works}
        assert soon(lambda: len(alive(traces)) <= 2), "a judging process outlived its worker"


def test_an_answer_counts_whose_worker_is_lost_just_then(elsewhere, traces, monkeypatch):
    gather = cluster.Client._gather

    async def gather_and_lose(client, futures, **options):
        answers = await gather(client, futures, **options)
        for future in futures:
            client._handle_lost_data(future.key)
        return answers

    monkeypatch.setattr(cluster.Client, "_gather", gather_and_lose)
    with DaskPool(QuickConfig(traces), elsewhere.scheduler_address, QuickJudge) as pool:
        assert causes(pool, [(1, work("ada"))]) == {1: {"right"}}


def test_poison_costs_its_own_row_only(traces):
    with DaskPool(QuickConfig(traces), "local:2", QuickJudge) as pool:
        workers = pool.client.run(os.getpid)
        cells = ["die" if i == 2 else "right" for i in range(12)]
        came = causes(pool, ((i, work(f"s{i}", cell)) for i, cell in enumerate(cells)))
        assert came == {i: {"grader" if i == 2 else "right"} for i in range(12)}
        assert pool.client.run(os.getpid) == workers, "dask's own processes live on"


def test_work_whose_workers_are_lost_one_after_the_other_is_given_up(traces, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "ALLOWED_LOSSES", 1)
    asleep = tmp_path / "asleep"
    with DaskPool(QuickConfig(traces), "local:1", QuickJudge) as pool:
        losses, came = 0, {}
        works = [(1, work("ada", f"sleep {asleep}"))]
        for answer in pool.run(works):
            if answer is not None:
                came = {r.detail for r in answer[1].results}
            elif asleep.exists():
                asleep.unlink()
                os.kill(*pool.client.run(os.getpid).values(), signal.SIGKILL)
                losses += 1
    assert came == {"the workers that graded it were lost, one by one"}
    assert losses == 2


def test_two_at_a_time(traces):
    """Two instructors on one machine."""
    config = QuickConfig(traces)
    with DaskPool(config, "local:1", QuickJudge) as one, DaskPool(config, "local:1", QuickJudge):
        assert causes(one, [(1, work("ada"))]) == {1: {"right"}}


def test_one_judge_in_each_process_and_none_when_the_grader_has_left(elsewhere, traces):
    with DaskPool(QuickConfig(traces), elsewhere.scheduler_address, QuickJudge) as pool:
        causes(pool, ((i, work(f"s{i}")) for i in range(40)))
        (judge,) = os.listdir(traces)
        assert (traces / judge).read_text() == "40"
        assert pool.width == 1
    assert soon(lambda: os.listdir(traces) == []), "the judge was left in the cluster"
    assert [one.status for one in elsewhere.workers.values()] == [Status.running]


def test_leaving_early_ends_what_is_under_way_there(elsewhere, traces, tmp_path):
    def leave_early():
        with DaskPool(QuickConfig(traces), elsewhere.scheduler_address, QuickJudge) as pool:
            pool.submit(work("ada", f"sleep {tmp_path / 'asleep'}"))
            assert soon((tmp_path / "asleep").exists)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave_early()
    assert soon(lambda: os.listdir(traces) == []), "the judge was left in the cluster"


def test_workers_that_come_later_take_part(elsewhere, traces, monkeypatch):
    monkeypatch.setattr(cluster, "RECOUNT_INTERVAL", 0.0)
    config = QuickConfig(traces, seconds=0.02)

    def until_two_judges():
        """A worker may take long to start, so there is work for ten minutes."""
        for i in range(30_000):
            if len(os.listdir(traces)) == 2:
                return
            yield i, work(f"s{i}")

    with DaskPool(config, elsewhere.scheduler_address, QuickJudge) as pool:
        elsewhere.scale(2)
        causes(pool, until_two_judges())
        assert pool.width == 2
        assert len(os.listdir(traces)) == 2


def test_another_environment_is_refused(elsewhere, traces, monkeypatch):
    monkeypatch.setattr(cluster, "environment_fingerprint", lambda: "Python 2")
    address = elsewhere.scheduler_address
    with (
        pytest.raises(
            PoolError, match=rf"^--scheduler {address}: worker: expected Python 2, .*Python 3"
        ),
        DaskPool(QuickConfig(traces), address, QuickJudge) as pool,
    ):
        causes(pool, [(1, work("ada"))])


def test_a_judge_that_cannot_be_made_there(elsewhere, traces):
    config = QuickConfig(traces, refusal="no namespaces here")
    with (
        pytest.raises(PoolError, match=r": no namespaces here$"),
        DaskPool(config, elsewhere.scheduler_address, QuickJudge) as pool,
    ):
        causes(pool, [(1, work("ada"))])


@pytest.mark.parametrize("look_again", [0.0, 1000.0])
def test_a_cluster_that_goes_away(elsewhere, traces, monkeypatch, capfd, look_again):
    monkeypatch.setattr(cluster, "RECOUNT_INTERVAL", look_again)

    def works():
        for i in range(1000):
            if i == 20:
                pool.client._timeout = 0  # it will not come back, so nobody needs to look for it
                elsewhere.close()
            yield i, work(f"s{i}")

    with (
        DaskPool(QuickConfig(traces), elsewhere.scheduler_address, QuickJudge) as pool,
        pytest.raises(PoolError, match=r"the cluster was lost .* the same command goes on"),
    ):
        causes(pool, works())
    assert capfd.readouterr() == ("", ""), "the message above is all"


WITHOUT = """
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "course_tools":
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Without())
"""


def test_a_worker_without_the_package(traces, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with (
        LocalCluster(n_workers=1, **SILENT) as bare,
        pytest.raises(PoolError, match=r"No module named 'course_tools.*pip install .*there"),
    ):
        DaskPool(QuickConfig(traces), bare.scheduler_address, QuickJudge)


def test_no_workers(traces, monkeypatch):
    wait = cluster.Client.wait_for_workers  # to connect may take longer than to see that none come
    monkeypatch.setattr(cluster.Client, "wait_for_workers", lambda self, n, _: wait(self, n, 0.5))
    with (
        LocalCluster(n_workers=0, **SILENT) as empty,
        pytest.raises(PoolError, match="has no workers"),
    ):
        DaskPool(QuickConfig(traces), empty.scheduler_address, QuickJudge)


def test_no_scheduler(traces, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT", 0.5)
    with pytest.raises(PoolError, match=r"^--scheduler tcp://127.0.0.1:1: no dask scheduler"):
        DaskPool(QuickConfig(traces), "tcp://127.0.0.1:1", QuickJudge)


@pytest.mark.parametrize("address", ["local:0", "local:x", "localhost", "host:8786", "tcp://host"])
def test_an_address_that_cannot_be_one(traces, address):
    with pytest.raises(PoolError, match=f"^--scheduler: expected local.* got '{address}'"):
        DaskPool(QuickConfig(traces), address, QuickJudge)

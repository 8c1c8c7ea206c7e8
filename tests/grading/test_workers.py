"""A judging process answers, is started again when it dies, and ends with whoever started it."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from quick_judge import QuickConfig, QuickJudge, alive, soon, work

from course_tools.gradebook.fingerprints import environment_fingerprint
from course_tools.grading import workers
from course_tools.grading.workers import PoolError, Worker, prepare, timeout_for


@pytest.fixture
def start(traces):
    started = []

    def start(timeout: float = 60.0, environment: str = "", **config) -> Worker:
        setup = prepare(QuickConfig(traces, **config), QuickJudge)
        started.append(Worker(setup, timeout, environment or environment_fingerprint()))
        return started[-1]

    yield start
    for worker in started:
        worker.close()


def causes(graded):
    return [result.cause for result in graded.results]


def test_it_answers_one_after_the_other_in_one_process(start, traces):
    worker = start()
    assert causes(worker.grade(work("ada"))) == ["right", "right"]
    assert causes(worker.grade(work("alan", "half"))) == ["right", "wrong"]
    assert alive(traces) == [worker.process.pid]


def test_an_exception_of_the_judge_is_an_answer(start):
    worker = start()
    graded = worker.grade(work("ada", "raise"))
    assert {(r.task, r.key, r.cause, r.detail) for r in graded.results} == {
        (task, f"{task} of ada", "grader", "RuntimeError: out of paper")
        for task in ("first", "second")
    }
    assert causes(worker.grade(work("alan"))) == ["right", "right"]


def test_a_death_costs_a_retry(start, tmp_path):
    assert causes(start().grade(work("ada", f"die-once {tmp_path / 'died'}"))) == ["right"] * 2


@pytest.mark.slow
def test_work_that_kills_whoever_does_it_is_given_up(start, traces):
    worker = start()
    graded = worker.grade(work("ada", "die"))
    assert {(r.cause, r.detail) for r in graded.results} == {
        ("grader", "the process that judged it died 3 times")
    }
    assert len(os.listdir(traces)) == 3
    assert causes(worker.grade(work("alan"))) == ["right", "right"]


@pytest.mark.slow
def test_a_process_that_hangs_is_given_up_at_once(start, traces, tmp_path):
    worker = start(timeout=1.0)
    graded = worker.grade(work("ada", f"sleep {tmp_path / 'sleeps'}"))
    assert {r.detail for r in graded.results} == {"judging did not end within 1 seconds"}
    assert len(os.listdir(traces)) <= 1
    worker.timeout = 60.0
    assert causes(worker.grade(work("alan"))) == ["right", "right"]


def test_a_judge_that_cannot_be_made_is_said_once(start):
    with pytest.raises(PoolError, match=r"^no namespaces here$"):
        start(refusal="no namespaces here").grade(work("ada"))


def test_another_environment_is_refused(start):
    with pytest.raises(
        PoolError, match=r"worker: expected Python 2, as on this machine, got Python 3"
    ):
        start(environment="Python 2").grade(work("ada"))


def test_close_ends_it_tidily_in_the_middle_of_its_work(start, traces, tmp_path):
    worker, raised = start(), []

    def grade():
        try:
            worker.grade(work("ada", f"sleep {tmp_path / 'sleeps'}"))
        except PoolError as error:
            raised.append(error)

    thread = threading.Thread(target=grade)
    thread.start()
    assert soon((tmp_path / "sleeps").exists)
    worker.close()
    thread.join(120)
    assert len(raised) == 1
    assert os.listdir(traces) == [], "the judge was not closed"
    assert worker.process.returncode == 0


def test_who_hears_that_it_is_ready_can_end_it_tidily(start, traces):
    worker = start(entering=0.5)
    worker._start()
    assert alive(traces) == [worker.process.pid], "nobody would close the judge"
    worker.close()
    assert os.listdir(traces) == []


def test_what_is_closed_does_not_start(start):
    worker = start()
    worker.close()
    with pytest.raises(PoolError, match=r"^closed"):
        worker.grade(work("ada"))
    assert worker.process is None


def test_it_can_end_between_two_works(start, traces):
    worker = start()
    worker.grade(work("ada"))
    worker.process.send_signal(signal.SIGTERM)
    worker.process.wait(120)
    assert os.listdir(traces) == []
    assert causes(worker.grade(work("alan"))) == ["right", "right"]


OWNER = """
import sys
from pathlib import Path
from quick_judge import QuickConfig, QuickJudge, work
from course_tools.gradebook.fingerprints import environment_fingerprint
from course_tools.grading.workers import Worker, prepare

setup = prepare(QuickConfig(Path(sys.argv[1])), QuickJudge)
Worker(setup, 60.0, environment_fingerprint()).grade(work("ada", "sleep " + sys.argv[2]))
"""


def test_it_ends_with_its_owner_even_in_the_middle_of_its_work(traces, tmp_path):
    asleep = tmp_path / "asleep"
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(traces), str(asleep)])
    try:
        assert soon(asleep.exists)
        assert len(alive(traces)) == 1
    finally:
        owner.kill()
        owner.wait()
    assert soon(lambda: os.listdir(traces) == []), "the judge was not closed"


def test_a_file_in_the_current_folder_is_not_taken_for_a_package(start, tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit('taken in')", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert causes(start().grade(work("ada"))) == ["right", "right"]


def test_one_thread(start, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    worker = start()
    worker.grade(work("ada"))
    with open(f"/proc/{worker.process.pid}/environ", "rb") as file:
        assert b"OMP_NUM_THREADS=1" in file.read().split(b"\0")


def test_the_timeout_outlasts_what_a_submission_may_take(tmp_path):
    config = QuickConfig(tmp_path)
    assert timeout_for(config) > 2 * config.limits.total_seconds
    assert workers.IDLE_TIMEOUT > 60

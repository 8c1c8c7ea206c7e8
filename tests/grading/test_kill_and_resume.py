"""A grader that is killed loses nothing: the same run again, and the gradebook is whole.

Whoever is killed is a process of its own. What nobody disturbs is run in this one, since to start
a grader takes longer than the work.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from quick_judge import TESTS, at_second_work, grade_two_hundred, processes, soon
from small_set import SMALL

from course_tools.cli import main
from course_tools.exercises.source import write_set
from course_tools.gradebook.book import Gradebook

pytestmark = pytest.mark.slow

TIMEOUT = 600  # seconds, for a machine that is slow and busy; nothing here depends on it
GRADER = [sys.executable, "-c", "from quick_judge import main; main()"]


def start(book, traces, seconds, scheduler=""):
    """In a group of its own, as a shell would."""
    return subprocess.Popen(
        [*GRADER, str(book), str(traces), str(seconds), scheduler],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def rows(book):
    with Gradebook.open(book, "quick") as gradebook:
        return gradebook.dump()


def answered(book):
    with Gradebook.open(book, "quick") as gradebook:
        return sum(bool(one.results) for one in gradebook.attempts())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What a run that nobody disturbs comes to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(TESTS), prepend=os.pathsep)
        grade_two_hundred(folder / "undisturbed.db", folder)
    assert answered(folder / "undisturbed.db") == 203
    return rows(folder / "undisturbed.db")


TWENTY = pytest.mark.exhaustive(reason="every kill costs the start of a grader and two judges")


def random_moments(rng, most):
    """Twenty numbers of answers, and so many seconds after each."""
    return [(rng.randint(0, most), rng.uniform(0, 0.02)) for _ in range(20)]


@pytest.mark.parametrize(
    ("moments", "spread"),
    [
        # After sixty answers a chunk of fifty is on the disk.
        pytest.param([(0, 0.0), (1, 0.0), (60, 0.01)], 2, id="three"),
        pytest.param(random_moments(random.Random(20261120), 20), 6, id="twenty", marks=TWENTY),
    ],
)
def test_killed_at_moments(tmp_path, traces, undisturbed, moments, spread):
    """Some at its start, some just after an answer, some while it writes."""
    book, reached, progress = tmp_path / "killed0.db", 0, []
    for i, (answers, seconds) in enumerate(moments):
        process = start(book, traces, 0.01)
        for _ in range(answers):
            process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        process.communicate()
        assert process.returncode in (-signal.SIGKILL, 0)
        assert soon(lambda: not processes(traces)), "a process outlived the grader"
        before, reached = reached, answered(book) if book.exists() else 0
        assert reached >= before, "what is written stays"
        progress.append(reached)
        if reached == 203:
            assert rows(book) == undisturbed
            book, reached = tmp_path / f"killed{i + 1}.db", 0
    assert len(set(progress)) >= spread, "the kills were spread over the run"
    grade_two_hundred(book, traces)
    assert rows(book) == undisturbed


@pytest.mark.parametrize("scheduler", ["", "local:2"])
def test_interrupted(tmp_path, traces, undisturbed, scheduler):
    """Ctrl-C: gone, nothing left behind, what came is written."""
    book = tmp_path / "interrupted.db"
    process = start(book, traces, 0.02, scheduler)
    for _ in range(20):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=TIMEOUT)
    assert said.strip().endswith("KeyboardInterrupt")
    assert said.count("Traceback") == 1
    assert os.listdir(traces) == [], "the judges were not closed"
    assert answered(book) >= 20
    grade_two_hundred(book, traces)
    assert rows(book) == undisturbed


def test_a_grader_with_a_cluster_of_its_own_is_killed(tmp_path, traces, undisturbed):
    book = tmp_path / "killed.db"
    process = start(book, traces, 0.01, "local:2")
    for _ in range(50):
        process.stdout.readline()
    process.kill()
    process.communicate()
    assert soon(lambda: not processes(traces)), "a process outlived the grader"
    grade_two_hundred(book, traces, scheduler="local:1")
    assert rows(book) == undisturbed


def test_a_judging_process_killed_again_and_again(tmp_path, traces, undisturbed):
    book = tmp_path / "wounded.db"
    process = start(book, traces, 0.005)
    for i in range(100):
        process.stdout.readline()
        if i % 40 == 10:
            os.kill(at_second_work(traces), signal.SIGKILL)
    process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert rows(book) == undisturbed


ANSWERS = (
    *("return x * factor", "return x + factor", "return [value * factor for value in x]") * 6,
    "raise ValueError(x)",
    "import os; os._exit(3)",
)


@pytest.fixture
def classroom(tmp_path, n_students):
    """The small exercise set, and what a class made of it."""
    for folder in ("solutions", "exercises", "handed-in"):
        (tmp_path / folder).mkdir()
    write_set(tmp_path / "solutions" / "small", SMALL)
    (tmp_path / "solutions" / "small.yml").write_text("preload: [numpy]\n")
    for i in range(n_students):
        source = f"def scale(x, factor):\n    {ANSWERS[i % len(ANSWERS)]}"
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id=f"c{i}")])
        nbformat.write(book, tmp_path / "handed-in" / f"student-{i:03}.ipynb")
    return tmp_path


def command(book, jobs=1):
    """The words after ``course``."""
    words = ["grade", "small", "handed-in", "--gradebook", book, "--seed", "1"]
    return [*words, "--jobs", str(jobs)]


def course_grade(classroom, book):
    """The command itself, with the best isolation that there is."""
    return subprocess.Popen(
        [sys.executable, "-c", "from course_tools.cli import main; main()", *command(book)],
        cwd=classroom,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )


def descendants(*pids):
    """All processes that come from these, and they, as far as they run."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(path.parent.name)] = int(parent)
    found = set(pids)
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found & parents.keys()


def random_steps(rng):
    """Twenty numbers of further answers, and so many seconds after each."""
    return [(rng.choice([0, 1, 20, 60]), rng.uniform(0, 0.5)) for _ in range(20)]


@pytest.mark.parametrize(
    ("n_students", "moments", "spread"),
    [
        pytest.param(60, [(0, 0.0), (20, 0.1)], 2, id="two"),
        pytest.param(200, random_steps(random.Random(20261121)), 4, id="twenty", marks=TWENTY),
    ],
)
def test_the_command_killed_at_moments(classroom, n_students, moments, spread, monkeypatch):
    """With sandboxes: nothing is lost, and no process is left, whenever it was killed."""
    monkeypatch.chdir(classroom)
    main(command("undisturbed.db", jobs=2), standalone_mode=False)
    undisturbed = small_rows(classroom / "undisturbed.db")
    assert sum(row[0] == "result" for row in undisturbed) == n_students
    book, progress = "killed0.db", []
    for i, (more, seconds) in enumerate(moments):
        enough = min(n_results(classroom / book) + more, n_students)
        process = course_grade(classroom, book)
        while not (classroom / book).exists() or n_results(classroom / book) < enough:
            assert process.poll() in (None, 0)
            time.sleep(0.1)
        time.sleep(seconds)
        family = descendants(process.pid)
        process.kill()
        process.wait()
        assert soon(lambda seen=family: not descendants(*seen))
        progress.append(n_results(classroom / book))
        if progress[-1] == n_students:
            assert small_rows(classroom / book) == undisturbed
            book = f"killed{i + 1}.db"
    assert len(set(progress)) >= spread, "the kills were spread over the run"
    main(command(book), standalone_mode=False)
    assert small_rows(classroom / book) == undisturbed


def small_rows(book):
    with Gradebook.open(book, "small") as gradebook:
        return gradebook.dump()


def n_results(book):
    return sum(row[0] == "result" for row in small_rows(book)) if book.exists() else 0

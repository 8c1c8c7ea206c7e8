"""A judge without sandbox, for tests of what carries work to judges and answers back.

Worker processes import it, so it must be on their path: the fixture ``traces`` sees to that.
"""

import contextlib
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from course_tools.answers.limits import Limits
from course_tools.gradebook.models import Graded, TaskResult, Work
from course_tools.submissions.models import Person, Submission

if TYPE_CHECKING:  # judging processes, of which tests start many, need no numpy
    from types import FunctionType

    from course_tools.exercises.source import ExerciseSet

TESTS = Path(__file__).parent
LINE = 4000  # so long that nobody can print many of them before they are read
SPEC = "task = Task({0}, points={1}, compare=Exact())"


@dataclass(frozen=True)
class QuickConfig:
    """Every judge leaves a file named for its process in ``traces``, and removes it at its end."""

    traces: Path
    seconds: float = 0.0
    entering: float = 0.0
    isolation: str = "none"
    limits: Limits = field(default_factory=Limits)
    refusal: str = ""


class QuickJudge:
    """The first cell says how the tasks come out, or what befalls the process."""

    def __init__(self, config: QuickConfig):
        if config.refusal:
            raise ValueError(config.refusal)
        self.config = config
        self.trace = config.traces / str(os.getpid())

    def __enter__(self):
        time.sleep(self.config.entering)
        self.trace.write_text("0")
        return self

    def __exit__(self, *error):
        self.trace.unlink()

    def grade(self, work: Work) -> Graded:
        self.trace.write_text(str(int(self.trace.read_text()) + 1))
        said, _, rest = work.cells[0].partition(" ")
        if said == "raise":
            raise RuntimeError("out of paper")
        if said == "die" or (said == "die-once" and not Path(rest).exists()):
            Path(rest or os.devnull).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if said == "sleep":
            Path(rest).touch()
            time.sleep(1000)
        time.sleep(self.config.seconds)
        results = (self.result(task, key, said) for task, key in work.keys.items())
        return Graded(work.student, tuple(results), phases={"judging": 1.0})

    def result(self, task: str, key: str, said: str) -> TaskResult:
        right = said in ("right", "die-once") or (said == "half" and task == "first")
        return TaskResult(task, key, float(right), 1.0, "right" if right else "wrong")


def quick_set(second: float = 1) -> "ExerciseSet":
    """Two tasks; the second one's spec names its points."""
    from course_tools.answers.compare import Exact
    from course_tools.exercises.source import Cell, ExerciseSet
    from course_tools.exercises.spec import Task

    points = {"first": 1, "second": second}
    cells = [Cell("spec", SPEC.format(*item), item[0]) for item in points.items()]
    tasks = [Task(named(name), value, Exact(), {}, {}, []) for name, value in points.items()]
    return ExerciseSet("quick", "Quick", Path(), cells, tasks)


def named(name: str) -> "FunctionType":
    """A function of that name, for a task that nobody draws."""

    def function() -> None: ...

    function.__name__ = name
    return function


def work(student: str, cell: str = "right") -> Work:
    """A piece of work of two tasks."""
    return Work(student, (cell,), {t: f"{t} of {student}" for t in ("first", "second")}, 1)


def submission(student: str, cell: str = "right", name: str = "") -> Submission:
    """One that can be run."""
    name = name or f"{student}.ipynb"
    sha256 = hashlib.sha256(cell.encode()).hexdigest()
    return Submission(Person(student), name, sha256, None, (cell,))


def empty(student: str) -> Submission:
    """One that cannot."""
    return Submission(Person(student), "x.txt", "0" * 64, None, None, "no notebook", "Why.")


def alive(traces: Path) -> list[int]:
    """The judging processes that are still there."""
    return sorted(processes(traces) & set(map(int, os.listdir(traces))))


def at_second_work(traces: Path) -> int:
    """A judging process past its first work, which nobody else has died over then."""
    found: list[int] = []
    soon(lambda: found.extend(pid for pid in alive(traces) if n_begun(traces, pid) > 1) or found)
    return max(found)


def n_begun(traces: Path, pid: int) -> int:
    """How many works a process has begun."""
    return int((traces / str(pid)).read_text() or 0)  # empty while it is written


def processes(traces: Path) -> set[int]:
    """All that was started while ``TRACES`` named this folder, but for what died already."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            marked = f"TRACES={traces}".encode() in (path / "environ").read_bytes().split(b"\0")
            # Python's own helper stays as long as the process that runs the tests
            if marked and b"resource_tracker" not in (path / "cmdline").read_bytes():
                found.add(int(path.name))
    return found


def soon(condition, seconds: float = 120.0) -> bool:
    """Whether a condition comes true; a busy machine may take its time to start processes."""
    end = time.monotonic() + seconds
    while not (result := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return bool(result)


def grade_two_hundred(book: Path, traces: Path, seconds: float = 0, scheduler: str = "") -> None:
    """What a grader does; prints a line for each answer.

    Args:
        book: the gradebook.
        traces: where the judges leave their traces.
        seconds: that each answer takes.
        scheduler: of the cluster, if any.
    """
    from course_tools.gradebook.book import Gradebook
    from course_tools.grading import engine

    def tell(report: engine.RunReport) -> None:
        fresh = report.done - report.counts["before"] - report.counts["no notebook"]
        if fresh:
            print(f"{fresh:<{LINE}}", flush=True)

    config = QuickConfig(traces, seconds)
    with (
        Gradebook.open(book, "quick") as gradebook,
        engine.open_pool(config, 2, scheduler, QuickJudge) as pool,
    ):
        engine.grade(everything(200), gradebook, quick_set(), config, pool, 1, on_progress=tell)


def main() -> None:
    """A grader as a process: arguments are gradebook, traces, seconds each, scheduler."""
    from course_tools.grading import engine, pools

    engine.POLL_INTERVAL = pools.POLL_INTERVAL = 0.02  # a run is short, so let it write often
    book, traces, seconds, scheduler = sys.argv[1:]
    grade_two_hundred(Path(book), Path(traces), float(seconds), scheduler)


def everything(n_students: int) -> Iterator[Submission]:
    """A class of everything."""
    for i in range(n_students):
        if i % 40 == 7:
            yield empty(f"s{i}")
        elif i % 40 == 11:
            yield submission(f"s{i}", "raise")
        else:
            yield submission(f"s{i}", ("right", "half", "wrong")[i % 3])
        if i % 25 == 3:
            yield submission(f"s{i}", "right", f"s{i}-again.ipynb")

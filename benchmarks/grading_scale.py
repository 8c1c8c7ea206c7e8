"""Ten thousand submissions: what it costs to hand them out, and whether the rows are the same.

Run ``python benchmarks/grading_scale.py``; the table goes to ``results/grading_scale.csv``. It
takes about ten minutes. Where there is nothing to judge, what is left is the price of keeping the
gradebook and of carrying work to workers and answers back; with sandboxes, one small task is
graded in full isolation, and all ways of doing so must fill the gradebook with the same rows.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from rich.progress import Progress
from side_by_side import report

from course_tools.exercises.source import ExerciseSet, load, write_set
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.fingerprints import hash_of
from course_tools.gradebook.models import Graded, TaskResult, Work
from course_tools.grading.engine import RunReport, grade, open_pool
from course_tools.grading.judge import JudgeConfig
from course_tools.grading.pools import Pool
from course_tools.sandbox.levels import choose
from course_tools.submissions.models import Person, Submission

N, EARLY = 10_000, 1_000
SCALE = '''\
# %%
import numpy as np


# %%
def scale(x, factor):
    """Multiply."""
    ### BEGIN SOLUTION
    return x * factor
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task

task = Task(
    scale,
    points=1,
    compare=Close(condition=100),
    examples=[(np.array([1.0, 2.0]), 3.0)],
    regimes={"any": lambda rng: (rng.normal(size=3), 1 + rng.random())},
    right=[lambda x, factor: [float(value) * factor for value in x]],
    wrong={
        "adds": ("You add the factor; multiply by it.", {"x * factor": "x + factor"}),
        "divides": ("You divide by the factor; multiply by it.", {"x * factor": "x / factor"}),
        "negative": ("The sign is lost.", {"x * factor": "-x * factor"}),
    },
)
'''
SET = {
    "set.yml": "title: 'Exercises: scale'\nintroduction: Nothing to read.\ntasks: [scale]\n",
    "scale.py": SCALE,
}
ANSWERS = ("x * factor", "np.einsum('i,->i', x, factor)", "[v * factor for v in x]", "x + factor")


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: who did the work, and which.
        workers: how many processes judged.
        seconds: wall clock of the run.
        per_second: submissions.
        ms_each: wall clock per submission, in milliseconds.
        ms_cpu: processor time of the grader's own process per submission, in milliseconds.
        mb_early: memory of that process after the first 1,000 submissions.
        mb_end: and after all.
    """

    what: str
    workers: int
    seconds: str
    per_second: str
    ms_each: str
    ms_cpu: str
    mb_early: str
    mb_end: str


HEADER = (
    "who did it",
    "workers",
    "seconds",
    "submissions per second",
    "ms each",
    "ms each of the main process",
    f"MB after {EARLY}",
    "MB at the end",
)


class NoJudge:
    """Finds everything right without a look at it."""

    def __init__(self, config: JudgeConfig):
        pass

    def __enter__(self) -> "NoJudge":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def grade(self, work: Work) -> Graded:
        """Answer."""
        results = (TaskResult(name, key, 1, 1, "right") for name, key in work.keys.items())
        return Graded(work.student, tuple(results))


class NoPool(Pool):
    """Answers at once, in this process."""

    width = 1

    def submit(self, work: Work) -> Future[Graded]:
        """Answer."""
        future: Future[Graded] = Future()
        future.set_result(NoJudge.grade(self, work))
        return future

    def __exit__(self, *error: object) -> None:
        pass


def submissions() -> Iterator[Submission]:
    for i in range(N):
        code = f"def scale(x, factor):\n    return {ANSWERS[i % len(ANSWERS)]}\n"
        cells = ("import numpy as np", code, f"print('student {i}')")
        yield Submission(Person(f"student-{i:05}"), "scale.ipynb", hash_of(cells), None, cells)


def memory() -> float:
    """Resident memory of this process, in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def measure(
    what: str, workers: int, scheduler: str | None, judge: type | None, exercises: ExerciseSet
) -> tuple[Row, str]:
    """Grade them all into a new gradebook: the row, and a hash of all that the gradebook says."""
    config = JudgeConfig("scale", SET, choose(), preload=("numpy",))
    marks = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        book = stack.enter_context(Gradebook.open(Path(folder) / "class.db", "scale"))
        pool = NoPool() if scheduler is None else open_pool(config, workers, scheduler, judge)
        stack.enter_context(pool)
        progress = stack.enter_context(Progress(transient=True, refresh_per_second=1))
        bar = progress.add_task(f"{what}, {workers}", total=N)

        def advance(report: RunReport) -> None:
            if report.done % 100 == 0:
                progress.update(bar, completed=report.done)
            if report.done in (EARLY, N):
                marks.append(memory())

        before = resource.getrusage(resource.RUSAGE_SELF)
        report = grade(submissions(), book, exercises, config, pool, 1, on_progress=advance)
        after = resource.getrusage(resource.RUSAGE_SELF)
        rows = hash_of([repr(row) for row in book.dump()])
    assert report.done == N, report
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    numbers = (report.seconds, N / report.seconds, 1e3 * report.seconds / N, 1e3 * cpu / N, *marks)
    formats = ("{:.0f}", "{:.0f}", "{:.2f}", "{:.2f}", "{:.0f}", "{:.0f}")
    texts = (form.format(number) for form, number in zip(formats, numbers, strict=True))
    return Row(what, workers, *texts), rows


def main() -> None:
    # workers import what is defined here, by the name of this file
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")])
    )
    from grading_scale import NoJudge

    with tempfile.TemporaryDirectory() as folder:
        exercises = load(write_set(Path(folder) / "scale", SET))
    level = choose()
    plan = (
        ("gradebook alone", 0, None, None),
        ("processes, nothing to judge", 2, "", NoJudge),
        ("dask, nothing to judge", 1, "local:1", NoJudge),
        ("dask, nothing to judge", 2, "local:2", NoJudge),
        (f"processes, {level}", 2, "", None),
        (f"dask, {level}", 1, "local:1", None),
        (f"dask, {level}", 2, "local:2", None),
    )
    measured = [measure(*one, exercises) for one in plan]
    assert len({rows for _, rows in measured[:4]}) == 1, "nothing to judge, and yet other rows"
    if len({rows for _, rows in measured[4:]}) != 1:
        sys.exit("the rows depend on who graded")
    title = f"{N} submissions, the same rows each time"
    report("grading_scale", HEADER, (row for row, _ in measured), title)


if __name__ == "__main__":
    main()

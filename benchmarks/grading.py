"""Grading beside nbgrader, on one assignment in one run; what isolation and each phase cost.

Run ``make nbgrader`` once, then ``python benchmarks/grading.py``; the tables go to
``benchmarks/results/grading*.csv``. Both graders get the same notebooks (three functions on numpy
and torch, three cases each) and must give the same points. Starting up is left out on both sides:
nbgrader's imports, and here the processes of the pool, whose start is a row of its own.
"""

import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import Progress
from side_by_side import report
from small_assignment import SOURCE, write_for_nbgrader

from course_tools.exercises.sample import sample_class
from course_tools.exercises.source import ExerciseSet, files_of, load, write_set
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.scores import grade_summaries
from course_tools.gradebook.settings import Settings
from course_tools.grading import engine
from course_tools.grading.judge import config_for
from course_tools.grading.pools import LocalPool
from course_tools.sandbox.levels import LEVELS, available, choose
from course_tools.submissions.collect import collect

ROOT = Path(__file__).parents[1]
NBGRADER = ROOT / ".nbgrader" / "bin"
ROUNDS, N_THEIRS, N_OURS = 3, 8, 400
N_LEVEL, N_LONG = 200, 1000


class Course:
    """An exercise set, a class that handed in, and a fresh gradebook for every run."""

    def __init__(self, folder: Path, source: dict[str, str], name: str, n_students: int):
        self.folder = folder / f"{name}-{n_students}"
        self.folder.mkdir()
        self.exercises: ExerciseSet = load(write_set(self.folder / name, source))
        self.notebooks = sample_class(self.exercises, n_students, seed=1)
        self.handed_in = self.folder / "handed-in"
        self.handed_in.mkdir()
        for student, text in self.notebooks.items():
            (self.handed_in / f"{student}.ipynb").write_text(text)
        self.runs = 0

    def grade(self, level: str, jobs: int, watch=lambda report, pool: None) -> dict:
        """Grade the class: seconds, seconds by phase, seconds to start, points by student."""
        self.runs += 1
        config = config_for(self.exercises, Settings(), level)
        first = next(iter(collect(self.handed_in, self.exercises.name)))
        started = time.perf_counter()
        with LocalPool(config, jobs) as pool:
            with Gradebook.open(self.folder / f"start-{self.runs}.db", self.exercises.name) as book:
                again = [first] * jobs
                for number, one in enumerate(again):  # each worker starts with its first work
                    engine.grade([one], book, self.exercises, config, pool, seed=number)
            ready = time.perf_counter()
            with (
                Gradebook.open(self.folder / f"{self.runs}.db", self.exercises.name) as book,
                Progress(transient=True) as progress,
            ):
                bar = progress.add_task(f"{level}, {jobs} jobs", total=len(self.notebooks))

                def advance(report: engine.RunReport) -> None:
                    progress.update(bar, completed=report.done)
                    watch(report, pool)

                report = engine.grade(
                    collect(self.handed_in, self.exercises.name),
                    book,
                    self.exercises,
                    config,
                    pool,
                    seed=1,
                    on_progress=advance,
                )
                tasks = [(task.name, task.points) for task in self.exercises.tasks]
                points = {s.person.id: s.raw for s in grade_summaries(book, tasks, Settings())}
        return {
            "seconds": report.seconds,
            "phases": report.phases,
            "start": ready - started,
            "points": points,
        }


def nbgrader(course: Course, folder: Path) -> dict:
    """The seconds that nbgrader takes for each of the first few students, and their points."""
    few = dict(list(course.notebooks.items())[:N_THEIRS])
    write_for_nbgrader(folder, few)
    script = ROOT / "benchmarks" / "nbgrader" / "autograde.py"
    answer = subprocess.run(
        [NBGRADER / "python", script, folder],
        env=os.environ | {"PATH": f"{NBGRADER}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def beside_nbgrader(folder: Path) -> list[tuple]:
    """Submissions per second on both sides, in turns."""
    level, jobs = choose(), len(os.sched_getaffinity(0))
    course = Course(folder, SOURCE, "small", N_OURS)
    theirs, ours, starts = [], [], []
    for number in range(ROUNDS):
        there = nbgrader(course, folder / f"nbgrader-{number}")
        here = course.grade(level, jobs)
        theirs += there["seconds"]
        ours.append(here["seconds"] / N_OURS)
        starts.append(here["start"])
        differ = {s for s, points in there["scores"].items() if points != here["points"][s]}
        if differ:
            raise SystemExit(f"the graders disagree on {sorted(differ)}")
    one = course.grade(level, 1)["seconds"] / N_OURS
    their, our = statistics.median(theirs), statistics.median(ours)
    return [
        ("nbgrader 0.9.6, one process", "", f"{1000 * their:.0f}", f"{1 / their:.2f}", "1"),
        row("here, one job", level, one, their),
        row(f"here, {jobs} jobs", level, our, their),
        ("starting the pool, once", level, f"{1000 * statistics.median(starts):.0f}", "", ""),
    ]


def row(what: str, level: str, seconds: float, their: float) -> tuple:
    """One line of the first table."""
    return what, level, f"{1000 * seconds:.1f}", f"{1 / seconds:.1f}", f"{their / seconds:.0f}"


def costs(folder: Path) -> list[tuple]:
    """Milliseconds per submission by level and phase, one job."""
    phases = ("start", "cells", "calls", "judging", "diagnosis")
    recurrence = files_of(ROOT / "solutions" / "recurrence")
    rows = []
    for name, source, n in (("small", SOURCE, N_LEVEL), ("recurrence", recurrence, N_LEVEL // 2)):
        course = Course(folder, source, name, n)
        for level in LEVELS:
            if not available()[level]:
                run = course.grade(level, 1)
                run["phases"]["judging"] += run["phases"].pop("drawing")  # the table is wide enough
                parts = [f"{1000 * run['phases'][phase] / n:.1f}" for phase in phases]
                rest = run["seconds"] - sum(run["phases"][phase] for phase in phases)
                n_tasks = str(len(course.exercises.tasks))
                whole = [f"{1000 * seconds / n:.1f}" for seconds in (rest, run["seconds"])]
                rows.append((n_tasks, level, *parts, *whole))
    return rows


def memory(folder: Path) -> list[tuple]:
    """Resident memory in MB while a long run goes on: this process, a worker, its fork server."""
    source = files_of(ROOT / "solutions" / "recurrence")
    course = Course(folder, source, "recurrence", N_LONG)
    marks, rows = [N_LONG // 10, N_LONG // 2, N_LONG], []

    def watch(report: engine.RunReport, pool: LocalPool) -> None:
        if report.done in marks:
            worker = psutil.Process(pool.workers[0].process.pid)
            parents = [p.memory_info().rss for p in worker.children(recursive=True)]
            sizes = [psutil.Process().memory_info().rss, worker.memory_info().rss, max(parents)]
            rows.append((str(report.done), *(f"{size / 2**20:.0f}" for size in sizes)))

    run = course.grade(choose(), len(os.sched_getaffinity(0)), watch)
    Console().print(f"{N_LONG} notebooks of 14 tasks: {N_LONG / run['seconds']:.1f} per second")
    return rows


def main() -> None:
    """All three tables."""
    if not NBGRADER.is_dir():
        raise SystemExit("nbgrader is not set up: run `make nbgrader`")
    with tempfile.TemporaryDirectory() as folder:
        parts = [Path(folder) / name for name in ("beside", "costs", "memory")]
        for part in parts:
            part.mkdir()
        report(
            "grading",
            ("grader", "isolation", "ms per submission", "submissions per second", "ratio"),
            beside_nbgrader(parts[0]),
        )
        report(
            "grading-costs",
            ("tasks", "isolation", "start", "cells", "calls", "judging", "diagnosis", "other",
             "sum"),
            costs(parts[1]),
        )  # fmt: skip
        report(
            "grading-memory",
            ("submissions graded", "main process", "worker", "fork server"),
            memory(parts[2]),
        )


if __name__ == "__main__":
    main()

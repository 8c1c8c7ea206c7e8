"""A fabricated class for the tests of what is shown and exported: every cause, every problem."""

from datetime import UTC, datetime, timedelta

import numpy as np

from course_tools.answers.outcome import Line
from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import CAUSES, GradeSummary, TaskLine, TaskResult
from course_tools.submissions.models import PROBLEMS, Person

DUE = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
LATE_RULE = "10 % of the points for each day begun, at most 50 %."
NAMES = ("Ada Lovelace", "Alan Turing", "Grace Hopper", "Emmy Noether", "Sofia Kowalewskaja")
HOSTILE = (
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m \u202egnp.exe",
    "W" * 10_000,
    "=HYPERLINK(1) & {{ 7*7 }} \x00 ' \" `<b>`",
)
SECRET = "hidden-input-0.73105857863"  # stands in every ``detail``


def fabricate(exercises: ExerciseSet, n: int = 40, seed: int = 20261120) -> list[GradeSummary]:
    """A class of n: the better a student, the more is right; the last ones have a problem."""
    rng = np.random.default_rng(seed)
    n_problems = len(PROBLEMS) if n > 10 else 0
    return [
        graded(exercises, i, float((i + 1) / (n - n_problems)), rng) for i in range(n - n_problems)
    ] + [problem(exercises, n - n_problems + i, key) for i, key in enumerate(PROBLEMS)][:n_problems]


def graded(exercises: ExerciseSet, i: int, skill: float, rng: np.random.Generator) -> GradeSummary:
    """A student whose notebook could be run."""
    tasks = tuple(
        task_line(exercises, k, i, bool(rng.random() < skill), rng)
        for k in range(len(exercises.tasks))
    )
    late = max(0.0, round(float(rng.normal(-10, 8)), 1))
    raw = sum(line.points for line in tasks)
    penalty = round(0.1 * raw * np.ceil(late / 24), 2)
    return GradeSummary(
        person=someone(i),
        tasks=tasks,
        raw=raw,
        maximum=exercises.points,
        penalty=float(penalty),
        score=float(round(raw - penalty, 2)),
        file=f"student-{i}/recurrence.ipynb",
        handed_in=DUE + timedelta(hours=late) - timedelta(minutes=int(rng.integers(600))),
        late_hours=late,
        attempts=1 + i % 3,
        sentence="two notebooks were handed in; the later one counts" if i == 4 else "",
        cell_failures=("code cell 7: NameError: name 'hs' is not defined",) if i % 9 == 3 else (),
    )


def task_line(
    exercises: ExerciseSet, k: int, i: int, right: bool, rng: np.random.Generator
) -> TaskLine:
    """One task: right, or one of the causes in turn, most often a wrong answer."""
    task = exercises.tasks[k]
    others = [cause for cause in CAUSES if cause not in ("right", "waiting")]
    often = ["wrong", "wrong", "wrong", "error", "not started"]
    overridden = i == 6 and k == 1
    right = right and not overridden
    cause = "right" if right else (others if rng.random() < 0.3 else often)[int(rng.integers(5))]
    if not right and i == k:
        cause = others[i % len(others)]
    mistake = task.wrongs[int(rng.integers(2))] if cause == "wrong" and rng.random() < 0.7 else None
    feedback = {
        "wrong": (
            *([Line("looks like", mistake.sentence)] if mistake else []),
            Line("case", "1 of 5: x = 1"),
            Line("expected", "2"),
            Line("what came", "3"),
        ),
        "error": (Line("what came", "IndexError: list index out of range"),),
        "slow": (Line("note", "One call was still running after 5 seconds."),),
    }.get(cause, ())
    result = TaskResult(
        task=task.name,
        key=f"{task.name} of student-{i}",
        points=task.points if right else 0.0,
        maximum=task.points,
        cause=cause,
        mistake=mistake.name if mistake else "",
        feedback=feedback,
        detail="" if right else f"[ValueError] {SECRET}",
        passed=6 if right else 2 if cause == "wrong" else 0,
        cases=6,
    )
    return TaskLine(
        result,
        points=task.points / 2 if overridden else result.points,
        maximum=task.points,
        overridden=overridden,
        comment="The idea is right; half of the points." if overridden else "",
    )


def problem(exercises: ExerciseSet, i: int, key: str) -> GradeSummary:
    """A student with nothing to grade."""
    there = key != "nothing"
    return GradeSummary(
        person=someone(i),
        tasks=tuple(
            TaskLine(TaskResult(task.name, "", 0.0, task.points, "not started"), 0.0, task.points)
            for task in exercises.tasks
        ),
        raw=0.0,
        maximum=exercises.points,
        penalty=0.0,
        score=0.0,
        file=f"student-{i}.ipynb" if there else "",
        handed_in=DUE if there else None,
        problem=key,
        sentence=f"student-{i}.ipynb: {PROBLEMS[key]}" if there else "",
    )


def someone(i: int) -> Person:
    """Student i; the first ones have a name."""
    name = NAMES[i] if i < len(NAMES) else f"Student {i}" if i % 3 else ""
    return Person(f"student-{i}", name, extension_hours=48.0 if i == 7 else 0.0)


def hostile(exercises: ExerciseSet, text: str) -> GradeSummary:
    """A student who wrote the same text wherever a text can be written."""
    task = exercises.tasks[0]
    result = TaskResult(
        task=task.name,
        key="",
        points=0.0,
        maximum=task.points,
        cause="error",
        mistake=text,
        feedback=(Line("looks like", text), Line("case", text)),
        detail=SECRET,
        cases=6,
    )
    line = TaskLine(result, 0.0, task.points)
    return GradeSummary(
        person=Person(text, text, text, text),
        tasks=(line,),
        raw=0.0,
        maximum=exercises.points,
        penalty=0.0,
        score=0.0,
        file=text,
        handed_in=DUE,
        sentence=text,
        cell_failures=(text, text),
    )

"""What grading, the gradebook and reports hand to one another: plain, frozen, and safe to send.

A submission becomes ``Work``; a worker answers with ``Graded``; the gradebook and the settings
together say each student's ``GradeSummary``, which is what is shown, exported and drawn.
"""

from dataclasses import dataclass, field
from datetime import datetime

from course_tools.answers.outcome import Line
from course_tools.submissions.models import Person

# Why a task has the points it has, in the words that instructors and students read.
CAUSES = {
    "right": "right",
    "wrong": "a wrong answer",
    "error": "stopped with an error",
    "not started": "not started",
    "missing": "there is no function of that name",
    "closed": "used a module that is closed for this task",
    "slow": "ran too long",
    "memory": "used too much memory",
    "crashed": "ended the Python process",
    "unserializable": "returned something that cannot be judged",
    "protocol": "answered out of turn or not in the agreed format",
    "grader": "could not be graded; the fault is not the student's",
    "waiting": "not graded yet",
}


@dataclass(frozen=True)
class Work:
    """What a worker is asked to do: run these cells and judge these tasks.

    ``keys`` gives for each task the hash under which its result is kept, as
    ``fingerprints.work_keys`` makes it.
    """

    student: str
    cells: tuple[str, ...]
    keys: dict[str, str]
    seed: int


@dataclass(frozen=True)
class TaskResult:
    """How one task came out; the gradebook's table ``results`` has a column for each field.

    Args:
        task: its name.
        key: the hash under which the gradebook keeps the result; empty where there is none yet.
        points: earned, out of ``maximum``.
        cause: a key of ``CAUSES``.
        mistake: the name of the known wrong answer that it behaves like, or empty.
        feedback: for the student: no hidden input, no hidden value, nothing that their code
            printed or raised on hidden inputs.
        detail: for the instructor only; may hold text that the student's code chose.
        passed: hidden cases that came out right, of ``cases``.
    """

    task: str
    key: str
    points: float
    maximum: float
    cause: str
    mistake: str = ""
    feedback: tuple[Line, ...] = ()
    detail: str = ""
    passed: int = 0
    cases: int = 0


@dataclass(frozen=True)
class Graded:
    """A worker's answer to ``Work``.

    ``cell_failures`` holds one line for each cell that failed; ``isolation`` names the level in
    force; ``phases`` gives the seconds spent in start, cells, calls, drawing, judging, diagnosis.
    """

    student: str
    results: tuple[TaskResult, ...]
    cell_failures: tuple[str, ...] = ()
    isolation: str = ""
    phases: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskLine:
    """One task of one student as it counts: the result, or the instructor's override of it.

    Args:
        result: how it came out; its cause says so where there is no result yet.
        points: that count, out of ``maximum``: the result's, or the instructor's.
        maximum: of the task as it is now; the result may be of an earlier spec.
        overridden: whether the points are the instructor's.
        comment: the instructor's, for the student.
    """

    result: TaskResult
    points: float
    maximum: float
    overridden: bool = False
    comment: str = ""

    @property
    def task(self) -> str:
        """The task's name."""
        return self.result.task

    @property
    def unsettled(self) -> bool:
        """Whether there is no result yet, or none for which the student is answerable."""
        return self.result.cause in ("grader", "waiting") and not self.overridden


@dataclass(frozen=True)
class GradeSummary:
    """A student's grade: what counts, after weights, late rule and overrides.

    Args:
        person: who.
        tasks: one line per task, in the order of the exercise set.
        raw: the sum of the weighted points, out of ``maximum``.
        penalty: what the late rule takes off, in points.
        score: raw - penalty, never below zero, rounded as the settings say.
        file: name of the submission that counts; empty where nothing was handed in.
        handed_in: when it was handed in; None where that is not known.
        late_hours: hours past due date, extension and grace; 0 when in time.
        time_unknown: whether there was a due date and nobody knows if it was kept; nothing is
            taken off.
        attempts: how many submissions the gradebook keeps of this student.
        problem: a key of ``PROBLEMS``, or empty.
        sentence: the problem, or a remark about the file, in one sentence.
        cell_failures: one line for each cell that failed.
    """

    person: Person
    tasks: tuple[TaskLine, ...]
    raw: float
    maximum: float
    penalty: float
    score: float
    file: str = ""
    handed_in: datetime | None = None
    late_hours: float = 0.0
    time_unknown: bool = False
    attempts: int = 0
    problem: str = ""
    sentence: str = ""
    cell_failures: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether any of the tasks is unsettled."""
        return any(line.unsettled for line in self.tasks)

"""Made-up grades of students, for the tests of what is exported and shown."""

from dataclasses import replace
from datetime import UTC, datetime

from course_tools.answers.outcome import Line
from course_tools.gradebook.models import GradeSummary, TaskLine, TaskResult
from course_tools.submissions.models import Person

HIDDEN = "expected 41.5 for x = 17"


def task_line(
    task: str,
    points: float,
    maximum: float,
    cause: str,
    overridden: bool = False,
    comment: str = "",
    **result,
) -> TaskLine:
    """One task as it counts; further arguments are fields of its result."""
    found = TaskResult(task, "key", points, maximum, cause, **result)
    return TaskLine(found, points, maximum, overridden, comment)


def changed_result(line: TaskLine, **changes) -> TaskLine:
    """The same line with another result."""
    return replace(line, result=replace(line.result, **changes))


def grade_summary(student: str, *points: float, **changes) -> GradeSummary:
    """A student whose tasks are worth 2 points each."""
    lines = tuple(
        task_line(
            f"task_{index}",
            value,
            2.0,
            "right" if value == 2 else "wrong",
            feedback=() if value == 2 else (Line("case", "1 of 4: expected 4, came 3."),),
            detail="" if value == 2 else HIDDEN,
            passed=6 if value == 2 else 2,
            cases=6,
        )
        for index, value in enumerate(points, start=1)
    )
    person = changes.pop("person", None) or Person(student, **changes.pop("who", {}))
    raw = sum(points)
    given = {
        "file": f"{student}.ipynb",
        "handed_in": datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        "attempts": 1,
        "penalty": 0.0,
        **changes,
    }
    score = max(0.0, raw - given["penalty"])
    return GradeSummary(
        person=person, tasks=lines, raw=raw, maximum=2.0 * len(points), score=score, **given
    )


def nothing(student: str, **who) -> GradeSummary:
    """A student who handed in nothing."""
    line = task_line("task_1", 0.0, 2.0, "missing")
    return GradeSummary(Person(student, **who), (line, line), 0.0, 4.0, 0.0, 0.0, problem="nothing")

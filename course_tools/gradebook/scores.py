"""Each student's grade: which attempt counts, what the late rule takes, what is overridden.

Everything is computed in exact fractions, so that what a teacher adds up by hand is what comes
out, and rounded once, at the end, a half going up.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.models import GradeSummary, TaskLine, TaskResult
from course_tools.gradebook.queries import Attempt, Override
from course_tools.gradebook.settings import Settings
from course_tools.submissions.models import PROBLEMS, Person

UNIT = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


def grade_summaries(
    book: Gradebook, exercise: Sequence[tuple[str, float]], settings: Settings
) -> list[GradeSummary]:
    """Every student's grade, by id; also of those in the roster who handed nothing in.

    Args:
        book: the gradebook.
        exercise: names and maxima of the tasks, in the order of the exercise set.
        settings: the due date, the late rule, the weights and the rest.
    """
    attempts: dict[str, list[Attempt]] = {}
    for attempt in book.attempts():
        attempts.setdefault(attempt.student, []).append(attempt)
    overrides: dict[str, dict[str, Override]] = {}
    for (student, task), override in book.overrides().items():
        overrides.setdefault(student, {})[task] = override
    return [
        grade_summary(
            person, attempts.get(person.id, []), overrides.get(person.id, {}), exercise, settings
        )
        for person in book.students()
    ]


def grade_summary(
    person: Person,
    attempts: list[Attempt],
    overrides: dict[str, Override],
    exercise: Sequence[tuple[str, float]],
    settings: Settings,
) -> GradeSummary:
    """One student's grade.

    Args:
        person: the student.
        attempts: their submissions, the earliest first.
        overrides: the instructor's points, by task.
        exercise: names and maxima of the tasks.
        settings: the rules.
    """
    files = [attempt for attempt in attempts if attempt.problem != "nothing"]
    readable = [attempt for attempt in files if attempt.cells]
    # A file that cannot be read replaces none that can.
    candidates = readable or files or attempts or [None]
    summaries = [
        _summarize_attempt(person, attempt, overrides, exercise, settings, len(files))
        for attempt in candidates
    ]
    if settings.attempts == "best":
        grade = max(summaries, key=lambda one: one.score)  # the earliest of equals
    else:
        grade = summaries[0 if settings.attempts == "first" else -1]
    if readable and not files[-1].cells and settings.attempts != "first":
        problem = PROBLEMS.get(files[-1].problem, "the file cannot be read")
        remark = f"A later file, {files[-1].name}, does not count: {problem}."
        grade = replace(grade, sentence=f"{grade.sentence} {remark}".strip())
    return grade


def _summarize_attempt(
    person: Person,
    attempt: Attempt | None,
    overrides: dict[str, Override],
    exercise: Sequence[tuple[str, float]],
    settings: Settings,
    n_files: int,
) -> GradeSummary:
    """The grade, if this attempt counts."""
    lines = tuple(_line(task, top, attempt, overrides.get(task)) for task, top in exercise)
    scale, maximum = _scale(exercise, settings)
    worth = [exact(line.points) * scale[line.task] for line in lines]
    raw = sum(worth, Fraction(0))
    late = lateness(attempt.handed_in if attempt else None, person, settings)
    graded = sum(
        (w for w, line in zip(worth, lines, strict=True) if not line.overridden), Fraction(0)
    )
    penalty = graded * share_lost(late, settings)
    return GradeSummary(
        person=person,
        tasks=lines,
        raw=float(raw),
        maximum=float(maximum),
        penalty=float(penalty),
        score=rounded(raw - penalty, maximum, settings.digits),
        file=attempt.name if attempt else "",
        handed_in=attempt.handed_in if attempt else None,
        late_hours=late / UNIT["hour"],
        time_unknown=_time_unknown(attempt, settings),
        attempts=n_files,
        problem=attempt.problem if attempt else "nothing",
        sentence=attempt.sentence if attempt else "",
        cell_failures=attempt.cell_failures if attempt else (),
    )


def _line(
    task: str, maximum: float, attempt: Attempt | None, override: Override | None
) -> TaskLine:
    """One task as it counts."""
    result = attempt.results.get(task) if attempt else None
    if result is None:
        cause = "waiting" if attempt is not None and attempt.cells else "not started"
        result = TaskResult(task, "", 0.0, maximum, cause)
    if override is None or override.points is None:
        return TaskLine(result, min(max(result.points, 0.0), maximum), maximum)
    points = min(override.points, maximum)
    return TaskLine(result, points, maximum, overridden=True, comment=override.comment)


def _scale(
    exercise: Sequence[tuple[str, float]], settings: Settings
) -> tuple[dict[str, Fraction], Fraction]:
    """What a point of each task is worth in the end, and the sum of all maxima so weighted."""
    weights = {task: exact(settings.weights.get(task, 1.0)) for task, _ in exercise}
    maximum = sum((exact(top) * weights[task] for task, top in exercise), Fraction(0))
    if settings.total is None or not maximum:
        return weights, maximum
    factor = exact(settings.total) / maximum
    return {task: weight * factor for task, weight in weights.items()}, exact(settings.total)


def lateness(handed_in: datetime | None, person: Person, settings: Settings) -> timedelta:
    """Time past the due date, the student's extension and the grace; none when in time.

    A time of handing in that is not known makes nobody late.

    The roster and the settings may both give an extension: the longer one counts.
    """
    if handed_in is None or settings.due is None:
        return timedelta(0)
    hours = max(person.extension_hours, settings.extensions.get(person.id, 0.0), 0.0)
    grace = timedelta(minutes=settings.late.grace_minutes)
    return max(handed_in - settings.due - timedelta(hours=hours) - grace, timedelta(0))


def _time_unknown(attempt: Attempt | None, settings: Settings) -> bool:
    """Whether there is a due date, and something of which nobody knows when it was handed in."""
    there = attempt is not None and attempt.problem != "nothing"
    return there and attempt.handed_in is None and settings.due is not None


def share_lost(late: timedelta, settings: Settings) -> Fraction:
    """The part of the points that the late rule takes: so much for each day or hour begun."""
    rule = settings.late
    if rule.closes_after_hours is not None and late > timedelta(hours=rule.closes_after_hours):
        return Fraction(1)
    begun = -(-late // UNIT[rule.per])
    return min(begun * exact(rule.fraction), exact(rule.at_most), Fraction(1))


def exact(number: float) -> Fraction:
    """The simple fraction that a float stands for.

    >>> exact(0.1) + exact(0.2) == exact(0.3)
    True
    >>> exact(2 / 3)
    Fraction(2, 3)
    """
    return Fraction(number).limit_denominator(10**6)


def rounded(score: Fraction, maximum: Fraction, digits: int) -> float:
    """A score as people round, a half up, and never out of its range.

    >>> [rounded(exact(x), Fraction(9), 2) for x in (2.675, 1.005, -1)]
    [2.68, 1.01, 0.0]
    """
    shifted = max(score, Fraction(0)) * 10**digits + Fraction(1, 2)
    return float(min(Fraction(shifted // 1, 10**digits), maximum))

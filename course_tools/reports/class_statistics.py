"""What the grades of a class add up to: the numbers behind the summary and the overview."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.models import CAUSES, GradeSummary
from course_tools.reports.prompts import task_prompts
from course_tools.reports.sanitizing import sanitize
from course_tools.submissions.models import PROBLEMS, Person

MOST_BINS = 12
EXACT = 1e-9  # points are sums of decimals
QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True)
class Bin:
    """Scores from ``low`` up to ``high``; ``high`` itself belongs to the last bin only."""

    low: float
    high: float
    count: int
    last: bool = False


@dataclass(frozen=True)
class Mistake:
    """A recognised mistake and how many students made it."""

    task: str
    name: str
    sentence: str
    count: int


@dataclass(frozen=True)
class TaskStatistics:
    """One task over all graded submissions: mean points, and how many have all of them."""

    name: str
    heading: str
    maximum: float
    graded: int
    mean: float
    solved: int
    mistakes: tuple[Mistake, ...]

    @property
    def share(self) -> float:
        """Mean points as a part of the maximum, 0 to 1."""
        return min(max(self.mean / self.maximum, 0.0), 1.0) if self.maximum else 0.0


@dataclass(frozen=True)
class Concern:
    """Something that only the instructor can settle, in one sentence."""

    person: Person
    sentence: str


@dataclass(frozen=True)
class ClassStatistics:
    """A class in numbers.

    Args:
        title: of the exercise set.
        students: how many there are.
        graded: how many have a submission of which a task is graded, or points by hand.
        full: how many of the graded have all points, ``partial`` some, ``none`` none.
        late: how many lost points to the late rule.
        time_unknown: of how many it is not known when they handed in.
        waiting: how many have a task without a result.
        problems: how many have each problem, by key of ``PROBLEMS``.
        causes: how often each cause other than "right" came, over students and tasks.
        maximum: points that can be had.
        mean: of the scores of the graded; NaN where nobody is.
        quantiles: of the same scores, at ``QUANTILES``.
        bins: the same scores, counted.
        tasks: one line per task, in the order of the set.
        concerns: what needs the instructor's eye.
    """

    title: str
    students: int
    graded: int
    full: int
    partial: int
    none: int
    late: int
    time_unknown: int
    waiting: int
    problems: dict[str, int]
    causes: dict[str, int]
    maximum: float
    mean: float
    quantiles: tuple[float, ...]
    bins: tuple[Bin, ...]
    tasks: tuple[TaskStatistics, ...]
    concerns: tuple[Concern, ...]

    @property
    def median(self) -> float:
        """Half of the graded have at least this."""
        return self.quantiles[QUANTILES.index(0.5)] if self.quantiles else math.nan

    @property
    def hardest(self) -> TaskStatistics | None:
        """The task with the smallest part of its points earned."""
        return min(self.tasks, key=lambda task: task.share) if self.graded and self.tasks else None

    @property
    def commonest(self) -> Mistake | None:
        """The mistake that most students made; among equals the earlier task's."""
        listed = [mistake for task in self.tasks for mistake in task.mistakes]
        return max(listed, key=lambda mistake: mistake.count) if listed else None


def class_statistics(grades: list[GradeSummary], exercises: ExerciseSet) -> ClassStatistics:
    """Add up a class."""
    to_grade = [grade for grade in grades if gradable(grade)]
    graded = [s for s in to_grade if not all(line.unsettled for line in s.tasks)]
    scores = [grade.score for grade in graded]
    maximum = max((grade.maximum for grade in grades), default=exercises.points)
    full = sum(s.raw >= s.maximum - EXACT for s in graded)
    none = sum(s.raw <= EXACT for s in graded if s.raw < s.maximum - EXACT)
    causes = Counter(
        line.result.cause for s in graded for line in s.tasks if line.result.cause != "right"
    )
    return ClassStatistics(
        title=exercises.title,
        students=len(grades),
        graded=len(graded),
        full=full,
        partial=len(graded) - full - none,
        none=none,
        late=sum(s.penalty > EXACT for s in graded),
        time_unknown=sum(s.time_unknown for s in grades),
        waiting=sum(grade.waits for grade in to_grade),
        problems={key: n for key in PROBLEMS if (n := sum(s.problem == key for s in grades))},
        causes={key: causes[key] for key in CAUSES if causes[key]},
        maximum=maximum,
        mean=float(np.mean(scores)) if scores else math.nan,
        quantiles=tuple(np.quantile(scores, QUANTILES).tolist()) if scores else (),
        bins=count_in_bins(scores, maximum),
        tasks=tuple(_task_statistics(graded, exercises)),
        concerns=tuple(concern for grade in grades for concern in _concerns_about(grade)),
    )


def gradable(grade: GradeSummary) -> bool:
    """Whether there was something to grade, by the machine or by hand."""
    return not grade.problem or any(line.overridden for line in grade.tasks)


def count_in_bins(scores: list[float], maximum: float) -> tuple[Bin, ...]:
    """Count scores in at most twelve bins of a round width, from 0 to the maximum.

    >>> [(bin.low, bin.high, bin.count) for bin in count_in_bins([0.0, 9.0, 9.5, 10.0], 10)][-2:]
    [(8.0, 9.0, 0), (9.0, 10.0, 3)]
    """
    top = max([maximum, *scores])
    if top <= 0:
        return (Bin(0.0, 0.0, len(scores), last=True),) if scores else ()
    width = round_width(top)
    n_bins = math.ceil(top / width - EXACT)
    at = Counter(min(max(math.floor(score / width + EXACT), 0), n_bins - 1) for score in scores)
    edges = [*(round(i * width, 9) for i in range(n_bins)), float(top)]
    return tuple(Bin(edges[i], edges[i + 1], at[i], i == n_bins - 1) for i in range(n_bins))


def round_width(top: float) -> float:
    """A round width that cuts 0 to ``top`` into five to twelve bins, without a rest if it can.

    >>> [round_width(top) for top in (1, 3, 32, 35, 100)]
    [0.1, 0.25, 4.0, 5.0, 10.0]
    """
    power = 10.0 ** math.floor(math.log10(top / MOST_BINS))
    widths = [factor * power for factor in (1, 2, 2.5, 4, 5, 10, 20)]
    fitting = [width for width in widths if 4 < top / width <= MOST_BINS + EXACT]
    even = [width for width in fitting if abs(top / width - round(top / width)) < EXACT]
    return (even or fitting)[0]


def _task_statistics(
    graded: list[GradeSummary], exercises: ExerciseSet
) -> Iterator[TaskStatistics]:
    prompts = task_prompts(exercises)
    for task in exercises.tasks:
        lines = [line for s in graded for line in s.tasks if line.task == task.name]
        lines = [line for line in lines if line.overridden or line.result.cause != "waiting"]
        made = Counter(line.result.mistake for line in lines if line.result.mistake)
        sentences = {wrong.name: wrong.sentence for wrong in task.wrongs}
        yield TaskStatistics(
            name=task.name,
            heading=prompts[task.name].heading,
            maximum=max((line.maximum for line in lines), default=task.points),
            graded=len(lines),
            mean=sum(line.points for line in lines) / len(lines) if lines else 0.0,
            solved=sum(line.points >= line.maximum - EXACT for line in lines),
            mistakes=tuple(
                Mistake(task.name, name, sentences.get(name, ""), count)
                for name, count in sorted(made.items(), key=lambda pair: (-pair[1], pair[0]))
            ),
        )


def _concerns_about(grade: GradeSummary) -> Iterator[Concern]:
    if grade.problem and grade.problem != "nothing":
        sentence = grade.sentence or PROBLEMS.get(grade.problem, grade.problem)
        yield Concern(grade.person, sanitize(sentence, 160))
    elif grade.sentence:
        yield Concern(grade.person, sanitize(grade.sentence, 160))
    for cause in ("grader", "protocol"):
        tasks = [t.task for t in grade.tasks if t.result.cause == cause and not t.overridden]
        if tasks:
            yield Concern(grade.person, f"{', '.join(tasks)}: {CAUSES[cause]}")

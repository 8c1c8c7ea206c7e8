"""A run over a class: write every submission, have judged what is not known yet, write the answers.

The one writer of the gradebook. Whatever is in the way of one submission costs that submission
alone; whatever stops the run as a whole, be it SIGKILL, costs the answers of the last moment,
and the same run again goes on from there.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import length_hint

from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.fingerprints import (
    environment_fingerprint,
    grader_fingerprint,
    task_fingerprints,
    work_keys,
)
from course_tools.gradebook.models import Graded, Work
from course_tools.gradebook.writes import chunks
from course_tools.grading.pools import POLL_INTERVAL, LocalPool, Pool
from course_tools.grading.workers import Config, MakeJudge, PoolError
from course_tools.submissions.models import Submission

CHUNK = 50  # submissions or answers that are written at once


@dataclass
class RunReport:
    """How far a run has come; the same object grows while it goes on.

    Args:
        total: how many submissions there are; a guess until all have been read, None without one.
        done: how many need nothing more.
        counts: how many came out how: "full" and "partial" points, "before" where all was known
            already, else why there are no points: a key of ``CAUSES`` or of ``PROBLEMS``.
        seconds: wall clock of the run.
        phases: seconds by phase, over all workers.
        run: the number under which the gradebook has the run.
    """

    total: int | None = None
    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    phases: Counter[str] = field(default_factory=Counter)
    run: int = 0


def open_pool(
    config: Config, jobs: int = 1, scheduler: str = "", judge: MakeJudge | None = None
) -> Pool:
    """Processes of this machine, or the workers of a dask cluster where a scheduler is named.

    Raises:
        PoolError: there is no such cluster, or dask is not installed.
    """
    if not scheduler:
        return LocalPool(config, jobs, judge)
    try:
        from course_tools.grading.cluster import DaskPool
    except ImportError as error:
        raise PoolError(
            f"--scheduler {scheduler} needs dask ({error}): pip install 'course-lib[grading]'"
        ) from None
    return DaskPool(config, scheduler, judge)


def grade(
    submissions: Iterable[Submission],
    book: Gradebook,
    exercises: ExerciseSet,
    config: Config,
    pool: Pool,
    seed: int,
    *,
    settings: str = "",
    on_progress: Callable[[RunReport], None] = lambda report: None,
) -> RunReport:
    """Grade what was handed in; what the gradebook knows is not done again.

    Args:
        submissions: read as the run goes on; a length hint tells ``on_progress`` how many.
        book: the gradebook; this run is its one writer.
        exercises: the exercise set that ``config`` holds as text.
        config: what the judges of ``pool`` are made from.
        pool: who does the work.
        seed: of the hidden inputs.
        settings: from ``settings_json``, for the record.
        on_progress: called whenever a submission is done.

    Raises:
        GradebookError: the gradebook cannot be written.
        PoolError: nothing can be graded this way.
    """
    expected = length_hint(submissions) or None
    run = _ClassGrading(book, exercises, config, seed, expected, on_progress)
    return run.go(pool, run.hand_in(submissions), settings)


def regrade(
    book: Gradebook,
    exercises: ExerciseSet,
    config: Config,
    pool: Pool,
    seed: int,
    *,
    settings: str = "",
    on_progress: Callable[[RunReport], None] = lambda report: None,
) -> RunReport:
    """Grade what the gradebook holds, as far as a change of specs or packages makes it necessary.

    Arguments and errors are those of ``grade``.
    """
    attempts = [(one.id, one.student, one.problem) for one in book.attempts()]
    run = _ClassGrading(book, exercises, config, seed, len(attempts), on_progress)
    return run.go(pool, run.take_up(attempts), settings)


@dataclass(frozen=True)
class _QueuedSubmission:
    """A submission as the gradebook numbers it; without cells it has no keys either."""

    number: int
    student: str
    cells: tuple[str, ...]
    keys: Mapping[str, str]
    problem: str


class _ClassGrading:
    """One run over a class, from the first submission to the last answer written."""

    def __init__(
        self,
        book: Gradebook,
        exercises: ExerciseSet,
        config: Config,
        seed: int,
        total: int | None,
        on_progress: Callable[[RunReport], None],
    ):
        self.book, self.config, self.seed = book, config, seed
        self.tasks = [(task.name, task.points) for task in exercises.tasks]
        self.fingerprints = task_fingerprints(exercises)
        self.grader = grader_fingerprint()
        self.report, self.on_progress = RunReport(total), on_progress
        self.keys: set[str] = set()  # of tasks under way
        self.answers: list[tuple[int, Graded]] = []  # that wait to be written

    def go(self, pool: Pool, items: Iterator[list[_QueuedSubmission]], settings: str) -> RunReport:
        """Have the items judged and write the answers."""
        started = written = time.monotonic()
        self.number = self.book.begin(
            seed=self.seed,
            isolation=self.config.isolation,
            environment=environment_fingerprint(),
            settings=settings,
            tasks=self.tasks,
        )
        self.report.run = self.number
        self.on_progress(self.report)
        try:
            for answer in pool.run(self.works(items)):
                if answer is not None:
                    self.take(*answer)
                if len(self.answers) >= CHUNK or time.monotonic() > written + POLL_INTERVAL:
                    self.write()
                    written = time.monotonic()
        finally:
            self.write()
            self.report.seconds = time.monotonic() - started
        self.book.finish(self.number, self.report.counts)
        return self.report

    def hand_in(self, submissions: Iterable[Submission]) -> Iterator[list[_QueuedSubmission]]:
        """Write submissions as they come."""
        n_written = 0
        for chunk in chunks(submissions, CHUNK):
            keys = [self.keys_of(one.person.id, one.cells) for one in chunk]
            numbers = self.book.hand_in_all(zip(chunk, keys, strict=True))
            n_written += len(chunk)
            yield [
                _QueuedSubmission(number, one.person.id, one.cells or (), keys_of_one, one.problem)
                for number, one, keys_of_one in zip(numbers, chunk, keys, strict=True)
            ]
        self.report.total = n_written

    def take_up(
        self, attempts: Iterable[tuple[int, str, str]]
    ) -> Iterator[list[_QueuedSubmission]]:
        """Take submissions from the gradebook: their number, student and problem."""
        for chunk in chunks(attempts, CHUNK):
            items = []
            for number, student, problem in chunk:
                cells = None if problem else self.book.stored_cells(number)
                items.append(
                    _QueuedSubmission(
                        number, student, cells or (), self.keys_of(student, cells), problem
                    )
                )
            self.book.set_current_keys({item.number: item.keys for item in items})
            yield items

    def keys_of(self, student: str, cells: tuple[str, ...] | None) -> dict[str, str]:
        """The keys of a submission's tasks; none where there is nothing to run."""
        if cells is None:
            return {}
        limits = self.config.limits
        return work_keys(student, cells, self.fingerprints, self.grader, self.seed, limits)

    def works(self, items: Iterator[list[_QueuedSubmission]]) -> Iterator[tuple[int, Work]]:
        """What is left to do; a task that is under way already is not begun twice."""
        for chunk in items:
            keys = [key for item in chunk for key in item.keys.values()]
            known = self.book.known(keys) | self.keys
            works = []
            for item in chunk:
                missing = {task: key for task, key in item.keys.items() if key not in known}
                if missing:
                    known |= set(missing.values())
                    self.keys |= set(missing.values())
                    work = Work(item.student, item.cells, missing, self.seed)
                    works.append((item.number, work))
                else:
                    self.count(item.problem or "before")
            yield from works

    def take(self, number: int, graded: Graded) -> None:
        """Keep an answer until it is written."""
        maxima = dict(self.tasks)
        results = tuple(replace(one, maximum=maxima[one.task]) for one in graded.results)
        self.answers.append((number, replace(graded, results=results)))
        self.report.phases.update(graded.phases)
        self.count(outcome(graded))

    def write(self) -> None:
        """Write the answers that wait."""
        if self.answers:
            self.book.record_all(self.number, self.answers)
            for _, graded in self.answers:
                self.keys -= {one.key for one in graded.results}
            self.answers = []

    def count(self, how: str) -> None:
        """Count a submission that is done."""
        self.report.done += 1
        self.report.counts[how] += 1
        self.on_progress(self.report)


def outcome(graded: Graded) -> str:
    """Full or partial points, else the most frequent cause for their lack.

    >>> from course_tools.gradebook.models import TaskResult
    >>> outcome(Graded("ada", (TaskResult("double", "k", 0, 1, "slow"),)))
    'slow'
    """
    causes = Counter(one.cause for one in graded.results)
    if causes.keys() <= {"right"}:
        return "full"
    return "partial" if any(one.points for one in graded.results) else causes.most_common(1)[0][0]

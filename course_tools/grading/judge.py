"""From a submission's cells to points: draw inputs, have them run elsewhere, compare.

The judge holds specs, answers and scores, and runs no student code. What it knows of a student's
function is the plain values that came out of the sandbox. Feedback for students is made from a
second run on the public cases, in a process that never sees a hidden input.
"""

import ast
import builtins
import importlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_tools.answers.calls import observer
from course_tools.answers.compare import Difference
from course_tools.answers.limits import Limits
from course_tools.exercises.release import public_task
from course_tools.exercises.source import ExerciseSet, files_of, load, write_set
from course_tools.exercises.spec import Task
from course_tools.exercises.verify import Bench
from course_tools.gradebook.models import CAUSES, Graded, TaskResult, Work
from course_tools.gradebook.settings import Settings
from course_tools.kit.attempt import Outcome as Attempt
from course_tools.kit.check import Checker
from course_tools.sandbox.requests import Outcome, Request
from course_tools.sandbox.session import Sandbox

ALWAYS = ("numpy",)  # preloaded whatever an exercise set imports
# Causes that the public cases can explain; after the others the process was gone.
EXPLAINABLE = ("wrong", "error", "closed", "unplain")
ON_HIDDEN = {
    "shape": "the shape of the result is wrong",
    "dtype": "the numbers are of the wrong kind",
    "nan": "the result holds NaN or infinities",
    "kind": "the result is of the wrong kind",
    "length": "the result has the wrong number of parts",
    "keys": "the result has the wrong keys",
    "value": "the shape is right and numbers are wrong",
}


@dataclass(frozen=True)
class JudgeConfig:
    """All that a worker needs, wherever it runs.

    Args:
        exercise: name of the exercise set.
        source: the files of ``solutions/<exercise>``, name and text.
        isolation: the sandbox's level.
        limits: what one child process may use.
        preload: modules that the fork server imports once for all.
    """

    exercise: str
    source: Mapping[str, str]
    isolation: str
    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = ALWAYS


def config_for(exercises: ExerciseSet, settings: Settings, isolation: str) -> JudgeConfig:
    """What grades an exercise set as its settings say.

    Args:
        exercises: the set.
        settings: they name limits, and packages beyond those that the notebook imports; torch is
            among these unless they name others.
        isolation: the level, one that this machine has.
    """
    preload = dict.fromkeys((*ALWAYS, *imports_of(exercises), *settings.preload))
    source = files_of(exercises.path)
    return JudgeConfig(exercises.name, source, isolation, settings.limits, tuple(preload))


def imports_of(exercises: ExerciseSet) -> tuple[str, ...]:
    """The modules that the students' notebook imports, in order; those worth preloading."""
    names: dict[str, None] = {}
    for cell in exercises.cells:
        if cell.kind != "code":
            continue
        for node in ast.walk(ast.parse(cell.text)):
            if isinstance(node, ast.Import):
                names |= {alias.name: None for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names[node.module] = None
    return tuple(name for name in names if name.split(".")[0] != "course_lib")


class Judge:
    """Grades one submission at a time; a context manager that owns a sandbox."""

    def __init__(self, config: JudgeConfig):
        self.config = config
        self._public: dict[str, tuple[Checker, Request]] = {}
        self.sandbox = Sandbox(
            config.isolation, config.limits, config.preload, meanwhile=self._load
        )

    def _load(self) -> None:
        """Load the exercise set, and what known wrong answers need."""
        config = self.config
        with tempfile.TemporaryDirectory() as folder:  # readable by this user only
            self.exercises = load(write_set(Path(folder) / config.exercise, config.source))
        self._closed = frozenset(name for t in self.exercises.tasks for name in t.forbidden)
        if "torch" in imports_of(self.exercises):
            importlib.import_module("torch")

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox."""
        self.sandbox.close()

    def _public_side(self, task: Task) -> tuple[Checker, Request]:
        """The students' own check of a task, for its words, and the calls that it makes."""
        if task.name not in self._public:
            checker = Checker({"title": self.exercises.title, "tasks": [public_task(task)]})
            inputs = tuple(case["inputs"] for case in checker.tasks[task.name]["cases"])
            self._public[task.name] = checker, request_for(task, inputs)
        return self._public[task.name]

    def grade(self, work: Work) -> Graded:
        """Run the cells and judge the tasks named in ``work.keys``."""
        clock = time.perf_counter
        started = clock()
        tasks = [self.exercises.task(name) for name in work.keys]
        cases = [tuple(task.hidden_inputs(work.student, work.seed)) for task in tasks]
        drawn = clock()
        run = self.sandbox.run(
            work.cells,
            [request_for(task, inputs) for task, inputs in zip(tasks, cases, strict=True)],
        )
        ran = clock()
        verdicts = [
            judge_task(task, inputs, outcomes)
            for task, inputs, outcomes in zip(tasks, cases, run.outcomes, strict=True)
        ]
        judged = clock()
        told = self._diagnose(work, [v for v in verdicts if v.cause in EXPLAINABLE])
        phases = {
            **run.phases,
            "drawing": drawn - started,
            "judging": judged - ran,
            "diagnosis": clock() - judged,
        }
        return Graded(
            work.student,
            tuple(v.result(work.keys[v.task.name], told.get(v.task.name, ())) for v in verdicts),
            run.cell_failures,
            self.sandbox.level,
            phases,
        )

    def _diagnose(self, work: Work, verdicts: list["Verdict"]) -> dict[str, tuple[str, ...]]:
        """Run failed tasks on the public cases, in a child that knows no hidden input."""
        if not verdicts:
            return {}
        sides = [self._public_side(verdict.task) for verdict in verdicts]
        requests = [request for _, request in sides]
        run = self.sandbox.run(work.cells, requests, self._closed)  # one copy for all students
        told = {}
        for verdict, (checker, request), outcomes in zip(
            verdicts, sides, run.outcomes, strict=True
        ):
            task = verdict.task
            attempts = [
                as_attempt(task, inputs, outcome)
                for inputs, outcome in zip(request.inputs, outcomes, strict=False)
            ]
            if attempts and (len(attempts) == len(request.inputs) or attempts[-1].status == "slow"):
                report = checker.verdict(task.name, attempts)
                told[task.name] = _words_of(report.lines, report.passed)
        return told


def request_for(task: Task, inputs: tuple[tuple, ...]) -> Request:
    """Ask for a task's function on these inputs."""
    return Request(
        function=task.name,
        inputs=inputs,
        call=task.call,
        arguments=tuple(task.arguments),
        seconds=task.seconds,
        blocked=frozenset(task.forbidden),
    )


@dataclass(frozen=True)
class Verdict:
    """What the hidden cases said about one task."""

    task: Task
    cause: str
    passed: int
    cases: int
    mistake: str = ""
    reason: str = ""
    detail: str = ""
    mutated: tuple[str, ...] = ()

    def result(self, key: str, told: tuple[str, ...]) -> TaskResult:
        """The row for the gradebook, with what the public cases told."""
        right = self.cause == "right"
        return TaskResult(
            task=self.task.name,
            key=key,
            points=self.task.points if right else 0.0,
            maximum=self.task.points,
            cause=self.cause,
            mistake=self.mistake,
            message="\n".join(self._lines(told)),
            detail=self.detail,
            passed=self.passed,
            cases=self.cases,
        )

    def _lines(self, told: tuple[str, ...]) -> Iterator[str]:
        wrong = next((w for w in self.task.wrongs if w.name == self.mistake), None)
        if self.cause == "missing":
            yield f"No function {self.task.name} was found when all cells had run."
        elif self.cause == "slow":
            yield f"One call was still running after {self.task.seconds:g} seconds."
        elif self.cause == "closed":
            closed = ", ".join(self.task.forbidden)
            yield f"While this task is graded these modules are closed: {closed}."
        if self.cause in EXPLAINABLE:
            yield f"{self.passed} of {self.cases} hidden cases came out right."
        if wrong:
            yield f"It looks like this: {wrong.sentence}"
        if self.mutated and not told:
            listed = " and ".join(self.mutated)
            yield f"The function changes its argument {listed}; work on a copy."
        # the sentence of a mistake comes with the public cases too; once is enough
        yield from (line for line in told if not (wrong and wrong.sentence in line))
        if self.cause == "wrong" and not told and self.reason in ON_HIDDEN:
            yield f"All public cases pass; on hidden ones {ON_HIDDEN[self.reason]}."
        elif self.cause == "error" and not told:
            yield "All public cases pass; on hidden ones the function stops with an error."


def judge_task(task: Task, inputs: tuple[tuple, ...], outcomes: tuple[Outcome, ...]) -> Verdict:
    """Compare what came with what the reference makes of the same inputs."""
    try:
        return _judge(task, inputs, outcomes)
    except Exception as error:  # a spec that cannot be run costs one task, not the class
        text = f"{type(error).__name__}: {error}"
        return Verdict(task, "grader", 0, len(inputs), detail=text)


def _judge(task: Task, inputs: tuple[tuple, ...], outcomes: tuple[Outcome, ...]) -> Verdict:
    bad = next((outcome for outcome in outcomes if outcome.cause != "value"), None)
    if len(outcomes) < len(inputs) and bad is None:
        bad = Outcome("protocol", text="answers are missing")
    answered = outcomes[: len(inputs)]
    bench = Bench(task, list(inputs[: len(answered)]))
    came = [_observed(task, case, outcome) for case, outcome in zip(inputs, answered, strict=False)]
    differences = [
        None if isinstance(value, Exception) else task.compare.difference(expected, value)
        for expected, value in zip(bench.expected, came, strict=True)
    ]
    right = [
        not isinstance(value, Exception) and difference is None
        for value, difference in zip(came, differences, strict=True)
    ]
    passed = sum(right)
    mutated = next((outcome.mutated for outcome in answered if outcome.mutated), ())
    if passed == len(inputs):
        return Verdict(task, "right", passed, passed, mutated=mutated)
    cause = "wrong" if bad is None else bad.cause
    mistake = None
    if cause in ("wrong", "error"):
        _, mistake = bench.judge_values(came, right)
    first = next((difference for difference in differences if difference), None)
    return Verdict(
        task,
        cause if cause in CAUSES else "protocol",
        passed,
        len(inputs),
        mistake or "",
        first.reason if first else "",
        _detail(bad, first),
        mutated,
    )


def _observed(task: Task, inputs: tuple, outcome: Outcome) -> Any:
    """The value that is compared, or an exception like the one that the student's code raised."""
    if outcome.cause == "value":
        try:
            return observer(task.observe)(outcome.value, *inputs)
        except Exception as error:  # a value that the observer cannot look at
            return error
    kind = getattr(builtins, outcome.error, None)
    known = isinstance(kind, type) and issubclass(kind, Exception)
    group = known and issubclass(kind, BaseExceptionGroup)
    return kind.__new__(kind) if known and not group else Exception()


def _detail(bad: Outcome | None, difference: Difference | None) -> str:
    if bad is not None:
        return " ".join(filter(None, [bad.error and f"[{bad.error}]", bad.text]))
    if difference is not None:
        place = f"at {difference.place}: " if difference.where else ""
        expected, came = difference.texts
        return f"{place}expected {expected}, came {came}"
    return ""


def as_attempt(task: Task, inputs: tuple, outcome: Outcome) -> Attempt:
    """An outcome from the sandbox in the form that the students' check judges."""
    if outcome.cause == "value":
        value = _observed(task, inputs, outcome)
        if isinstance(value, Exception):
            return Attempt("error", message=str(value), error=type(value).__name__)
        return Attempt("value", value=value, mutated=outcome.mutated)
    if outcome.cause == "slow":
        return Attempt("slow", message=f"still running after {task.seconds:g} seconds")
    message = outcome.text or CAUSES.get(outcome.cause, "")
    return Attempt("error", message=message, error=outcome.error or outcome.cause)


def _words_of(lines: tuple[tuple[str, str], ...], passed: bool) -> tuple[str, ...]:
    if passed:
        return ()
    return tuple(f"public {label}: {text}" if label.startswith("case ") else f"{label}: {text}"
                 for label, text in lines)  # fmt: skip

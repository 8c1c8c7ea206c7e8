"""From a submission's cells to points: draw inputs, have them run elsewhere, compare.

The judge holds specs, answers and scores, and runs no student code. What it knows of a student's
function is the plain values that came out of the sandbox. Feedback for students is made from a
second run on the public cases, in a process that never sees a hidden input.
"""

import ast
import importlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from course_tools.answers.calls import observer
from course_tools.answers.compare import Difference
from course_tools.answers.limits import Limits
from course_tools.answers.outcome import Line, Outcome
from course_tools.exercises.release import public_task
from course_tools.exercises.source import ExerciseSet, files_of, load, write_set
from course_tools.exercises.spec import Task
from course_tools.exercises.verify import ReferenceAnswers
from course_tools.gradebook.models import CAUSES, Graded, TaskResult, Work
from course_tools.gradebook.settings import Settings
from course_tools.kit.check import Checker
from course_tools.kit.verdict import Verdict
from course_tools.sandbox.requests import Request
from course_tools.sandbox.session import Sandbox

ALWAYS = ("numpy",)  # preloaded whatever an exercise set imports
# Causes that the public cases can explain; after the others the process was gone.
EXPLAINABLE = ("wrong", "error", "closed", "unserializable")
SENTENCES = {
    "missing": "No function {name} was found when all cells had run.",
    "slow": "One call was still running after {seconds:g} seconds.",
    "closed": "While this task is graded these modules are closed: {closed}.",
}
ALL_PUBLIC = "All public cases pass; on hidden ones"
HIDDEN = {
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
        judgements = [
            judge_task(task, inputs, outcomes)
            for task, inputs, outcomes in zip(tasks, cases, run.outcomes, strict=True)
        ]
        judged = clock()
        public = self._diagnose(work, [j.task for j in judgements if j.cause in EXPLAINABLE])
        phases = {
            **run.phases,
            "drawing": drawn - started,
            "judging": judged - ran,
            "diagnosis": clock() - judged,
        }
        return Graded(
            work.student,
            tuple(
                j.result(work.keys[j.task.name], public.get(j.task.name, ())) for j in judgements
            ),
            run.cell_failures,
            self.sandbox.level,
            phases,
        )

    def _diagnose(self, work: Work, tasks: list[Task]) -> dict[str, tuple[Line, ...]]:
        """Run failed tasks on the public cases, in a child that knows no hidden input."""
        if not tasks:
            return {}
        sides = [self._public_side(task) for task in tasks]
        requests = [request for _, request in sides]
        run = self.sandbox.run(work.cells, requests, self._closed)  # one copy for all students
        said = {}
        for task, (checker, request), outcomes in zip(tasks, sides, run.outcomes, strict=True):
            observed = [
                observed_outcome(task, inputs, outcome)
                for inputs, outcome in zip(request.inputs, outcomes, strict=False)
            ]
            if observed and (len(observed) == len(request.inputs) or observed[-1].cause == "slow"):
                report = checker.verdict(task.name, observed)
                said[task.name] = () if report.passed else report.lines
        return said


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
class Judgement:
    """What the hidden cases said about one task."""

    task: Task
    verdict: Verdict
    cause: str
    detail: str = ""

    def result(self, key: str, public: tuple[Line, ...]) -> TaskResult:
        """The row for the gradebook, with what the public cases said."""
        return TaskResult(
            task=self.task.name,
            key=key,
            points=self.task.points if self.cause == "right" else 0.0,
            maximum=self.task.points,
            cause=self.cause,
            mistake=self.verdict.mistake,
            feedback=tuple(self._lines(public)),
            detail=self.detail,
            passed=self.verdict.passed,
            cases=self.verdict.n_cases,
        )

    def _lines(self, public: tuple[Line, ...]) -> Iterator[Line]:
        if self.cause in SENTENCES:
            closed = ", ".join(self.task.forbidden)
            words = {"name": self.task.name, "seconds": self.task.seconds, "closed": closed}
            yield Line("note", SENTENCES[self.cause].format(**words))
        sentences = {wrong.name: wrong.sentence for wrong in self.task.wrongs}
        mistake = Line("looks like", sentences.get(self.verdict.mistake, ""))
        if mistake.text:
            yield mistake
        if self.verdict.mutated and not public:
            listed = " and ".join(self.verdict.mutated)
            yield Line("note", f"The function changes its argument {listed}; work on a copy.")
        yield from (line for line in public if line != mistake)
        difference = self.verdict.difference
        if self.cause == "wrong" and not public and difference:
            yield Line(
                "hidden", f"All public cases pass; on hidden ones {HIDDEN[difference.reason]}."
            )
        elif self.cause == "error" and not public:
            words = "All public cases pass; on hidden ones the function stops with an error."
            yield Line("hidden", words)


def judge_task(task: Task, inputs: tuple[tuple, ...], outcomes: tuple[Outcome, ...]) -> Judgement:
    """Compare what came with what the reference makes of the same inputs."""
    try:
        return _judge(task, inputs, outcomes)
    except Exception as error:  # a spec that cannot be run costs one task, not the class
        text = f"{type(error).__name__}: {error}"
        return Judgement(task, Verdict((), (), (), len(inputs)), "grader", text)


def _judge(task: Task, inputs: tuple[tuple, ...], outcomes: tuple[Outcome, ...]) -> Judgement:
    answered = outcomes[: len(inputs)]
    observed = [observed_outcome(task, *pair) for pair in zip(inputs, answered, strict=False)]
    reference = ReferenceAnswers(task, list(inputs[: len(answered)]))
    verdict = replace(reference.judge_outcomes(observed), n_cases=len(inputs))
    if verdict.all_right:
        return Judgement(task, verdict, "right")
    bad = next((outcome for outcome in outcomes if outcome.cause != "value"), None)
    if len(outcomes) < len(inputs) and bad is None:
        bad = Outcome("protocol", text="answers are missing")
    cause = bad.cause if bad else "wrong"
    return Judgement(
        task, verdict, cause if cause in CAUSES else "protocol", _detail(bad, verdict.difference)
    )


def observed_outcome(task: Task, inputs: tuple, outcome: Outcome) -> Outcome:
    """An outcome from the sandbox with what is compared in the place of the returned value."""
    if outcome.cause == "slow":
        return replace(outcome, text=f"still running after {task.seconds:g} seconds")
    if outcome.cause != "value":
        text, error = outcome.text or CAUSES.get(outcome.cause, ""), outcome.error or outcome.cause
        return Outcome("error", error=error, text=text, mutated=outcome.mutated)
    try:
        return replace(outcome, value=observer(task.observe)(outcome.value, *inputs))
    except Exception as error:  # a value that the observer cannot look at
        return Outcome("error", error=type(error).__name__, text=str(error))


def _detail(bad: Outcome | None, difference: Difference | None) -> str:
    if bad is not None:
        return " ".join(filter(None, [bad.error and f"[{bad.error}]", bad.text]))
    if difference is not None:
        place = f"at {difference.place}: " if difference.where else ""
        expected, came = difference.texts
        return f"{place}expected {expected}, came {came}"
    return ""

"""Is an exercise set fit to be given to students? The same checks for CI and the command line.

The solution and every other right answer get full marks, the stub gets none and crashes nothing,
every known wrong answer is refused and recognised, on the public cases and on fresh inputs; the
kit holds no line of a solution; the tolerance covers the conditioning.
"""

import ast
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from course_tools.kit.check import Checker
from course_tools.answers.calls import CALLS
from course_tools.answers.compare import plain
from course_tools.answers.outcome import Line, Outcome
from course_tools.answers.values import copied
from course_tools.kit.verdict import Verdict, judge
from course_tools.exercises.release import (
    build_notebook,
    print_of,
    public_cases,
    same_cases,
    write_cases,
)
from course_tools.exercises.source import BEGIN, END, ExerciseSet, strip_solution
from course_tools.exercises.spec import Task, WrongAnswer

STUDENT, N_SEEDS, NUDGE = "nobody", 20, 1e-9
SHORTEST = 8  # shorter lines ("return x", "else:") say nothing about an answer


def answers(task: Task) -> Iterator[tuple[str, Callable]]:
    """The solution and every other right answer, with a name for each."""
    yield "the solution", task.reference
    for right in task.right:
        yield right.__name__, right


class ReferenceAnswers:
    """A task on given inputs: what is expected, and on demand what the wrong answers make of them.

    This is how a grader judges: the wrong answers run on the same inputs, no fingerprint needed.
    """

    def __init__(self, task: Task, cases: list[tuple]):
        self.task, self.cases = task, cases
        self.expected = [task.expected(inputs) for inputs in cases]
        self._made: dict[tuple[str, int], Any] = {}

    @property
    def returned(self) -> list[Any]:
        """What the reference returns on the cases: no gradient, and before anything is observed."""
        call = CALLS[self.task.call]
        values = [call(self.task.reference, *copied(inputs)) for inputs in self.cases]
        return [value for value, _ in values] if self.task.call == "with gradient" else values

    def judge(self, function: Callable) -> Verdict:
        """Call an answer on every input and judge what came."""
        return self.judge_outcomes([_try(self.task, function, inputs) for inputs in self.cases])

    def judge_outcomes(self, outcomes: Sequence[Outcome]) -> Verdict:
        """Judge what was produced elsewhere.

        The known wrong answers run only when something failed, and past the first failed case
        only those that came out alike there.
        """
        prints = {wrong.name: partial(self._print, wrong) for wrong in self.task.wrongs}
        return judge(self.task.compare, self.expected, outcomes, prints)

    def _print(self, wrong: WrongAnswer, index: int) -> dict[str, Any]:
        """The fingerprint of a known wrong answer on a case."""
        key = wrong.name, index
        if key not in self._made:
            self._made[key] = print_of(self.task, wrong, self.cases[index])
        return self._made[key]


def _try(task: Task, function: Callable, inputs: tuple) -> Outcome:
    try:
        return Outcome("value", task.outcome(function, inputs))
    except Exception as error:
        return Outcome("error", error=type(error).__name__)


def problems(exercises: ExerciseSet) -> Iterator[str]:
    """Everything that is wrong with an exercise set, one sentence each."""
    cases = public_cases(exercises)
    for task in exercises.tasks:
        yield from task_problems(exercises, task, Checker(cases))
    for line in leaked_lines(exercises, build_notebook(exercises) + write_cases(cases)):
        yield f"the kit holds a line of a solution: {line!r}"


def task_problems(exercises: ExerciseSet, task: Task, check: Checker) -> Iterator[str]:
    """Everything that is wrong with one task."""
    yield from _problems_of_answers(task, check)
    yield from _problems_of_fresh_inputs(task)
    yield from _problems_of_stub(exercises, task, check)


def _problems_of_answers(task: Task, check: Checker) -> Iterator[str]:
    for name, function in answers(task):
        report = check(task.name, {task.name: function})
        if not report.passed:
            yield f"{task.name}: {name} is refused on the public cases:\n{report}"
    for wrong in task.wrongs:
        report = check(task.name, {task.name: wrong.function})
        if report.passed:
            yield f"{task.name}: '{wrong.name}' passes the public cases"
        elif Line("looks like", wrong.sentence) not in report.lines:
            yield f"{task.name}: '{wrong.name}' is not recognised on the public cases:\n{report}"


def _problems_of_fresh_inputs(task: Task) -> Iterator[str]:
    for seed in range(1, N_SEEDS + 1):
        reference = ReferenceAnswers(task, task.hidden_inputs(STUDENT, seed))
        for name, function in answers(task):
            if not reference.judge(function).all_right:
                yield f"{task.name}: {name} is refused for seed {seed}"
        for wrong in task.wrongs:
            verdict = reference.judge(wrong.function)
            if verdict.all_right or verdict.mistake != wrong.name:
                taken = "right" if verdict.all_right else repr(verdict.mistake)
                yield f"{task.name}: '{wrong.name}' is taken for {taken} for seed {seed}"


def _problems_of_stub(exercises: ExerciseSet, task: Task, check: Checker) -> Iterator[str]:
    (text,) = exercises.cells_of(task.name, "task")
    names: dict[str, Any] = {}
    for earlier in exercises.cells:
        if earlier.kind == "code":
            exec(compile(earlier.text, "<setup>", "exec"), names)
    exec(compile(strip_solution(text), "<stub>", "exec"), names)
    report = check(task.name, names)
    if report.verdict != "new":
        yield f"{task.name}: the stub is not seen as not started:\n{report}"


def leaked_lines(exercises: ExerciseSet, kit: str) -> list[str]:
    """Lines of solutions and specs that a kit holds."""
    allowed = {"".join(line.split()) for line in _shown_lines(exercises)}
    packed = "".join(kit.replace("\\n", "").replace('\\"', '"').split())
    hidden = {"".join(line.split()): line.strip() for line in _hidden_lines(exercises)}
    return [
        line
        for text, line in hidden.items()
        if len(text) >= SHORTEST and text not in allowed and text in packed
    ]


def _hidden_lines(exercises: ExerciseSet) -> Iterator[str]:
    for cell in exercises.cells:
        if cell.kind == "task":
            inside = False
            for line in cell.text.splitlines():
                if line.strip() in (BEGIN, END):
                    inside = line.strip() == BEGIN
                elif inside:
                    yield line
        elif cell.kind == "spec":
            yield from (line for line in cell.text.splitlines() if not _is_string(line))


def _is_string(line: str) -> bool:
    """Whether a line of a spec is only a string: a name, or a sentence meant for students."""
    try:
        return bool(ast.literal_eval(line.strip().rstrip(",").replace("\\", "\\\\")))
    except (ValueError, SyntaxError):
        return False


def _shown_lines(exercises: ExerciseSet) -> Iterator[str]:
    for cell in exercises.cells:
        if cell.kind == "task":
            yield from strip_solution(cell.text).splitlines()
        elif cell.kind != "spec":
            yield from cell.text.splitlines()


def out_of_step(exercises: ExerciseSet, notebook: str, cases: str) -> str:
    """What in ``exercises/`` no longer follows from ``solutions/``; empty when all does."""
    if notebook != build_notebook(exercises):
        return f"{exercises.name}.ipynb"
    if not same_cases(json.loads(cases), public_cases(exercises)):
        return f"{exercises.name}.cases.json"
    return ""


def amplification(task: Task, rng: np.random.Generator, inputs: tuple) -> float:
    """By how much the reference amplifies a small relative change of its float inputs."""

    def nudge(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(nudge(part) for part in value)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            return value * (1 + NUDGE * rng.uniform(-1, 1, size=value.shape))
        return value

    flat = [_flat(task.expected(x)) for x in (inputs, nudge(inputs))]
    factors = [
        float(np.abs(a - b).max(initial=0.0) / (np.abs(a).max(initial=0.0) or 1.0)) / NUDGE
        for a, b in zip(*flat, strict=True)
    ]
    return max(factors, default=0.0)


def _flat(value: Any) -> list[np.ndarray]:
    value = plain(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [array for part in value for array in _flat(part)]
    array = np.asarray(value)
    return [array] if array.dtype.kind == "f" else []

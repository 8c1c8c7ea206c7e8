"""Checks that every task of an exercise set must stand, whatever it asks for.

A right value is right in any form in which a student may return it: as a list, a tensor, in
single precision where the task allows that. A tolerance covers the conditioning. A table of the
public cases earns nothing, and a mistake that nobody listed gets no name. No argument and no axis
stays the same in all draws, unless the prose says so; and the solution broken by the tool in one
place is refused, unless the spec says why it is right all the same.
"""

import importlib.util
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_tools.answers.compare import Close, plain
from course_tools.exercises.automatic_mutants import automatic_mutants
from course_tools.exercises.spec import Task
from course_tools.answers.outcome import Outcome
from course_tools.answers.values import decode, encode
from course_tools.exercises.verify import ReferenceAnswers, amplification
from course_tools.kit.attempt import TimeIsUp, time_limit

STUDENT, OTHERS, SEED = "nobody", ("ada", "alan", "emmy"), 7
N_DRAWS = 200
LONGEST = 2.0  # seconds for one call of a broken solution, which may never end
NEAR_ONE, N_ROUNDINGS = 10, 30  # what amplifies more must allow for a few dozen roundings


def problems(task: Task, prose: str) -> Iterator[str]:
    """Everything in which one task fails these checks, one sentence each.

    Args:
        task: the task.
        prose: the text that stands before its cell.
    """
    yield from _of_prose(task, prose)
    yield from _of_variation(task, prose)
    yield from _of_automatic_mutants(task)
    yield from _of_forbidden_modules(task)
    yield from _of_forms(task)
    yield from _of_public_cases(task)
    if isinstance(task.compare, Close):
        yield from _of_tolerance(task, task.compare.condition)
        if task.compare.float32 and task.call == "plain":
            yield from _of_single_precision(task)
        yield from _of_unlisted_mistakes(task)


def _of_prose(task: Task, prose: str) -> Iterator[str]:
    for what, pattern in {
        "does not say **Write** and the signature": rf"\*\*Write\*\* `{task.name}\(",
        "has no *Example.*": r"\*Example\.\*",
        "has no formula": r"\$\$|Turing",
    }.items():
        if not re.search(pattern, prose):
            yield f"{task.name}: the prose {what}"


def _of_variation(task: Task, prose: str) -> Iterator[str]:
    if task.call == "without arguments":
        return
    seen: dict[str, set[Any]] = {}
    for case in task.draw(STUDENT, SEED, N_DRAWS):
        for name, value in zip(task.arguments, case, strict=False):
            for what, found in _features(name, value):
                seen.setdefault(what, set()).add(found)
    stuck = {what for what, found in seen.items() if len(found) == 1}
    text = " ".join(prose.split())
    for what in sorted(stuck - set(task.fixed)):
        yield (
            f"{task.name}: {what} never varies in {N_DRAWS} draws: "
            "add a regime, or list as fixed where the prose says so"
        )
    for what in sorted(set(task.fixed) - stuck):
        yield f"{task.name}: fixed: {what} varies, or there is no such argument"
    for what, words in task.fixed.items():
        if " ".join(words.split()) not in text:
            yield f"{task.name}: fixed: {what}: the prose does not say {words!r}"


def _features(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What of an argument may vary: its value, the length of each axis, its items."""
    value = plain(value)
    if isinstance(value, np.ndarray):
        yield from ((f"{name} axis {axis}", length) for axis, length in enumerate(value.shape))
        yield name, value.tobytes()
    elif isinstance(value, list | tuple):
        yield f"{name} length", len(value)
        for item in value:
            yield from _features(f"{name}[]", item)
    else:
        yield name, repr(value)


def _of_automatic_mutants(task: Task) -> Iterator[str]:
    references = [ReferenceAnswers(task, task.hidden_inputs(student, SEED)) for student in OTHERS]
    names = set()
    example, results = next(iter(task.examples), ()), [r for b in references for r in b.returned]
    for mutant in automatic_mutants(task.reference, example, results):
        names.add(mutant.name)
        accepted = any(_accepts(reference, mutant.function) for reference in references)
        if accepted and mutant.name not in task.equivalent:
            yield f"{task.name}: a broken solution is accepted: {mutant.name}"
        elif not accepted and mutant.name in task.equivalent:
            yield f"{task.name}: equivalent: it is refused: {mutant.name}"
    for name in sorted(set(task.equivalent) - names):
        yield f"{task.name}: equivalent: there is no such mutant: {name}"


def _accepts(reference: ReferenceAnswers, function: Callable) -> bool:
    """Whether a grading takes a broken solution for right; it is stopped at its first fault."""
    for inputs, expected in zip(reference.cases, reference.expected, strict=True):
        try:
            with time_limit(LONGEST):
                came = reference.task.outcome(function, inputs)
        except (Exception, TimeIsUp):
            return False
        if reference.task.compare.difference(expected, came) is not None:
            return False
    return True


def _of_forbidden_modules(task: Task) -> Iterator[str]:
    if not task.forbidden:
        yield f"{task.name}: no module of the library is closed to it"
    for module in task.forbidden:
        if importlib.util.find_spec(module) is None:
            yield f"{task.name}: {module}, which is closed to it, does not exist"


def _rebuilt(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """A value whose arrays and numbers went through ``leaf``."""
    if isinstance(value, list | tuple):
        return type(value)(_rebuilt(part, leaf) for part in value)
    return leaf(value)


def _of_forms(task: Task) -> Iterator[str]:
    for case in [*task.examples, *task.draw(STUDENT, 1, 2)]:
        expected = task.expected(case)
        for name, form in forms().items():
            came = decode(*encode(_rebuilt(expected, form)))
            if task.compare.difference(expected, came) is not None:
                yield f"{task.name}: the right value is refused as {name}"


def forms() -> dict[str, Callable[[Any], Any]]:
    """Ways in which a student's program may hold a right value."""
    import torch

    def on_arrays(change: Callable[[np.ndarray], Any]) -> Callable[[Any], Any]:
        return lambda value: change(value) if isinstance(value, np.ndarray) else value

    def on_floats(change: Callable[[float], Any]) -> Callable[[Any], Any]:
        return lambda value: change(value) if type(value) is float else value

    return {
        "lists": on_arrays(np.ndarray.tolist),
        "tensors": on_arrays(torch.from_numpy),
        "tensors without axes": on_floats(torch.tensor),
        "numpy scalars": on_floats(np.float64),
        "arrays in Fortran order": on_arrays(lambda array: array.copy(order="F")),
        "arrays of higher precision": on_arrays(lambda array: array.astype(np.longdouble)),
        "integers where they fit": on_arrays(
            lambda array: (
                array.astype(int)
                if (array == array.round()).all() and (np.abs(array) < 2**63).all()
                else array
            )
        ),
        "arrays with minus zero": on_arrays(lambda array: np.where(array == 0, -0.0, array)),
    }


def _of_public_cases(task: Task) -> Iterator[str]:
    public = list(task.public_inputs())
    known = [encode(case) for case in public]
    seen = {item for case in public for item in case[0]} if task.call == "on each" else set()
    for student in OTHERS:
        for case in task.draw(student, SEED):
            if task.call == "on each":
                table_does = set(case[0]) <= seen
            else:
                table_does = task.call != "without arguments" and encode(case) in known
            if table_does:
                yield f"{task.name}: a table of the public cases answers a case of {student}"


def _of_tolerance(task: Task, condition: float) -> Iterator[str]:
    """A task that amplifies rounding by ``a`` must allow for a few dozen such roundings."""
    rng = np.random.default_rng(SEED)
    inputs = [case for seed in range(1, 11) for case in task.draw(STUDENT, seed)]
    measured = max(amplification(task, rng, case) for case in inputs)
    needed = measured * (1 if condition <= NEAR_ONE else N_ROUNDINGS)
    if needed > condition:
        yield (
            f"{task.name}: condition is {condition:g}, but rounding is amplified by "
            f"{measured:.3g}, which needs {needed:.3g}"
        )


def _single(value: Any) -> Any:
    is_float = isinstance(value, np.ndarray) and value.dtype == np.float64
    return value.astype(np.float32) if is_float else value


def _of_single_precision(task: Task) -> Iterator[str]:
    for case in task.draw(STUDENT, 1):
        came = task.outcome(task.reference, _rebuilt(case, _single))
        if task.compare.difference(task.expected(case), _rebuilt(came, _single)) is not None:
            yield f"{task.name}: the solution in single precision is refused"


def _of_unlisted_mistakes(task: Task) -> Iterator[str]:
    for student in OTHERS:
        reference = ReferenceAnswers(task, list(task.draw(student, SEED)))
        for what, spoil in {
            "half too large": lambda value: plain(value) * 1.5,
            "off in the third digit": lambda value: plain(value) * 1.003 + 0.003,
        }.items():
            spoiled = [Outcome("value", _rebuilt(x, spoil)) for x in reference.expected]
            verdict = reference.judge_outcomes(spoiled)
            if verdict.all_right or verdict.mistake:
                taken = "right" if verdict.all_right else f"the mistake '{verdict.mistake}'"
                yield f"{task.name}: a value that is {what} is taken for {taken}"

"""Every exercise set of the course: a new chapter joins by adding ``solutions/<chapter>.py``."""

import importlib.util
import json
import re
from functools import cache
from pathlib import Path

import jaxtyping
import numpy as np
import pytest
import torch

from course_lib.grading.check import Checker
from course_lib.grading.compare import Close, plain
from course_lib.grading.source import ExerciseSet, available, load, parse
from course_lib.grading.values import decode, encode
from course_lib.grading.verify import Bench, amplification, leaked_lines, out_of_step, task_problems

HOUSE = Path(__file__).parents[2]
PATHS = available(HOUSE)
TASKS = [(path, cell.name) for path in PATHS for cell in parse(path) if cell.kind == "task"]

each_set = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
each_task = pytest.mark.parametrize(("path", "name"), TASKS, ids=lambda x: getattr(x, "stem", x))


@pytest.fixture(autouse=True, scope="module")
def signatures_are_not_checked():
    """The library's own tests check them; in the thousands of calls here they would cost most."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@cache
def opened(path: Path) -> ExerciseSet:
    return load(path)


def stored(path: Path, end: str) -> str:
    return (HOUSE / "exercises" / f"{path.stem}{end}").read_text("utf-8")


@pytest.mark.slow
@each_task
def test_right_answers_pass_wrong_ones_are_named_stubs_do_no_harm(path, name):
    """On the stored public cases, and on fresh inputs from twenty seeds."""
    exercises = opened(path)
    check = Checker(json.loads(stored(path, ".cases.json")))
    assert list(task_problems(exercises, exercises.task(name), check)) == []


@pytest.mark.slow
@each_task
def test_the_tolerance_covers_the_conditioning(path, name, rng):
    """A task that amplifies rounding by ``a`` must allow for a few dozen such roundings."""
    task = opened(path).task(name)
    if isinstance(task.compare, Close):
        inputs = [case for seed in range(1, 11) for case in task.draw("nobody", seed)]
        measured = max(amplification(task, rng, case) for case in inputs)
        n_roundings = 1 if task.compare.condition <= 10 else 30
        assert n_roundings * measured <= task.compare.condition


def in_single_precision(value):
    if isinstance(value, list | tuple):
        return type(value)(map(in_single_precision, value))
    is_float = isinstance(value, np.ndarray) and value.dtype == np.float64
    return value.astype(np.float32) if is_float else value


@each_task
def test_single_precision_is_accepted_where_the_task_allows_it(path, name):
    task = opened(path).task(name)
    if isinstance(task.compare, Close) and task.compare.float32 and task.call == "plain":
        for case in task.draw("nobody", 1):
            came = task.outcome(task.reference, in_single_precision(case))
            came = in_single_precision(came)
            assert task.compare.difference(task.expected(case), came) is None


@each_task
def test_closed_modules_exist(path, name):
    task = opened(path).task(name)
    assert task.forbidden
    assert all(importlib.util.find_spec(module) for module in task.forbidden)


@each_task
def test_the_prose_states_why_what_and_an_example(path, name):
    cells = opened(path).cells
    place = next(i for i, cell in enumerate(cells) if cell.name == name)
    prose = cells[place - 1].text
    assert cells[place - 1].kind == "prose"
    assert re.search(rf"\*\*Write\*\* `{name}\(", prose)
    assert "*Example.*" in prose
    assert "$$" in prose or "Turing" in prose


@each_set
def test_what_students_get_is_in_step(path):
    notebook, cases = stored(path, ".ipynb"), stored(path, ".cases.json")
    stale = out_of_step(opened(path), notebook, cases)
    assert stale == "", f"exercises/{stale} is out of step: run `course exercises build`"


@each_set
def test_no_line_of_a_solution_is_in_any_file_that_students_get(path):
    kit = "\n".join(
        file.read_bytes().decode("utf-8", "replace")
        for file in (HOUSE / "exercises").rglob("*")
        if file.is_file()
    )
    assert leaked_lines(opened(path), kit) == []


@each_set
def test_there_are_enough_tasks_and_they_rise(path):
    points = [task.points for task in opened(path).tasks]
    assert len(points) >= 8
    assert np.polyfit(range(len(points)), points, 1)[0] > 0


def reshaped(value, leaf):
    """A value whose arrays and numbers went through ``leaf``."""
    if isinstance(value, list | tuple):
        return type(value)(reshaped(part, leaf) for part in value)
    return leaf(value)


def on_arrays(change):
    return lambda value: change(value) if isinstance(value, np.ndarray) else value


DRESSES = {
    "lists": on_arrays(np.ndarray.tolist),
    "tensors": on_arrays(torch.from_numpy),
    "tensors without axes": lambda value: torch.tensor(value) if type(value) is float else value,
    "numpy scalars": lambda value: np.float64(value) if type(value) is float else value,
    "Fortran order": on_arrays(lambda array: array.copy(order="F")),
    "higher precision": on_arrays(lambda array: array.astype(np.longdouble)),
    "integers where they fit": on_arrays(
        lambda array: array.astype(int) if (array == array.round()).all() else array
    ),
    "minus zero": on_arrays(lambda array: np.where(array == 0, -0.0, array)),
}


@each_task
@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
def test_a_right_value_is_right_in_any_dress(path, name, dress):
    task = opened(path).task(name)
    for case in [*task.examples, *task.draw("nobody", 1, 2)]:
        expected = task.expected(case)
        came = decode(*encode(reshaped(expected, dress)))
        assert task.compare.difference(expected, came) is None


@each_task
def test_a_table_of_the_public_cases_earns_nothing(path, name):
    task = opened(path).task(name)
    known = [encode(case) for case in task.public_inputs()]
    for student in ("ada", "alan", "emmy"):
        for case in task.draw(student, 7):
            if task.call != "on each":
                assert encode(case) not in known or task.call == "without arguments"
            else:
                seen = {item for public in task.public_inputs() for item in public[0]}
                assert not set(case[0]) <= seen


UNLISTED = {
    "too large by half": lambda value: plain(value) * 1.5,
    "off in the third digit": lambda value: plain(value) * 1.003 + 0.003,
}


@pytest.mark.slow
@each_task
@pytest.mark.parametrize("spoil", UNLISTED.values(), ids=UNLISTED)
def test_a_mistake_that_nobody_listed_gets_no_name(path, name, spoil):
    task = opened(path).task(name)
    if isinstance(task.compare, Close):
        for student in ("ada", "alan", "emmy"):
            bench = Bench(task, list(task.draw(student, 7)))
            came = [reshaped(value, spoil) for value in bench.expected]
            assert bench.judge_values(came) == (False, None)

"""Every exercise set of the course: a new chapter joins by adding ``solutions/<chapter>.py``."""

import importlib.util
import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from course_lib.grading.check import Checker
from course_lib.grading.compare import Close
from course_lib.grading.source import ExerciseSet, available, load, parse
from course_lib.grading.verify import amplification, leaked_lines, out_of_step, task_problems

HOUSE = Path(__file__).parents[2]
PATHS = available(HOUSE)
TASKS = [(path, cell.name) for path in PATHS for cell in parse(path) if cell.kind == "task"]

each_set = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
each_task = pytest.mark.parametrize(("path", "name"), TASKS, ids=lambda x: getattr(x, "stem", x))


@cache
def opened(path: Path) -> ExerciseSet:
    return load(path)


def stored(path: Path, end: str) -> str:
    return (HOUSE / "exercises" / f"{path.stem}{end}").read_text("utf-8")


@each_task
def test_right_answers_pass_wrong_ones_are_named_stubs_do_no_harm(path, name):
    """On the stored public cases, and on fresh inputs from twenty seeds."""
    exercises = opened(path)
    check = Checker(json.loads(stored(path, ".cases.json")))
    assert list(task_problems(exercises, exercises.task(name), check)) == []


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

"""From the solutions to what students get: a notebook and its public cases.

Neither holds a line of any solution: the notebook has stubs, the cases have inputs, expected
outputs, and fingerprints of the known wrong answers with their sentences.
"""

import json
import re
from pathlib import Path
from typing import Any

from course_tools.answers.compare import Close, comparison_to_json, without_nan
from course_tools.kit.diagnose import matches, outcome_print
from course_tools.exercises.source import ExerciseSet, strip_solution
from course_tools.exercises.spec import Task, WrongAnswer
from course_tools.answers.values import from_json, to_json

FORMAT = 1
OVERVIEW = "## Where you stand\n\nAll tasks at a glance; run this again whenever you like."
INSTRUCTIONS = """\
{title}
{underline}

{notebook} holds {n_tasks} exercises, {points:g} points in all.

1. You need the course's package: make lab in a copy of the course brings it and JupyterLab;
   in an environment of your own, pip install PATH/TO/THE/COURSE does.
2. Keep {cases} in the same folder as the notebook.
3. Open the notebook in JupyterLab. Replace each line `...  # your answer here`.
   Do not rename the functions: they are found by name. You may add cells and functions.
4. Run the cell `check("...")` under a task as often as you like. It answers at once.
   From a shell, `course check {notebook}` checks the whole notebook.
5. Before you hand in: Kernel, Restart Kernel and Run All Cells.

The check uses public cases. The grading draws fresh ones, so only a function that is right in
general gets its points; a module that a task closes cannot be imported while it is graded.
"""


def build_notebook(exercises: ExerciseSet) -> str:
    """The student's notebook, without outputs, the same bytes every time."""
    cells, seen = [], set()
    for number, cell in enumerate(exercises.cells):
        if cell.kind == "prose":
            text = _with_points(cell.text, exercises.task(cell.name)) if cell.name else cell.text
            cells.append(_cell("markdown", f"prose-{number}", text))
        elif cell.kind == "code":
            cells.append(_cell("code", f"code-{number}", cell.text))
        elif cell.kind == "task":
            slug = cell.name.replace("_", "-")
            cells.append(_cell("code", slug, strip_solution(cell.text, cell.name)))
            cells.append(_cell("code", f"{slug}-check", f'check("{cell.name}")'))
        if cell.kind in ("code", "task") and not seen:
            seen.add("setup")
            cells.append(_cell("code", "setup-check", _setup(exercises)))
    cells.append(_cell("markdown", "overview", OVERVIEW))
    cells.append(_cell("code", "overview-check", "check.all()"))
    notebook = {
        "cells": cells,
        "metadata": {
            "course": {"exercises": exercises.name, "format": FORMAT},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _with_points(text: str, task: Task) -> str:
    points = f"{task.points:g} point" + ("" if task.points == 1 else "s")
    return re.sub(r"^(## .+)$", rf"\1 ({points})", text, count=1, flags=re.M)


def _setup(exercises: ExerciseSet) -> str:
    return (
        "from course_tools.kit import checker\n"
        "\n"
        f'check = checker("{exercises.name}")\n'
        "check"
    )


def _cell(kind: str, identity: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind}
    if kind == "code":
        cell["execution_count"] = None
    cell |= {"id": identity, "metadata": {}}
    if kind == "code":
        cell["outputs"] = []
    return cell | {"source": text.splitlines(keepends=True)}


def public_cases(exercises: ExerciseSet) -> dict[str, Any]:
    """Everything that the student's check knows."""
    return {
        "format": FORMAT,
        "exercises": exercises.name,
        "title": exercises.title,
        "tasks": [public_task(task) for task in exercises.tasks],
    }


def public_task(task: Task) -> dict[str, Any]:
    """What the student's check knows of one task."""
    inputs = task.public_inputs()
    return {
        "name": task.name,
        "points": task.points,
        "arguments": task.arguments,
        "returns": list(task.returns),
        "call": task.call,
        "observe": task.observe,
        "compare": comparison_to_json(task.compare),
        "seconds": task.seconds,
        "forbidden": list(task.forbidden),
        "cases": [
            {"inputs": to_json(case), "expected": to_json(task.expected(case))} for case in inputs
        ],
        "mistakes": [
            {
                "sentence": wrong.sentence,
                "prints": [print_of(task, wrong, case) for case in inputs],
            }
            for wrong in task.wrongs
        ],
    }


def print_of(task: Task, wrong: WrongAnswer, inputs: tuple) -> dict[str, Any]:
    """Fingerprint of a known wrong answer on one case; an exception leaves its type."""
    try:
        value = task.outcome(wrong.function, inputs)
    except Exception as error:
        value = error
    return outcome_print(value, task.compare)


def write_cases(cases: dict[str, Any]) -> str:
    """JSON with one case or one fingerprint per line, so that a change can be read."""
    text = json.dumps(cases, indent=1, ensure_ascii=False)
    closed = re.compile(r'\{\n\s+"(?:inputs|hash|error|shape|value)"[^{}]*\}')
    while (flat := closed.sub(lambda m: re.sub(r"\n\s*", " ", m[0]), text)) != text:
        text = flat
    return text + "\n"


def same_cases(stored: dict[str, Any], fresh: dict[str, Any]) -> bool:
    """Whether two case files agree up to rounding, which differs from one processor to another."""
    judge = Close(condition=1e6, float32=True)

    def same(a: Any, b: Any) -> bool:
        if type(a) is not type(b):
            return False
        if isinstance(a, dict) and "value" in a:
            return judge.difference(*(without_nan(from_json(x)) for x in (a, b))) is None
        if isinstance(a, dict) and "along" in a:
            return matches(a, b)
        if isinstance(a, dict):
            return set(a) == set(b) and all(same(a[key], b[key]) for key in a)
        if isinstance(a, list):
            return len(a) == len(b) and all(map(same, a, b))
        return a == b

    return same(stored, fresh)


def _stored(cases: Path) -> dict[str, Any]:
    """The public cases of a file; none where it is broken."""
    try:
        return json.loads(cases.read_bytes())
    except ValueError:
        return {}


def write_kit(exercises: ExerciseSet, folder: Path, instructions: bool = True) -> list[Path]:
    """Write notebook, cases and instructions; a file that is in step is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook, cases = folder / f"{exercises.name}.ipynb", folder / f"{exercises.name}.cases.json"
    written = []
    text = build_notebook(exercises)
    if not notebook.exists() or notebook.read_text("utf-8", "replace") != text:
        notebook.write_text(text, "utf-8")
        written.append(notebook)
    fresh = public_cases(exercises)
    if not cases.exists() or not same_cases(_stored(cases), fresh):
        cases.write_text(write_cases(fresh), "utf-8")
        written.append(cases)
    if instructions:
        read_me = folder / "README.txt"
        read_me.write_text(
            INSTRUCTIONS.format(
                title=exercises.title,
                underline="=" * len(exercises.title),
                notebook=notebook.name,
                cases=cases.name,
                n_tasks=len(exercises.tasks),
                points=exercises.points,
            ),
            "utf-8",
        )
        written.append(read_me)
    return written

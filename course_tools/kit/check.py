"""``check("gru_step")`` in a cell: an answer at once, from the public cases beside the notebook.

The check finds the function by its name among the names of the notebook, calls it on copies of
the public inputs, and says in a few lines what was expected, what came, and which mistake that
looks like. It runs in the student's own kernel and trusts nothing: see ``attempt``.
"""

import difflib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from course_tools.answers.compare import Difference, comparison_from_json, conform, show
from course_tools.answers.outcome import Line, Outcome
from course_tools.answers.values import from_json
from course_tools.kit.attempt import (
    attempt,
    closed_modules,
    in_another_order,
    never_started,
)
from course_tools.kit.cells import newer_cell_that_did_not_run
from course_tools.kit.diagnose import hint
from course_tools.kit.report import Overview, Report
from course_tools.kit.verdict import Verdict, judge

ENDS = ("slow", "interrupted")  # after these no further case is tried


def checker(name: str, folder: str | Path | None = None) -> "Checker":
    """Open the public cases of an exercise set.

    Args:
        name: the exercise set, as in ``recurrence.cases.json``.
        folder: where the file lies; by default the notebook's folder, or ``exercises`` in it.

    Raises:
        FileNotFoundError: says where the file was looked for.
    """
    here = Path(folder) if folder else Path.cwd()
    for place in (here, here / "exercises"):
        file = place / f"{name}.cases.json"
        if file.is_file():
            return Checker(json.loads(file.read_text("utf-8")))
    raise FileNotFoundError(
        f"{name}.cases.json is not in {here}: keep it in the same folder as the notebook"
    )


class Checker:
    """The checks of one exercise set; call it with the name of a task."""

    def __init__(self, cases: dict[str, Any]):
        self.title = cases["title"]
        self.tasks = {
            task["name"]: task | {"cases": [_decoded(case) for case in task["cases"]]}
            for task in cases["tasks"]
        }

    def __call__(self, name: Any = None, names: dict[str, Any] | None = None) -> Report:
        """Check one task.

        Args:
            name: the task, which is also the name of the function; or that function.
            names: where to look for it; by default the notebook's own names.
        """
        names = _callers_names() if names is None else names
        own_name = getattr(name, "__name__", None)
        if isinstance(own_name, str) and own_name in self.tasks:
            name, names = own_name, {**names, own_name: name}
        if not isinstance(name, str):
            text = f'Name a task in quotes, as in check("{next(iter(self.tasks))}"). '
            hint = Line("hint", text + self._known())
            return Report(own_name or "check", "missing", "there is no such task", (hint,))
        if name not in self.tasks:
            near = _did_you_mean(name, list(self.tasks)) or self._known()
            return Report(name, "missing", "there is no task of that name", (Line("hint", near),))
        if not callable(names.get(name)):
            return _not_found(name, names)
        report = self._judge(self.tasks[name], names[name])
        stale = newer_cell_that_did_not_run(name, names.get("In", ()))
        return replace(report, lines=(*report.lines, Line("note", stale))) if stale else report

    def _known(self) -> str:
        return f"The tasks are: {', '.join(self.tasks)}."

    def all(self, names: dict[str, Any] | None = None) -> Overview:
        """Check every task and put the verdicts in a table."""
        names = _callers_names() if names is None else names
        reports = tuple(self(name, names) for name in self.tasks)
        points = tuple(float(task["points"]) for task in self.tasks.values())
        return Overview(self.title, reports, points)

    def __repr__(self) -> str:
        points = sum(task["points"] for task in self.tasks.values())
        return (
            f"{self.title}: {len(self.tasks)} tasks, {points:g} points. "
            "The cases are loaded; check.all() gives an overview."
        )

    def _judge(self, task: dict[str, Any], function: Callable) -> Report:
        name = task["name"]
        if never_started(function):
            return Report(name, "new")
        outcomes: list[Outcome] = []
        for case in task["cases"]:
            outcomes.append(
                attempt(
                    function,
                    case["inputs"],
                    task["arguments"],
                    task["call"],
                    task["observe"],
                    task["seconds"],
                )
            )
            if outcomes[-1].cause in ENDS:
                break
        report = self.verdict(name, outcomes, closed_modules(function, task["forbidden"]))
        order = in_another_order(function, task["arguments"])
        if report.passed or not order:
            return report
        return replace(report, lines=(*report.lines, Line("note", order)))

    def verdict(
        self, name: str, outcomes: Sequence[Outcome], closed: list[str] | None = None
    ) -> Report:
        """Say what the outcomes of the public cases mean, whoever made the calls.

        Args:
            name: the task.
            outcomes: one per public case; the last one may be slow or interrupted.
            closed: closed modules that the function was seen to use.
        """
        task = self.tasks[name]
        cases = task["cases"]
        verdict = judge(
            comparison_from_json(task["compare"]),
            [case["expected"] for case in cases],
            outcomes,
            {mistake["sentence"]: mistake["prints"].__getitem__ for mistake in task["mistakes"]},
        )
        notes = _notes(closed or [], verdict)
        if verdict.all_right:
            worth = f"{task['points']:g} point" + ("" if task["points"] == 1 else "s")
            return Report(name, "right", f"all {len(cases)} public cases, {worth}", notes)
        first = verdict.first
        if verdict.outcomes[-1].cause in ENDS:
            first, notes = len(verdict.outcomes) - 1, ()
        cause = verdict.outcomes[first].cause
        remark = "" if cause in ENDS else f"{verdict.passed} of {len(cases)} public cases pass"
        lines = _lines(task, verdict, first)
        inputs = cases[first]["inputs"]
        return Report(name, "wrong" if cause == "value" else cause, remark, lines + notes, inputs)


def _decoded(case: dict[str, Any]) -> dict[str, Any]:
    return {side: from_json(entry) for side, entry in case.items()}


def _callers_names() -> dict[str, Any]:
    """The names of whoever asked: of the nearest frame outside the tools themselves."""
    frame: Any = sys._getframe(1)
    tools = ("course_tools", "jaxtyping", "beartype")  # the last two wrap functions while tests run
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(tools):
        frame = frame.f_back
    return {**frame.f_globals, **frame.f_locals}


def _did_you_mean(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else ""


def _not_found(name: str, names: dict[str, Any]) -> Report:
    if name in names:
        text = f"`{name}` is {show(names[name])}, not a function: was the name used again?"
        return Report(name, "missing", "", (Line("hint", text),))
    callables = [key for key, value in names.items() if callable(value) and key[:1] != "_"]
    near = _did_you_mean(name, callables)
    text = f"There is no function `{name}`. {near or 'Run the cell that defines it first.'}"
    return Report(name, "missing", "", (Line("hint", text),))


def _describe(inputs: tuple, arguments: list[str] | None = None) -> str:
    names = arguments or [""] * len(inputs)
    pairs = zip(names, inputs, strict=False)
    parts = [f"{name} = {show(value)}" if name else show(value) for name, value in pairs]
    text = ", ".join(parts)
    text = text if len(text) <= 240 else text[:237] + "..."
    hidden = "array of shape" in text or "..." in text
    return f"{text} (all of it: check(...).inputs)" if hidden and names else text


def _lines(task: dict[str, Any], verdict: Verdict, index: int) -> tuple[Line, ...]:
    """What is said about one case."""
    case, outcome = task["cases"][index], verdict.outcomes[index]
    inputs, expected = case["inputs"], case["expected"]
    place = f"{index + 1} of {len(task['cases'])}: "
    lines = [Line("case", place + (_describe(inputs, task["arguments"]) or "no arguments"))]
    if outcome.cause in ENDS:
        return (*lines, Line("what came", outcome.text))
    difference, said = verdict.differences[index], verdict.mistake
    if difference is None:
        lines += [Line("expected", show(expected)), Line("what came", outcome.text)]
    else:
        lines += _sides(task, inputs, expected, outcome.value, difference)
        said = said or _hint(task, expected, outcome.value, difference)
    return (*lines, Line("looks like", said)) if said else tuple(lines)


def _hint(task: dict[str, Any], expected: Any, came: Any, difference: Difference) -> str:
    """A hint, with the name of the part that it is about."""
    found = hint(expected, conform(expected, came), difference)
    part = difference.where[0] if difference.where else None
    if found and task["returns"] and isinstance(part, int):
        return f"In {task['returns'][part]}: {found}"
    return found


def _sides(
    task: dict[str, Any], inputs: tuple, expected: Any, came: Any, difference: Difference
) -> list[Line]:
    """Expected and came, at the place where they part, in the task's own words."""
    place = f"at {difference.place}: " if difference.where else ""
    first = difference.where[0] if difference.where else None
    if isinstance(first, int) and task["call"] == "on each":
        place = f"for {show(inputs[0][first])}: "
        return [
            Line("expected", place + show(expected[first])),
            Line("what came", place + show(came[first])),
        ]
    if isinstance(first, int) and task["returns"]:
        rest = Difference(difference.reason, difference.where[1:], None, None).place
        place = f"{task['returns'][first]}{rest}: "
    return [
        Line(kind, place + text)
        for kind, text in zip(("expected", "what came"), difference.texts, strict=True)
    ]


def _notes(closed: list[str], verdict: Verdict) -> tuple[Line, ...]:
    notes = []
    if verdict.mutated:
        listed = " and ".join(f"`{name}`" for name in verdict.mutated)
        text = f"The function changes its argument {listed}; work on a copy (`x.copy()`)."
        notes.append(Line("note", text))
    if closed:
        text = f"{closed[0]} holds the nearest answer and is closed while this task is graded."
        notes.append(Line("note", text))
    return tuple(notes)

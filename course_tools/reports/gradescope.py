"""Gradescope: what came of a submission, as the results.json that its platform shows.

Checked against the platform's public documentation ("Autograder Specifications"): a score at the
top overrides the sum of the tests; a test's output of format "text" is shown as it is; a hidden
test is shown to instructors only, but hides the total where it carries points, so the hidden note
to the instructor carries none. The platform takes off points for lateness itself, by the
assignment's own settings: what goes there are the points before any penalty.

A later submission of the same student finds all earlier results in ``submission_metadata.json``,
hidden tests included: nothing that a student must not know is ever written, hidden or not.
"""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_tools.gradebook.models import GradeSummary, TaskLine
from course_tools.reports.csv_cells import plain_number
from course_tools.reports.exports import Export, ExportError, Writer, Written, save
from course_tools.reports.sanitizing import (
    counted,
    feedback_lines,
    outcome,
    sanitize,
    sanitize_lines,
)
from course_tools.submissions.models import PROBLEMS

NOT_GRADED = "This submission could not be graded. The fault is not yours; your instructor knows."
UNSAFE = re.compile(r"[^\w@+.-]+")


def results_json(grade: GradeSummary, isolation: str = "") -> dict[str, Any]:
    """The results.json of one submission.

    Args:
        grade: the student's; points that the instructor gave by hand count, lateness does not.
        isolation: under which level the code ran, to be named in the output.
    """
    return {
        "score": points(grade.raw),
        "output": "\n".join(_output_lines(grade, isolation)),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test_entry(index, line, grade.problem)
            for index, line in enumerate(grade.tasks, start=1)
        ],
    }


def not_graded(sentence: str) -> dict[str, Any]:
    """The results.json where the grader failed: no score, and a note to the instructor.

    Args:
        sentence: for the instructor.
    """
    note = {"name": "For the instructor", "output": sentence, "visibility": "hidden"}
    return {
        "output": NOT_GRADED,
        "output_format": "text",
        "test_output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [note],
    }


def write_gradescope_folder(grades: Sequence[GradeSummary], folder: Path) -> list[Path]:
    """Write ``<student>/results.json`` for everybody who handed something in.

    Raises:
        ExportError: a file cannot be written, or two students' names come out alike.
    """
    names: dict[str, str] = {}
    for one in grades:
        name = folder_name(one.person.id)
        if names.setdefault(name.casefold(), one.person.id) != one.person.id:
            raise ExportError(
                f"the students {sanitize(names[name.casefold()])!r} and "
                f"{sanitize(one.person.id)!r} would share the folder {name!r}; "
                "give one of them another id in the roster"
            )
    return [
        save(to_bytes(results_json(one)), folder / folder_name(one.person.id) / "results.json")
        for one in grades
        if one.problem != "nothing"
    ]


def folder_name(student: str) -> str:
    """A student's id as the name of a folder, whatever it holds.

    >>> folder_name("ada@uni.edu"), folder_name("../../etc"), folder_name("..")
    ('ada@uni.edu', '_.._etc', '_')
    """
    return UNSAFE.sub("_", student).lstrip(".")[:100] or "_"


def to_bytes(results: dict[str, Any]) -> bytes:
    """The file's bytes; in ASCII, so that no half of a letter can break it."""
    return (json.dumps(results, indent=2, allow_nan=False) + "\n").encode()


def points(value: float) -> float:
    """Points as Gradescope shows them.

    >>> points(2 / 3), points(float("nan"))
    (0.6667, 0.0)
    """
    return round(value, 4) if math.isfinite(value) else 0.0


def _output_lines(grade: GradeSummary, isolation: str) -> list[str]:
    lines = [f"{plain_number(grade.raw)} of {plain_number(grade.maximum)} points."]
    said = sanitize_lines(grade.sentence)
    if grade.problem and PROBLEMS[grade.problem] not in grade.sentence:
        said.insert(0, _sentence(PROBLEMS[grade.problem]))
    lines += said
    if grade.cell_failures:
        lines.append("Cells that stopped with an error; the others ran all the same:")
        lines += [f"  {sanitize(line)}" for line in grade.cell_failures[:20]]
    if isolation:
        lines.append(f"Isolation: {isolation}.")
    return lines


def _test_entry(index: int, line: TaskLine, problem: str) -> dict[str, Any]:
    return {
        "name": line.task,
        "number": str(index),
        "score": points(line.points),
        "max_score": points(line.maximum),
        "status": "passed" if line.points >= line.maximum else "failed",
        "output": "\n".join(_test_output(line, problem)),
        "output_format": "text",
        "visibility": "visible",
    }


def _test_output(line: TaskLine, problem: str) -> list[str]:
    if line.overridden:
        return ["The instructor set these points.", *sanitize_lines(line.comment)]
    if problem:
        return [_sentence(PROBLEMS[problem])]
    return [_sentence(outcome(line.result)), *feedback_lines(line.result)]


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def write(export: Export) -> Written:
    """Write the folder."""
    written = write_gradescope_folder(export.grades, export.out)
    return Written(counted(len(written), "file"))


WRITER = Writer("a results.json for each student", "{name}-gradescope", write)

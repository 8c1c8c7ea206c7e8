"""The prompts of tasks, read from the exercises themselves."""

import re
from pathlib import Path

import pytest

from course_tools.exercises.source import Cell, ExerciseSet, available, load
from course_tools.reports.prompts import task_prompts, to_html

ROOT = Path(__file__).parents[2]


def of_cells(*cells: Cell) -> ExerciseSet:
    return ExerciseSet("small", "Small", Path("small.py"), list(cells))


@pytest.mark.parametrize("path", available(ROOT), ids=lambda path: path.name)
def test_every_task_of_the_course_says_what_to_write(path):
    exercises = load(path)
    found = task_prompts(exercises)
    assert list(found) == [task.name for task in exercises.tasks]
    for name, question in found.items():
        assert question.heading != name
        assert f"<code>{name}(" in question.html
        assert question.html.startswith("<strong>Write</strong>")
        for html in (question.html, question.heading_html):
            assert not re.search(r"\$|\\|`|\*\*", re.sub("<code>.*?</code>", "", html)), name
            assert "<script" not in html
            assert "style=" not in html


def test_prose_before_the_tasks_belongs_to_the_first():
    found = task_prompts(
        of_cells(
            Cell("prose", "# Title\n\nWelcome."),
            Cell("prose", "## 1. One\n\nWords.\n\n**Write** `one(x)`;\nreturn 1.\n\n*Example.* 1."),
            Cell("task", "", "one"),
            Cell("code", "import numpy"),
            Cell("prose", "## 2. Two\n\nNo more is said."),
            Cell("task", "", "two"),
            Cell("task", "", "three"),
        )
    )
    assert found["one"].heading == "1. One"
    assert found["one"].paragraph == "**Write** `one(x)`;\nreturn 1."
    assert (found["two"].heading, found["two"].paragraph) == ("2. Two", "")
    assert found["three"].heading == "three"


def test_formulas_become_mathml_and_tags_stay_text():
    html = to_html(r"for $j \le i$: <img src=x>")
    assert "<math" in html
    assert "<mo>&#x02264;</mo>" in html
    assert "&lt;img src=x&gt;" in html

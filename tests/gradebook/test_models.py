"""What travels between modules and machines survives the journey."""

import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from grade_summaries import grade_summary, task_line

from course_tools.gradebook import models
from course_tools.gradebook.models import CAUSES, Graded, TaskResult, Work


def test_work_and_answer_survive_pickling():
    """Dask sends them so; nothing of a student's ever is pickled but text and numbers."""
    work = Work("ada", ("x = 1",), {"double": "k"}, 7)
    graded = Graded("ada", (TaskResult("double", "k", 1.0, 1.0, "right"),))
    assert pickle.loads(pickle.dumps((work, graded))) == (work, graded)


def test_every_cause_has_words():
    assert all(words and words[0].islower() for words in CAUSES.values())


# A gradebook whose results have one more field: written, read, and part of the grade.
USE = """
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.models import Graded, TaskResult
from course_tools.gradebook.scores import grade_summaries
from course_tools.gradebook.settings import Settings
from course_tools.submissions.models import Person, Submission

one = Submission(Person("ada", section="B2"), "ada.ipynb", "0" * 64, None, ("x = 1",))
result = TaskResult("mean", "k", 1.0, 1.0, "right", hint="look at \\0")
with Gradebook.open("class.db", "small") as book:
    number = book.hand_in(one, {"mean": "k"})
    run = book.begin(seed=1, isolation="none", environment="", tasks=[("mean", 1.0)])
    book.record(run, number, Graded("ada", (result,)))
    [grade] = grade_summaries(book, book.tasks(), Settings())
    print(grade.person.section, ascii(grade.tasks[0].result.hint), "look at" in str(book.dump()))
"""


def test_one_more_field_is_one_edit(tmp_path):
    tools = Path(models.__file__).parents[1]
    copy = tmp_path / tools.name
    shutil.copytree(tools, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for file, last, more in (
        (copy / "gradebook" / "models.py", "    cases: int = 0\n", '    hint: str = ""\n'),
        (copy / "submissions" / "models.py", '    lms: str = ""\n', '    section: str = ""\n'),
    ):
        text = file.read_text("utf-8")
        assert text.count(last) == 1
        file.write_text(text.replace(last, last + more), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "B2 'look at \\ufffd' True\n"


@pytest.mark.parametrize(
    ("cause", "overridden", "unsettled"),
    [
        ("waiting", False, True),
        ("grader", False, True),
        ("grader", True, False),
        ("wrong", False, False),
        ("not started", False, False),
    ],
)
def test_a_grade_waits_for_tasks_that_nobody_has_settled(cause, overridden, unsettled):
    settled = task_line("a", 2.0, 2.0, "right")
    line = task_line("b", 0.0, 2.0, cause, overridden)
    assert (settled.unsettled, line.unsettled) == (False, unsettled)
    grade = replace(grade_summary("ada", 2), tasks=(settled, line))
    assert grade.waits == unsettled

"""One exercise set, checked in a process of its own and remembered."""

import pytest
from click.testing import CliRunner
from small_set import SCALE

from course_tools.exercises.commands import check, exercises
from course_tools.exercises.set_check import check_set, verified

GOOD = SCALE.replace(
    "# **Write** `scale(x, factor)`.",
    "# **Write** `scale(x, factor)`: $$ y = cx $$\n#\n# *Example.* `scale(1, 2)` is 2.",
)


@pytest.fixture
def path(course_folder, monkeypatch):
    monkeypatch.chdir(course_folder)
    path = course_folder / "solutions" / "small"
    (path / "scale.py").write_text(GOOD, "utf-8")
    assert CliRunner().invoke(exercises, ["build"]).exit_code == 0
    return path


@pytest.mark.slow
def test_a_set_is_checked_once_and_again_when_its_solution_or_its_kit_changed(course_folder, path):
    assert not verified(course_folder, path)
    assert check_set(course_folder, path) == []
    assert verified(course_folder, path)
    told = CliRunner().invoke(check).output
    assert "1 as verified before, 0 checked; all are fit to be given" in told
    assert "exercise sets: 1 checked" in CliRunner().invoke(check, env={"FULL": "1"}).output

    file = path / "scale.py"
    kept = file.read_text("utf-8")
    file.write_text(kept.replace('{"x * factor": "x + factor"}', "lambda right, x, f: right(x, f)"))
    assert not verified(course_folder, path)
    told = CliRunner().invoke(check)
    assert told.exit_code == 1
    assert "scale: 'adds' passes the public cases" in told.output
    file.write_text(kept, "utf-8")
    assert verified(course_folder, path)

    notebook = course_folder / "exercises" / "small.ipynb"
    notebook.write_text(notebook.read_text("utf-8") + " answer_of_scale = x * factor")
    assert not verified(course_folder, path)
    (leak, stale) = check_set(course_folder, path)
    assert leak.startswith("a file in exercises/ holds a line of a solution: 'answer_of_scale")
    assert stale.startswith("exercises/small.ipynb is out of step")
    assert not verified(course_folder, path)


def test_a_kit_out_of_step_is_named_for_files_of_either_folder(path):
    run = CliRunner().invoke
    assert run(exercises, ["in-step"]).exit_code == 0
    notebook = path.parents[1] / "exercises" / "small.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("Multiply", "Divide"), "utf-8")
    for file in ("solutions/small/scale.py", "exercises/small.ipynb", "exercises/small.cases.json"):
        told = run(exercises, ["in-step", file])
        assert (told.exit_code, "small.ipynb is out of step" in told.output) == (1, True)
    assert run(exercises, ["in-step", "solutions/other/scale.py"]).exit_code == 0


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [("scale.py", "x = (", "scale.py: expected one task cell, got 0"), ("set.yml", "title: 3", "title: expected a text, got 3")],
)
def test_a_folder_that_is_no_set_is_a_problem_and_no_traceback(course_folder, file, text, sentence):
    path = course_folder / "solutions" / "small"
    (path / file).write_text(text, "utf-8")
    (problem,) = check_set(course_folder, path)
    assert sentence in problem
    assert "\n" not in problem

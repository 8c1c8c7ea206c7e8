import pytest
from click.testing import CliRunner

from course_tools.exercises.commands import check, exercises


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.ipynb", None, "there is no such file"),
        ("text.ipynb", "not JSON", "not a Jupyter notebook"),
        ("old.ipynb", '{"worksheets": []}', "not a Jupyter notebook"),
        ("list.ipynb", "[]", "not a Jupyter notebook"),
        ("lonely.ipynb", '{"cells": []}', "lonely.cases.json is not in"),
    ],
)
def test_a_users_mistake_is_one_sentence(course, tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    result = course("check", tmp_path / name)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_an_unknown_exercise_set_names_those_there_are(course, tmp_path):
    result = course("exercises", "release", "recurence", "--out", tmp_path)
    assert result.exit_code == 1
    assert "there are: " in result.output
    assert "recurrence" in result.output


def test_a_kit_that_cannot_be_written_is_one_sentence(course, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    result = course("exercises", "release", "recurrence", "--out", tmp_path / "file" / "kit")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "cannot be written: Not a directory" in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.slow
def test_what_lay_in_the_kits_folder_before_does_no_harm(course, tmp_path):
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "recurrence.cases.json").write_text("{", "utf-8")
    (tmp_path / "recurrence.ipynb").write_bytes(b"\xff")
    result = course("exercises", "release", "recurrence", "--out", tmp_path)
    assert (result.exit_code, ", 3 files, no answers" in result.output) == (0, True)


@pytest.mark.slow
def test_build_and_check_of_a_whole_course(course_folder, monkeypatch):
    """A new chapter joins by adding one folder to solutions/."""
    monkeypatch.chdir(course_folder)
    shell = CliRunner()
    missing = shell.invoke(check)
    assert (missing.exit_code, "not built yet" in missing.output) == (1, True)
    built = shell.invoke(exercises, ["build"])
    assert "small.ipynb" in built.output
    assert "in step" in shell.invoke(exercises, ["build"]).output
    prose = "**Write** `scale(x, factor)`: $$ y = cx $$ *Example.*"
    source = course_folder / "solutions" / "small" / "scale.py"
    source.write_text(source.read_text().replace("**Write** `scale(x, factor)`.", prose))
    assert "small.ipynb" in shell.invoke(exercises, ["build"]).output
    assert "fit to be given" in shell.invoke(check).output
    notebook = course_folder / "exercises" / "small.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("Multiply", "Divide"), "utf-8")
    stale = shell.invoke(check)
    assert (stale.exit_code, "out of step" in stale.output) == (1, True)


def test_outside_the_course_the_shell_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(check)
    assert result.exit_code == 1
    assert "run this inside the course's folder" in result.output

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from course_tools.cli import main
from course_tools.gradebook.book import Gradebook
from course_tools.submissions.models import Person

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "scipy", "sklearn", "matplotlib", "sphinx", "IPython", "jupytext", "nbformat"}


def commands(group=main, path=()):
    """Every command below a group, with the words that reach it."""
    yield path, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            yield from commands(group.get_command(context, name), (*path, name))


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_has_help_with_an_example(path):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert f"Example: course {' '.join(path)}".rstrip() in shown.output


def test_what_only_prints_or_writes_rows_loads_no_heavy_package(tmp_path):
    """Every help, and on a gradebook of a real exercise set ``show``, ``override``, ``export``."""
    file = tmp_path / "class.db"
    with Gradebook.open(file, "recurrence") as book:
        book.begin(seed=1, isolation="none", environment="", tasks=[("masked_mean", 1)])
        book.enrol([Person("ada")])
    lines = [[*path, "--help"] for path, _ in commands()]
    lines += [["show", file], ["show", file, "ada"], ["override", file, "ada", "masked_mean", "1"]]
    lines += [
        ["export", file, "--format", form, "--out", tmp_path / form] for form in ("csv", "html")
    ]
    lines = [[str(word) for word in line] for line in lines]
    code = (
        "import sys; from course_tools.cli import main; "
        f"[main(line, standalone_mode=False) for line in {lines}]; "
        f"print({HEAVY} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("set()\n")


def test_an_unknown_command_is_one_sentence():
    done = CliRunner().invoke(main, ["grde"])
    assert done.exit_code == 2
    assert "No such command 'grde'" in done.output
    assert "Traceback" not in done.output


def test_new_chapter_outside_the_project_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["new-chapter", "gating"])
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "_toc.yml" in done.output

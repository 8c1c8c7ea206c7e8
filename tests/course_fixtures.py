"""A course with one small exercise set, and the command that runs the course."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from small_set import SMALL

ROOT = Path(__file__).parents[1]

# The tools are imported when a test needs them: most tests do not.


@pytest.fixture
def course_folder(tmp_path) -> Path:
    """A course's folder with one small exercise set."""
    from course_tools.exercises.source import write_set

    (tmp_path / "exercises").mkdir()
    write_set(tmp_path / "solutions" / "small", SMALL)
    return tmp_path


@pytest.fixture
def small(course_folder):
    from course_tools.exercises.source import load

    return load(course_folder / "solutions" / "small")


@pytest.fixture
def course(monkeypatch):
    """The ``course`` command, run in the project's root."""
    from course_tools.cli import main

    monkeypatch.chdir(ROOT)

    def run(*arguments: str):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run

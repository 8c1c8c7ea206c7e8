"""The small exercise set of the grading tests, for the tests of the gradebook too."""

import os
from collections.abc import Iterator
from pathlib import Path

import judging
import pytest

from course_lib.grading.source import ExerciseSet, load

HOUSE = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def recurrence() -> ExerciseSet:
    return load(HOUSE / "solutions" / "recurrence.py")


@pytest.fixture
def traces(tmp_path, monkeypatch) -> Iterator[Path]:
    """Where quick judges say that they are there; in the end no process may be left."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(judging.TESTS), prepend=os.pathsep)
    monkeypatch.setenv("TRACES", str(folder))
    yield folder
    assert judging.soon(lambda: not judging.processes(folder)), "a process was left behind"

"""Where quick judges leave their traces."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import quick_judge


@pytest.fixture
def traces(tmp_path, monkeypatch) -> Iterator[Path]:
    """Where quick judges say that they are there; in the end no process may be left."""
    folder = tmp_path / "traces"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(quick_judge.TESTS), prepend=os.pathsep)
    monkeypatch.setenv("TRACES", str(folder))
    yield folder
    assert quick_judge.soon(lambda: not quick_judge.processes(folder)), "a process was left behind"

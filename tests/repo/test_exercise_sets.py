"""What every exercise set of the course has in common; `course check` looks at the tasks."""

from pathlib import Path

import jupytext
import numpy as np
import pytest

from course_tools.exercises.source import available, load, parse

ROOT = Path(__file__).parents[2]
SETS = available(ROOT)
TASKS = [file for path in SETS for file in sorted(path.glob("*.py"))]


@pytest.mark.parametrize("file", TASKS, ids=lambda file: file.stem)
def test_the_cells_are_those_that_jupytext_reads(file):
    theirs = jupytext.read(file, fmt="py:percent").cells
    kinds = {"code": ("code", "task", "spec"), "markdown": ("prose",)}
    ours = parse(file)
    assert [cell.text for cell in ours] == [cell.source for cell in theirs]
    assert all(a.kind in kinds[b.cell_type] for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_there_are_enough_tasks_and_they_rise(path):
    exercises = load(path)
    if "To write" in exercises.cells[0].text:  # as `make new-chapter` lays it out
        return
    points = [task.points for task in exercises.tasks]
    assert len(points) >= 8
    assert np.polyfit(range(len(points)), points, 1)[0] > 0

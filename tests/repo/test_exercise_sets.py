"""What every exercise set of the course has in common; `course check` looks at the tasks."""

import re
from pathlib import Path

import jupytext
import numpy as np
import pytest

from course_tools.exercises.source import parse

ROOT = Path(__file__).parents[2]
SETS = sorted((ROOT / "solutions").glob("[a-z]*.py"))


each_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)


@each_set
def test_the_cells_are_those_that_jupytext_reads(path):
    theirs = jupytext.read(path, fmt="py:percent").cells
    kinds = {"code": ("code", "task", "spec"), "markdown": ("prose",)}
    ours = parse(path)
    assert [cell.text for cell in ours] == [cell.source for cell in theirs]
    assert all(a.kind in kinds[b.cell_type] for a, b in zip(ours, theirs, strict=True))


@each_set
def test_there_are_enough_tasks_and_they_rise(path):
    points = [float(p) for p in re.findall(r"^    points=([\d.]+),", path.read_text("utf-8"), re.M)]
    if not points:  # a new chapter, as `make new-chapter` lays it out
        return
    assert len(points) >= 8
    assert np.polyfit(range(len(points)), points, 1)[0] > 0

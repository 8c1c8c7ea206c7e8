import json

import pytest

from course_lib.grading.notebook import MAX_BYTES, NotANotebook, read_code, run_cells


def test_a_cell_that_fails_costs_no_more_than_itself(tmp_path):
    cells = ["a = 1", "a / 0", "def f(:", "import sys; sys.exit()", "b = a + 1"]
    run = run_cells(cells, tmp_path)
    assert run.names["b"] == 2
    assert [line.split(":")[0] for line in run.failed] == [f"code cell {n}" for n in (2, 3, 4)]
    assert "line 1 of its cell, `a / 0`" in run.failed[0]


def test_a_cell_without_end_is_left(tmp_path):
    run = run_cells(["while True: pass", "b = 1"], tmp_path, seconds=0.2)
    assert run.names["b"] == 1
    assert "still running" in run.failed[0]


def test_magics_do_nothing_and_nothing_is_printed(tmp_path, capsys):
    cells = ["%matplotlib inline", "!touch made", "%%time\nx = 1", "print('noise')", "print?"]
    assert run_cells(cells, tmp_path).failed == []
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "made").exists()


def test_cells_see_the_notebooks_folder(tmp_path):
    (tmp_path / "data.txt").write_text("here")
    cell = "from pathlib import Path; text = Path('data.txt').read_text()"
    assert run_cells([cell], tmp_path).names["text"] == "here"


def test_only_code_is_read(tmp_path):
    path = tmp_path / "n.ipynb"
    cells = [
        {"cell_type": "markdown", "source": "x"},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
    ]
    path.write_text(json.dumps({"cells": cells}))
    assert read_code(path) == ["a = 1\nb = 2"]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.ipynb"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(NotANotebook, match="larger than 20 MB"):
        read_code(path)

import json

import pytest

from course_tools.kit.notebook import MAX_BYTES, NotANotebook, cells_of, read_code, run_cells


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


def code(source):
    return {"cell_type": "code", "source": source}


def test_one_reader_for_a_path_and_for_bytes(tmp_path):
    data = json.dumps({"cells": [code("é")]}, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        (tmp_path / "n.ipynb").write_bytes(data.encode(encoding))
        assert read_code(tmp_path / "n.ipynb") == ["é"]
        assert cells_of(data.encode(encoding)).remark == ""
    assert cells_of(data.encode("latin-1")).cells == ("é",)
    assert "read as Latin-1" in cells_of(data.encode("latin-1")).remark


@pytest.mark.parametrize("version", [1, 2, 3])
def test_old_formats_are_converted_and_it_is_said(version):
    metadata = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": ""}}
    cells = [{"cell_type": "code", "input": "x", "code": "x", "outputs": [], "language": "python"}]
    book = metadata | ({"cells": cells} if version == 1 else {"worksheets": [{"cells": cells}]})
    read = cells_of(json.dumps(book).encode())
    assert read.cells == ("x",)
    assert read.remark == f"it was converted from notebook format {version}"


def test_a_format_of_the_future_is_read_as_far_as_it_is_one():
    read = cells_of(json.dumps({"nbformat": 5, "cells": [code("x")]}).encode())
    assert (read.cells, read.remark[:30]) == (("x",), "it says a notebook format othe")


def test_a_cell_that_is_none_costs_no_more_than_itself():
    cells = [code("a"), 7, code(7), code(["b", None]), {}, code("c"), *[None] * 50]
    read = cells_of(json.dumps({"cells": cells}).encode())
    assert read.cells == ("a", "", "", "c")
    assert read.remark.startswith("cell 2 is not a cell and was left out; the source of cell 3 is")
    assert len(read.remark) < 300


def test_half_a_surrogate_pair_can_be_stored_afterwards():
    [cell] = cells_of(
        b'{"cells": [{"cell_type": "code", "source": "a\\ud800\\ud83d\\ude00"}]}'
    ).cells
    assert cell == "a\ufffd😀"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"%PDF-1.7", "not JSON"),
        (b"9" * 5000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells": ' + b'{"a": ' * 100_000, "nested too deeply"),
        (b"[" + b"{}," * 1_100_000, "more than 1000000 lists and objects"),
        (b"[]", "its JSON is not an object"),
        (b"{}", "it has no list of cells"),
        (b'{"cells": {"a": 1}}', "it has no list of cells"),
        (b'{"nbformat": [3], "worksheets": []}', "it has no list of cells"),
        (b'{"nbformat": 3, "worksheets": 3}', "old format that cannot be read"),
        (b'{"nbformat": %s}' % (b"9" * 4000), "it has no list of cells"),
    ],
)
def test_what_is_no_notebook(tmp_path, data, why):
    with pytest.raises(NotANotebook, match=why):
        cells_of(data)
    (tmp_path / "n.ipynb").write_bytes(data)
    with pytest.raises(NotANotebook, match=rf"n\.ipynb: .*{why}"):
        read_code(tmp_path / "n.ipynb")

"""Tables of experiments: whole whatever interrupts, and refused when they are something else."""

import click
import pytest
from click.testing import CliRunner

from course_tools.book.experiment import Table, writes_table

COLUMNS = ["kind", "seed", "loss"]


def test_rows_are_there_for_the_next_run(tmp_path):
    path = tmp_path / "table.csv"
    table = Table(path, COLUMNS, known_by=2)
    assert not path.exists()
    table.add([["a, b", 0, 0.5]])
    table.add((kind, 1, "1.50") for kind in "cd")
    assert path.read_bytes() == b'kind,seed,loss\n"a, b",0,0.5\nc,1,1.50\nd,1,1.50\n'
    again = Table(path, COLUMNS, known_by=2)
    assert (
        again.rows == table.rows == [["a, b", "0", "0.5"], ["c", "1", "1.50"], ["d", "1", "1.50"]]
    )
    for known in (table, again):
        assert not known.lacks("a, b", 0)
        assert not known.lacks("c", "1")
        assert known.lacks("c", 0)
    again.sort(key=lambda row: -ord(row[0][0]))
    assert [row[0] for row in Table(path, COLUMNS, known_by=2).rows] == ["d", "c", "a, b"]


def test_what_fails_while_writing_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    table = Table(path, COLUMNS, known_by=1)
    table.add([["a", 0, 1]])
    before = path.read_bytes()

    def full(_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="disk full"):
            table.add([["b", 0, 1]])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert table.lacks("b")
    table.add([["b", 0, 1]])
    assert path.read_bytes() == before + b"b,0,1\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("other,columns\n1,2\n", "expected the columns kind,seed,loss, got other,columns"),
        ("", "expected the columns kind,seed,loss, got $"),
        ("kind,seed,loss\na,1,2\nb,1\n", r"expected 3 cells in a row, got \['b', '1'\]"),
    ],
)
def test_another_file_is_refused_and_left_alone(tmp_path, text, sentence):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=sentence):
        Table(path, COLUMNS, known_by=1)
    assert path.read_text() == text


def test_a_row_or_a_piece_of_the_wrong_length_is_refused(tmp_path):
    table = Table(tmp_path / "table.csv", COLUMNS, known_by=2)
    with pytest.raises(ValueError, match=r"expected 3 cells in a row, got \['a', '1'\]"):
        table.add([["a", 0, 1], ["a", 1]])
    assert not table.rows
    assert not table.path.exists()
    with pytest.raises(ValueError, match=r"piece: expected kind, seed, got \('a',\)"):
        table.lacks("a")


def test_the_command_has_the_table_beside_its_script_unless_told_otherwise(tmp_path):
    @writes_table(str(tmp_path / "script.py"), COLUMNS, known_by=1)
    @click.option("--seed", default=3)
    def main(table, seed):
        """Add one row."""
        if table.lacks("a"):
            table.add([["a", seed, 0]])

    assert CliRunner().invoke(main, ["--seed", "4"]).exit_code == 0
    assert CliRunner().invoke(main, []).exit_code == 0
    assert (tmp_path / "script.csv").read_text() == "kind,seed,loss\na,4,0\n"
    elsewhere = tmp_path / "other.csv"
    assert CliRunner().invoke(main, ["--table", str(elsewhere)]).exit_code == 0
    assert elsewhere.read_text() == "kind,seed,loss\na,3,0\n"
    elsewhere.write_text("something,else\n")
    refused = CliRunner().invoke(main, ["--table", str(elsewhere)])
    assert refused.exit_code == 2
    assert "Invalid value for '--table'" in refused.output
    assert "something,else" in refused.output

"""The script that trains character models for long, and the table that it wrote."""

import csv
import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

DATA = Path(__file__).parents[2] / "book" / "recurrence" / "data"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("char_model_script", DATA / "char_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_table():
    with (DATA / "char_model.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "TRAININGS", ((3, 0), (2, 5)))
    size = ["--updates", "2", "--every", "1"]
    whole, pieces = tmp_path / "whole.csv", tmp_path / "pieces.csv"
    assert CliRunner().invoke(script.main, ["--table", str(whole), *size]).exit_code == 0
    assert len(whole.read_text().splitlines()) == 1 + 2 * 2
    trained, rows_of = [], script.rows_of

    def once(units, *rest):
        if trained:
            raise KeyboardInterrupt
        trained.append(units)
        return rows_of(units, *rest)

    monkeypatch.setattr(script, "rows_of", once)
    assert CliRunner().invoke(script.main, ["--table", str(pieces), *size]).exit_code != 0
    trained.clear()
    assert CliRunner().invoke(script.main, ["--table", str(pieces), *size]).exit_code == 0
    assert trained == [2]
    assert pieces.read_bytes() == whole.read_bytes()
    assert "Example:" in CliRunner().invoke(script.main, ["--help"]).output


def test_brackets_are_found_by_hand(script):
    inside, outside = script.bracket_places("a(bcd)e\n(xy\nz", distance=2)
    assert inside == [4, 5, 11]  # before d and ), and before the newline
    assert outside == [1, 6, 7, 8, 12]


def test_the_table_is_complete(script):
    found = [(int(row["units"]), int(row["seed"]), int(row["update"])) for row in read_table()]
    updates = range(500, 4001, 500)
    assert found == [(*training, update) for training in script.TRAININGS for update in updates]


@pytest.mark.slow
def test_the_first_row_of_a_training_comes_out_again(script):
    wanted = next(row for row in read_table() if (row["units"], row["seed"]) == ("64", "0"))
    (row,) = script.rows_of(64, 0, updates=500, every=500)
    assert [str(value) for value in row] == list(wanted.values())

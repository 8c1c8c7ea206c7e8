"""The script that trains networks on a long dependency, and the table that it wrote."""

import csv
import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib.recurrent.long_range_torch import accuracies

DATA = Path(__file__).parents[2] / "book" / "recurrence" / "data"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("long_range_script", DATA / "long_range.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    small = (script.Experiment("tanh", 1, (2, 3)), script.Experiment("logistic", 2, (2,)))
    monkeypatch.setattr(script, "EXPERIMENTS", small)
    whole, pieces = tmp_path / "whole.csv", tmp_path / "pieces.csv"
    assert CliRunner().invoke(script.main, ["--table", str(whole), "--runs", "2"]).exit_code == 0
    assert len(whole.read_text().splitlines()) == 1 + 2 * 3
    trained, rows_of = [], script.rows_of

    def once(experiment, runs):
        if trained:
            raise KeyboardInterrupt
        trained.append(experiment)
        return rows_of(experiment, runs)

    monkeypatch.setattr(script, "rows_of", once)
    assert CliRunner().invoke(script.main, ["--table", str(pieces), "--runs", "2"]).exit_code != 0
    assert len(pieces.read_text().splitlines()) == 1 + 2 * 2
    trained.clear()
    assert CliRunner().invoke(script.main, ["--table", str(pieces), "--runs", "2"]).exit_code == 0
    assert trained == [small[1]]
    assert pieces.read_bytes() == whole.read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["pieces.csv", "whole.csv"]
    assert "Example:" in CliRunner().invoke(script.main, ["--help"]).output


def read_table():
    with (DATA / "long_range.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_is_complete(script):
    found = {tuple(row.values())[:4] for row in read_table()}
    assert found == {
        (experiment.cell, str(experiment.updates), str(distance), str(run))
        for experiment in script.EXPERIMENTS
        for distance in experiment.distances
        for run in range(5)
    }
    assert len(found) == len(read_table())
    assert all(0 <= float(row["accuracy"]) <= 1 for row in read_table())


@pytest.mark.slow
def test_rows_of_the_table_are_what_the_library_computes():
    rows = [row for row in read_table() if (row["cell"], row["updates"]) == ("tanh", "250")]
    again = accuracies("tanh", (4, 8, 32)).ravel()
    assert [row["accuracy"] for row in rows] == [f"{value:.3f}" for value in again]

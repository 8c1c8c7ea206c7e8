"""The script that trains networks on tasks with a distance, and the table that it wrote."""

import csv
import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_lib.recurrent.long_range_torch import train_agreement, train_recall

DATA = Path(__file__).parents[2] / "book" / "recurrence" / "data"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location(
        "distance_script", DATA / "learning_at_a_distance.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    small = (
        script.Experiment("recall one", 1, (2, 3), {"runs": 2}),
        script.Experiment("agreement", 2, (2,), {"runs": 2, "zero_readout": True}),
    )
    monkeypatch.setattr(script, "EXPERIMENTS", small)
    whole, pieces = tmp_path / "whole.csv", tmp_path / "pieces.csv"
    assert CliRunner().invoke(script.main, ["--table", str(whole)]).exit_code == 0
    assert len(whole.read_text().splitlines()) == 1 + 2 * 3
    trained, rows_of = [], script.rows_of

    def once(experiment, distance):
        if trained:
            raise KeyboardInterrupt
        trained.append((experiment, distance))
        return rows_of(experiment, distance)

    monkeypatch.setattr(script, "rows_of", once)
    assert CliRunner().invoke(script.main, ["--table", str(pieces)]).exit_code != 0
    assert len(pieces.read_text().splitlines()) == 1 + 2
    monkeypatch.setattr(script, "rows_of", rows_of)
    assert CliRunner().invoke(script.main, ["--table", str(pieces)]).exit_code == 0
    assert trained == [(small[0], 2)]
    assert pieces.read_bytes() == whole.read_bytes()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["pieces.csv", "whole.csv"]
    assert "Example:" in CliRunner().invoke(script.main, ["--help"]).output


def read_table():
    with (DATA / "learning_at_a_distance.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows(experiment, updates, distance):
    key = [experiment, str(updates), str(distance)]
    return [row for row in read_table() if list(row.values())[:3] == key]


def test_the_table_is_complete(script):
    found = {tuple(row.values())[:4] for row in read_table()}
    assert found == {
        (experiment.name, str(experiment.updates), str(distance), str(run))
        for experiment in script.EXPERIMENTS
        for distance in experiment.distances
        for run in range(
            experiment.settings.get("runs", 5 if experiment.name.startswith("agreement") else 10)
        )
    }
    assert len(found) == len(read_table())
    assert all(0 <= float(row["accuracy"]) <= 1 for row in read_table())


@pytest.mark.slow
@pytest.mark.parametrize("distance", [4, 32])
def test_near_and_far_rows_of_the_table_are_what_the_library_computes(distance):
    again = train_recall(distance)
    stored = rows("recall Adam", 250, distance)
    assert [row["accuracy"] for row in stored] == [f"{value:.3f}" for value in again.accuracy]
    assert [row["loss"] for row in stored] == [f"{value:.3f}" for value in again.loss]
    learned = (again.accuracy > 0.9).sum()
    assert learned == 10 if distance == 4 else 0 < learned < 10


@pytest.mark.slow
def test_distance_four_is_lost_by_the_start_of_the_output_weights():
    for zero in (True, False):
        again = train_agreement(4, zero_readout=zero)
        stored = rows("agreement from zero" if zero else "agreement", 600, 4)
        assert [row["accuracy"] for row in stored] == [f"{value:.3f}" for value in again.accuracy]
        assert (again.accuracy > 0.85).sum() == 5 or zero


@pytest.mark.slow
def test_from_zero_distance_four_is_learned_if_the_biases_know_the_frequencies():
    again = train_agreement(4, runs=20, zero_readout=True, frequencies=True)
    stored = rows("agreement twenty frequencies from zero", 600, 4)
    assert [row["accuracy"] for row in stored] == [f"{value:.3f}" for value in again.accuracy]
    assert (again.accuracy > 0.85).sum() == 20

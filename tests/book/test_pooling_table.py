"""The script that trains classifiers with two ways of pooling, and the table that it wrote."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

DATA = Path(__file__).parents[2] / "book" / "recurrence" / "data"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("pooling_script", DATA / "pooling.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(table):
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_it_counts_every_review_for_every_network(script, tmp_path):
    table = tmp_path / "small.csv"
    given = ["--table", str(table), "--updates", "2", "--seeds", "1"]
    assert CliRunner().invoke(script.main, given).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["small.csv"]
    rows = read(table)
    assert [row["pool"] for row in rows] == ["last"] * 12 + ["mean"] * 12
    for pool in ("last", "mean"):
        mine = [row for row in rows if row["pool"] == pool]
        assert [int(row["distance"]) for row in mine] == list(range(1, 13))
        assert sum(int(row["reviews"]) for row in mine) == 6000
        assert 0.4 < sum(int(row["right"]) for row in mine) / 6000 < 0.6  # untrained
    assert "Example:" in CliRunner().invoke(script.main, ["--help"]).output


@pytest.mark.slow
def test_a_budget_that_is_there_is_not_run_again(script, tmp_path, monkeypatch):
    whole, pieces = tmp_path / "whole.csv", tmp_path / "pieces.csv"
    for table, given in ((whole, [["0", "1"]]), (pieces, [["0"], ["0", "1"]])):
        for budgets in given:
            arguments = ["--table", str(table), "--seeds", "1"]
            for budget in budgets:
                arguments += ["--updates", budget]
            assert CliRunner().invoke(script.main, arguments).exit_code == 0
    assert pieces.read_bytes() == whole.read_bytes()
    assert len(read(whole)) == 2 * 2 * 12
    monkeypatch.setattr(script, "train_classifiers", lambda *_: pytest.fail("trained again"))
    assert CliRunner().invoke(script.main, arguments).exit_code == 0


@pytest.mark.slow
@pytest.mark.exhaustive
def test_the_table_is_what_the_script_writes(script, tmp_path):
    """All networks of a budget share one training, so no part of it can be made again alone."""
    again = tmp_path / "again.csv"
    arguments = ["--table", str(again), "--updates", "1000"]
    assert CliRunner().invoke(script.main, arguments).exit_code == 0
    expected = [row for row in read(DATA / "pooling.csv") if row["updates"] == "1000"]
    assert read(again) == expected


def test_the_table_is_complete():
    rows = read(DATA / "pooling.csv")
    found = {(row["updates"], row["pool"], row["seed"], row["distance"]) for row in rows}
    assert len(rows) == len(found) == 2 * 2 * 8 * 12
    assert {row["updates"] for row in rows} == {"1000", "4000"}
    assert all(0 <= int(row["right"]) <= int(row["reviews"]) for row in rows)


def test_the_mean_needs_more_updates_and_is_not_worse_in_the_end():
    """What the lesson says about the distances that occur in training."""

    def near(updates, pool):
        right, reviews = np.zeros(8), np.zeros(8)
        for row in read(DATA / "pooling.csv"):
            wanted = row["updates"] == updates and row["pool"] == pool
            if wanted and int(row["distance"]) <= 5:
                right[int(row["seed"])] += int(row["right"])
                reviews[int(row["seed"])] += int(row["reviews"])
        return right / reviews

    assert near("1000", "last").min() > 0.92
    assert (near("1000", "mean") > 0.9).sum() == 2
    assert near("4000", "last").min() > 0.92
    assert near("4000", "mean").min() > 0.92

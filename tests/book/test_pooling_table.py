"""The script that trains classifiers with two ways of pooling, and the table that it wrote."""

import csv
import importlib.util
from pathlib import Path

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
@pytest.mark.exhaustive
def test_the_table_is_what_the_script_writes(script, tmp_path):
    """All its networks share one training, so no part of it can be made again alone."""
    again = tmp_path / "again.csv"
    assert CliRunner().invoke(script.main, ["--table", str(again)]).exit_code == 0
    assert again.read_bytes() == (DATA / "pooling.csv").read_bytes()


def test_the_table_is_complete():
    rows = read(DATA / "pooling.csv")
    assert len({(row["pool"], row["seed"], row["distance"]) for row in rows}) == 2 * 4 * 12
    assert len(rows) == 2 * 4 * 12
    assert {row["updates"] for row in rows} == {"1000"}
    assert all(0 <= int(row["right"]) <= int(row["reviews"]) for row in rows)

"""The script that trains classifiers with two ways of pooling, and the table that it wrote."""

import numpy as np
import pytest
from experiments import Script, check_that_it_resumes


@pytest.fixture(scope="module")
def script():
    return Script("recurrence/data/pooling")


@pytest.mark.slow
def test_it_counts_every_review_for_every_network(script, tmp_path):
    table = tmp_path / "small.csv"
    assert script.run("--table", table, "--updates", 2, "--seeds", 1).exit_code == 0
    rows = script.rows(table)
    assert [row["pool"] for row in rows] == ["last"] * 12 + ["mean"] * 12
    for pool in ("last", "mean"):
        mine = [row for row in rows if row["pool"] == pool]
        assert [int(row["distance"]) for row in mine] == list(range(1, 13))
        assert sum(int(row["reviews"]) for row in mine) == 6000
        assert 0.4 < sum(int(row["right"]) for row in mine) / 6000 < 0.6  # untrained


@pytest.mark.slow
def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path):
    given = ["--seeds", 1, "--updates", 0, "--updates", 1]
    assert len(check_that_it_resumes(script, tmp_path, *given)) == 2 * 2 * 12


@pytest.mark.slow
@pytest.mark.exhaustive
def test_the_table_is_what_the_script_writes(script, tmp_path):
    """All networks of a budget share one training, so no part of it can be made again alone."""
    again = tmp_path / "again.csv"
    assert script.run("--table", again, "--updates", 1000).exit_code == 0
    assert script.rows(again) == [row for row in script.rows() if row["updates"] == "1000"]


def test_the_table_is_complete(script):
    rows = script.rows()
    found = {(row["updates"], row["pool"], row["seed"], row["distance"]) for row in rows}
    assert len(rows) == len(found) == 2 * 2 * 8 * 12
    assert {row["updates"] for row in rows} == {"1000", "4000"}
    assert all(0 <= int(row["right"]) <= int(row["reviews"]) for row in rows)


def test_the_mean_needs_more_updates_and_is_not_worse_in_the_end(script):
    """What the lesson says about the distances that occur in training."""

    def near(updates, pool):
        right, reviews = np.zeros(8), np.zeros(8)
        for row in script.rows():
            wanted = row["updates"] == updates and row["pool"] == pool
            if wanted and int(row["distance"]) <= 5:
                right[int(row["seed"])] += int(row["right"])
                reviews[int(row["seed"])] += int(row["reviews"])
        return right / reviews

    assert near("1000", "last").min() > 0.92
    assert (near("1000", "mean") > 0.9).sum() == 2
    assert near("4000", "last").min() > 0.92
    assert near("4000", "mean").min() > 0.92

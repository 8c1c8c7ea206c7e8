"""The script that trains character models for long, and the table that it wrote."""

import pytest
import torch
from experiments import Script, check_that_it_resumes


@pytest.fixture(scope="module")
def script():
    return Script("recurrence/data/char_model")


def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script.module, "TRAININGS", ((3, 0), (2, 5)))
    texts = torch.randint(40, (3, 90), generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(script.module, "streams", lambda: list(texts))
    rows = check_that_it_resumes(script, tmp_path, "--updates", 2, "--every", 1)
    found = [(row["units"], row["seed"], row["update"]) for row in rows]
    assert found == [("3", "0", "1"), ("3", "0", "2"), ("2", "5", "1"), ("2", "5", "2")]


def test_brackets_are_found_by_hand(script):
    inside, outside = script.bracket_places("a(bcd)e\n(xy\nz", distance=2)
    assert inside == [4, 5, 11]  # before d and ), and before the newline
    assert outside == [1, 6, 7, 8, 12]


def test_the_table_is_complete(script):
    found = [(int(row["units"]), int(row["seed"]), int(row["update"])) for row in script.rows()]
    updates = range(500, 4001, 500)
    assert found == [(*training, update) for training in script.TRAININGS for update in updates]


@pytest.mark.slow
def test_the_first_row_of_a_training_comes_out_again(script):
    wanted = next(row for row in script.rows() if (row["units"], row["seed"]) == ("64", "0"))
    (row,) = script.rows_of(64, 0, updates=500, every=500)
    assert [str(value) for value in row] == list(wanted.values())

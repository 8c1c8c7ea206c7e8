"""The script that trains ten units on one step of a map, and the table that it wrote."""

from statistics import median

import pytest
import torch
from experiments import Script, check_that_it_resumes


@pytest.fixture(scope="module")
def script():
    return Script("recurrence/data/training_a_map")


@pytest.fixture(scope="module")
def table(script):
    return script.rows()


def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    small = {"start": (0, lambda runs, _: torch.stack([script.start(run) for run in range(runs)]))}
    small["solved"] = (1, script.by_least_squares)
    monkeypatch.setattr(script.module, "METHODS", small)
    assert len(check_that_it_resumes(script, tmp_path, "--runs", 2)) == 2 * 2


def test_the_table_is_complete(script, table):
    found = {(row["method"], row["budget"], row["run"]) for row in table}
    assert len(found) == len(table)
    assert found == {
        (method, str(budget), str(run))
        for method, (budget, _) in script.METHODS.items()
        for run in range(5)
    }


def test_the_shortest_training_gives_its_rows_again(script, table):
    rows = [list(row.values()) for row in table if row["method"] == "Adam"]
    assert [[str(entry) for entry in row] for row in script.rows_of("Adam", 5)] == rows


@pytest.mark.slow
def test_methods_with_curvature_come_closer_again(script):
    """A part of their budget is enough to pass the best network of Adam, at 10^-2.5."""
    for train, budget in ((script.by_lbfgs, 500), (script.by_levenberg_marquardt, 200)):
        assert script.misses(train(1, budget)).abs().max() < 10**-3


def test_the_table_says_what_the_lesson_says(table):
    errors = {}
    for row in table:
        errors.setdefault(row["method"], []).append(float(row["log10_worst_error"]))
    assert -2 < min(errors["Adam"]) <= max(errors["Adam"]) < -1
    for longer in ("Adam, ten times as long", "Adam, falling rate"):
        assert -2.6 < min(errors[longer]) <= max(errors[longer]) < -1.7
    for convex in ("Adam, output weights", "Adam, output weights, rates from 1"):
        assert median(errors[convex]) > -1.5
    assert max(errors["L-BFGS"] + errors["Levenberg-Marquardt"]) < -4.7
    assert max(errors["least squares, output weights"]) < -6.5

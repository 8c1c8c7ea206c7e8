"""The script that trains networks on tasks with a distance, and the table that it wrote."""

import pytest
from experiments import Script, check_that_it_resumes

from course_lib.recurrent.long_range_torch import train_agreement, train_recall


@pytest.fixture(scope="module")
def script():
    return Script("recurrence/data/learning_at_a_distance")


def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    small = (
        script.Experiment("recall one", 1, (2, 3), {"runs": 2}),
        script.Experiment("agreement", 2, (2,), {"runs": 2, "zero_readout": True}),
    )
    monkeypatch.setattr(script.module, "EXPERIMENTS", small)
    assert len(check_that_it_resumes(script, tmp_path)) == 2 * 3


@pytest.fixture(scope="module")
def table(script):
    return script.rows()


def rows(table, experiment, updates, distance):
    key = [experiment, str(updates), str(distance)]
    return [row for row in table if list(row.values())[:3] == key]


def test_the_table_is_complete(script, table):
    found = {tuple(row.values())[:4] for row in table}
    assert found == {
        (experiment.name, str(experiment.updates), str(distance), str(run))
        for experiment in script.EXPERIMENTS
        for distance in experiment.distances
        for run in range(
            experiment.settings.get("runs", 5 if experiment.name.startswith("agreement") else 10)
        )
    }
    assert len(found) == len(table)
    assert all(0 <= float(row["accuracy"]) <= 1 for row in table)


@pytest.mark.slow
@pytest.mark.parametrize("distance", [4, 32])
def test_near_and_far_rows_of_the_table_are_what_the_library_computes(table, distance):
    again = train_recall(distance)
    stored = rows(table, "recall Adam", 250, distance)
    assert [row["accuracy"] for row in stored] == [f"{value:.3f}" for value in again.accuracy]
    assert [row["loss"] for row in stored] == [f"{value:.3f}" for value in again.loss]
    learned = (again.accuracy > 0.9).sum()
    assert learned == 10 if distance == 4 else 0 < learned < 10


@pytest.mark.slow
def test_distance_four_is_lost_by_the_start_of_the_output_weights(table):
    for zero in (True, False):
        again = train_agreement(4, zero_readout=zero)
        stored = rows(table, "agreement from zero" if zero else "agreement", 600, 4)
        assert [row["accuracy"] for row in stored] == [f"{value:.3f}" for value in again.accuracy]
        assert (again.accuracy > 0.85).sum() == 5 or zero


@pytest.mark.slow
def test_from_zero_distance_four_is_learned_if_the_biases_know_the_frequencies(table):
    again = train_agreement(4, runs=20, zero_readout=True, frequencies=True)
    stored = rows(table, "agreement twenty frequencies from zero", 600, 4)
    assert [row["accuracy"] for row in stored] == [f"{value:.3f}" for value in again.accuracy]
    assert (again.accuracy > 0.85).sum() == 20

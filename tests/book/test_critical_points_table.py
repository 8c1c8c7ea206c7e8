"""The script that searches critical points of small networks, and the table that it wrote."""

import pytest
from experiments import Script, check_that_it_resumes
from scipy.stats import spearmanr

from course_lib.hessians.critical_hessian import HessianAtCriticalPoint


@pytest.fixture(scope="module")
def script():
    return Script("random-matrices/data/critical_points")


@pytest.fixture(scope="module")
def table(script):
    """Rows with numbers in the place of text."""
    return [script.Row(*map(float, row.values())) for row in script.rows()]


@pytest.mark.slow
def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script.module, "STARTS", (0, 20))
    given = ["--width", 2, "--ratio", 0.5, "--seeds", 1]
    assert len(check_that_it_resumes(script, tmp_path, *given)) == 2


def test_a_ratio_that_cannot_be_is_refused(script):
    answer = script.run("--ratio", -1)
    assert answer.exit_code == 2
    assert "--ratio" in answer.output


def test_rows_of_the_shipped_table_hold_together(table):
    assert len({row[:4] for row in table}) == len(table) > 100
    for row in table:
        assert bool(row.found) == (row.gradient_norm <= 1e-10)
        assert round(row.index * 2 * row.width**2) == pytest.approx(
            row.index * 2 * row.width**2, abs=1e-3
        )
    for row in table[::50]:
        law = HessianAtCriticalPoint(row.energy, 2 * row.width / row.samples)
        assert law.index() == pytest.approx(row.predicted, abs=2e-6)
        law = HessianAtCriticalPoint(row.measured_energy, row.measured_ratio)
        assert law.index() == pytest.approx(row.predicted_moments, abs=1e-5)


@pytest.mark.slow
def test_a_row_of_the_shipped_table_is_computed_again(script, table, monkeypatch):
    monkeypatch.setattr(
        script.module, "STARTS", (0, 100)
    )  # the way of descent is no longer than that
    (want,) = [row for row in table if row[:4] == (8, 32, 0, 100)]
    (row,) = script.search([script.Attempt(8, 32, 0, 100)], "cpu")
    got = script.Row(*map(float, row))
    assert (got.found, got.index, got.flat) == (1, want.index, want.flat)
    for name in ("energy", "measured_energy", "measured_ratio", "predicted_moments", "mixed"):
        assert getattr(got, name) == pytest.approx(getattr(want, name), rel=1e-4)
    for name in ("free", "wigner", "wishart"):  # an eigenvalue near zero may change its sign
        assert getattr(got, name) == pytest.approx(getattr(want, name), abs=2 / 128)


def test_index_grows_with_the_energy_at_the_critical_points_of_small_networks(table):
    """Rank correlations, which know nothing of the theory: above .8 at each ratio."""
    rows = [row for row in table if row.found]
    for samples in (64, 32, 21):
        points = [(r.energy, r.index) for r in rows if r.samples == samples]
        assert len(points) > 10
        assert spearmanr(*zip(*points, strict=True)).statistic > 0.8
        low, high = min(points), max(points)
        assert high[1] - low[1] > 0.15

import numpy as np
import pytest
from scipy import stats

from course_lib.foundations.confidence import mean_and_interval


@pytest.mark.parametrize("n", [2, 5, 40])
def test_students_interval(rng, n):
    values = rng.standard_normal(n)
    mean, half = mean_and_interval(values)
    low, high = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
    np.testing.assert_allclose([mean - half, mean + half], [low, high], rtol=1e-10)
    assert mean_and_interval(list(values)) == (mean, half)


def test_one_value_says_nothing_of_its_error():
    mean, half = mean_and_interval([3.0])
    assert mean == 3.0
    assert np.isnan(half)


def test_no_value_is_refused():
    with pytest.raises(ValueError, match="values: length: expected"):
        mean_and_interval([])


def test_values_stand_in_one_row(bad_input):
    with pytest.raises(ValueError, match=r"values: expected shape \(seeds,\), got \(3, 2\)"):
        mean_and_interval(np.zeros((3, 2)))

import numpy as np
import pytest

from course_lib.foundations.validate import (
    check_at_least,
    check_one_of,
    check_positive,
    check_shape,
    check_whole,
)


@pytest.mark.parametrize(
    ("shape", "expected"), [((2, 3), ("batch", 3)), ((0, 3), ("batch", 3)), ((), ()), ((4,), (4,))]
)
def test_a_fitting_shape_passes(shape, expected):
    assert check_shape("x", np.zeros(shape), expected) is None


@pytest.mark.parametrize(
    ("shape", "expected", "message"),
    [
        ((2, 4), ("batch", 3), r"x: expected shape \(batch, 3\), got \(2, 4\)"),
        ((3,), ("batch", 3), r"got \(3,\)"),
        ((2, 3, 1), ("batch", 3), r"got \(2, 3, 1\)"),
        ((2, 2), ("time",), r"expected shape \(time,\)"),
    ],
)
def test_another_shape_is_refused_by_name(shape, expected, message):
    with pytest.raises(ValueError, match=message):
        check_shape("x", np.zeros(shape), expected)


def test_not_a_number_is_not_at_least_anything():
    with pytest.raises(ValueError, match="got nan"):
        check_at_least("sigma", float("nan"), 0)
    assert check_at_least("sigma", 0, 0) is None


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan])
def test_what_is_not_positive_and_finite_is_refused(bad):
    with pytest.raises(ValueError, match=f"^variance: expected a positive number, got {bad!r}$"):
        check_positive("variance", bad)
    assert check_positive("variance", 1e-300) is None


def test_choices_are_listed():
    with pytest.raises(ValueError, match="pool: expected one of 'last', 'mean', got 'max'"):
        check_one_of("pool", "max", ["last", "mean"])
    assert check_one_of("pool", "last", ["last", "mean"]) is None


def test_a_whole_number_may_come_from_numpy():
    assert check_whole("k", np.int64(0), 0) is None
    for bad in (-1, 2.0, 2.5, float("nan"), "2"):
        with pytest.raises(
            ValueError, match=f"^k: expected a whole number, 0 or more, got {bad!r}$"
        ):
            check_whole("k", bad, 0)

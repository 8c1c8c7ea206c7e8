"""Numbers keep their digits, whatever type they came in."""

import numpy as np
import pytest

from course_lib.foundations.precision import as_floating, floating_dtype


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, int])
def test_whole_numbers_become_doubles(dtype, bad_input):
    numbers = as_floating("Y", np.array([100, 3], dtype=dtype))
    assert numbers.dtype == float
    assert (numbers**2).tolist() == [10000, 9]
    assert as_floating("Y", [[1, 2]]).tolist() == [[1.0, 2.0]]
    assert as_floating("Y", []).dtype == float


@pytest.mark.parametrize("dtype", [np.float32, float, np.complex64, complex])
def test_real_and_complex_numbers_stay_what_they_are(dtype):
    numbers = np.ones(3, dtype=dtype)
    assert as_floating("Y", numbers) is numbers


@pytest.mark.parametrize(
    "wrong", [["a"], [None], [True], "1", np.ma.masked_array([1.0]), [[1], [1, 2]]], ids=repr
)
def test_what_holds_no_numbers_is_refused(wrong, bad_input):
    with pytest.raises(ValueError, match=r"^Y: expected an array of numbers, got "):
        as_floating("Y", wrong)


def test_sums_of_whole_numbers_are_kept_in_doubles():
    assert floating_dtype(np.ones(1, np.int8)) == np.float64
    assert floating_dtype(np.ones(1, np.float32)) == np.float32

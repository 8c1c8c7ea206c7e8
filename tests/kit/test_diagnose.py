import numpy as np
import pytest
import torch

from course_tools.answers.compare import Close, Exact
from course_tools.kit.diagnose import fingerprint, hint, matches, recognise

CLOSE = Close(condition=100)


def of(value):
    return fingerprint(value, CLOSE)


def test_a_fingerprint_is_blind_to_dress_and_rounding(rng):
    array = rng.normal(size=(3, 4))
    for same in (torch.from_numpy(array), array.astype(np.float32), array * (1 + 1e-13)):
        assert matches(of(array), of(same))


@pytest.mark.parametrize(
    "change",
    [
        lambda x: -x,
        lambda x: x.T,
        lambda x: x[::-1],
        lambda x: 1.001 * x,
        lambda x: x.ravel(),
        lambda x: np.where(x == x[0, 0], np.nan, x),
        lambda x: (x,),
    ],
)
def test_a_fingerprint_sees_what_matters(rng, change):
    array = rng.normal(size=(3, 3))
    assert not matches(of(array), of(change(array)))


def test_a_fingerprint_does_not_hold_the_numbers(rng):
    array = rng.normal(size=(5, 5))
    assert set(of(array)["along"]).isdisjoint(array.ravel())
    assert len(of(array)["along"]) == 3


def test_exact_fingerprints_are_hashes():
    exact = Exact()
    same = fingerprint([(1, 2), True], exact), fingerprint([[1, np.int64(2)], 1], exact)
    assert matches(*same)
    assert not matches(same[0], fingerprint([(1, 3), True], exact))


def test_numbers_too_large_for_a_float_have_a_fingerprint():
    assert of(10**400)["lost"] == 1


def test_the_mistake_must_explain_every_failure():
    failed = [True, True, False]
    assert recognise(failed, {"half": [True, False, True], "all": [True, True, False]}) == "all"
    assert recognise(failed, {"half": [True, False, True]}) is None
    assert recognise([False, False], {"any": [True, True]}) is None


def test_among_two_explanations_the_closer_one_is_named():
    alike = {"loose": [True, False, False], "tight": [True, True, True]}
    assert recognise([True, False, False], alike) == "tight"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: None, "returns None"),
        (lambda x: x[:2].T, "transposed"),
        (lambda x: x.reshape(9), "arrangement"),
        (lambda x: x.sum(axis=0), "axis is missing"),
        (lambda x: -x, "wrong sign"),
        (lambda x: x.T, "transpose"),
        (lambda x: 2.5 * x, "2.5 times"),
        (lambda x: x[::-1], "another order"),
        (lambda x: x * np.array([[1], [2], [1]]), "0, 2 came out right"),
        (lambda x: np.where(x == x.max(), 0, x), "out right"),
        (lambda x: np.where(x > 0, np.nan, x), "NaN"),
        (lambda x: x.astype(np.float32), "float64"),
    ],
)
def test_a_hint_for_what_no_known_mistake_explains(rng, change, words):
    x = rng.normal(size=(3, 3))
    expected = x[:2] if words == "transposed" else x
    came = change(x)
    assert words in hint(expected, came, CLOSE.difference(expected, came))


def test_no_hint_is_better_than_a_wrong_one(rng):
    expected, came = rng.normal(size=(2, 4, 4))
    assert hint(expected, came, CLOSE.difference(expected, came)) == ""


def test_of_a_value_beyond_all_measure_only_the_size_is_kept():
    """A student may return sixty million numbers, and the judge's memory is for all."""
    for comparison in (Exact(), Close(condition=1)):
        for value in (
            np.ones(10**6, dtype="uint8"),
            {"a": [np.ones(10**6, dtype=bool)]},
            np.ones((10**12, 0)),  # no entries, and rows without number
        ):
            assert set(fingerprint(value, comparison)) == {"numbers"}

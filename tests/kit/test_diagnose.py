import numpy as np
import pytest
import torch

from course_tools.answers.compare import Close, Exact
from course_tools.kit.diagnose import (
    fingerprint,
    hint,
    is_telling,
    matches,
    outcome_print,
    recognise,
)

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


def explained(comparison, expected, came, **mistakes):
    """The mistake that is named, given what each makes of the cases."""
    failed = [comparison.difference(*pair) is not None for pair in zip(expected, came, strict=True)]
    prints = {
        name: [outcome_print(value, comparison) for value in values].__getitem__
        for name, values in mistakes.items()
    }
    return recognise(comparison, expected, came, failed, prints)


def test_the_mistake_must_explain_every_failure():
    right, came = [1.5, 2.5, 3.5], [0.1, 0.2, 3.5]
    assert explained(CLOSE, right, came, half=[0.1, 2.5, 3.5], all=[0.1, 0.2, 3.5]) == "all"
    assert explained(CLOSE, right, came, half=[0.1, 2.5, 3.5]) is None
    assert explained(CLOSE, right, right, any=[0.1, 0.2, 3.5]) is None


def test_among_two_explanations_the_closer_one_is_named():
    right, came = [1.5, 2.5, 3.5], [0.1, 2.5, 3.5]
    assert explained(CLOSE, right, came, loose=[0.1, 9.0, 9.0], tight=came) == "tight"


def test_a_mistake_explains_no_case_in_which_it_is_right():
    """Something else went wrong there, by less than a fingerprint can tell."""
    close = Close(condition=1e3)
    right, came = [3.0, 5.5], [3.0 * (1 - 1e-10), 1.5]
    assert close.difference(right[0], came[0])
    assert explained(close, right, came, order=[3.0, 1.5]) is None
    assert explained(close, right[1:], came[1:], order=[1.5]) == "order"


@pytest.mark.parametrize("came", [0, 3, [0, 0], "no", ValueError()])
def test_what_many_programs_return_is_named_only_if_it_comes_twice(came):
    assert explained(Exact(), [1], [came], one=[came]) is None
    assert explained(Exact(), [1, 2], [came, came], one=[came, came]) == "one"


def test_of_mistakes_that_raise_the_kind_of_exception_counts():
    came = [ValueError("a"), ValueError("b")]
    assert explained(CLOSE, [1.5, 2.5], came, shape=[ValueError()] * 2) == "shape"
    assert explained(CLOSE, [1.5, 2.5], came, index=[IndexError()] * 2) is None


@pytest.mark.parametrize(
    ("value", "telling"),
    [
        (0.25, True),
        (2.0, False),
        ([1, 2, 3], True),
        (np.array([[1.0, 1.0]]), False),
        (np.full(3, np.nan), False),
        ({"a": 1, "b": "c"}, True),
        (ValueError(), False),
    ],
)
def test_which_outcomes_are_telling(value, telling):
    assert is_telling(value) == telling


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

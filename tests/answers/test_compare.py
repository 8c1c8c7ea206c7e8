import numpy as np
import pytest
import torch

from course_tools.answers.compare import (
    Close,
    Exact,
    comparison_from_json,
    comparison_to_json,
    conform,
    part_of,
    show,
)

CLOSE = Close(condition=100)
EPS = np.finfo(float).eps


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        (np.ones((2, 3)), torch.ones(2, 3, dtype=torch.float64)),
        (np.ones(2), [1.0, 1.0]),
        (np.ones((2, 2)), [np.ones(2), torch.ones(2).double()]),
        ((1.0, np.ones(2)), [np.float64(1), np.ones(2)]),
        ([1, 2], np.array([1, 2])),
        ({"a": 1.0}, {"a": torch.tensor(1.0).double()}),
        (np.arange(3), np.arange(3.0)),
        (2.0, 2),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
    ids=str,
)
def test_the_same_value_in_another_dress_is_accepted(expected, came):
    assert CLOSE.difference(expected, came) is None


@pytest.mark.parametrize(
    ("expected", "came", "reason"),
    [
        (np.ones(2), np.ones(3), "shape"),
        (np.ones(2), np.ones((2, 1)), "shape"),
        (np.ones(2), 1.0, "kind"),
        (np.ones(2), None, "kind"),
        (np.ones(2), "ones", "kind"),
        (np.ones(2), [[1.0], [1.0, 2.0]], "kind"),
        (1.0, np.ones(1), "kind"),
        ((1.0, 2.0), (1.0,), "length"),
        ({"a": 1}, {"b": 1}, "keys"),
        ("yes", "no", "value"),
        ("yes", 1, "kind"),
        (np.ones(2), np.array([1.0, np.nan]), "nan"),
        (np.ones(2), np.array([1.0, np.inf]), "value"),
        (np.ones(2), np.ones(2, dtype=np.float32), "dtype"),
        (np.ones(2), np.ones(2) + 0j, "dtype"),
        (np.arange(2), np.array([0, 2]), "value"),
        (True, False, "value"),
    ],
    ids=str,
)
def test_a_difference_has_its_reason(expected, came, reason):
    assert CLOSE.difference(expected, came).reason == reason


def test_the_tolerance_is_condition_times_epsilon_of_the_scale():
    expected = np.array([1000.0, 1e-3])
    step = np.array([0, 100 * EPS * 1000])
    inside, outside = expected + 0.9 * step, expected + 1.1 * step
    assert CLOSE.difference(expected, inside) is None
    assert CLOSE.difference(expected, outside).place == "[1]"


def test_float32_has_its_own_tolerance_where_it_is_allowed():
    exact = np.linspace(0.1, 1, 7)
    came = (exact.astype(np.float32) * np.float32(1 / 3)) * np.float32(3)
    assert Close(condition=100, float32=True).difference(exact, came) is None
    assert Close(condition=1, float32=True).difference(exact, came * (1 + 1e-6)) is not None
    assert CLOSE.difference(exact, came).reason == "dtype"
    assert CLOSE.difference(1.0, torch.tensor(1.0)).reason == "dtype"


def test_what_was_computed_in_float32_need_not_say_so():
    """A list of Python numbers, an array of zeros that was filled: the dtype is float64."""
    exact = np.linspace(0.1, 1, 7)
    came = torch.tensor(exact, dtype=torch.float32) / 3 * 3
    filled = np.zeros(7)
    filled[:] = came
    for dress in (came.tolist(), filled):
        assert Close(condition=100, float32=True).difference(exact, dress) is None
        assert CLOSE.difference(exact, dress).reason == "value"


def test_counts_are_equal_or_wrong_whatever_the_precision():
    near = np.array([0.0, 1 + 1e-7], dtype=np.float32)
    assert Close(condition=100, float32=True).difference(np.arange(2), near).reason == "value"


@pytest.mark.parametrize("came", [10**400, -(10**400), [10**400], {"a": 10**400}], ids=lambda x: "")
@pytest.mark.parametrize("compare", [CLOSE, Exact()], ids=lambda x: type(x).__name__)
def test_a_number_that_no_float_can_hold_is_a_wrong_answer(compare, came):
    shapes = {list: np.ones(1), dict: {"a": 1.0}}
    assert compare.difference(shapes.get(type(came), 1.0), came) is not None


def test_exact_tells_integers_apart_that_no_float_can():
    assert Exact().difference(2**80 + 1, 2**80).reason == "value"
    assert Exact().difference([(1, 3**60)], [[1, 3**60]]) is None


def test_the_place_of_the_first_difference_is_named():
    expected = {"a": [np.zeros((2, 2)), 1.0]}
    came = {"a": [np.array([[0.0, 0.0], [0.0, 5.0]]), 1.0]}
    difference = CLOSE.difference(expected, came)
    assert (difference.place, *difference.texts) == (
        "['a'][0][1, 1]",
        "0",
        "5",
    )


@pytest.mark.parametrize("comparison", [Exact(), Close(condition=7), Close(3, float32=True)])
def test_a_comparison_survives_the_cases_file(comparison):
    assert comparison_from_json(comparison_to_json(comparison)) == comparison


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, 0.5]), "[1, 0.5]"),
        (np.zeros((4, 5)), "float64 array of shape (4, 5)"),
        ((1,), "(1,)"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, ...]"),
        ("x" * 200, "'" + "x" * 76 + "..."),
        (float("nan"), "nan"),
    ],
    ids=str,
)
def test_show_fits_in_a_line(value, text):
    assert show(value) == text


def test_an_array_stands_for_a_list_of_its_length_alone():
    assert Exact().difference([1, 2], np.array([1, 2])) is None
    longer = Exact().difference([1, 2], np.array([1, 2, 3]))
    assert (longer.reason, longer.texts[0]) == ("kind", "a list")
    assert longer.texts[1] == "an array of shape (3,)"
    many = np.ones(10**6, dtype="uint8")
    assert conform([1, 2], many) is many  # a list of them would take thirty times the memory


def test_a_text_among_numbers_is_no_reason_to_widen_them():
    """An array of these would take four hundred gigabytes."""
    came = ["x" * 10**6, *[0.5] * 10**5]
    assert conform(np.zeros(3), came) is came
    assert conform(np.zeros(3), [[came]]) == [[came]]
    assert Close(condition=1).difference(np.zeros(3), came).reason == "kind"


def test_rows_without_entries_are_not_written_out():
    assert show(np.zeros((10**12, 0))) == "float64 array of shape (1000000000000, 0)"
    assert show(np.zeros(0)) == "[]"


def test_what_is_shown_of_a_nested_answer_has_an_end():
    nested = "y" * 500
    for _ in range(4):
        nested = [nested] * 6
    assert len(show(nested)) <= 1000
    came = {"k" * 50 + str(i): i for i in range(1000)}
    assert len(Exact().difference({"a": 1}, came).texts[1]) <= 1020


@pytest.mark.parametrize(
    ("expected", "came", "texts"),
    [
        (3.0, 3.0001, ("3", "3.0001")),
        (3.0, 3.00000001, ("3", "3.00000001")),
        (3.0, 3.0 + 1e-11, ("3", "3.00000000001")),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.29999999999999999")),
    ],
)
def test_as_many_digits_are_shown_as_it_takes_to_differ(expected, came, texts):
    assert Exact().difference(expected, came).texts == texts


def test_a_place_leads_to_the_part_that_differs():
    expected, came = [{"a": np.zeros((2, 2))}, 1], [{"a": np.eye(2)}, 1]
    difference = CLOSE.difference(expected, came)
    assert (difference.where, difference.place) == ((0, "a", (0, 0)), "[0]['a'][0, 0]")
    assert part_of(came, difference.where).tolist() == [[1, 0], [0, 1]]

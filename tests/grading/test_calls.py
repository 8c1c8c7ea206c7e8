import numpy as np
import pytest
import torch

from course_lib.grading.calls import (
    call_on_each,
    call_with_gradient,
    call_without_arguments,
    observe_tapes,
)


def test_the_gradient_comes_with_the_value():
    value, gradient = call_with_gradient(lambda x, y: (x**2).sum() * y, np.array([1.0, 3.0]), 2.0)
    assert (float(value), gradient.tolist()) == (20.0, [4.0, 12.0])


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x.sum().item(), "cut off"),
        (lambda x: x.detach().sum(), "cut off"),
        (lambda x: x * 2, "shape (2,)"),
    ],
)
def test_where_there_is_no_gradient_a_sentence_stands_in_its_place(function, words):
    assert words in call_with_gradient(function, np.ones(2))[1]


def test_a_first_argument_that_plays_no_part_has_a_zero_gradient():
    w = torch.ones(1, requires_grad=True)
    assert call_with_gradient(lambda x: w.sum(), np.ones(2))[1].tolist() == [0, 0]


def test_the_other_calls():
    assert call_on_each(len, ["a", "bc"]) == [1, 2]
    assert call_without_arguments(lambda: 5, "not given") == 5


@pytest.mark.parametrize(
    ("table", "report"),
    [
        ({}, "10 -> 2"),
        ({("start", "1"): ("start", "1", "R"), ("start", "0"): ("start", "1", "L")}, "10 -> 3"),
        ({("start", "1"): ("start", "_", "R")}, "10 -> 0"),
        ({("start", "1"): ("start", "x", "R")}, "10 -> not a binary number: 'x0'"),
        ({("start", s): ("start", s, "R") for s in "01_"}, "10 -> still running after 2000 steps"),
        ({("start", "1"): ("start", "1", "up")}, "not a table: delta"),
        ({("start", "1"): ("start", "1")}, "not a table"),
        ({"start": 1}, "not a table"),
        ({("start", 1): ("start", "1", "R")}, "not a table: a symbol is a string, not a number"),
    ],
)
def test_any_table_gets_a_report(table, report):
    assert observe_tapes(table, ["10"])[0].startswith(report)


def test_states_may_have_any_name_and_rules_may_be_lists():
    table = {
        ("start", "1"): [1, "1", "R"],
        (1, "0"): [(2, "x"), "1", "R"],
        ((2, "x"), "_"): [[], "0", "L"],
    }
    assert observe_tapes(table, ["10"]) == ["10 -> 6"]


def test_what_is_no_table_is_handed_on():
    assert observe_tapes(None, ["1"]) is None

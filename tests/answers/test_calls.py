import numpy as np
import pytest
import torch

from course_tools.answers.calls import (
    call_on_each,
    call_with_gradient,
    call_without_arguments,
    observer,
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


def test_an_observer_is_a_function_of_the_library():
    reports = observer("course_lib.computation.tape_reports:tape_reports")
    assert reports({("start", "0"): ("done", "1", "R")}, ["0"]) == ["0 -> 1"]


@pytest.mark.parametrize(
    "path", ["os:system", "course_lib.computation:no", "course_lib.no:no", "x"]
)
def test_any_other_path_is_refused(path):
    with pytest.raises(
        ValueError, match=r"observe: expected a function as course_lib\.module:name"
    ):
        observer(path)

import numpy as np
import pytest

from course_tools.exercises.automatic_mutants import automatic_mutants


def bounded(x):
    return np.clip(x, 0, 1)


def larger(x, y):
    return np.maximum(x, y)


def chosen(x):
    return np.where(x > 0, x, -x)


def counted(n):
    return list(range(n))


def summed(x):
    return x.sum(axis=1)


def carried(W, x):
    return W.T @ x - 1.5


def part(x):
    return x[1:]


def applied(f, x):
    return f(1)(x)


def kept(x):
    """A text in the head is nothing to break: 1 + 1."""
    return x


@pytest.mark.parametrize(
    ("solution", "names"),
    [
        (bounded, ["np.clip(x, 0, 1) -> x", "np.clip(x, 0, 1) -> np.clip(x, 0, 2)"]),
        (larger, ["np.maximum(x, y) -> x", "np.maximum(x, y) -> y"]),
        (chosen, ["np.where(x > 0, x, -x) -> x", "x > 0 -> x >= 0"]),
        (counted, ["range(n) -> range(n + 1)", "range(n) -> range(n - 1)"]),
        (summed, ["x.sum(axis=1) -> x.sum(axis=0)", "x.sum(axis=1) -> x.sum(axis=2)"]),
        (carried, ["W.T -> W", "W.T @ x - 1.5 -> W.T @ x + 1.5", "W.T @ x - 1.5 -> W.T @ x - 2.5"]),
        (applied, ["f(1) -> f(2)"]),
        (part, ["x[1:] -> x[:]", "x[1:] -> x[2:]"]),
    ],
)
def test_each_kind_of_change_is_made(solution, names):
    made = [mutant.name for mutant in automatic_mutants(solution)]
    assert set(names) <= set(made)
    assert len(set(made)) == len(made)


def test_what_is_said_is_what_was_done():
    by_name = {mutant.name: mutant.function for mutant in automatic_mutants(chosen)}
    x = np.array([-2.0, 0.0, 3.0])
    assert by_name["np.where(x > 0, x, -x) -> x"](x).tolist() == [-2, 0, 3]
    assert by_name["x > 0 -> x >= 0"](x).tolist() == [2, 0, 3]
    assert chosen(x).tolist() == [2, 0, 3]


def test_the_same_change_in_two_places_has_two_names():
    names = [mutant.name for mutant in automatic_mutants(larger_of_two)]
    assert {"abs(x) -> x", "abs(x) -> x #2"} <= set(names)


def larger_of_two(x):
    return max(abs(x), abs(x) / 2)


def test_arguments_and_results_are_changed_too():
    mutants = automatic_mutants(larger, (3, np.ones(2)), [np.ones((1, 2)), 7])
    by_name = {mutant.name: mutant.function for mutant in mutants}
    assert by_name["x -> 3"](9, 1) == 3
    assert "y -> " not in "".join(name for name in by_name if name.startswith("y ->"))
    assert by_name["result -> squeezed"](np.ones((1, 2)), 0).shape == (2,)
    assert by_name["result -> 32-bit integers"](2**31, 0) == -(2**31)


def test_nothing_in_it_to_break():
    assert list(automatic_mutants(kept)) == []

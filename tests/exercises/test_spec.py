import numpy as np
import pytest

from course_tools.answers.compare import Exact
from course_tools.exercises.mutants import SpecError
from course_tools.exercises.spec import Task, generator_for


def identity(x):
    return x


def task_of(**changes) -> Task:
    """A task whose answer is its input."""
    spec = {
        "points": 1,
        "compare": Exact(),
        "regimes": {"one": lambda rng: (1,), "two": lambda rng: (2,)},
        "wrong": {
            "more": ("Less.", {"return x": "return x + 1"}),
            "less": ("More.", {"return x": "return x - 1"}),
            "minus": ("Plus.", lambda right, x: -right(x)),
        },
        "right": [lambda x: x],
    }
    return Task(identity, **spec | changes)


def test_inputs_depend_on_seed_task_student_and_case_only(small):
    task = small.task("scale")

    def first(student, seed):
        return [float(x.sum()) for x, _ in task.draw(student, seed)]

    assert first("ada", 7) == first("ada", 7)
    everything = first("ada", 7) + first("ada", 8) + first("alan", 7)
    assert len(set(everything)) == 3 * task.n_hidden


def test_generators_cannot_be_confused_by_clever_names():
    draws = [
        generator_for(*key).random()
        for key in [(1, "a", "b1", 2), (1, "a", "b", 12), (11, "a", "b", 2), (1, "ab", "", 2)]
    ]
    assert len(set(draws)) == 4


def test_an_answer_cannot_reach_the_inputs_that_are_kept():
    x = np.ones(2)

    def spoils(x):
        x[:] = 5
        return x

    assert task_of().outcome(spoils, (x,)).tolist() == [5, 5]
    assert x.tolist() == [1, 1]


def test_every_regime_is_drawn_and_examples_come_first():
    regimes = {str(n): lambda rng, n=n: (n,) for n in range(9)}
    task = task_of(regimes=regimes, examples=[(10,)])
    assert task.hidden_inputs("ada", 1) == [(10,), *((n,) for n in range(9))]
    assert task.public_inputs() == [(10,), *((n,) for n in range(9))]
    few = task_of(n_hidden=5, n_public=3)
    assert few.hidden_inputs("ada", 1) == [(1,), (2,), (1,), (2,), (1,)]
    assert few.public_inputs() == [(1,), (2,), (1,)]


@pytest.mark.parametrize(
    ("lacking", "message"),
    [
        ({"right": []}, "identity: right: expected at least 1, got 0"),
        ({"regimes": {}}, "identity: regimes: expected at least 1, got 0"),
        ({"wrong": {"a": ("b", lambda x: 0)}}, "identity: wrong: expected at least 3, got 1"),
        ({"call": "by post"}, "identity: call: expected one of"),
        ({"observe": "os:system"}, "identity: observe: expected a function"),
    ],
)
def test_an_incomplete_spec_is_refused_by_name(lacking, message):
    task_of().complain()
    with pytest.raises(SpecError, match=message):
        task_of(**lacking).complain()

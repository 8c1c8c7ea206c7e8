import numpy as np
import pytest

from course_tools.answers.compare import Exact
from course_tools.exercises.spec import SpecError, Task, generator_for


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
    task = Task("f", points=1, compare=Exact(), reference=lambda x: x)
    x = np.ones(2)

    def spoils(x):
        x[:] = 5
        return x

    assert task.outcome(spoils, (x,)).tolist() == [5, 5]
    assert x.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("rights", "scale: needs 3 right answers besides the solution, has 2"),
        ("wrongs", "scale: needs 2 known wrong answers, has 1"),
    ],
)
def test_a_spec_needs_enough_answers_to_try_the_judge_on(small, lacking, words):
    task = small.task("scale")
    task.complain()
    getattr(task, lacking).pop()
    with pytest.raises(SpecError, match=words):
        task.complain()


def test_a_spec_without_solution_or_generator_says_so():
    task = Task("lonely", points=1, compare=Exact())
    with pytest.raises(SpecError, match="lonely: there is no solution"):
        task.expected(())
    with pytest.raises(SpecError, match="lonely: there is no input generator"):
        list(task.draw("ada", 1))

import json

import numpy as np
import pytest

from course_tools.exercises.release import build_notebook, public_cases, write_cases
from course_tools.exercises.spec import WrongAnswer
from course_tools.exercises.verify import ReferenceAnswers, amplification, leaked_lines, problems


def test_the_small_set_has_no_problems(small):
    assert list(problems(small)) == []


@pytest.mark.slow
def test_a_right_answer_that_is_refused_is_a_problem(small):
    def off(x, factor):
        return x * factor + 1e-9

    small.task("scale").right.append(off)
    found = list(problems(small))
    assert len(found) == 21
    assert all("scale: off is refused" in problem for problem in found)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x, factor: factor * x, "passes the public cases"),
        (lambda x, factor: x + factor, "is not recognised"),
    ],
)
def test_a_wrong_answer_that_cannot_be_told_apart_is_a_problem(small, function, words):
    """One that is right after all, and one that behaves as another does."""
    small.task("scale").wrongs.append(WrongAnswer("new", "A new sentence.", function))
    assert any("'new'" in problem and words in problem for problem in problems(small))


def judged(reference, function):
    verdict = reference.judge(function)
    return verdict.all_right, verdict.mistake or None


def test_a_bench_names_the_mistake_on_inputs_that_are_in_no_file(small):
    task = small.task("scale")
    reference = ReferenceAnswers(task, list(task.draw("ada", 99)))
    assert judged(reference, lambda x, factor: factor * x) == (True, None)
    assert judged(reference, lambda x, factor: factor + x) == (False, "adds")
    assert judged(reference, lambda x, factor: x) == (False, None)
    assert judged(reference, lambda x, factor: None) == (False, None)


def test_wrong_answers_are_computed_only_for_an_answer_that_failed(small):
    task, calls = small.task("scale"), []
    task.wrongs.append(WrongAnswer("counts", "", lambda x, factor: calls.append(1)))
    reference = ReferenceAnswers(task, list(task.draw("ada", 99)))
    assert judged(reference, task.reference) == (True, None)
    assert calls == []
    assert judged(reference, lambda x, factor: x + factor) == (False, "adds")
    assert len(calls) == 1  # it is no such mistake on the first failed case
    assert judged(reference, lambda x, factor: None) == (False, "counts")
    assert len(calls) == len(reference.cases)


def test_amplification_of_a_sum_that_cancels(small, rng):
    task = small.task("scale")
    task.reference = lambda x, factor: x[0] - x[1]
    measured = amplification(task, rng, (np.array([1.0, 1.001]), 1.0))
    assert 10 < measured < 4000


@pytest.mark.parametrize(
    "leak",
    [
        "answer_of_scale = x * factor",
        "answer_of_scale  =  x*factor",
        "return [float(value) * factor for value in x]",
        "if True: return [float(value) * factor for value in x]",
    ],
)
def test_a_leaked_line_is_found_whatever_its_spaces(small, leak):
    kit = build_notebook(small) + write_cases(public_cases(small))
    assert leaked_lines(small, kit) == []
    assert len(leaked_lines(small, kit + json.dumps(leak))) == 1

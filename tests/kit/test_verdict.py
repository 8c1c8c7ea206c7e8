"""What the cases of a task say, before anything is worded."""

import pytest

from course_tools.answers.compare import Close
from course_tools.answers.outcome import Outcome
from course_tools.kit.diagnose import outcome_print
from course_tools.kit.verdict import judge

CLOSE = Close(condition=100)
EXPECTED = [1.5, 2.5, 3.5]


def judged(*outcomes, **mistakes):
    prints = {
        name: [outcome_print(value, CLOSE) for value in values].__getitem__
        for name, values in mistakes.items()
    }
    return judge(CLOSE, EXPECTED, outcomes, prints)


def values(*numbers):
    return [Outcome("value", number) for number in numbers]


def test_all_right():
    verdict = judged(*values(1.5, 2.5, 3.5))
    assert (verdict.all_right, verdict.passed, verdict.mistake) == (True, 3, "")
    assert (verdict.difference, verdict.no_value) == (None, None)


def test_the_first_difference_and_the_mistake():
    verdict = judged(*values(1.5, -2.5, -3.5), sign=[-1.5, -2.5, -3.5])
    assert (verdict.all_right, verdict.passed, verdict.first) == (False, 1, 1)
    assert verdict.mistake == "sign"
    assert verdict.difference.texts == ("2.5", "-2.5")


def test_an_exception_is_judged_and_may_be_a_known_mistake():
    raised = Outcome("error", error="IndexError", text="IndexError: no")
    verdict = judged(raised, *values(2.5), raised, index=[IndexError(), 0.0, IndexError()])
    assert (verdict.first, verdict.no_value, verdict.mistake) == (0, raised, "index")
    assert verdict.difference is None


@pytest.mark.parametrize("cause", ["slow", "crashed"])
def test_what_ends_early_is_not_right_and_has_no_name(cause):
    verdict = judged(*values(1.5), Outcome(cause), known=[1.5, 0.0, 0.0])
    assert (verdict.all_right, verdict.passed, verdict.n_cases) == (False, 1, 3)
    assert (verdict.no_value.cause, verdict.mistake, verdict.first) == (cause, "", 1)


def test_outcomes_that_are_missing_are_not_right():
    verdict = judged(*values(1.5, 2.5))
    assert (verdict.all_right, verdict.passed, verdict.n_cases) == (False, 2, 3)


def test_the_arguments_that_a_call_changed():
    outcomes = [Outcome("value", 1.5), Outcome("value", 2.5, mutated=("x",)), Outcome("value", 3.5)]
    assert judged(*outcomes).mutated == ("x",)

"""What comes out of the sandbox becomes points, a cause and words, and nothing hidden gets out."""

import numpy as np
import pytest
from small_set import SMALL

from course_tools.answers.outcome import Line, Outcome
from course_tools.exercises.source import load, write_set
from course_tools.gradebook.models import Work
from course_tools.gradebook.settings import Settings
from course_tools.grading.judge import Judge, JudgeConfig, config_for, imports_of, judge_task
from course_tools.sandbox.levels import choose

RIGHT = "def scale(x, factor):\n    return x * factor\n"


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    config = JudgeConfig("small", SMALL, isolation=choose(), preload=("numpy",))
    with Judge(config) as judge:
        yield judge


@pytest.fixture
def scale(tmp_path):
    return load(write_set(tmp_path / "small", SMALL)).task("scale")


def grade(judge, *cells, student="ada", seed=1):
    graded = judge.grade(Work(student, cells, {"scale": "key"}, seed))
    return graded, graded.results[0]


def test_a_right_answer_gets_its_points(judge):
    _, result = grade(judge, "import numpy as np", RIGHT)
    assert (result.cause, result.points, result.maximum) == ("right", 2, 2)
    assert (result.passed, result.cases, result.feedback) == (7, 7, ())


def test_a_known_mistake_is_named_and_shown_on_a_public_case(judge):
    _, result = grade(judge, RIGHT.replace("*", "+"))
    assert (result.cause, result.points, result.mistake) == ("wrong", 0, "adds")
    assert Line("looks like", "You add the factor; multiply by it.") in result.feedback
    assert Line("case", "1 of 5: x = [1, 2], factor = 3") in result.feedback
    assert str(result.feedback).count("You add the factor") == 1


@pytest.mark.parametrize(
    ("cell", "cause", "told"),
    [
        ("pass", "missing", "No function scale was found"),
        ("def scale(x, factor): ...", "not started", ""),
        ("def scale(x, factor):\n    return x / 0 + y", "error", "name 'y' is not defined"),
        ("def scale(x, factor):\n    return object()", "unserializable", "cannot be judged"),
        ("def scale(x, factor):\n    while True: pass", "slow", "still running"),
        ("import os\ndef scale(x, factor):\n    os._exit(0)", "crashed", ""),
        ("def scale(x, factor):\n    return x.astype('float16') * factor", "wrong", "float64"),
        ("def scale(x, factor):\n    return x * float('nan')", "wrong", "NaN"),
        ("def scale(x):\n    return x", "error", "must be called with (x, factor)"),
    ],
)
def test_every_failure_has_its_cause_and_a_word_of_help(judge, cell, cause, told, monkeypatch):
    if cause == "slow":
        monkeypatch.setattr(judge.exercises.task("scale"), "seconds", 0.3)
        monkeypatch.setattr(judge, "_public", {})
    _, result = grade(judge, cell)
    assert (result.cause, result.points) == (cause, 0)
    assert told in str(result.feedback)


def test_a_cell_that_fails_is_reported_and_costs_only_itself(judge):
    graded, result = grade(judge, "import numpy as np", "1/0", RIGHT)
    assert result.cause == "right"
    assert graded.cell_failures == (
        "code cell 2: ZeroDivisionError: division by zero (line 1 of its cell, `1/0`)",
    )


def test_nothing_of_hidden_inputs_reaches_the_student(judge, scale):
    """Neither by a message, nor by a name, nor by what is kept for the public cases."""
    spill = """
seen = []
def scale(x, factor):
    seen.append(repr(x.tolist()))
    if len(seen) > 1:
        raise type(seen[0], (Exception,), {})(" ".join(seen))
    return seen
"""
    graded, result = grade(judge, spill)
    hidden = [f"{number:.4g}"[:6] for x, _ in scale.draw("ada", 1) for number in x]
    told = str(result.feedback) + "".join(graded.cell_failures)
    assert result.cause != "right"
    assert not any(number in told for number in hidden)
    assert any(number in result.detail for number in hidden)  # so the spill was real


def test_an_answer_that_is_right_on_public_cases_only_is_told_so(judge):
    table = "def scale(x, factor):\n    return x * factor if len(x) == 2 or abs(x[0]) > 9 else x\n"
    public = """
import numpy as np
def scale(x, factor):
    return {4: x * factor}.get(len(repr(x)) and 4) if calls() else x[:1]
count = []
def calls():
    count.append(1)
    return len(count) % 6
"""
    _, result = grade(judge, public)
    assert result.cause == "wrong"
    assert result.passed == 6
    assert "All public cases pass; on hidden ones the shape of the result is wrong." in (
        str(result.feedback)
    )
    assert grade(judge, table)[1].cause == "wrong"


def test_two_gradings_with_one_seed_agree_and_students_get_their_own_inputs(judge, scale):
    first, again = grade(judge, RIGHT.replace("*", "+")), grade(judge, RIGHT.replace("*", "+"))
    assert first[1] == again[1]
    mine, yours = (next(scale.draw(student, 1)) for student in ("ada", "alan"))
    assert not np.array_equal(mine[0], yours[0])


def test_answers_out_of_turn_or_missing_are_no_crash(scale):
    inputs = tuple(scale.draw("ada", 1))
    right = [Outcome("value", value=x * factor) for x, factor in inputs]
    assert judge_task(scale, inputs, tuple(right)).cause == "right"
    assert judge_task(scale, inputs, tuple(right[:3])).cause == "protocol"
    assert judge_task(scale, inputs, (Outcome("nonsense"),) * 6).cause == "protocol"
    slow = judge_task(scale, inputs, (*right[:2], Outcome("slow")))
    assert (slow.cause, slow.verdict.passed, slow.verdict.n_cases) == ("slow", 2, 6)


def test_a_spec_that_fails_is_not_the_students_fault(scale, monkeypatch):
    inputs = tuple(scale.draw("ada", 1))
    monkeypatch.setattr(scale, "reference", lambda x, factor: 1 / 0)
    verdict = judge_task(scale, inputs, tuple(Outcome("value", value=1.0) for _ in inputs))
    assert verdict.cause == "grader"
    assert "ZeroDivisionError" in verdict.detail


def test_what_the_notebook_imports_is_preloaded(judge):
    assert imports_of(judge.exercises) == ("numpy",)


def test_torch_is_preloaded_unless_the_settings_name_other_packages(tmp_path):
    path = write_set(tmp_path / "small", SMALL)
    for settings, preload in (
        (Settings(), ("numpy", "torch")),
        (Settings(preload=("numpy",)), ("numpy",)),
        (Settings(preload=("scipy.linalg",)), ("numpy", "scipy.linalg")),
    ):
        assert config_for(load(path), settings, "none").preload == preload

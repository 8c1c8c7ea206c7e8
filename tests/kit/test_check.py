"""What ``check`` says to everything that a student's function may do."""

import contextlib
import signal
import sys
import threading
import time

import numpy as np
import pytest
import torch

from course_lib.foundations import softmax as nearest_answer
from course_lib.foundations.softmax import softmax
from course_tools.exercises.release import public_cases
from course_tools.kit.check import Checker, checker


@pytest.fixture
def check(small):
    return Checker(public_cases(small))


@pytest.fixture
def impatient(check):
    """What never ends shall end soon; nothing else has to be quick."""
    check.tasks["scale"]["seconds"] = 0.3
    return check


def says(report, verdict, *words):
    """The verdict, the words somewhere in the answer, and never more than six lines."""
    assert report.verdict == verdict, report
    text = str(report)
    assert all(word in text for word in words), text
    assert 1 <= len(text.splitlines()) <= 6
    assert "assert" not in text.lower()
    return text


def test_a_right_answer(check):
    says(check("scale", {"scale": lambda x, factor: x * factor}), "right", "5 public cases", "2")


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, factor: torch.from_numpy(x) * factor,
        lambda x, factor: torch.from_numpy(x).requires_grad_() * factor,
        lambda x, factor: list(x * factor),
        lambda x, factor, extra=1: x * factor * extra,
        lambda *arguments: arguments[0] * arguments[1],
    ],
    ids=["tensor", "tensor with gradient", "list", "more parameters", "star"],
)
def test_right_in_another_dress(check, answer):
    says(check("scale", {"scale": answer}), "right")


def test_a_known_mistake_is_named(check):
    says(
        check("scale", {"scale": lambda x, factor: x + factor}),
        "wrong",
        "case        1 of 5: x = [1, 2], factor = 3",
        "expected    at [0]: 3",
        "what came   at [0]: 4",
        "looks like  You add the factor",
    )


def test_right_on_one_case_is_not_right(check):
    def scale(x, factor):
        return x * 3

    says(check("scale", {"scale": scale}), "wrong", "1 of 5 public cases", "2 of 5: x = ")


def test_an_unknown_mistake_gets_a_hint(check):
    says(check("scale", {"scale": lambda x, factor: 2.5 * x * factor}), "wrong", "2.5 times")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, factor: None if factor else x, ["returns None", "`return`"]),
        (lambda x, factor: (x * factor)[:, None], ["shape (2,)", "shape (2, 1)"]),
        (lambda x, factor: x.astype(np.float32) * np.float32(factor), ["float64", "float32"]),
        (lambda x, factor: x * np.nan, ["nan", "NaN"]),
        (lambda x, factor: "text", ["an array", "a string"]),
        (lambda x, factor: [[1.0], [1.0, 2.0]], ["an array", "a list"]),
    ],
    ids=["None", "shape", "float32", "NaN", "string", "ragged"],
)
def test_the_wrong_kind_of_thing(check, answer, words):
    says(check("scale", {"scale": answer}), "wrong", *words)


def test_an_exception_is_told_with_the_students_own_line(check):
    def scale(x, factor):
        wanted = np.zeros((4, 4)) @ x
        return wanted

    text = says(check("scale", {"scale": scale}), "error", "ValueError", "`wanted = np.zeros")
    assert "Traceback" not in text
    assert "course_lib" not in text


def test_the_line_is_the_students_even_when_a_library_raised(check):
    def scale(x, factor):
        return np.linalg.inv(np.zeros((2, 2)))

    says(check("scale", {"scale": scale}), "error", "LinAlgError", "`return np.linalg.inv")


def forever(x, factor):
    while True:
        pass


def catches_exceptions(x, factor):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def catches_everything(x, factor):
    while True:
        try:
            while True:
                factor += 1
        except BaseException:
            factor = 0


def exits(x, factor):
    raise SystemExit(3)


def recurs(x, factor):
    return recurs(x, factor)


def raises_keyboard_interrupt(x, factor):
    raise KeyboardInterrupt


class Unfriendly(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")


def unfriendly(x, factor):
    raise Unfriendly


def patches_numpy(x, factor):
    return type("Fake", (np.ndarray,), {"__eq__": lambda a, b: True})(2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (forever, "0.3 seconds"),
        (catches_exceptions, "loop that never ends"),
        (catches_everything, "loop that never ends"),
    ],
)
def test_what_never_ends_is_stopped(impatient, answer, words):
    says(impatient("scale", {"scale": answer}), "slow", words)


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        (exits, "error", "SystemExit"),
        (recurs, "error", "RecursionError"),
        (raises_keyboard_interrupt, "interrupted", "interrupted"),
        (unfriendly, "error", "Unfriendly"),
        (patches_numpy, "error", "type Fake"),
        (lambda x: x, "error", "must be called with (x, factor)"),
        (lambda x, factor: (i for i in x), "error", "type generator"),
        (lambda x, factor: {1, 2}, "error", "type set"),
        (lambda x, factor: np.array([object()]), "error", "dtype object"),
        (np.linalg.norm, "wrong", "a number"),
        (print, "wrong", "None"),
        (int, "error", "TypeError"),
    ],
    ids=lambda x: getattr(x, "__name__", None),
)
def test_nothing_gets_out(check, answer, verdict, words):
    says(check("scale", {"scale": answer}), verdict, words)


def test_an_alarm_leaves_no_trace(impatient):
    before = signal.getsignal(signal.SIGALRM)
    trace = sys.gettrace()
    impatient("scale", {"scale": catches_everything})
    assert sys.gettrace() is trace
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_outside_the_main_thread_a_call_still_works(check):
    reports = []

    def work():
        reports.append(check("scale", {"scale": lambda x, factor: x * factor}))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert reports[0].passed


def test_a_changed_argument_is_told_and_harms_nobody(check):
    def scale(x, factor):
        x *= factor
        return x

    for _ in range(2):
        says(check("scale", {"scale": scale}), "right", "changes its argument `x`", "x.copy()")


def test_a_closed_module_is_named(check):
    def by_module(x, factor):
        return x * factor + 0 * nearest_answer.softmax(x)

    def by_function(x, factor):
        return x * factor + 0 * softmax(x)

    def by_import(x, factor):
        from course_lib.foundations.softmax import softmax as inner

        return x * factor + 0 * inner(x)

    for answer in (by_module, by_function, by_import):
        says(check("scale", {"scale": answer}), "right", "closed while this task is graded")


def test_a_stub_is_not_started(check):
    def scale(x, factor):
        """Multiply."""
        ...

    assert str(check("scale", {"scale": scale})) == "○ scale: not started"


def test_a_missing_function(check):
    says(check("scale", {}), "missing", "Run the cell")
    says(check("scale", {"scael": lambda x: x}), "missing", "Did you mean `scael`?")
    says(check("scale", {"scale": np.ones(2)}), "missing", "[1, 1], not a function")


def test_a_missing_task(check):
    says(check("scael", {}), "missing", "Did you mean `scale`?")
    says(check("zzz", {}), "missing", "The tasks are: scale.")


def test_names_are_those_of_the_caller(check):
    def scale(x, factor):
        return x * factor

    assert check("scale").passed
    assert check.all().earned == 2
    assert scale(1, 1) == 1


def test_the_overview_counts(check):
    overview = check.all({"scale": lambda x, factor: x})
    assert "0 of 1 tasks right" in str(overview)
    assert "<th scope" in overview._repr_html_()


def test_hostile_text_is_escaped(check):
    def scale(x, factor):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check("scale", {"scale": scale})._repr_html_()


def test_missing_cases_say_where_to_put_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="same folder as the notebook"):
        checker("recurrence", tmp_path)


def test_without_a_name_or_with_something_else_the_answer_is_a_sentence(check):
    for asked in ((), (3,), (lambda x, factor: x,), (None,)):
        says(check(*asked, names={}), "missing", 'as in check("scale")', "The tasks are: scale.")


def test_the_function_itself_will_do(check):
    def scale(x, factor):
        return x + factor

    says(check(scale), "wrong", "You add the factor")


def test_arguments_in_another_order_are_seen_by_their_names(check):
    def scale(factor, x):
        return x + 0 * factor

    order = "takes (factor, x); the task calls it with (x, factor)"
    says(check("scale", {"scale": scale}), "wrong", order)
    assert "takes" not in str(check("scale", {"scale": lambda a, b: b}))
    assert "takes" not in str(check("scale", {"scale": lambda factor, x: x * factor}))


def test_the_first_failed_input_can_be_looked_at(check):
    report = check("scale", {"scale": lambda x, factor: x})
    x, factor = report.inputs
    assert (x.tolist(), factor) == ([1, 2], 3)
    assert check("scale", {"scale": lambda x, factor: x * factor}).inputs == ()


def test_after_a_syntax_error_the_old_function_is_not_judged_in_silence(check):
    names = {"scale": lambda x, factor: x * factor}
    broken = "x = 1\ndef scale(x, factor):\n    return x *\n"
    newest = ["", "def scale(x, factor): return 1", broken, 'check("scale")']
    words = "last cell that defines scale has a SyntaxError in its line 3 and did not run"
    says(check("scale", names | {"In": newest}), "right", words)
    assert "SyntaxError" not in str(check("scale", names | {"In": newest[:2]}))
    magic = ["", "%%time\ndef scale(x, factor): return 1"]
    assert "SyntaxError" not in str(check("scale", names | {"In": magic}))


def test_a_hint_looks_at_the_part_that_differs(check):
    task = check.tasks["scale"]
    task["returns"] = ("first", "second")
    task["mistakes"] = []
    for case in task["cases"]:
        case["expected"] = (case["inputs"][1], case["expected"])
    answer = lambda x, factor: (factor, -x * factor)  # noqa: E731
    says(check("scale", {"scale": answer}), "wrong", "In second: Every number has the wrong sign")

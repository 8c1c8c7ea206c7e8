import numpy as np
import pytest

from course_tools.answers.outcome import Outcome
from course_tools.answers.values import Malformed, pack
from course_tools.sandbox.replies import case_reply, cell_reply
from course_tools.sandbox.requests import Request

ASKED = Request("f", ((1, 2),), arguments=("x", "y"))
GOOD = [7, 0, "value", 3, "", "", [], []]


def test_a_good_reply_becomes_an_outcome():
    frame = pack([7, 0, "value", np.ones(2), "", "", ["y"], ["a.b"]])
    outcome, touched = case_reply(frame, 7, 0, ASKED)
    assert outcome.value.tolist() == [1, 1]
    assert (outcome.cause, outcome.mutated, touched) == ("value", ("y",), {"a.b"})


def test_an_error_brings_no_value_and_a_name_that_python_knows():
    for error, kept in [("ValueError", "ValueError"), ("print", "Exception"), ("Own", "Exception")]:
        frame = pack([7, 0, "error", 3, error, "a\nb\x1c " + "c" * 999, ["x"], []])
        outcome, _ = case_reply(frame, 7, 0, ASKED)
        assert (outcome.error, outcome.value, outcome.mutated) == (kept, None, ())
        assert outcome.text.startswith("a b ccc")
        assert len(outcome.text) <= 300


def test_arguments_that_nobody_passed_were_not_changed():
    frame = pack([7, 0, "value", 3, "", "", ["z", "x"], []])
    assert case_reply(frame, 7, 0, ASKED)[0] == Outcome("value", 3, mutated=("x",))


BAD = [(place, value) for place in (0, 1, 2, 4, 5, 6, 7) for value in (None, {"a": 1}, 1.0)]
BAD += [(0, 6), (0, True), (1, 1), (1, -1), (2, "right"), (2, "slow"), (2, "grader"), (2, [])]
BAD += [(4, 1), (5, 1), (6, "x"), (6, [1]), (7, [["a"]]), (7, ["a"] * 101)]


@pytest.mark.parametrize(("place", "value"), BAD, ids=str)
def test_anything_else_is_malformed(place, value):
    parts = GOOD.copy()
    parts[place] = value
    with pytest.raises(Malformed):
        case_reply(pack(parts), 7, 0, ASKED)


@pytest.mark.parametrize("frame", [b"", b"x", pack(1), pack(tuple(GOOD)), pack(GOOD[:-1])])
def test_frames_that_are_none(frame):
    with pytest.raises(Malformed):
        case_reply(frame, 7, 0, ASKED)
    with pytest.raises(Malformed):
        cell_reply(frame, 7)


def test_cells_answer_in_their_order():
    assert cell_reply(pack([3, "error", "no\nway", ["m"]]), 3) == ("error", "no way", {"m"})
    for parts in ([2, "value", "", []], [3, "slow", "", []], [3, "value", 1, []]):
        with pytest.raises(Malformed):
            cell_reply(pack(parts), 3)

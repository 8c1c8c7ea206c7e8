import numpy as np
import pytest

from course_tools.answers.values import unpack
from course_tools.sandbox.child import OWN, _Answers
from course_tools.sandbox.import_blocker import Blocked, ImportBlocker


@pytest.fixture
def sent():
    return []


@pytest.fixture
def answers(sent):
    """The child's answering side, its frames collected instead of sent."""
    side = _Answers(-1, {"__name__": "__main__"}, ImportBlocker({}), ("/library",))
    side.send = lambda frame: sent.append(unpack(frame))
    return side


def request(function: str, *inputs: tuple, call: str = "plain") -> dict:
    return {
        "nonce": 9,
        "function": function,
        "inputs": list(inputs),
        "call": call,
        "arguments": ["x"],
    }


def test_cells_and_calls_are_answered_in_order(answers, sent):
    answers.run_cell(4, "def f(x):\n    return x + 1")
    answers.run_cell(5, "f(None)")
    answers.answer(request("f", (1,), (np.ones(1),), ("a",)))
    assert sent[0] == [4, "value", "", []]
    assert sent[1][:2] == [5, "error"]
    assert "line 2 of its cell, `return x + 1`" in sent[1][2]
    assert sent[2] == [9, 0, "value", 2, "", "", [], []]
    assert sent[3][3].tolist() == [2.0]
    assert sent[4][:2] == [9, 2]
    assert (sent[4][2], sent[4][4]) == ("error", "TypeError")


def test_modules_that_the_cells_used_are_sent_with_the_cells_only(answers, sent):
    answers.blocker.touched.add("course_lib.sequences.heads")
    answers.run_cell(1, "def f(x): return x")
    answers.answer(request("f", (1,)))
    assert sent[0][-1] == ["course_lib.sequences.heads"]
    assert sent[1][-1] == []


class Rude(Exception):
    """An exception that answers every question with another exception."""

    def __str__(self):
        raise KeyboardInterrupt

    __repr__ = __str__

    @property
    def __class__(self):
        raise SystemExit


CAUSES = {
    "error": (ValueError("x"), "ValueError", "ValueError: x"),
    "nearest": (np.linalg.LinAlgError("x"), "ValueError", "LinAlgError: x"),
    "rude": (Rude(), "Exception", "Exception"),
    "blocked": (Blocked("x"), "ImportError", "ImportError: x"),
    "memory": (MemoryError(), "MemoryError", "MemoryError"),
    "torch": (RuntimeError("can't allocate memory: 9 bytes"), "MemoryError", "memory"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_an_exception_is_explained_whatever_it_does(answers, name):
    error, kind, words = CAUSES[name]
    cause, name_sent, text = answers.explain(error)
    expected = {"blocked": "closed", "memory": "memory", "torch": "memory"}.get(name, "error")
    assert (cause, name_sent) == (expected, kind)
    assert words in text


def test_a_long_text_is_cut(answers):
    assert len(answers.explain(ValueError("word " * 1000))[2]) <= 300


def test_what_students_must_not_find_among_the_modules():
    assert {"course_tools", "course_tools.answers.values", "course_tools.sandbox.child"} <= {
        *OWN,
        "course_tools.sandbox.child",
    }

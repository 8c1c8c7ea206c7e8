import importlib
import sys

import numpy as np
import pytest

from course_tools.sandbox.import_blocker import CHECK, Blocked, ImportBlocker, install, sentence_for

NAME = "course_lib.recurrent.never_written"


@pytest.fixture
def blocker(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    yield install({NAME: "it is blocked"})
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_an_import_is_no_use(blocker):
    module = importlib.import_module(NAME)
    assert callable(module.anything)
    assert blocker.touched == set()


USES = {
    "call": lambda thing: thing(1),
    "attribute": lambda thing: thing.shape,
    "set": lambda thing: setattr(thing, "x", 1),
    "item": lambda thing: thing[0],
    "left": lambda thing: thing + 1,
    "right": lambda thing: 1 @ thing,
    "array": lambda thing: np.ones(2) * thing,
    "numpy": lambda thing: np.asarray(thing),
    "truth": bool,
    "equal": lambda thing: thing == 1,
    "print": print,
    "format": lambda thing: f"{thing:>3}",
    "loop": list,
    "unpack": lambda thing: [*thing],
    "subclass": lambda thing: exec("class Own(t): pass", {"t": thing}),
    "isinstance": lambda thing: isinstance(1, thing),
    "with": lambda thing: exec("with t: pass", {"t": thing}),
    "key": lambda thing: {thing: 1},
}


@pytest.mark.parametrize("use", USES)
def test_any_use_is_refused_and_noted(blocker, use):
    thing = importlib.import_module(NAME).anything
    with pytest.raises(Blocked, match="it is blocked") as caught:
        USES[use](thing)
    assert caught.value.name == NAME
    assert isinstance(caught.value, ImportError)
    assert blocker.touched == {NAME}


def test_a_star_import_gives_nothing_and_is_noted(blocker):
    names = {}
    exec(f"from {NAME} import *", names)
    assert set(names) == {"__builtins__"}
    assert blocker.touched == {NAME}


def test_other_modules_are_found_where_they_always_are(blocker):
    assert ImportBlocker({}).find_spec("course_lib.sequences.heads") is None
    assert importlib.import_module("course_lib.sequences.heads").last_state


def test_the_check_does_nothing_whatever_it_is_asked(blocker, monkeypatch):
    monkeypatch.delitem(sys.modules, CHECK, raising=False)
    checker = importlib.import_module(CHECK).checker
    check = checker("recurrence")
    assert check("masked_mean").passed
    assert check.all() is check


def test_a_sentence_names_all_tasks():
    assert sentence_for("a.b", ["f", "g"]).endswith("is blocked while f and g are graded")

import functools
import signal

import numpy as np
import pytest

from course_tools.kit.attempt import (
    TimeIsUp,
    attempt,
    cannot_take,
    changed_arguments,
    closed_modules,
    last_useful_line,
    never_started,
    time_limit,
)


def forever(x):
    while True:
        pass


def test_an_outcome_holds_plain_values_that_nobody_else_holds():
    kept = []

    def hoards(x):
        kept.append(x)
        return x

    outcome = attempt(hoards, (np.ones(2),), ["x"])
    kept[0][:] = 7
    assert outcome.value.tolist() == [1, 1]
    assert outcome.mutated == ()


def test_a_changed_argument_is_named_and_the_input_stays():
    def clears(x, y):
        y[:] = 0
        return x

    x, y = np.ones(2), np.ones(2)
    assert attempt(clears, (x, y), ["x", "y"]).mutated == ("y",)
    assert y.tolist() == [1, 1]


def test_an_endless_loop_is_stopped():
    assert attempt(forever, (1,), ["x"], seconds=0.2).cause == "slow"


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_where_there_is_no_alarm_the_interrupt_stops_a_loop(monkeypatch, handler):
    """Also in a process that was started in the background, with interrupts ignored."""
    monkeypatch.delattr(signal, "setitimer")
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(TimeIsUp), time_limit(0.2):
            forever(0)
        assert signal.getsignal(signal.SIGINT) == handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_block_in_time_is_left_alone():
    with time_limit(5):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_time_is_not_an_ordinary_exception():
    assert not issubclass(TimeIsUp, Exception)


def test_the_last_useful_line_is_the_students():
    with pytest.raises(np.linalg.LinAlgError) as caught:
        np.linalg.inv(np.zeros((2, 2)))
    assert "`np.linalg.inv(np.zeros((2, 2)))`" in last_useful_line(caught.value)
    assert last_useful_line(ValueError("x" * 999)).endswith("...")


def test_only_an_untouched_function_counts_as_not_started():
    def touched(x):
        """Has a body."""
        return None if x else x

    def untouched(x):
        """Has none."""
        ...

    assert never_started(untouched)
    assert not never_started(touched)
    assert not never_started(np.linalg.norm)
    assert not never_started(print)
    assert not never_started(lambda: 0)  # idle, and yet an answer


@pytest.mark.parametrize(
    ("function", "fits"),
    [
        (lambda x, y: None, True),
        (lambda x: None, False),
        (lambda x, y, z: None, False),
        (lambda x, y, z=1: None, True),
        (lambda *x: None, True),
        (lambda x, y, *, z: None, False),
        (lambda x, y, *, z=1: None, True),
        (functools.wraps(lambda x: None)(lambda x, y: None), False),
        (functools.partial(lambda x, y, z: None, 1), True),
        (np.add, True),
    ],
)
def test_whether_a_function_takes_two_inputs(function, fits):
    assert (cannot_take(function, (1, 2), ["x", "y"]) == "") == fits


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (np.zeros(2), np.zeros(2), ()),
        (np.zeros(2), -np.zeros(2), ()),  # other bytes, the same numbers
        (np.array([np.nan]), np.array([np.nan]), ()),
        (np.zeros(2), np.array([0, 1e-300]), ("x",)),
        ([1, [2]], [1, [2, 3]], ("x",)),
        ({"a": 1}, {}, ("x",)),
        ([1], [object], ("x",)),
        ("word", "word", ()),
    ],
)
def test_which_arguments_are_changed(before, after, changed):
    assert changed_arguments((before,), (after,), ["x"]) == changed


def test_functions_without_code_use_no_closed_module():
    assert closed_modules(print, ["course_lib.sequences.heads"]) == []

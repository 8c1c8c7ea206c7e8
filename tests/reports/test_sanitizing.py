"""What strangers wrote, made plain; numbers and times in words."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from course_tools.answers.outcome import Line
from course_tools.gradebook.models import TaskResult
from course_tools.reports.sanitizing import (
    JOINERS,
    feedback_lines,
    moment,
    number,
    outcome,
    sanitize,
    sanitize_lines,
)


@given(st.text(alphabet=st.characters(), max_size=80), st.integers(2, 40))
def test_a_tame_text_is_one_short_line_that_can_be_written(text, limit):
    came = sanitize(text, limit)
    assert len(came) <= limit
    assert len(came.splitlines()) <= 1
    came.encode("utf-8")
    kinds = {unicodedata.category(letter) for letter in came if letter not in JOINERS}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_escape_codes_of_terminals_leave_nothing_behind():
    assert sanitize("\x1b[2J\x1b[1;31mred\x1b[0m") == "red"
    assert sanitize("\x1b]0;title\x07text") == "text"
    assert sanitize("\x1b]8;;http://evil\x1b\\text") == "text"
    assert sanitize("\x9b31mtext") == "�31mtext"


def test_writing_that_needs_joiners_and_accents_stays():
    for name in ("می\u200cخواهم", "नीतू क्\u200dष", "Ǻsa Đặng", "Zażółć"):
        assert sanitize(name) == unicodedata.normalize("NFC", name)


def test_a_tower_of_accents_is_cut():
    assert len(sanitize("a" + "\u0336" * 50)) <= 5


def test_a_long_text_costs_no_time_and_no_space():
    assert sanitize("W" * 10_000_000) == "W" * 299 + "…"
    assert len(sanitize_lines("line\n" * 1_000_000)) == 13


def test_numbers_have_no_idle_digits():
    assert [number(x) for x in (0, 10, 2.50, 1 / 3, 100.0, 0.001)] == [
        "0", "10", "2.5", "0.33", "100", "0"]  # fmt: skip


def test_a_moment_is_told_in_utc_whatever_its_zone():
    east = timezone(timedelta(hours=2))
    for when in (
        datetime(2026, 1, 2, 3, 4),
        datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        datetime(2026, 1, 2, 5, 4, tzinfo=east),
    ):
        assert moment(when) == "2 January 2026, 03:04 UTC"
    assert moment(None) == ""


def test_the_count_of_hidden_cases_is_said_once():
    lines = (Line("looks like", "a sign\x1b[31m."), Line("note", "work on a copy"))
    result = TaskResult("f", "k", 0.0, 1.0, "wrong", feedback=lines, passed=2, cases=6)
    assert outcome(result) == "a wrong answer; 2 of 6 hidden cases came out right"
    assert feedback_lines(result) == ["looks like: a sign.", "work on a copy"]
    assert outcome(TaskResult("f", "k", 0.0, 1.0, "missing", cases=6)) == (
        "there is no function of that name"
    )
    assert outcome(TaskResult("f", "k", 0.0, 1.0, "slow", passed=3, cases=6)) == (
        "ran too long; 3 of 6 hidden cases came out right"
    )

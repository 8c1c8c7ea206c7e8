"""The class and one student as text: the same words everywhere, colours on terminals only."""

import re
import sys
from dataclasses import replace

import pytest
from classroom import HOSTILE, SECRET, fabricate, hostile
from rich.cells import cell_len
from rich.console import Console

from course_tools.reports.class_statistics import class_statistics
from course_tools.reports.summary import plain, say, show, summary
from course_tools.submissions.models import Person


@pytest.fixture(scope="module")
def grades(recurrence):
    return fabricate(recurrence)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_summary_holds_what_an_instructor_asks_for(grades, recurrence):
    text = flat(plain(summary(grades, recurrence)))
    statistics = class_statistics(grades, recurrence)
    assert text.startswith(f"{recurrence.title} 40 students, 36 graded: {statistics.full} with all")
    assert "nothing was handed in (1)" in text
    assert f"Hardest task: {statistics.hardest.name}" in text
    assert statistics.commonest.sentence in text
    for task in recurrence.tasks:
        assert f" {task.name} " in text
    for cause in ("a wrong answer", "ran too long", "not started", "used too much memory"):
        assert re.search(rf"\d+ {cause}", text)
    assert "student-37 student-37.ipynb: the file cannot be read" in text
    assert SECRET not in text


def test_many_concerns_are_cut_and_counted(grades, recurrence):
    troubled = [replace(grade, sentence="not on the roster") for grade in grades]
    n_concerns = len(class_statistics(troubled, recurrence).concerns)
    assert flat(plain(summary(troubled, recurrence))).endswith(f"and {n_concerns - 15} more")


def test_bars_are_as_long_as_the_counts(grades, recurrence):
    rows = re.findall(r"(?:under|to) [\d.]+ +(\d+)  ?(█*)", plain(summary(grades, recurrence)))
    assert len(rows) == len(class_statistics(grades, recurrence).bins)
    counts = [int(count) for count, _ in rows]
    longest = max(len(bar) for _, bar in rows)
    for count, (_, bar) in zip(counts, rows, strict=True):
        assert len(bar) == pytest.approx(longest * count / max(counts), abs=1)


@pytest.mark.slow
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_width_is_respected_and_nothing_is_invisible(grades, recurrence, width):
    everybody = [*grades, *(hostile(recurrence, text) for text in HOSTILE)]
    shown = [plain(show(grade, recurrence), width) for grade in everybody]
    for text in (plain(summary(everybody, recurrence), width), *shown):
        assert max(map(cell_len, text.splitlines())) <= width
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
        assert not re.search(" $", text, re.M)


def test_a_time_that_is_not_known_is_said_of_the_student_and_counted(grades, recurrence):
    time_unknown = [
        replace(one, handed_in=None, late_hours=0, time_unknown=True) for one in grades[:20]
    ]
    text = flat(plain(summary([*time_unknown, *grades[20:]], recurrence)))
    said = "it is not known when it was handed in; nothing is taken off for lateness"
    assert "time of handing in not known: 20; nothing is taken off for lateness there" in text
    assert said not in text  # twenty times would hide the rest
    assert said in flat(plain(show(time_unknown[0], recurrence)))
    assert "not known" not in flat(plain(summary(grades, recurrence)))
    assert "not known" not in flat(plain(show(grades[0], recurrence)))


def test_an_empty_class_and_one_without_submissions(grades, recurrence):
    assert flat(plain(summary([], recurrence))) == f"{recurrence.title} 0 students, 0 graded"
    text = flat(plain(summary(grades[36:37], recurrence)))
    assert text.endswith("1 student, 0 graded not graded: nothing was handed in (1)")


def test_a_class_of_one(grades, recurrence):
    text = flat(plain(summary(grades[:1], recurrence)))
    assert "1 student, 1 graded" in text
    assert "Scores of 1 submission, of" in text


def test_showing_a_student_tells_everything(grades, recurrence):
    for grade in grades[:36]:
        text = flat(plain(show(grade, recurrence)))
        assert grade.person.id in text
        assert f"score {grade.score:g} of {grade.maximum:g}" in text
        for line in grade.tasks:
            assert f"{line.task} {line.points:g} of {line.maximum:g}" in text
            assert line.result.mistake in text
            assert line.result.detail in text
        for failure in grade.cell_failures:
            assert failure in text
    assert "points set by hand: The idea is right; half of the points." in flat(
        plain(show(grades[6]))
    )


def test_showing_a_student_without_submission_lists_no_tasks(grades, recurrence):
    assert flat(plain(show(grades[36], recurrence))) == (
        "student-36 score 0 of 35 problem nothing was handed in"
    )


def test_text_of_students_is_not_taken_for_markup(grades, recurrence):
    text = "[bold]x[/bold] [/red] :smile: [link=http://x]y[/link]"
    said = flat(plain(show(hostile(recurrence, text), recurrence)))
    assert said.count(text) >= 6
    named = replace(grades[3], person=Person(text), sentence=text)
    assert f"{text[:39]}" in flat(plain(summary([named], recurrence)))


def test_no_escape_codes_unless_on_a_terminal(grades, recurrence, capsys, monkeypatch):
    say(summary(grades, recurrence))
    first = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "133")
    say(summary(grades, recurrence))
    second = capsys.readouterr().out
    assert first == second == plain(summary(grades, recurrence)) + "\n"
    monkeypatch.setattr(Console, "is_terminal", property(lambda self: True))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    say(show(grades[0], recurrence))
    assert "\x1b[1m" in capsys.readouterr().out


def test_a_narrow_encoding_loses_letters_and_not_the_run(grades, recurrence, capfdbinary):
    out = sys.stdout
    try:
        sys.stdout = open(1, "w", encoding="ascii", closefd=False)  # noqa: SIM115
        say(summary(grades, recurrence))
        sys.stdout.close()
    finally:
        sys.stdout = out
    assert b"Hardest task" in capfdbinary.readouterr().out


def test_plain_text_does_not_depend_on_the_environment(grades, recurrence, monkeypatch):
    before = plain(show(grades[2], recurrence))
    for name, value in (("FORCE_COLOR", "1"), ("COLUMNS", "50"), ("TERM", "xterm-256color")):
        monkeypatch.setenv(name, value)
    assert plain(show(grades[2], recurrence)) == before

import pytest

from course_lib.computation import tape_reports as module
from course_lib.computation.tape_reports import tape_reports
from course_lib.computation.turing_machine import TuringMachine


@pytest.mark.parametrize(
    ("table", "report"),
    [
        ({}, "10 -> 2"),
        ({("start", "1"): ("start", "1", "R"), ("start", "0"): ("start", "1", "L")}, "10 -> 3"),
        ({("start", "1"): ("start", "_", "R")}, "10 -> 0"),
        ({("start", "1"): ("start", "x", "R")}, "10 -> not a binary number: 'x0'"),
        ({("start", s): ("start", s, "R") for s in "01_"}, "10 -> still running after 2000 steps"),
        ({("start", "1"): ("start", "1", "up")}, "not a table: delta"),
        ({("start", "1"): ("start", "1")}, "not a table"),
        ({"start": 1}, "not a table"),
        ({("start", 1): ("start", "1", "R")}, "not a table: symbol: expected a string, got int"),
    ],
)
def test_any_table_gets_a_report(table, report):
    assert tape_reports(table, ["10"])[0].startswith(report)


def test_states_may_have_any_name_and_rules_may_be_lists():
    table = {
        ("start", "1"): [1, "1", "R"],
        (1, "0"): [(2, "x"), "1", "R"],
        ((2, "x"), "_"): [[], "0", "L"],
    }
    assert tape_reports(table, ["10"]) == ["10 -> 6"]


def test_what_is_no_table_is_handed_on():
    assert tape_reports(None, ["1"]) is None


@pytest.mark.parametrize(("spare", "runs"), [(0, 1), (-1, 2)])
def test_only_the_reports_of_short_tables_are_remembered(spare, runs, monkeypatch):
    ran = []

    class Counting(TuringMachine):
        def run(self, tape, max_steps):
            ran.append(tape)
            return super().run(tape, max_steps)

    monkeypatch.setattr(module, "TuringMachine", Counting)
    table = {("start", "0"): (f"state {spare}", "1", "R")}
    monkeypatch.setattr(module, "SHORT", len(repr(tuple(table.items()))) + spare)
    for _ in range(2):
        assert tape_reports(table, ["0"]) == ["0 -> 1"]
    assert ran == ["0"] * runs

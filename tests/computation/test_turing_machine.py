"""Turing machines against Python's integers and strings."""

import pytest

from course_lib.computation.turing_machine import Configuration, TuringMachine

INCREMENT = {
    ("right", "0"): ("right", "0", "R"),
    ("right", "1"): ("right", "1", "R"),
    ("right", "_"): ("carry", "_", "L"),
    ("carry", "1"): ("carry", "0", "L"),
    ("carry", "0"): ("done", "1", "L"),
    ("carry", "_"): ("done", "1", "L"),
}
BUSY_BEAVER_3 = {  # Lin and Rado (1965): six ones after 14 steps, the last of them into a halt
    ("A", "0"): ("B", "1", "R"),
    ("A", "1"): ("H", "1", "R"),
    ("B", "0"): ("C", "0", "R"),
    ("B", "1"): ("B", "1", "R"),
    ("C", "0"): ("C", "1", "L"),
    ("C", "1"): ("A", "1", "L"),
}


@pytest.mark.parametrize("number", [*range(70), 2**40 - 1, 2**40])
def test_binary_increment_is_pythons(number):
    run = TuringMachine(INCREMENT, start="right").run(f"{number:b}", max_steps=200)
    assert run.halted
    assert run.tape == f"{number + 1:b}"


def test_an_empty_tape_counts_as_zero():
    assert TuringMachine(INCREMENT, start="right").run("", max_steps=10).tape == "1"


def test_steps_of_the_increment_are_counted_by_hand():
    # 3 to the right over "011" and one more to the blank, back over 1, 1 and onto 0
    run = TuringMachine(INCREMENT, start="right").run("011", max_steps=100)
    assert run.steps == 3 + 1 + 3
    assert run.final == Configuration("done", -1, "", "_100")


def test_busy_beaver():
    run = TuringMachine(BUSY_BEAVER_3, start="A", blank="0").run("", max_steps=1000)
    assert (run.halted, run.steps, run.tape.count("1")) == (True, 14, 6)


def test_a_machine_that_never_halts_uses_up_its_steps():
    for_ever = TuringMachine(
        {("go", "_"): ("back", "_", "R"), ("back", "_"): ("go", "_", "L")}, "go"
    )
    for max_steps in (0, 1, 1000):
        run = for_ever.run("", max_steps)
        assert not run.halted
        assert run.steps == max_steps


def test_a_halt_on_the_very_last_step_counts_as_a_halt():
    machine = TuringMachine(INCREMENT, start="right")
    needed = machine.run("1011", max_steps=100).steps
    assert machine.run("1011", max_steps=needed).halted
    assert not machine.run("1011", max_steps=needed - 1).halted


def test_the_trace_is_the_run_step_by_step():
    machine = TuringMachine(INCREMENT, start="right")
    trace = machine.trace("10", max_steps=100)
    assert trace[0] == Configuration("right", 0, "", "10")
    assert trace[1] == Configuration("right", 1, "1", "0")
    assert trace[-1] == machine.run("10", max_steps=100).final
    assert machine.trace("10", max_steps=2) == trace[:3]
    assert [machine.run("10", max_steps=n).final for n in range(len(trace))] == trace


def test_outer_blanks_do_not_make_a_difference():
    machine = TuringMachine(INCREMENT, start="right")
    assert machine.trace("1__", max_steps=9)[0] == machine.trace("1", max_steps=9)[0]


def test_names_are_listed_in_order():
    machine = TuringMachine(INCREMENT, start="right")
    assert machine.states() == ["right", "carry", "done"]
    assert machine.symbols() == ["_", "0", "1"]


@pytest.mark.parametrize(
    ("delta", "blank", "message"),
    [
        ({("a", "0"): ("a", "0", "up")}, "_", "move: expected one of 'L', 'R', got 'up'"),
        ({("a", "01"): ("a", "0", "R")}, "_", "symbol of one character, got '01'"),
        ({("a", "0"): ("a", "", "R")}, "_", "symbol of one character, got ''"),
        ({}, "blank", "blank: expected a symbol of one character, got 'blank'"),
    ],
)
def test_a_bad_table_is_refused(delta, blank, message):
    with pytest.raises(ValueError, match=message):
        TuringMachine(delta, start="a", blank=blank)


@pytest.mark.parametrize("method", ["run", "trace"])
@pytest.mark.parametrize("max_steps", [-1, 2.5])
def test_no_number_of_steps_is_refused(method, max_steps, bad_input):
    machine = TuringMachine(INCREMENT, start="right")
    with pytest.raises(ValueError, match=f"max_steps: .* 0 or more, got {max_steps}"):
        getattr(machine, method)("1", max_steps)


def test_no_steps_at_all_is_the_start():
    machine = TuringMachine(INCREMENT, start="right")
    start = Configuration("right", 0, "", "10")
    assert machine.trace("10", max_steps=0) == [start]
    assert machine.run("10", max_steps=0) == (False, 0, "10", start)
    assert TuringMachine({}, start="stop").run("10", max_steps=0).halted

"""A recurrent network against the Turing machine that it was built from."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from computation.test_turing_machine import BUSY_BEAVER_3, INCREMENT

from course_lib.computation.turing_machine import Configuration, TuringMachine
from course_lib.computation.turing_network import decode, encode, turing_network

COPY_WITH_BLANKS = {  # writes blanks in the middle of the tape and walks over them again
    ("go", "0"): ("go", "_", "R"),
    ("go", "1"): ("back", "_", "L"),
    ("back", "_"): ("mark", "1", "L"),
    ("mark", "_"): ("mark", "0", "L"),
    ("mark", "0"): ("mark", "_", "R"),
}


@pytest.mark.checks("eq-tape-stack", against="exact arithmetic")
def test_decode_undoes_encode():
    alphabet = ["_", "0", "1"]
    for length in range(6):
        for symbols in map("".join, product(alphabet, repeat=length)):
            q = encode(symbols, alphabet)
            digits = [2 * alphabet.index(s) + 1 for s in symbols]
            assert q == sum(Fraction(d, 8 ** (k + 1)) for k, d in enumerate(digits))
            assert decode(q, alphabet) == symbols


def test_a_digit_beyond_the_alphabet_reads_as_its_last_symbol():
    """No stack has the digit 7 in base 8; rounding may make one."""
    assert decode(Fraction(7, 8), ["_", "0", "1"]) == "1"


@pytest.mark.slow
@pytest.mark.checks(
    "eq-turing-network", "eq-turing-read", "eq-turing-choose", "eq-turing-act",
    "eq-turing-act-left", against="exact arithmetic",
)  # fmt: skip
@pytest.mark.parametrize(
    ("machine", "tapes"),
    [
        (TuringMachine(INCREMENT, "right"), ["", "0", "1", "10", "1011", "111111"]),
        (TuringMachine(BUSY_BEAVER_3, "A", blank="0"), [""]),
        (TuringMachine(COPY_WITH_BLANKS, "go"), ["", "0", "01", "0001", "00100"]),
        (TuringMachine({}, "stop"), ["", "_"]),
    ],
    ids=["increment", "busy-beaver", "blanks", "no-rules"],
)
def test_step_by_step_the_network_is_the_machine(machine, tapes):
    network = turing_network(machine)
    for tape in tapes:
        wanted = [c._replace(head=0) for c in machine.trace(tape, max_steps=30)]
        assert network.trace(tape, max_steps=30) == wanted


@pytest.mark.slow
@pytest.mark.checks("eq-turing-network", against="exact arithmetic")
def test_random_machines(rng):
    for _ in range(6):
        delta = {
            (state, symbol): (
                str(rng.choice(["a", "b", "c"])),
                str(rng.choice(["_", "0", "1"])),
                str(rng.choice(["L", "R"])),
            )
            for state in "ab"
            for symbol in "_01"
        }
        machine = TuringMachine(delta, "a")
        tape = "".join(rng.choice(["_", "0", "1"], size=5))
        wanted = [c._replace(head=0) for c in machine.trace(tape, max_steps=25)]
        assert turing_network(machine).trace(tape, max_steps=25) == wanted


def test_every_weight_and_every_activity_is_rational():
    network = turing_network(TuringMachine(INCREMENT, "right"))
    h = network.load("1011")
    for _ in range(30):
        assert all(isinstance(entry, int | Fraction) for entry in h)
        assert all(0 <= entry <= 1 for entry in h)
        h = network.step(h)
    assert all(isinstance(weight, int | Fraction) for weight in network.W_hh.ravel())


def test_the_units_of_states_add_up_what_is_0_or_1():
    """Larger weights would give the same activities, since a unit does not exceed 1."""
    network = turing_network(TuringMachine(INCREMENT, "right"))
    for row, name in zip(network.W_hh, network.units, strict=True):
        if " state " in name:
            assert set(row) == {0, 1}


def test_the_unit_of_a_rule_has_the_weights_of_the_lesson():
    network = turing_network(TuringMachine(INCREMENT, "right"))
    row = network.units.index(f"choose rule {list(INCREMENT).index(('carry', '0'))}")
    weights = {name: w for name, w in zip(network.units, network.W_hh[row], strict=True) if w}
    assert weights == {"read state carry": 1, "read right from 1": 1, "read right from 2": -1}
    assert network.b_h[row] == -1


def test_the_halted_network_is_silent():
    network = turing_network(TuringMachine(INCREMENT, "right"))
    h = network.load("1")
    for _ in range(4 * (4 + 1)):  # four rules, and one round in which none is found
        h = network.step(h)
    assert not h.any()
    assert network.configuration(h) is None


def test_no_steps_at_all_is_the_start():
    network = turing_network(TuringMachine(INCREMENT, "right"))
    assert network.trace("10", max_steps=0) == [Configuration("right", 0, "", "10")]


def test_a_state_without_its_last_unit_is_no_configuration():
    network = turing_network(TuringMachine(INCREMENT, "right"))
    with pytest.raises(ValueError, match="shorter"):
        network.configuration(network.load("1")[:-1])


@pytest.mark.parametrize("max_steps", [-1, 2.5])
def test_no_number_of_steps_is_refused(max_steps, bad_input):
    network = turing_network(TuringMachine(INCREMENT, "right"))
    with pytest.raises(ValueError, match=f"max_steps: .* 0 or more, got {max_steps}"):
        network.trace("1", max_steps)


def test_the_numbers_of_the_lesson():
    """One rule, (carry, 1) to (carry, 0, left), on the tape 101|1 and a blank, by hand."""
    network = turing_network(TuringMachine(INCREMENT, "right"))
    h = np.zeros_like(network.b_h)
    for name, value in (("state carry", 1), ("left", Fraction(349, 512)), ("right", "41/64")):
        h[network.units.index(f"hold {name}")] = Fraction(value)
    passed = []
    for _ in range(4):
        h = network.step(h)
        passed.append({name: value for name, value in zip(network.units, h, strict=True) if value})
    rule = list(INCREMENT).index(("carry", "1"))
    assert [passed[0][f"read right from {i}"] for i in range(3)] == [1, 1, 1]
    assert passed[1] == {
        f"choose rule {rule}": 1,
        "choose left": Fraction(349, 512),
        "choose left rest": Fraction(29, 64),
        "choose right rest": Fraction(1, 8),
        "choose left top": Fraction(5, 8),
    }
    new = {"left": Fraction(29, 64), "right": Fraction(345, 512)}
    assert passed[2] == {
        f"act left {rule}": new["left"], f"act right {rule}": new["right"], "act state carry": 1
    }  # fmt: skip
    assert passed[3] == {
        "hold state carry": 1, "hold left": new["left"], "hold right": new["right"]
    }  # fmt: skip


def test_a_symbol_that_the_machine_does_not_know_is_refused():
    network = turing_network(TuringMachine(INCREMENT, "right"))
    with pytest.raises(ValueError, match="symbols: expected one of"):
        network.load("12")


@pytest.mark.slow
def test_floating_point_loses_a_long_tape():
    """A tape of n symbols needs 3 n bits, and 53 bits are 17 symbols."""
    machine = TuringMachine(INCREMENT, "right")
    exact, rounded = turing_network(machine), turing_network(machine).astype(np.float64)
    for tape, survives in (("01" * 8, True), ("01" * 15, False)):
        wanted = exact.trace(tape, max_steps=40)
        assert wanted == [c._replace(head=0) for c in machine.trace(tape, max_steps=40)]
        assert (rounded.trace(tape, max_steps=40) == wanted) is survives


def test_without_a_step_there_is_only_the_start():
    network = turing_network(TuringMachine({("go", "1"): ("go", "1", "R")}, "go"))
    assert len(network.trace("11", max_steps=0)) == 1
    with pytest.raises(ValueError, match="max_steps: expected a whole number, 0 or more, got -1"):
        network.trace("11", max_steps=-1)

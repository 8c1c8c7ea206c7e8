"""What a table of rules does to words, whoever wrote the table: one line a word."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from course_lib.computation.turing_machine import Run, TuringMachine

MAX_STEPS = 2000
SHORT = 5000  # letters of a table whose reports are remembered


def tape_reports(table: Any, words: Sequence[str]) -> Any:
    """Run a Turing machine's table on each word and report what the tape then says.

    Args:
        table: maps (state, symbol) to (next state, symbol to write, "L" or "R"), with "start" as
            the first state and "_" as the blank; the other states may have any name.
        words: the inputs.

    Returns:
        For each word the number that the tape holds in binary, or a sentence. What is no
        dictionary comes back as it is.

    >>> table = {("start", "0"): ("done", "1", "R")}
    >>> tape_reports(table, ["0", "1", "00"])
    ['0 -> 1', '1 -> 1', '00 -> 2']
    """
    if not isinstance(table, dict):
        return table
    try:
        for _, symbol in table:  # other things than texts could be chosen to have one hash
            if not isinstance(symbol, str):
                raise TypeError(f"symbol: expected a string, got {type(symbol).__name__}")
        rules = {
            (_state(state), symbol): (_state(after), write, move)
            for (state, symbol), (after, write, move) in table.items()
        }
        machine = TuringMachine(rules, start="start", blank="_")
    except (TypeError, ValueError) as error:
        return [f"not a table: {str(error).splitlines()[0]}"] * len(words)
    listed = tuple(sorted(rules.items()))
    reports = _remembered(listed) if len(repr(listed)) <= SHORT else {}
    for word in words:
        if word not in reports:
            reports[word] = f"{word} -> {_number(machine.run(word, MAX_STEPS))}"
    return [reports[word] for word in words]


@lru_cache(maxsize=100)
def _remembered(rules: tuple) -> dict[str, str]:
    """What a table made of each word so far: in a class the same tables and words come again."""
    return {}


def _state(name: Any) -> str:
    """The name of a state as text; numbers and tuples are allowed too."""
    return name if isinstance(name, str) else repr(name)


def _number(run: Run) -> str:
    if not run.halted:
        return f"still running after {MAX_STEPS} steps"
    if not run.tape or set(run.tape) - {"0", "1"}:
        return f"not a binary number: {run.tape!r}"
    return str(int(run.tape, 2))

"""A Turing machine: a finite table of rules, and a tape without end."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from course_lib.foundations.validate import check_one_of, check_whole


class Rule(NamedTuple):
    """What to do in one situation.

    Attributes:
        state: the state to enter.
        write: the symbol to leave in the scanned cell.
        move: "L" or "R", where the head goes then.
    """

    state: str
    write: str
    move: str


class Configuration(NamedTuple):
    """The state, the head and the tape of a machine between two steps.

    Blanks at the outer ends of the tape are dropped, so that equal
    configurations compare equal.

    Attributes:
        state: the state of the control.
        head: the position of the scanned cell; the input starts at 0.
        left: the cells to the left of the head, in reading order.
        right: the scanned cell and all cells to its right.
    """

    state: str
    head: int
    left: str
    right: str


class Run(NamedTuple):
    """How a run ended.

    Attributes:
        halted: True if no rule was left to apply; False if the steps ran out.
        steps: how many rules were applied.
        tape: what is on the tape, without blank ends. It is the machine's
            answer only if the machine halted.
        final: the last configuration.
    """

    halted: bool
    steps: int
    tape: str
    final: Configuration


class TuringMachine:
    """Read a cell, look the rule up, write, move, enter the next state; repeat.

    The machine halts when the table has no rule for what it sees.

    Args:
        delta: maps (state, scanned symbol) to (next state, symbol to write, "L" or "R").
        start: the state of the first configuration.
        blank: the symbol of every cell that nobody has written.

    Raises:
        ValueError: a symbol is not a single character, or a move is neither "L" nor "R".

    Convention: the head starts on the first symbol of the input and the tape is
    endless on both sides. Source: Turing (1936).

    >>> flip = {("flip", "0"): ("flip", "1", "R"), ("flip", "1"): ("flip", "0", "R")}
    >>> TuringMachine(flip, start="flip", blank="_").run("0110", max_steps=10).tape
    '1001'
    """

    def __init__(
        self,
        delta: Mapping[tuple[str, str], tuple[str, str, str]],
        start: str,
        blank: str = "_",
    ):
        self.delta = {situation: Rule(*rule) for situation, rule in delta.items()}
        self.start = start
        self.blank = blank
        for (_, scanned), rule in self.delta.items():
            _check_symbol("delta", scanned)
            _check_symbol("delta", rule.write)
            check_one_of("delta: move", rule.move, ("L", "R"))
        _check_symbol("blank", blank)

    def configurations(self, tape: str) -> Iterator[Configuration]:
        """Every configuration from the start to the halt: endless if there is no halt.

        Args:
            tape: the input, one character a cell.
        """
        return (self._configuration(*live) for live in self._steps(tape))

    def _steps(self, tape: str) -> Iterator[tuple[str, int, list[str], list[str]]]:
        """State, head, and the tape as two stacks with their tops at the head, which go on."""
        left, right = [], list(reversed(tape))
        state, head = self.start, 0
        while True:
            yield state, head, left, right
            scanned = right.pop() if right else self.blank
            rule = self.delta.get((state, scanned))
            if rule is None:
                right.append(scanned)
                return
            state = rule.state
            if rule.move == "R":
                left.append(rule.write)
                head += 1
            else:
                right.append(rule.write)
                right.append(left.pop() if left else self.blank)
                head -= 1

    def _configuration(
        self, state: str, head: int, left: list[str], right: list[str]
    ) -> Configuration:
        return Configuration(
            state,
            head,
            "".join(left).lstrip(self.blank),
            "".join(reversed(right)).rstrip(self.blank),
        )

    def trace(self, tape: str, max_steps: int) -> list[Configuration]:
        """The configurations of a run, at most ``max_steps + 1`` of them.

        Raises:
            ValueError: ``max_steps`` is negative or not whole.
        """
        check_whole("max_steps", max_steps, 0)
        return list(islice(self.configurations(tape), max_steps + 1))

    def run(self, tape: str, max_steps: int) -> Run:
        """Apply rules until none fits, or until ``max_steps`` of them have been applied.

        Args:
            tape: the input, one character a cell.
            max_steps: apply at most this many rules. No program can tell in
                advance, for every machine, whether a number is large enough.

        Returns:
            How the run ended; ``halted`` says whether the machine stopped by itself.

        Raises:
            ValueError: ``max_steps`` is negative or not whole.

        >>> TuringMachine({("go", "_"): ("go", "_", "R")}, start="go").run("", 1000)[:2]
        (False, 1000)
        """
        check_whole("max_steps", max_steps, 0)
        for steps, live in enumerate(islice(self._steps(tape), max_steps + 1)):  # noqa: B007
            pass
        final = self._configuration(*live)
        scanned = final.right[0] if final.right else self.blank
        halted = (final.state, scanned) not in self.delta
        return Run(halted, steps, (final.left + final.right).strip(self.blank), final)

    def states(self) -> list[str]:
        """Every state that occurs, the start first, then in the order of the table."""
        seen = [self.start]
        for (state, _), rule in self.delta.items():
            seen += [state, rule.state]
        return list(dict.fromkeys(seen))

    def symbols(self) -> list[str]:
        """Every symbol that occurs, the blank first, then in the order of the table."""
        seen = [self.blank]
        for (_, scanned), rule in self.delta.items():
            seen += [scanned, rule.write]
        return list(dict.fromkeys(seen))


def _check_symbol(name: str, symbol: str) -> None:
    if len(symbol) != 1:
        raise ValueError(f"{name}: expected a symbol of one character, got {symbol!r}")

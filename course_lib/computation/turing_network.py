r"""A recurrent network with rational weights that is a given Turing machine.

The tape becomes two stacks with their tops at the head, each a number whose digits
are odd: symbol number ``i`` is the digit ``2i + 1``, the blank is number 0, and an
empty stack reads as blank. The base is a power of two, so that floating point can
follow for a while. One step of the machine takes four
steps of the network, and one block of units after another is active:

- *hold*: one unit per state, and the two stacks;
- *read*: one unit per symbol and stack that says "the top is this symbol or a later
  one", beside a copy of *hold*;
- *choose*: one unit per rule, at most one of which fires, beside both stacks
  without their tops, the left stack, and the left top as a number;
- *act*: per rule its two new stacks, which are 0 unless the rule fired, and the next state.

If no rule fires, the network falls silent: the machine has halted.
"""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped
from numpy import ndarray as Array

from course_lib.computation.cantor_stack import saturate, times
from course_lib.computation.turing_machine import Configuration, TuringMachine
from course_lib.foundations.validate import check_one_of, check_whole

STEPS_PER_RULE = 4


def base_for(alphabet: list[str]) -> int:
    """The smallest power of two with an odd digit for every symbol.

    >>> base_for(["0", "1"]), base_for(["_", "0", "1"])
    (4, 8)
    """
    return 2 * 2 ** (len(alphabet) - 1).bit_length()


def encode(symbols: str, alphabet: list[str]) -> Fraction:
    """Write a stack of symbols, its top first, as one number.

    Implements eq-tape-stack.

    >>> encode("10", ["_", "0", "1"])  # 5/8 + 3/64
    Fraction(43, 64)
    """
    base, q = base_for(alphabet), Fraction(0)
    for symbol in reversed(symbols):
        check_one_of("symbols", symbol, alphabet)
        q = (q + 2 * alphabet.index(symbol) + 1) / base  # eq-tape-stack
    return q


def decode(q: Fraction, alphabet: list[str]) -> str:
    """Read a stack of symbols, its top first; the inverse of ``encode``.

    >>> decode(Fraction(43, 64), ["_", "0", "1"])
    '10'
    """
    base, symbols = base_for(alphabet), ""
    while q > 0:
        digit = int(base * q)
        symbols += alphabet[min(digit // 2, len(alphabet) - 1)]
        q = base * q - digit
    return symbols


class TuringNetwork(NamedTuple):
    """A recurrent network without input, and the names of its units.

    Implements eq-turing-network.

    Attributes:
        W_hh: recurrent weights, exact fractions.
        b_h: biases, whole numbers.
        units: what each unit stands for, in order.
        machine: the machine that the network is.
    """

    W_hh: Shaped[Array, "d_hidden d_hidden"]
    b_h: Shaped[Array, " d_hidden"]
    units: tuple[str, ...]
    machine: TuringMachine

    def astype(self, dtype: Any) -> "TuringNetwork":
        """The same network in floating point, which holds a short tape only."""
        return self._replace(W_hh=self.W_hh.astype(dtype), b_h=self.b_h.astype(dtype))

    def load(self, tape: str) -> Shaped[Array, " d_hidden"]:
        """The state that stands for the machine's first configuration."""
        h = np.zeros_like(self.b_h)
        h[self.units.index(f"hold state {self.machine.start}")] = 1
        h[self.units.index("hold right")] = encode(tape, self.machine.symbols())
        return h

    def step(self, h: Shaped[Array, " d_hidden"]) -> Shaped[Array, " d_hidden"]:
        """One step of the network, a quarter of a step of the machine."""
        return saturate(times(self.W_hh, h) + self.b_h)  # eq-turing-network

    def configuration(self, h: Shaped[Array, " d_hidden"], head: int = 0) -> Configuration | None:
        """What the *hold* block says, or None while it is silent."""
        value = dict(zip(self.units, h, strict=True))
        on = [state for state in self.machine.states() if value[f"hold state {state}"] == 1]
        if not on:
            return None
        left, right = (
            decode(Fraction(value[f"hold {side}"]), self.machine.symbols())
            for side in ("left", "right")
        )
        blank = self.machine.blank
        return Configuration(on[0], head, left[::-1].lstrip(blank), right.rstrip(blank))

    def trace(self, tape: str, max_steps: int) -> list[Configuration]:
        """The configurations that the network passes through, as the machine's ``trace``.

        The network does not know where its head is, only what lies on either side;
        ``head`` is 0 throughout.

        Raises:
            ValueError: ``max_steps`` is negative or not whole, or the tape has a symbol that
                the machine does not know.
        """
        check_whole("max_steps", max_steps, 0)
        h = self.load(tape)
        passed: list[Configuration] = []
        while len(passed) <= max_steps and (now := self.configuration(h)) is not None:
            passed.append(now)
            for _ in range(STEPS_PER_RULE):
                h = self.step(h)
        return passed


def turing_network(machine: TuringMachine) -> TuringNetwork:
    """Write down the weights of a network that is this machine.

    Implements eq-turing-read, eq-turing-choose, eq-turing-act and eq-turing-act-left.

    Source: the idea of Siegelmann and Sontag (1991, 1995). They simulate in real
    time; one step of the machine takes four steps here, which is easier to read.
    """
    states, symbols = machine.states(), machine.symbols()
    base = base_for(symbols)
    weights = _Weights()

    for state in states:
        weights.unit(f"hold state {state}")
    weights.unit("hold left")
    weights.unit("hold right")

    for state in states:
        weights.unit(f"read state {state}", {f"hold state {state}": 1})
    for side in ("left", "right"):
        weights.unit(f"read {side}", {f"hold {side}": 1})
        for i in range(len(symbols)):  # eq-turing-read
            weights.unit(f"read {side} from {i}", {f"hold {side}": base}, bias=-2 * i)

    # The top digit 2i + 1 of a stack, from the units that say "i or later": 1 + 2 + ... + 2.
    digit = {
        side: {f"read {side} from {i}": 1 if i == 0 else 2 for i in range(len(symbols))}
        for side in ("left", "right")
    }
    # The top of the left stack as the digit to push: an empty stack counts as blank, digit 1.
    pushed = {f"read state {state}": 1 for state in states}
    pushed |= {f"read left from {i}": 2 for i in range(1, len(symbols))}

    for number, ((state, scanned), _) in enumerate(machine.delta.items()):  # eq-turing-choose
        i = symbols.index(scanned)
        inputs = {f"read state {state}": 1}
        bias = 0
        if i > 0:
            inputs[f"read right from {i}"] = 1
            bias = -1
        if scanned != symbols[-1]:
            inputs[f"read right from {i + 1}"] = -1
        weights.unit(f"choose rule {number}", inputs, bias)
    weights.unit("choose left", {"read left": 1})
    for side in ("left", "right"):
        rest = {f"read {side}": base} | {name: -d for name, d in digit[side].items()}
        weights.unit(f"choose {side} rest", rest)
    weights.unit("choose left top", {name: Fraction(d, base) for name, d in pushed.items()})

    for number, rule in enumerate(machine.delta.values()):  # eq-turing-act
        fired = f"choose rule {number}"
        written = Fraction(2 * symbols.index(rule.write) + 1, base)
        if rule.move == "R":
            left = {"choose left": Fraction(1, base), fired: 1 + written}
            right = {"choose right rest": 1, fired: 1}
        else:
            left = {"choose left rest": 1, fired: 1}  # eq-turing-act-left
            right = {
                "choose left top": 1,
                "choose right rest": Fraction(1, base**2),
                fired: 1 + written / base,
            }
        weights.unit(f"act left {number}", left, bias=-1)
        weights.unit(f"act right {number}", right, bias=-1)
    for state in states:
        entering = [n for n, rule in enumerate(machine.delta.values()) if rule.state == state]
        weights.unit(f"act state {state}", {f"choose rule {n}": 1 for n in entering})
        weights.connect(f"hold state {state}", {f"act state {state}": 1})
    for side in ("left", "right"):
        weights.connect(f"hold {side}", {f"act {side} {n}": 1 for n in range(len(machine.delta))})
    return weights.network(machine)


class _Weights:
    """Collects the units of a network by name."""

    def __init__(self) -> None:
        self.inputs: dict[str, dict[str, Fraction | int]] = {}
        self.biases: dict[str, Fraction | int] = {}

    def unit(self, name: str, inputs: dict | None = None, bias: Fraction | int = 0) -> None:
        self.inputs[name] = inputs or {}
        self.biases[name] = bias

    def connect(self, name: str, inputs: dict) -> None:
        self.inputs[name] |= inputs

    def network(self, machine: TuringMachine) -> TuringNetwork:
        position = {name: p for p, name in enumerate(self.inputs)}
        W_hh = np.zeros((len(position), len(position)), dtype=object)
        for name, inputs in self.inputs.items():
            for source, weight in inputs.items():
                W_hh[position[name], position[source]] = weight
        b_h = np.array(list(self.biases.values()), dtype=object)
        return TuringNetwork(W_hh, b_h, tuple(position), machine)

r"""A stack of bits inside one number, and recurrent networks that work it.

The bits are the base-4 digits of ``q``, the latest first, written as 1 (for the
bit 0) and 3 (for the bit 1): ``q = 0.d_1 d_2 ...``. Digits 0 and 2 never occur,
so no two stacks are close before the digit in which they differ, and a piecewise
linear function with slope 4 can read the top. Stacks without a bottom would form a
Cantor set; a stack of n bits is an end of one of the intervals of its nth stage.

Every function takes exact fractions as well as floating-point numbers, and
stays in the kind of number that it was given.
"""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Int, Shaped
from numpy import ndarray as Array

from course_lib.foundations.validate import check_one_of, check_shape

EMPTY = Fraction(0)


def saturate(z: Any) -> Any:
    """Clip to [0, 1]: the saturated-linear unit.

    Implements eq-saturated-linear.

    Args:
        z: a number or an array; an array of fractions has dtype object.

    >>> saturate(Fraction(3, 2)), saturate(-0.5)
    (Fraction(1, 1), 0.0)
    """
    if isinstance(z, Array):
        return np.minimum(np.maximum(z, 0), 1)
    zero = 0 * abs(z)  # in the kind of number of z
    return min(max(z, zero), zero + 1)  # eq-saturated-linear


def push(q: Any, bit: Any) -> Any:
    """Put a bit on top of the stack.

    Implements eq-stack-push.

    >>> push(push(EMPTY, 1), 0)  # 0.13 in base 4
    Fraction(7, 16)
    """
    return (q + 2 * bit + 1) / 4  # eq-stack-push


def top(q: Any) -> Any:
    """The bit on top; 0 on an empty stack.

    Implements eq-stack-top.

    >>> top(push(EMPTY, 1))
    Fraction(1, 1)
    """
    return saturate(4 * q - 2)  # eq-stack-top


def nonempty(q: Any) -> Any:
    """1 if the stack holds a bit, 0 if not.

    Implements eq-stack-nonempty.

    >>> nonempty(EMPTY), nonempty(push(EMPTY, 0))
    (Fraction(0, 1), Fraction(1, 1))
    """
    return saturate(4 * q)  # eq-stack-nonempty


def pop(q: Any) -> Any:
    """The stack without its top; an empty stack stays empty.

    Implements eq-stack-pop.

    >>> pop(push(push(EMPTY, 1), 0)) == push(EMPTY, 1), pop(EMPTY)
    (True, Fraction(0, 1))
    """
    return saturate(4 * q - 2 * top(q) - 1)  # eq-stack-pop


def pop_by_units(q: Any) -> Any:
    """Pop once more, as a sum of saturated-linear units of ``q`` alone.

    Implements eq-stack-pop-units. Equal to ``pop`` on every stack, though not
    on numbers between stacks.

    >>> pop_by_units(push(push(EMPTY, 1), 0)) == push(EMPTY, 1)
    True
    """
    return saturate(4 * q - 1) - saturate(4 * q - 2) + saturate(4 * q - 3)  # eq-stack-pop-units


def first_failures(bits: Int[Array, "runs pushes"], dtype: Any = np.float64) -> Int[Array, " runs"]:
    """How deep a stack gets before floating point loses a bit of it.

    Push one bit after another; after each push, pop a copy down to the bottom and
    compare what comes out with what went in. The number of bits is known to the
    judge, so that a wrong answer of ``nonempty`` alone does not count.

    Args:
        bits: one sequence of 0 and 1 per run.
        dtype: a floating-point type of numpy.

    Returns:
        For each run the number of pushes at the first failure; one more than
        the number of bits if there was none.
    """
    runs, pushes = bits.shape
    first = np.full(runs, pushes + 1)
    q = np.zeros(runs, dtype)
    for depth in range(1, pushes + 1):
        q = push(q, bits[:, depth - 1].astype(dtype))
        copy, wrong = q, np.zeros(runs, bool)
        for position in range(depth - 1, -1, -1):
            wrong |= top(copy) != bits[:, position]
            copy = pop(copy)
        first[wrong] = np.minimum(first[wrong], depth)
    return first


def times(W: Shaped[Array, "rows columns"], h: Shaped[Array, " columns"]) -> Shaped[Array, " rows"]:
    """The product W h; of fractions, which are slow, only those that are not zero.

    >>> times(np.array([[Fraction(1, 2), 3]]), np.array([Fraction(1, 3), 0]))
    array([Fraction(1, 6)], dtype=object)
    """
    on = np.flatnonzero(h)
    return W[:, on] @ h[on] if W.dtype == object and on.size else W @ h


class SaturatedNetwork(NamedTuple):
    """A simple recurrent network with saturated-linear units, in any kind of number.

    Implements eq-saturated-network.

    Attributes:
        W_hh: recurrent weights (d_hidden, d_hidden).
        W_xh: input weights (d_hidden, d_in).
        b_h: biases (d_hidden,).
        W_hy: output weights (d_out, d_hidden).
        b_y: output biases (d_out,).
    """

    W_hh: Shaped[Array, "d_hidden d_hidden"]
    W_xh: Shaped[Array, "d_hidden d_in"]
    b_h: Shaped[Array, " d_hidden"]
    W_hy: Shaped[Array, "d_out d_hidden"]
    b_y: Shaped[Array, " d_out"]

    def astype(self, dtype: Any) -> "SaturatedNetwork":
        """The same network in floating point."""
        return SaturatedNetwork(*(weights.astype(dtype) for weights in self))

    def zero_state(self) -> Shaped[Array, " d_hidden"]:
        """The state in which nothing is stored."""
        return np.zeros_like(self.b_h)

    def step(
        self, x: Shaped[Array, " d_in"], h: Shaped[Array, " d_hidden"]
    ) -> Shaped[Array, " d_hidden"]:
        """The next state.

        Raises:
            ValueError: the input or the state has the wrong size.
        """
        check_shape("x", x, (self.W_xh.shape[1],))
        check_shape("h", h, self.b_h.shape)
        z = times(self.W_hh, h) + times(self.W_xh, x) + self.b_h
        return saturate(z)  # eq-saturated-network

    def read(self, h: Shaped[Array, " d_hidden"]) -> Shaped[Array, " d_out"]:
        """The saturated outputs in a state."""
        return saturate(self.W_hy @ h + self.b_y)


# The six units of the stack: push 0, push 1, keep, and the three terms of eq-stack-pop-units.
# Their outputs add up to q with these signs; at most one group of them is not zero.
STACK_SIGNS = (1, 1, 1, 1, -1, 1)
_STACK_SLOPES = (Fraction(1, 4), Fraction(1, 4), 1, 4, 4, 4)
_STACK_BIASES = (Fraction(-3, 4), Fraction(-1, 4), 0, -5, -6, -7)


def stack_network() -> SaturatedNetwork:
    """A recurrent network of six units that is a stack, one operation a step.

    Implements eq-stack-network. The inputs are (push 0, push 1, pop), one of
    them 1 or all of them 0; the outputs are (top, nonempty).

    >>> network = stack_network()
    >>> h = network.zero_state()
    >>> for x in ([1, 0, 0], [0, 1, 0], [0, 0, 1]):  # push 0, push 1, pop
    ...     h = network.step(np.array(x, dtype=object), h)
    >>> top_bit, holds_any = network.read(h)
    >>> print(top_bit, holds_any)  # the 0 is back on top
    0 1
    """
    signs, slopes = _exact(STACK_SIGNS), _exact(_STACK_SLOPES)
    return SaturatedNetwork(
        W_hh=np.outer(slopes, signs),  # eq-stack-network
        W_xh=_exact([[1, 0, 0], [0, 1, 0], [-1, -1, -1], [0, 0, 4], [0, 0, 4], [0, 0, 4]]),
        b_h=_exact(_STACK_BIASES),
        W_hy=np.outer(_exact([4, 4]), signs),
        b_y=_exact([-2, 0]),
    )


BRACKETS = "([)]"


def bracket_network() -> SaturatedNetwork:
    """A recurrent network of ten units that recognises balanced brackets of two kinds.

    The stack of ``stack_network`` holds the open brackets, ``(`` as 0 and ``[`` as 1.
    Three units fire on a closing bracket that does not fit (nothing open; a
    ``[`` open at ``)``; no ``[`` open at ``]``) and the tenth remembers that one did.
    The inputs are one-hot over ``BRACKETS``; the only output is 1 while the
    prefix read so far is balanced.
    """
    signs = _exact([*STACK_SIGNS, 0, 0, 0, 0])
    slopes = _exact([*_STACK_SLOPES, -4, 4, -4, 0])
    W_hh = np.outer(slopes, signs)
    W_hh[9, 6:] = 1
    stack = stack_network().W_xh[:, [0, 1, 2, 2]]  # push 0, push 1, and a pop for either closing
    flags = [
        [0, 0, 1, 0],  # ")" with nothing open
        [0, 0, 4, 0],  # ")" while "[" is on top
        [0, 0, 0, 4],  # "]" without "[" on top
        [0, 0, 0, 0],
    ]
    return SaturatedNetwork(
        W_hh=W_hh,
        W_xh=np.vstack([stack, _exact(flags)]),
        b_h=_exact([*_STACK_BIASES, 0, -6, -1, 0]),
        W_hy=(-4 * signs - _exact([0] * 6 + [1] * 4))[None, :],
        b_y=_exact([1]),
    )


def is_balanced(word: str, network: SaturatedNetwork | None = None) -> bool:
    """Let the bracket network read a word and say whether it is balanced.

    Args:
        word: made of ``()[]``.
        network: ``bracket_network()`` if None; give it in floating point to see it err.

    Raises:
        ValueError: the word has another character in it.

    >>> is_balanced("([])[]"), is_balanced("([)]"), is_balanced("((")
    (True, False, False)
    """
    if network is None:
        network = bracket_network()
    h = network.zero_state()
    for symbol in word:
        check_one_of("word", symbol, BRACKETS)
        x = np.array([symbol == bracket for bracket in BRACKETS], dtype=int)
        h = network.step(x.astype(network.b_h.dtype), h)
    return bool(network.read(h)[0] == 1)


def _exact(entries: Any) -> Array:
    """An array of exact numbers."""
    return np.array(entries, dtype=object)

"""The stack in a number against a Python list, in exact arithmetic and in floating point."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from course_lib.computation.cantor_stack import (
    BRACKETS,
    EMPTY,
    SaturatedNetwork,
    bracket_network,
    first_failures,
    is_balanced,
    nonempty,
    pop,
    pop_by_units,
    push,
    saturate,
    stack_network,
    times,
    top,
)

ALL_STACKS = [bits for n in range(7) for bits in product((0, 1), repeat=n)]
OPERATIONS = {"push 0": (1, 0, 0), "push 1": (0, 1, 0), "pop": (0, 0, 1), "wait": (0, 0, 0)}


def stack_of(bits) -> Fraction:
    q = EMPTY
    for bit in bits:
        q = push(q, bit)
    return q


@pytest.mark.checks("eq-saturated-linear", against="numpy")
def test_saturate_is_clip(rng):
    z = rng.normal(scale=2.0, size=(4, 5))
    assert np.array_equal(saturate(z), np.clip(z, 0.0, 1.0))
    assert [saturate(float(number)) for number in z[0]] == np.clip(z[0], 0.0, 1.0).tolist()


@pytest.mark.checks(
    "eq-stack-push", "eq-stack-top", "eq-stack-nonempty", against="exact arithmetic"
)
def test_reading_a_stack_is_reading_the_end_of_a_list():
    for bits in ALL_STACKS:
        q = stack_of(bits)
        assert isinstance(q, Fraction)
        assert q == sum(Fraction(2 * b + 1, 4 ** (k + 1)) for k, b in enumerate(reversed(bits)))
        assert nonempty(q) == (len(bits) > 0)
        assert top(q) == (bits[-1] if bits else 0)


@pytest.mark.parametrize(("read", "low"), [(nonempty, 0), (top, 2)])
def test_between_the_stacks_what_is_read_rises_with_slope_4(read, low):
    assert [read(Fraction(low + k, 4)) for k in (0, 1)] == [0, 1]
    assert read(Fraction(8 * low + 3, 32)) == Fraction(3, 8)


@pytest.mark.checks("eq-stack-pop", "eq-stack-pop-units", against="exact arithmetic")
def test_popping_is_dropping_the_end_of_a_list():
    for bits in ALL_STACKS:
        assert pop(stack_of(bits)) == stack_of(bits[:-1])
        assert pop_by_units(stack_of(bits)) == stack_of(bits[:-1])


def test_different_stacks_are_different_numbers_and_far_apart():
    numbers = {bits: stack_of(bits) for bits in ALL_STACKS}
    assert len(set(numbers.values())) == len(ALL_STACKS)
    ones, zeros = ([numbers[b] for b in ALL_STACKS if b and b[-1] == bit] for bit in (1, 0))
    assert min(ones) - max(zeros) > Fraction(1, 4)
    assert 0 <= min(numbers.values()) <= max(numbers.values()) < 1


@pytest.mark.parametrize(("dtype", "safe"), [(np.float64, 27), (np.float32, 13), (np.float16, 6)])
def test_floating_point_is_right_as_far_as_its_digits_reach(dtype, safe, rng):
    first = first_failures(rng.integers(0, 2, (300, 45)), dtype)
    assert first.min() == safe + 1
    assert first.max() <= 45


@pytest.mark.parametrize(("dtype", "safe"), [(np.float32, 13), (np.float16, 6)])
def test_no_sequence_at_all_fails_before_the_guarantee(dtype, safe):
    """All of them, where that can be done; float16 has an odd number of bits, as float64 has."""
    every = np.array(list(product((0, 1), repeat=safe + 1)))
    assert first_failures(every, dtype).min() == safe + 1
    assert first_failures(every[:, 1:], dtype).min() == safe + 1  # one more than there are bits


def test_a_sequence_of_ones_survives_and_the_failure_is_the_first_wrong_bit():
    ones = np.ones((1, 60), dtype=int)
    assert first_failures(ones)[0] == 61  # the rounding errors of 0.333... happen to be harmless
    bits = np.random.default_rng(1).integers(0, 2, (1, 60))
    depth = int(first_failures(bits)[0])
    for n, right in ((depth - 1, True), (depth, False)):
        q, out = 0.0, []
        for bit in bits[0, :n]:
            q = push(q, int(bit))
        for _ in range(n):
            out.append(top(q))
            q = pop(q)
        assert (out[::-1] == bits[0, :n].tolist()) is right


@pytest.mark.checks("eq-stack-network", "eq-saturated-network", against="exact arithmetic")
def test_the_network_is_a_list(rng):
    network = stack_network()
    h, stack = network.zero_state(), []
    for operation in rng.choice(list(OPERATIONS), size=400, p=[0.3, 0.3, 0.3, 0.1]):
        h = network.step(np.array(OPERATIONS[operation], dtype=object), h)
        if operation.startswith("push"):
            stack.append(int(operation[-1]))
        elif operation == "pop" and stack:
            stack.pop()
        assert network.read(h).tolist() == [stack[-1] if stack else 0, len(stack) > 0]
        assert all(isinstance(entry, int | Fraction) for entry in h)
        assert h @ np.array((1, 1, 1, 1, -1, 1), dtype=object) == stack_of(stack)


@pytest.mark.checks("eq-stack-network", against="exact arithmetic")
def test_the_weights_are_those_of_the_lesson():
    quarter = Fraction(1, 4)
    u, v = [quarter, quarter, 1, 4, 4, 4], [1, 1, 1, 1, -1, 1]
    network = stack_network()
    assert network.W_hh.tolist() == [[a * b for b in v] for a in u]
    assert network.W_xh.T.tolist() == [
        [1, 0, -1, 0, 0, 0], [0, 1, -1, 0, 0, 0], [0, 0, -1, 4, 4, 4]
    ]  # fmt: skip
    assert network.b_h.tolist() == [-3 * quarter, -quarter, 0, -5, -6, -7]
    assert network.W_hy.tolist() == [[4 * b for b in v]] * 2  # sat(4 q - 2) and sat(4 q)
    assert network.b_y.tolist() == [-2, 0]


def test_the_network_forgets_in_floating_point(rng):
    network = stack_network().astype(np.float64)
    bits = rng.integers(0, 2, 45)
    exact, rounded = stack_network(), network
    states = [exact.zero_state(), rounded.zero_state()]
    wrong = 0
    for x in [[1 - b, b, 0] for b in bits] + [[0, 0, 1]] * 44:
        states = [
            net.step(np.array(x, dtype=net.b_h.dtype), h)
            for net, h in zip((exact, rounded), states, strict=True)
        ]
        wrong += exact.read(states[0]).tolist() != rounded.read(states[1]).tolist()
    assert wrong > 0


def _balanced(word: str) -> bool:
    stack = []
    for symbol in word:
        if symbol in "([":
            stack.append(symbol)
        elif not stack or stack.pop() + symbol not in ("()", "[]"):
            return False
    return not stack


@pytest.mark.slow
@pytest.mark.parametrize(  # 4096 words are too many for every day
    "length", [0, 1, 2, 3, 4, *(pytest.param(n, marks=pytest.mark.exhaustive) for n in (5, 6))]
)
def test_brackets_of_every_short_word(length):
    network = bracket_network()
    for word in map("".join, product(BRACKETS, repeat=length)):
        assert is_balanced(word, network) == _balanced(word), word


@pytest.mark.slow
def test_brackets_of_long_words(rng):
    network, word, open_ones = bracket_network(), "", []
    while len(word) < 300 or open_ones:
        if len(word) < 300 and (not open_ones or rng.random() < 0.6):
            kind = int(rng.integers(2))
            word += "(["[kind]
            open_ones.append(")]"[kind])
        else:
            word += open_ones.pop()
    assert is_balanced(word, network)
    for place in rng.integers(0, len(word), 6):
        wrong = BRACKETS[(BRACKETS.index(word[place]) + 1) % 4]
        assert not is_balanced(word[:place] + wrong + word[place + 1 :], network)


def test_flags_and_the_answer_are_0_or_1_and_nothing_between():
    network = bracket_network()
    for word in map("".join, product(BRACKETS, repeat=4)):
        h = network.zero_state()
        for symbol in word:
            x = np.array([int(symbol == bracket) for bracket in BRACKETS], dtype=object)
            h = network.step(x, h)
            assert {*h[6:].tolist(), *network.read(h).tolist()} <= {0, 1}, word


def test_the_bracket_network_holds_exactly_the_stack_of_open_brackets(rng):
    network, signs = bracket_network(), np.array((1, 1, 1, 1, -1, 1, 0, 0, 0, 0), dtype=object)
    for opened in ("[[[[(", "(((([", *("".join(rng.choice(list("(["), size=7)) for _ in range(4))):
        h, bits = network.zero_state(), []
        closing = [")]"["([".index(bracket)] for bracket in reversed(opened)]
        for symbol in [*opened, *closing]:
            bits = [*bits, "([".index(symbol)] if symbol in "([" else bits[:-1]
            x = np.array([int(symbol == bracket) for bracket in BRACKETS], dtype=object)
            h = network.step(x, h)
            assert h @ signs == stack_of(bits)
            assert not h[6:].any()


@pytest.mark.parametrize("q", [Fraction(k, 8) for k in range(8)])
def test_flags_and_answer_are_made_of_top_and_nonempty_between_the_stacks_too(q):
    network = bracket_network()
    h = network.zero_state()
    h[0] = q
    flags = {")": [1 - nonempty(q), top(q), 0], "]": [0, 0, 1 - top(q)]}
    for symbol, raised in flags.items():
        x = np.array([int(symbol == bracket) for bracket in BRACKETS], dtype=object)
        assert network.step(x, h)[6:].tolist() == [*raised, 0]
    assert network.read(h).tolist() == [1 - nonempty(q)]


@pytest.mark.parametrize("flag", [6, 7, 8, 9])
def test_a_flag_is_remembered_and_taken_from_the_answer(flag):
    network = bracket_network()
    h = network.zero_state()
    h[flag] = Fraction(1, 2)
    assert network.read(h).tolist() == [Fraction(1, 2)]
    after = network.step(np.zeros(4, dtype=object), h)
    assert after.tolist() == [0] * 9 + [Fraction(1, 2)]


def test_once_wrong_always_wrong():
    assert not is_balanced(")(")
    assert not is_balanced("(]" + "()" * 5)
    assert not is_balanced("])" * 4)


def test_deep_nesting_defeats_floating_point():
    kinds = np.random.default_rng(0).integers(0, 2, 60)
    word = "".join("(["[k] for k in kinds) + "".join(")]"[k] for k in kinds[::-1])
    assert is_balanced(word)
    assert not is_balanced(word, bracket_network().astype(np.float64))


def test_other_characters_are_refused():
    with pytest.raises(ValueError, match="word: expected one of"):
        is_balanced("(a)")


def test_a_wrong_size_is_refused(bad_input):
    network = stack_network()
    with pytest.raises(ValueError, match=r"x: expected shape \(3,\), got \(4,\)"):
        network.step(np.zeros(4, dtype=object), network.zero_state())
    with pytest.raises(ValueError, match=r"h: expected shape \(6,\), got \(5,\)"):
        network.step(np.zeros(3, dtype=object), np.zeros(5, dtype=object))
    assert isinstance(network, SaturatedNetwork)


def test_fractions_that_are_zero_are_not_multiplied():
    """What stands in W where h is 0 is not looked at; here it could not be multiplied."""
    W = np.array([[Fraction(1, 2), None]], dtype=object)
    assert times(W, np.array([Fraction(1, 3), 0], dtype=object)).tolist() == [Fraction(1, 6)]
    numbers = np.array([[2, 3]], dtype=object)
    assert times(numbers, np.zeros(2, dtype=object)).tolist() == [0]
    assert np.isnan(times(np.array([[2.0, np.nan]]), np.array([1.0, 0.0])))


def test_each_flag_listens_to_the_bracket_that_it_is_for():
    """Other weights would give the same answers: a unit that is far below 0 stays at 0."""
    W_xh = bracket_network().W_xh
    heard = ["".join(BRACKETS[i] for i in np.flatnonzero(row)) for row in W_xh]
    assert heard == ["(", "[", BRACKETS, *3 * [")]"], ")", ")", "]", ""]

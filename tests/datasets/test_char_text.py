"""Letters there and back, and the floor against a fitted table."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import xlogy
from scipy.stats import entropy

from course_lib.datasets.char_text import HELLO, CharText, least_loss


def test_letters_there_and_back():
    hello = CharText(HELLO)
    assert hello.decode(hello.encode(HELLO)) == HELLO
    assert len(hello.inputs) == len(hello.targets) == len(HELLO) - 1
    np.testing.assert_array_equal(hello.inputs[1:], hello.targets[:-1])
    np.testing.assert_array_equal(
        hello.one_hot(hello.inputs), hello.inputs[:, None] == np.arange(9)
    )


@pytest.mark.checks("eq-least-loss", against="scipy")
@pytest.mark.parametrize("text", [HELLO, "abracadabra", "mississippi"])
def test_order_one_is_the_conditional_entropy_of_the_pair_table(text):
    letters = CharText(text)
    table = np.zeros((len(letters.alphabet),) * 2)
    np.add.at(table, (letters.inputs, letters.targets), 1)
    joint = table / table.sum()
    conditional = entropy(joint.ravel()) - entropy(joint.sum(axis=1))
    assert least_loss(text, 1) == pytest.approx(conditional, abs=1e-12)
    frequency = np.bincount(letters.targets) / len(letters.targets)
    assert least_loss(text, 0) == pytest.approx(-xlogy(frequency, frequency).sum(), abs=1e-12)


def test_by_hand():
    """After "a" come b and c, once each; after b and c comes a."""
    assert least_loss("abaca", 1) == pytest.approx(2 / 4 * np.log(2))
    assert least_loss("abaca", 2) == pytest.approx(0.0)  # "a" alone is a context of its own


@pytest.mark.parametrize("text", [HELLO, "abracadabra"])
def test_more_memory_never_hurts(text):
    losses = [least_loss(text, order) for order in range(len(text))]
    assert all(a >= b - 1e-15 for a, b in pairwise(losses))
    assert losses[-1] == 0.0


def test_hello_world_cannot_be_told_by_its_last_letter():
    """l goes to l, o and d; o to a space and r; the space to w and !."""
    by_hand = (3 * np.log(3) + 2 * np.log(2) + 2 * np.log(2)) / 12
    assert least_loss(HELLO, 1) == pytest.approx(by_hand)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="text: number of characters: expected at least 2"):
        CharText("a")
    with pytest.raises(ValueError, match="text: expected characters of the alphabet, got 'x'"):
        CharText(HELLO).encode("x")
    with pytest.raises(ValueError, match="order: expected a whole number, 0 or more"):
        least_loss(HELLO, -1)


def test_a_text_too_short_for_a_loss_is_refused():
    with pytest.raises(ValueError, match="text: number of characters: expected at least 2"):
        least_loss("a", 0)
    assert least_loss("aa", 0) == 0.0
    assert CharText("aa").inputs.tolist() == CharText("aa").targets.tolist() == [0]

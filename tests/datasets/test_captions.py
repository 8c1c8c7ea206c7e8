"""Spelling there and back, and pictures that keep their digit."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from course_lib.datasets.captions import (
    END,
    LETTERS,
    LONGEST,
    WORDS,
    captions,
    digit_captions,
    read,
    spell,
)


def test_every_word_is_spelled_and_read():
    for word in WORDS:
        tokens = spell(word)
        assert len(tokens) == len(word) + 1 <= LONGEST
        assert read(tokens) == word
    assert LETTERS[0] == END
    assert len(set(LETTERS)) == len(LETTERS) == 16


def test_inputs_are_targets_moved_by_one_step():
    data = captions(np.arange(10), np.zeros((10, 64)))
    np.testing.assert_array_equal(data.inputs[:, 1:], data.targets[:, :-1])
    assert (data.inputs[:, 0] == 0).all()
    np.testing.assert_array_equal(data.mask.sum(axis=1), [len(word) + 1 for word in WORDS])
    ends = data.targets[np.arange(10), data.mask.sum(axis=1) - 1]
    assert (ends == 0).all()
    assert (data.targets[~data.mask] == 0).all()


def test_the_split_holds_every_picture_once_and_keeps_its_digit(rng):
    train, test = digit_captions(rng)
    everything = load_digits()
    both = np.concatenate([train.images, test.images])
    known = zip(everything.data / 16, everything.target, strict=True)
    digit_of = {image.tobytes(): digit for image, digit in known}
    assert len(both) == len(everything.data)
    assert sorted(map(bytes, both)) == sorted(map(bytes, everything.data / 16))
    for part in (train, test):
        assert [digit_of[image.tobytes()] for image in part.images] == part.digits.tolist()
        assert [read(t) for t in part.targets] == [WORDS[digit] for digit in part.digits]
    assert both.min() == 0.0
    assert both.max() == 1.0


def test_wrong_arguments_are_named(rng):
    with pytest.raises(ValueError, match="n_test: expected a whole number, 1 or more"):
        digit_captions(rng, 0)
    with pytest.raises(ValueError, match="training pictures: expected at least 1"):
        digit_captions(rng, 1797)


def test_a_single_picture_may_be_left(rng):
    for n_test in 1, 1796:
        train, test = digit_captions(rng, n_test)
        assert (len(train.images), len(test.images)) == (1797 - n_test, n_test)

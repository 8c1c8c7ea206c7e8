"""The lectures' own formulas, evaluated symbol by symbol, against the course's cell."""

import numpy as np
import pytest

from course_lib.recurrent.notation import SYMBOLS, rename
from course_lib.recurrent.srn import SRN, Params


@pytest.fixture
def numbers(rng):
    x, h = rng.normal(size=3), rng.normal(size=4)
    return x, h, rng.normal(size=(4, 4)), rng.normal(size=(4, 3)), rng.normal(size=(5, 4))


def course_step(named, x, h):
    params = Params(named["W_xh"], named["W_hh"], np.zeros(4))
    state, _ = SRN("tanh").step(params, x[None], h[None])
    return state[0], named["W_hy"] @ state[0]


def test_the_chinese_symbols(numbers):
    x, h, U, W, V = numbers
    h_new = np.tanh(U @ h + W @ x)
    got_h, got_y = course_step(rename("chinese", U=U, W=W, V=V), x, h)
    np.testing.assert_allclose(got_h, h_new, rtol=1e-14)
    np.testing.assert_allclose(got_y, V @ h_new, rtol=1e-14)


def test_the_bulgarian_symbols(numbers):
    x, h, W, V, U = numbers
    h_new = np.tanh(W @ h + V @ x)
    got_h, got_y = course_step(rename("bulgarian", W=W, V=V, U=U), x, h)
    np.testing.assert_allclose(got_h, h_new, rtol=1e-14)
    np.testing.assert_allclose(got_y, U @ h_new, rtol=1e-14)


def test_no_two_symbols_of_a_lecture_mean_the_same():
    assert all(len(set(symbols.values())) == len(symbols) for symbols in SYMBOLS.values())


def test_an_unknown_lecture_or_symbol_is_refused():
    with pytest.raises(ValueError, match=r"lecture: expected one of 'chinese', .*, got 'latin'"):
        rename("latin", U=1)
    with pytest.raises(ValueError, match="symbol: expected one of 'W', got 'Q'"):
        rename("english", Q=1)

"""Numbers as people, schools and spreadsheet programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_tools.submissions.numbers import readings


@pytest.mark.parametrize(
    ("text", "value", "mark"),
    [
        ("1000", 1000, ""),
        ("1000.00", 1000, "."),
        ("1000,00", 1000, ","),
        ("1,000.00", 1000, "."),
        ("1.000,00", 1000, ","),
        ("1 000,00", 1000, ","),
        ("1\u00a0000,00", 1000, ","),  # French, with a space that does not break
        ("1\u202f000,5", 1000.5, ","),  # and a narrow one
        ("1 000", 1000, ""),
        ("1'000.00", 1000, "."),  # Swiss
        ("1’000", 1000, ""),
        ("1,234,567", 1234567, ""),
        ("1.234.567,8", 1234567.8, ","),
        ("1,00,000.00", 100000, "."),  # Indian
        ("1,00,000", 100000, ""),
        ("1 000,500", 1000.5, ","),
        ("1234.500", 1234.5, "."),
        ("0.125", 0.125, "."),
        ("0,125", 0.125, ","),
        ("00,125", 0.125, ","),
        (".5", 0.5, "."),
        ("5.", 5, "."),
        ("7,5", 7.5, ","),
        ("10.00", 10, "."),
        ("1,0000", 1, ","),
        ("  10,00 ", 10, ","),
        ("-3,5", -3.5, ","),
        ("+3", 3, ""),
        ("\u0661\u0660,\u0665", 10.5, ","),
        ("0", 0, ""),
    ],
)
def test_one_reading(text, value, mark):
    assert readings(text) == {value: mark}


@pytest.mark.parametrize(
    ("text", "small", "large"),
    [("1,000", 1, 1000), ("1.000", 1, 1000), ("12.345", 12.345, 12345), ("100,500", 100.5, 100500)],
)
def test_a_lone_mark_before_three_digits_has_two_readings(text, small, large):
    mark = "," if "," in text else "."
    assert readings(text) == {small: mark, large: ""}


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", ".", ",", "EX", "nan", "inf", "1e3", "1_000", "0x10", "10 %", "ten"),
        *("1 2", "1.2.3", "1,00,0", "1,000,00", "1.000.00", "1,000 000", "1,,000", "1'00"),
        *("10/20", "9" * 400, "1.0,5"),
    ],
)
def test_no_number(text):
    assert readings(text) == {}


@given(
    st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([",.", ".,", " ,", "'.", "\u202f,"])
)
def test_what_was_written_is_read(whole, cents, marks):
    group, decimal = marks
    text = f"{whole:,}".replace(",", group) + f"{decimal}{cents:02}"
    assert readings(text) == {float(f"{whole}.{cents:02}"): decimal}


@given(st.text(alphabet="0123456789., '-", max_size=12))
def test_never_more_than_two_readings_and_never_an_error(text):
    assert len(readings(text)) <= 2

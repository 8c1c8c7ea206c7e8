"""Every numbered equation of this book: label in page, docstring, code and test."""

from pathlib import Path

from course_tools.book.equation_index import read_equation_index

ROOT = Path(__file__).parents[2]


def test_no_label_is_missing_on_any_side():
    assert read_equation_index(ROOT).problems == []

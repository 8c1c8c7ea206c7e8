"""Text that no spreadsheet runs, and numbers that every importer reads."""

import pytest

from course_tools.reports.csv_cells import cell, csv_bytes, plain_number

HOSTILE = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_a_formula_is_text(text):
    assert cell(text).startswith("'")


def test_numbers_are_never_prefixed_and_texts_only_where_needed():
    assert plain_number(-1.5) == "-1.5"
    assert [cell(text) for text in ("ada", "a=b", "", "O'Hara", "李雷")] == [
        "ada",
        "a=b",
        "",
        "O'Hara",
        "李雷",
    ]


def test_lines_end_as_the_standard_has_it_and_excel_finds_its_mark():
    assert csv_bytes([["a", "b,c"]]) == b'a,"b,c"\r\n'
    assert csv_bytes([["é"]], bom=True) == b"\xef\xbb\xbf\xc3\xa9\r\n"

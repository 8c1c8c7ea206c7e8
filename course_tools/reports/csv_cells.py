"""What stands in the cells of a CSV file: text that is no formula, plain numbers, times in UTC.

Everything that a student chose (name, address, file name) is hostile: in a spreadsheet a cell
that begins with ``=`` is a program. ``cell`` is the one way by which text enters a table.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from course_tools.reports.sanitizing import in_utc

# Excel, LibreOffice and Google's sheets begin a formula at these, full-width forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
BLANK = " \u00a0\u200b\u2060\u3000\ufeff"


def cell(text: str) -> str:
    r"""Text that no spreadsheet takes for a formula, on one line.

    >>> cell("=1+1"), cell(" \t@SUM(A1)"), cell("Ada Lovelace")
    ("'=1+1", "'  @SUM(A1)", 'Ada Lovelace')
    """
    plain = UNSEEN.sub(" ", text.encode("utf-8", "replace").decode())
    return "'" + plain if text.lstrip(BLANK).startswith(FORMULA) else plain


def plain_number(value: float) -> str:
    """A number as every importer reads it: a point, no exponent, no zeros at the end.

    >>> plain_number(7.0), plain_number(2 / 3), plain_number(-0.0)
    ('7', '0.6667', '0')
    """
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def utc_text(moment: datetime | None) -> str:
    """A time in UTC, without a zone, as nbgrader writes it; empty if there is none."""
    if moment is None:
        return ""
    return in_utc(moment).strftime("%Y-%m-%d %H:%M:%S")


def csv_bytes(rows: Iterable[Sequence[str]], bom: bool = False) -> bytes:
    """Rows as CSV: UTF-8, lines that end as RFC 4180 has it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def split_name(name: str) -> tuple[str, str]:
    """Last and first name, from "Last, First" or "First Last".

    >>> split_name("Lovelace, Ada"), split_name("Ada King Lovelace"), split_name("Plato")
    (('Lovelace', 'Ada'), ('Lovelace', 'Ada King'), ('Plato', ''))
    """
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.strip().rpartition(" ")
    return last.strip(), first.strip()

"""Numbers as people, schools' systems and spreadsheet programs write them."""

import math
import re

SPACES = " \u00a0\u2009\u202f"
BETWEEN = re.compile(rf"[.,{SPACES}'’]")


def _written_with(decimal: str, other: str) -> re.Pattern:
    """A number with this decimal mark, perhaps with one of the other marks between the thousands.

    The groups have three digits, or in India two before the last three.
    """
    grouped = rf"[1-9]\d{{0,2}}([{other}{SPACES}'’])(?:(?:\d{{3}}\2)*|(?:\d\d\2)*)\d{{3}}"
    return re.compile(rf"([-+]?(?:{grouped}|\d+|(?=.\d)))(?:[{decimal}](\d*))?")


WAYS = {".": _written_with(".", ","), ",": _written_with(",", ".")}


def readings(text: str) -> dict[float, str]:
    """The numbers that a text may stand for, each with the decimal mark that it then has.

    A lone mark before three digits may stand between the thousands or before the decimals; all
    else has one reading, or is no number.

    >>> readings("1,000.00"), readings("1.000,00"), readings("7,5"), readings("ten")
    ({1000.0: '.'}, {1000.0: ','}, {7.5: ','}, {})
    >>> readings("1,000")
    {1000.0: '', 1.0: ','}
    """
    found: dict[float, str] = {}
    for decimal, way in WAYS.items():
        if written := way.fullmatch(text.strip()):
            whole, _, decimals = written.groups()
            value = float(f"{BETWEEN.sub('', whole)}.{decimals or 0}")
            if math.isfinite(value):
                found[value] = "" if decimals is None else decimal
    return found

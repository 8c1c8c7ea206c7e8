"""The symbols of the three lectures for the same matrices.

The Chinese lecture writes U, W, V where the Bulgarian one writes W, V, U and
this course writes W_hh, W_xh, W_hy: the same symbols, each in another place.
"""

from typing import Any

from course_lib.foundations.validate import check_one_of

SYMBOLS = {
    "chinese": {"U": "W_hh", "W": "W_xh", "V": "W_hy", "b": "b_h"},
    "bulgarian": {"W": "W_hh", "V": "W_xh", "U": "W_hy", "E": "E"},
    "english": {"W": "W_hh"},
}
"""For each lecture, the course's name of each of its symbols."""


def rename(lecture: str, /, **matrices: Any) -> dict[str, Any]:
    """Give the matrices of a lecture the names of this course.

    Args:
        lecture: chinese, bulgarian or english.
        **matrices: under the lecture's symbols.

    Raises:
        ValueError: there is no such lecture, or it has no such symbol.

    >>> rename("chinese", U=1, W=2, V=3)
    {'W_hh': 1, 'W_xh': 2, 'W_hy': 3}
    >>> rename("bulgarian", U=1, W=2, V=3)
    {'W_hy': 1, 'W_hh': 2, 'W_xh': 3}
    """
    check_one_of("lecture", lecture, SYMBOLS)
    for symbol in matrices:
        check_one_of("symbol", symbol, SYMBOLS[lecture])
    return {SYMBOLS[lecture][symbol]: matrix for symbol, matrix in matrices.items()}

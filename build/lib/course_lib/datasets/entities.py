"""One sentence of business news with its facts marked, and a checker for the arithmetic in it."""

from typing import NamedTuple

TEXT = "小米创始人雷军表示，该公司2015年营收达到780亿元人民币，较2014年的743亿元人民币增长了5%。"
"""The example of the Chinese lecture on information extraction."""

TRANSLATION = (
    "Xiaomi's founder Lei Jun said that the company's revenue reached 78.0 billion yuan in 2015, "
    "an increase of 5% over the 74.3 billion yuan of 2014."
)


class Mention(NamedTuple):
    """A stretch of the text that names something.

    Attributes:
        start: position of its first character.
        end: position after its last character.
        kind: org, person, date or number.
        gloss: what it says, in English.
    """

    start: int
    end: int
    kind: str
    gloss: str


def mentions() -> list[Mention]:
    """The marked stretches of ``TEXT``, in order.

    >>> [TEXT[m.start : m.end] for m in mentions()][:3]
    ['小米', '雷军', '2015年']
    """
    marked = [
        ("小米", "org", "Xiaomi"),
        ("雷军", "person", "Lei Jun"),
        ("2015年", "date", "2015"),
        ("780亿元人民币", "number", "78.0 billion yuan"),
        ("2014年", "date", "2014"),
        ("743亿元人民币", "number", "74.3 billion yuan"),
        ("5%", "number", "5%"),
    ]
    found, start = [], 0
    for words, kind, gloss in marked:
        start = TEXT.index(words, start)
        found.append(Mention(start, start + len(words), kind, gloss))
        start += len(words)
    return found


def growth(now: float, before: float) -> float:
    """Relative growth.

    >>> round(growth(780, 743), 4)
    0.0498
    """
    return now / before - 1.0

"""The marked sentence, counted by hand."""

import re
from itertools import pairwise

from course_lib.datasets.entities import TEXT, TRANSLATION, growth, mentions


def test_mentions_are_in_order_and_do_not_overlap():
    found = mentions()
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert [m.kind for m in found] == [
        "org",
        "person",
        "date",
        "number",
        "date",
        "number",
        "number",
    ]
    assert found[0] == (0, 2, "org", "Xiaomi")
    assert TEXT[found[1].start : found[1].end] == "雷军"


def test_every_digit_of_the_text_is_in_a_mention():
    inside = {i for m in mentions() for i in range(m.start, m.end)}
    assert {m.start() for m in re.finditer(r"\d", TEXT)} <= inside
    assert [m.gloss for m in mentions() if m.gloss not in TRANSLATION] == []


def test_the_numbers_of_the_sentence_agree_with_each_other():
    now, before = (int(n) for n in re.findall(r"(\d+)亿", TEXT))
    claimed = int(re.search(r"(\d+)%", TEXT).group(1))
    assert (now, before) == (780, 743)
    assert round(100 * growth(now, before)) == claimed
    assert abs(growth(now, before) - 37 / 743) < 1e-15

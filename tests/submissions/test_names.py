"""Ids that strangers chose stay distinct, and can be shown."""

from hypothesis import given
from hypothesis import strategies as st

from course_tools.submissions.names import clean, fold, squeeze, tidy_id


@given(st.text(min_size=1), st.text(min_size=1))
def test_ids_are_fit_to_be_shown_and_differ_where_their_sources_do(one, other):
    ids = [tidy_id(text) for text in (one, other)]
    for identifier in ids:
        identifier.encode()
        assert 0 < len(identifier) <= 80
        assert identifier == clean(identifier)
        assert all(ord(letter) >= 32 and letter != "\x7f" for letter in identifier)
    if clean(one) != clean(other):
        assert ids[0] != ids[1]


def test_only_the_way_to_write_a_letter_makes_no_difference():
    assert tidy_id("e\u0301") == tidy_id("\u00e9") == "\u00e9"
    assert len({tidy_id(text) for text in ("a", " a", "a ", "a\n", "a\0", "\u200ba", "a~b")}) == 7


def test_spellings_of_one_name_meet():
    assert fold(" Stra\u00dfe  AND Caf\u00e9") == fold("strasse and cafe\u0301")
    assert squeeze("O'Neil, Ada-Marie") == "oneiladamarie"

from course_tools.answers.outcome import Line, Outcome


def test_an_outcome_without_a_value_says_why():
    assert Outcome("slow", text="still running").value is None


def test_a_line_has_a_kind_and_words():
    kind, text = Line("looks like", "a sign")
    assert (kind, text) == ("looks like", "a sign")

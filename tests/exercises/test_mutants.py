import pytest

from course_tools.exercises.mutants import SpecError, mutant

OFFSET = 1


def shifted(x, by):
    total = x + by
    return total + OFFSET


def test_an_edit_of_the_text_sees_what_the_solution_sees():
    function, text = mutant(shifted, "minus", {"x + by": "x - by"})
    assert function(5, 2) == 4
    assert "total = x - by" in text
    assert shifted(5, 2) == 8


def test_several_edits_are_made_one_after_the_other():
    function, _ = mutant(shifted, "both", {"x + by": "x - by", " + OFFSET": ""})
    assert function(5, 2) == 3


def test_a_line_around_the_solution_may_change_inputs_and_result():
    function, text = mutant(shifted, "around", lambda right, x, by: -right(by, x))
    assert (function(5, 2), text) == (-8, "")


def test_a_function_of_its_own_stays_as_it_is():
    def right_or_left(right, by):
        return right

    def own(x, by):
        return x

    assert mutant(shifted, "own", own) == (own, "")
    # a solution may itself have an argument of that name
    assert mutant(right_or_left, "own", lambda right, by: by)[0](1, 2) == 2


@pytest.mark.parametrize(("old", "count"), [("x - by", 0), ("total", 2)])
def test_a_text_that_does_not_stand_once_is_refused(old, count):
    message = rf"shifted: wrong 'odd': '{old}': expected once in the solution, got {count} times"
    with pytest.raises(SpecError, match=message):
        mutant(shifted, "odd", {old: "x"})

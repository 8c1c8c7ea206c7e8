from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from submitted import NOON, TASKS, graded, keys_for, submission

from course_tools.answers.outcome import Line
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.models import GradeSummary
from course_tools.gradebook.queries import Attempt, Override
from course_tools.gradebook.scores import exact, grade_summaries, grade_summary, rounded
from course_tools.gradebook.settings import LatePolicy, Settings
from course_tools.submissions.models import Person

PLAIN = Settings()
TEN_A_DAY = LatePolicy(fraction=0.1, at_most=0.5)
DUE = Settings(due=NOON, late=TEN_A_DAY)


@pytest.fixture
def book():
    with Gradebook.open("sqlite://", "small") as book:
        yield book


def grade_class(book, one, *points, **changes):
    """Hand in and grade one submission."""
    run = book.begin(seed=1, isolation="none", environment="", tasks=TASKS)
    answer = graded(one, *points, **changes)
    book.record(run, book.hand_in(one, keys_for(one)), answer)
    book.finish(run)


def only(book, settings=PLAIN, exercise=TASKS) -> GradeSummary:
    """The grade of the one student."""
    (grade,) = grade_summaries(book, exercise, settings)
    return grade


def test_nobody():
    with Gradebook.open("sqlite://", "small") as book:
        assert grade_summaries(book, TASKS, DUE) == []


def test_points_add_up_and_all_that_is_known_is_said(book):
    one = submission(Person("ada", "Ada"), hours=-1)
    answer = {
        "mistake": "m",
        "feedback": (Line("note", "msg"),),
        "detail": "d",
        "passed": 3,
        "cases": 6,
    }
    grade_class(book, one, 1, 0.5, **answer)
    grade = only(book, DUE)
    assert (grade.raw, grade.maximum, grade.penalty, grade.score) == (1.5, 3, 0, 1.5)
    assert (grade.file, grade.handed_in) == (one.name, one.handed_in)
    assert (grade.late_hours, grade.attempts, grade.problem) == (0, 1, "")
    first, second = grade.tasks
    assert (first.task, first.points, first.maximum, first.result.cause) == ("mean", 1, 1, "right")
    assert (second.result.mistake, second.result.feedback, second.result.detail) == (
        "m",
        (Line("note", "msg"),),
        "d",
    )
    assert (second.result.passed, second.result.cases, second.result.cause) == (3, 6, "wrong")


def test_students_are_in_order_and_those_without_files_are_there(book):
    book.enrol([Person("zoe"), Person("alan", "Alan")])
    book.hand_in(submission("eve", name="", cells=None, problem="nothing", sentence="Nothing."))
    grade_class(book, submission("bob"), 1, 2)
    everybody = grade_summaries(book, TASKS, DUE)
    assert [one.person.id for one in everybody] == ["alan", "bob", "eve", "zoe"]
    assert [one.problem for one in everybody] == ["nothing", "", "nothing", "nothing"]
    assert [one.attempts for one in everybody] == [0, 1, 0, 0]
    assert everybody[0].person.name == "Alan"
    assert everybody[0].tasks[0].result.cause == "not started"
    assert (everybody[0].score, everybody[0].file, everybody[0].maximum) == (0, "", 3)


def test_a_task_without_a_result_waits(book):
    one = submission("ada")
    grade_class(book, one, 1, 2)
    book.hand_in(one, keys_for(one) | {"last": "new"})
    grade = only(book)
    assert grade.score == 1
    assert grade.tasks[1].result.cause == "waiting"


def test_a_task_that_the_exercise_no_longer_has_does_not_count(book):
    grade_class(book, submission("ada"), 1, 2)
    assert only(book, exercise=[("last", 2.0)]).score == 2
    assert only(book, exercise=[("last", 1.5)]).score == 1.5


@pytest.mark.parametrize(
    ("hours", "late_hours", "penalty"),
    [
        (-5, 0, 0),
        (0, 0, 0),
        (0.5, 0, 0),  # within the grace
        (0.51, 0.01, 0.3),
        (24.5, 24, 0.3),
        (24.51, 24.01, 0.6),
        (200, 199.5, 1.5),  # no more than half
    ],
)
def test_so_much_for_every_day_begun(book, hours, late_hours, penalty):
    grade_class(book, submission("ada", hours=hours), 1, 2)
    grade = only(book, Settings(due=NOON, late=replace(TEN_A_DAY, grace_minutes=30)))
    assert grade.late_hours == pytest.approx(late_hours, abs=1e-9)
    assert grade.penalty == pytest.approx(penalty)
    assert grade.score == round(3 - penalty, 2)


def test_by_the_hour(book):
    grade_class(book, submission("ada", hours=2.5), 1, 2)
    late = LatePolicy(per="hour", fraction=0.01)
    assert only(book, Settings(due=NOON, late=late)).score == 2.91


def test_closed(book):
    grade_class(book, submission("ada", hours=48), 1, 2)
    late = replace(TEN_A_DAY, closes_after_hours=48)
    assert only(book, Settings(due=NOON, late=late)).score == 2.4
    grade = only(book, Settings(due=NOON, late=replace(late, closes_after_hours=47.9)))
    assert (grade.raw, grade.penalty, grade.score) == (3, 3, 0)


def test_without_a_due_date_nobody_is_late(book):
    grade_class(book, submission("ada", hours=10**4), 1, 2)
    assert only(book, Settings(late=TEN_A_DAY)).score == 3


def test_without_a_time_nobody_is_late(book):
    grade_class(book, submission("ada", handed_in=None), 1, 2)
    assert only(book, DUE).score == 3


@pytest.mark.parametrize(("roster", "own", "late"), [(10, 0, 20), (0, 25, 5), (10, 25, 5)])
def test_the_longer_extension_counts(book, roster, own, late):
    grade_class(book, submission(Person("ada", extension_hours=roster), hours=30), 1, 2)
    assert only(book, replace(DUE, extensions={"ada": own, "alan": 99})).late_hours == late


def three_attempts(book):
    grade_class(book, submission("ada", "a", hours=-9), 1, 0)
    grade_class(book, submission("ada", "b", hours=-1), 0, 2)
    grade_class(book, submission("ada", "c", hours=30), 0, 1)


@pytest.mark.parametrize(
    ("which", "score", "hours"), [("first", 1, -9), ("best", 2, -1), ("latest", 0.8, 30)]
)
def test_which_attempt_counts(book, which, score, hours):
    three_attempts(book)
    grade = only(book, replace(DUE, attempts=which))
    assert (grade.score, grade.attempts) == (score, 3)
    assert grade.handed_in == NOON + timedelta(hours=hours)


def test_the_best_is_the_best_after_the_late_rule(book):
    grade_class(book, submission("ada", "a"), 1, 1)
    grade_class(book, submission("ada", "b", hours=100), 1, 2)
    assert only(book, replace(DUE, attempts="best")).score == 2


def test_a_file_that_cannot_be_read_replaces_none_that_can(book):
    grade_class(book, submission("ada"), 1, 2)
    broken = {"cells": None, "problem": "unreadable", "name": "late.ipynb"}
    book.hand_in(submission("ada", "b", hours=1, **broken))
    grade = only(book, DUE)
    assert (grade.score, grade.file, grade.attempts) == (3, "ada.ipynb", 2)
    assert grade.sentence == (
        "A later file, late.ipynb, does not count: the file cannot be read as a notebook."
    )
    assert only(book, replace(DUE, attempts="first")).sentence == ""


def test_only_a_file_that_cannot_be_read(book):
    book.hand_in(submission("ada", cells=None, problem="too large", sentence="It has 80 MB."))
    grade = only(book, DUE)
    assert (grade.problem, grade.sentence, grade.score) == (
        "too large",
        "It has 80 MB.",
        0,
    )
    assert [line.result.cause for line in grade.tasks] == ["not started", "not started"]


def test_cell_failures_are_those_of_the_attempt_that_counts(book):
    one = submission("ada")
    run = book.begin(seed=1, isolation="none", environment="", tasks=TASKS)
    answer = replace(graded(one, 1, 2), cell_failures=("code cell 1: SyntaxError",))
    book.record(run, book.hand_in(one, keys_for(one)), answer)
    assert only(book).cell_failures == ("code cell 1: SyntaxError",)


def test_weights_and_total(book):
    grade_class(book, submission("ada", hours=1), 1, 1)
    weighted = replace(DUE, weights={"last": 2})
    grade = only(book, weighted)
    assert (grade.raw, grade.maximum, grade.score) == (3, 5, 2.7)
    scaled = only(book, replace(weighted, total=100))
    assert (scaled.raw, scaled.maximum, scaled.penalty, scaled.score) == (60, 100, 6, 54)
    assert [line.points for line in scaled.tasks] == [1, 1]  # as earned
    nothing = only(book, replace(DUE, weights={"mean": 0, "last": 0}, total=100))
    assert (nothing.score, nothing.maximum) == (0, 0)


def test_an_override_beats_the_grading_and_the_late_rule(book):
    grade_class(book, submission("ada", hours=1), 0, 2)
    book.override("ada", "mean", 0.5, "a good idea", "prof")
    grade = only(book, DUE)
    line = grade.tasks[0]
    assert (line.points, line.overridden, line.comment) == (0.5, True, "a good idea")
    assert line.result.cause == "wrong"  # what the grading found is still said
    assert (grade.raw, grade.penalty, grade.score) == (2.5, 0.2, 2.3)
    assert not grade.tasks[1].overridden
    book.withdraw_override("ada", "mean", "prof")
    assert only(book, DUE).score == 1.8


def test_an_override_without_a_file(book):
    grade_class(book, submission("bob"), 1, 2)
    book.enrol([Person("ada")])
    book.override("ada", "last", 2, "oral exam", "prof")
    ada = grade_summaries(book, TASKS, DUE)[0]
    assert (ada.score, ada.problem) == (2, "nothing")


@pytest.mark.parametrize(
    ("value", "digits", "as_people_round"),
    [(2.675, 2, 2.68), (0.5, 0, 1), (1.5, 0, 2), (2.5, 0, 3), (0.125, 2, 0.13), (2 / 3, 2, 0.67)],
)
def test_a_half_goes_up(value, digits, as_people_round):
    assert rounded(exact(value), exact(9), digits) == as_people_round


def test_three_thirds_are_one():
    assert exact(1 / 3) * 3 == 1
    assert rounded(exact(0.1) * 25, exact(9), 0) == 3


def test_rounding_does_not_pass_the_maximum():
    assert rounded(exact(2.675), exact(2.675), 2) == 2.675


# Properties

hours = st.floats(-100, 400)
late_rules = st.fixed_dictionaries(
    {
        "grace_minutes": st.floats(0, 90),
        "per": st.sampled_from(["day", "hour"]),
        "fraction": st.floats(0, 1),
        "at_most": st.floats(0, 1),
        "closes_after_hours": st.none() | st.floats(0, 200),
    }
)
rules = st.fixed_dictionaries(
    {
        "due": st.none() | st.just(NOON),
        "late": late_rules,
        "attempts": st.sampled_from(["latest", "best", "first"]),
        "weights": st.dictionaries(st.sampled_from(["mean", "last"]), st.floats(0, 1000)),
        "total": st.none() | st.floats(0.001, 10**6),
        "digits": st.integers(0, 6),
    }
)
points = st.tuples(st.floats(0, 1), st.floats(0, 2))
classes = st.lists(st.tuples(hours, points), min_size=1, max_size=3)


def score(attempts, rule, overridden=None, extension=0.0) -> GradeSummary:
    """The grade that these attempts give, without a database."""
    kept = [
        Attempt(
            id=index,
            student="ada",
            name="ada.ipynb",
            sha256=str(index),
            handed_in=NOON + timedelta(hours=when),
            cells="hash",
            problem="",
            sentence="",
            keys={},
            results={r.task: r for r in graded(submission("ada"), *earned).results},
            cell_failures=(),
        )
        for index, (when, earned) in enumerate(sorted(attempts))
    ]
    person = Person("ada", extension_hours=extension)
    given = {} if overridden is None else {"last": manual(overridden)}
    settings = Settings(**rule | {"late": LatePolicy(**rule["late"])})
    return grade_summary(person, kept, given, TASKS, settings)


def manual(value) -> Override:
    return Override("ada", "last", value, "", "prof", NOON)


@given(classes, rules, st.none() | st.floats(0, 2), st.floats(0, 1000))
def test_a_score_is_never_negative_and_never_above_the_maximum(attempts, rule, override, extension):
    grade = score(attempts, rule, override, extension)
    assert 0 <= grade.score <= grade.maximum
    assert 0 <= grade.penalty <= grade.raw <= grade.maximum


@given(classes, rules, st.floats(0, 200), st.floats(0, 200))
def test_an_extension_never_lowers_a_score(attempts, rule, one, more):
    before = score(attempts, rule, extension=one).score
    assert score(attempts, rule, extension=one + more).score >= before
    own = rule | {"extensions": {"ada": one + more}}
    assert score(attempts, own, extension=one).score >= before


@given(hours, st.floats(0, 200), points, rules)
def test_to_hand_in_later_never_raises_a_score(when, later, earned, rule):
    before = score([(when, earned)], rule).score
    assert score([(when + later, earned)], rule).score <= before


@pytest.mark.slow
@given(classes, rules)
def test_the_best_is_no_worse_than_the_first_and_the_latest(attempts, rule):
    best, first, latest = (
        score(attempts, rule | {"attempts": which}).score for which in ("best", "first", "latest")
    )
    assert best >= max(first, latest)


@given(hours, points, rules, st.floats(0, 2), st.floats(0, 2))
def test_a_higher_override_never_lowers_a_score(when, earned, rule, low, high):
    low, high = sorted((low, high))
    assert score([(when, earned)], rule, low).score <= score([(when, earned)], rule, high).score


@given(hours, points, rules, st.floats(0, 2))
def test_an_override_is_worth_the_same_however_late(when, earned, rule, value):
    rule = rule | {"weights": {"mean": 0}}  # what is left is the overridden task
    before = score([(-1000, earned)], rule, value).score
    assert score([(when, earned)], rule, value).score == before

"""The numbers of a class, counted here once more by hand or by numpy."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from classroom import fabricate, problem
from grade_summaries import changed_result
from hypothesis import given
from hypothesis import strategies as st

from course_tools.reports.class_statistics import class_statistics, count_in_bins, round_width


@pytest.fixture(scope="module")
def grades(recurrence):
    return fabricate(recurrence)


def test_everybody_is_counted_once(grades, recurrence):
    statistics = class_statistics(grades, recurrence)
    assert statistics.students == len(grades)
    assert statistics.graded == statistics.full + statistics.partial + statistics.none
    assert statistics.graded + sum(statistics.problems.values()) == statistics.students
    assert statistics.full == sum(s.raw == s.maximum for s in grades)
    assert "right" not in statistics.causes
    lines = [line for s in grades if not s.problem for line in s.tasks]
    assert sum(statistics.causes.values()) == sum(line.result.cause != "right" for line in lines)
    assert statistics.none == sum(s.raw == 0 and not s.problem for s in grades)


def test_scores_are_those_of_the_graded(grades, recurrence):
    statistics = class_statistics(grades, recurrence)
    scores = [s.score for s in grades if not s.problem]
    assert statistics.mean == pytest.approx(np.mean(scores))
    assert statistics.median == pytest.approx(np.median(scores))
    assert sum(bin.count for bin in statistics.bins) == len(scores)


def test_tasks_and_mistakes_agree_with_a_count_by_hand(grades, recurrence):
    statistics = class_statistics(grades, recurrence)
    assert [task.name for task in statistics.tasks] == [task.name for task in recurrence.tasks]
    for k, task in enumerate(statistics.tasks):
        lines = [s.tasks[k] for s in grades if not s.problem]
        assert task.mean == pytest.approx(np.mean([line.points for line in lines]))
        assert task.solved == sum(line.points == line.maximum for line in lines)
        assert {m.name: m.count for m in task.mistakes} == {
            m.name: sum(line.result.mistake == m.name for line in lines) for m in task.mistakes
        }
        counts = [mistake.count for mistake in task.mistakes]
        assert counts == sorted(counts, reverse=True)
        assert all(mistake.sentence for mistake in task.mistakes)
    assert statistics.hardest.share == min(task.share for task in statistics.tasks)
    assert statistics.commonest.count == max(m.count for t in statistics.tasks for m in t.mistakes)


def test_what_needs_an_eye(grades, recurrence):
    said = {c.person.id: c.sentence for c in class_statistics(grades, recurrence).concerns}
    assert said["student-4"] == "two notebooks were handed in; the later one counts"
    assert "student-36" not in said  # nothing handed in is no riddle
    assert "cannot be read" in said["student-37"]
    assert any("could not be graded" in sentence for sentence in said.values())
    assert any("out of turn" in sentence for sentence in said.values())


def test_an_override_settles_a_concern_and_makes_an_unreadable_file_count(recurrence):
    unreadable = replace(problem(recurrence, 1, "unreadable"), sentence="")
    line = replace(unreadable.tasks[0], points=1.0, overridden=True)
    line = changed_result(line, cause="grader")
    by_hand = replace(unreadable, tasks=(line, *unreadable.tasks[1:]), raw=1.0, score=1.0)
    assert class_statistics([unreadable], recurrence).graded == 0
    statistics = class_statistics([by_hand], recurrence)
    assert (statistics.graded, statistics.mean) == (1, 1.0)
    assert not any("could not be graded" in concern.sentence for concern in statistics.concerns)


def test_an_empty_class_has_no_scores(recurrence):
    statistics = class_statistics([], recurrence)
    assert (statistics.students, statistics.graded, statistics.quantiles) == (0, 0, ())
    assert statistics.hardest is None
    assert statistics.commonest is None


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.1, 1e6))
def test_every_score_falls_into_one_of_few_bins(parts, maximum):
    scores = [part * maximum for part in parts]
    bins = count_in_bins(scores, maximum)
    assert sum(bin.count for bin in bins) == len(scores)
    assert 4 < len(bins) <= 13
    assert bins[0].low == 0
    assert bins[-1].high == maximum
    assert all(a.high == b.low for a, b in pairwise(bins))


def test_an_edge_belongs_to_the_bin_above_it_and_the_maximum_to_the_last():
    assert [bin.count for bin in count_in_bins([0.3, 0.6, 1.0], 1)] == [
        0, 0, 0, 1, 0, 0, 1, 0, 0, 1]  # fmt: skip
    assert count_in_bins([12.0], 10)[-1].high == 12.0


@given(st.floats(1e-3, 1e6))
def test_bins_are_round(top):
    width = round_width(top)
    leading = float(f"{width:.3e}".split("e")[0])
    assert leading in (1, 2, 2.5, 4, 5)


def test_who_waits_is_not_counted_among_the_graded(grades, recurrence):
    """A run was stopped: of two students one has no result at all, the other one none so far."""
    ada, bob = [s for s in grades if not s.problem and 0 < s.raw < s.maximum][:2]
    tasks = tuple(
        changed_result(replace(line, points=0.0), cause="waiting", mistake="") for line in bob.tasks
    )
    bob = replace(bob, tasks=tasks, raw=0.0, score=0.0, sentence="")
    statistics = class_statistics([ada, bob], recurrence)
    assert (statistics.graded, statistics.none, statistics.waiting) == (1, 0, 1)
    assert statistics.tasks[0].graded == 1
    assert "waiting" not in statistics.causes
    assert bob.person.id not in {concern.person.id for concern in statistics.concerns}
    half = replace(bob, tasks=(*ada.tasks[:-1], bob.tasks[-1]))
    statistics = class_statistics([ada, half], recurrence)
    assert (statistics.graded, statistics.waiting) == (2, 1)
    assert (statistics.tasks[0].graded, statistics.tasks[-1].graded) == (2, 1)

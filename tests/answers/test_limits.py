"""The default limits bound everything that a student's code may use."""

import dataclasses

from course_tools.answers.limits import Limits


def test_every_limit_bounds_something():
    assert all(value > 0 for value in dataclasses.asdict(Limits()).values())


def test_a_child_cannot_outlast_its_submission():
    limits = Limits()
    assert limits.cell_seconds <= limits.total_seconds

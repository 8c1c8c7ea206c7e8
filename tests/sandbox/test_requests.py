"""Limits have sane defaults and are plain data."""

import dataclasses

from course_tools.sandbox.requests import Limits, Outcome, Request, Run


def test_every_limit_bounds_something():
    assert all(value > 0 for value in dataclasses.asdict(Limits()).values())


def test_a_run_keeps_the_order_of_its_requests():
    run = Run(((Outcome("value", 1),), (Outcome("slow"),)))
    assert [outcomes[-1].cause for outcomes in run.outcomes] == ["value", "slow"]
    assert Request("double", ((1,),)).call == "plain"

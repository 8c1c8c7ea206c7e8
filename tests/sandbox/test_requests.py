"""Requests and what came of them are plain data, in order."""

from course_tools.answers.outcome import Outcome
from course_tools.sandbox.requests import Request, Run


def test_a_run_keeps_the_order_of_its_requests():
    run = Run(((Outcome("value", 1),), (Outcome("slow"),)))
    assert [outcomes[-1].cause for outcomes in run.outcomes] == ["value", "slow"]
    assert Request("double", ((1,),)).call == "plain"

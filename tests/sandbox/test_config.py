from course_tools.sandbox.config import Plan
from course_tools.sandbox.requests import Limits


def test_a_plan_comes_back_as_it_went():
    plan = Plan(
        level="none",
        limits=Limits(memory_mb=7),
        preload=("numpy",),
        user=None,
        shown="/views",
        root="/root",
        scratch="/tmp",
        readable=("/usr", "/lib"),
        packages=(),
        prefix="/usr",
        filter="00ff",
    )
    assert Plan.from_text(plan.to_text()) == plan

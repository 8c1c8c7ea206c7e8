"""One sandbox per level of isolation that this machine has; starting one takes seconds."""

import pytest

from course_lib.sandbox import levels
from course_lib.sandbox.requests import Limits
from course_lib.sandbox.session import Sandbox

LEVELS = [level for level, reason in levels.available().items() if not reason]
LIMITS = Limits(
    memory_mb=256, reply_mb=4, file_mb=1, scratch_mb=8, cell_seconds=30, total_seconds=600
)


@pytest.fixture(scope="session")
def sandboxes():
    """Sandboxes by level, each started when it is first asked for."""
    started = {}

    def sandbox(level):
        if level not in started:
            started[level] = Sandbox(level, LIMITS, preload=("numpy", "torch"))
        return started[level]

    yield sandbox
    for each in started.values():
        each.close()


def slow_after_first(levels):
    """The first level of isolation stands for all where time is short."""
    return levels[:1] + [pytest.param(level, marks=pytest.mark.slow) for level in levels[1:]]


@pytest.fixture(params=slow_after_first(LEVELS))
def sandbox(request, sandboxes) -> Sandbox:
    return sandboxes(request.param)


@pytest.fixture(params=slow_after_first([level for level in LEVELS if level != "none"]))
def confined(request, sandboxes) -> Sandbox:
    """A sandbox at a level that keeps anything from anybody."""
    return sandboxes(request.param)


@pytest.fixture
def answer():
    """Define a function in one cell, call it once, and look at what came."""
    from course_lib.sandbox.requests import Request

    def ask(box, text, *inputs, **options):
        options = {"seconds": 30.0, "arguments": ("x",) * len(inputs), **options}
        run = box.run([text], [Request("f", (inputs,), **options)])
        assert run.cell_failures == ()
        return run.outcomes[0][0]

    return ask

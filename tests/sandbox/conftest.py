"""One sandbox per level of isolation that this machine has; starting one takes seconds."""

import pytest
from probing import USERS, Probe

from course_tools.answers.limits import Limits
from course_tools.sandbox import levels
from course_tools.sandbox.session import Sandbox

LEVELS = [level for level, reason in levels.available().items() if not reason]
LIMITS = Limits(
    memory_mb=256, reply_mb=4, file_mb=1, scratch_mb=8, cell_seconds=30, total_seconds=600
)


@pytest.fixture(scope="session")
def sandboxes():
    """Sandboxes by level and preloaded packages, each started when it is first asked for."""
    started = {}

    def sandbox(level, preload=("numpy",)):
        if (level, preload) not in started:
            started[level, preload] = Sandbox(level, LIMITS, preload=preload)
        return started[level, preload]

    yield sandbox
    for each in started.values():
        each.close()


SAME_CODE = pytest.mark.exhaustive(
    reason="cells, calls and values go through code that all levels share, and torch is loaded anew"
)
BEST_LEVEL = [LEVELS[0], *(pytest.param(level, marks=SAME_CODE) for level in LEVELS[1:])]


@pytest.fixture(params=BEST_LEVEL)
def sandbox(request, sandboxes) -> Sandbox:
    """A sandbox, at the best level that there is."""
    return sandboxes(request.param)


@pytest.fixture(params=BEST_LEVEL)
def with_torch(request, sandboxes) -> Sandbox:
    """The same with torch, which takes seconds to load and makes each child dearer."""
    return sandboxes(request.param, ("numpy", "torch"))


CONFINED = [level for level in LEVELS if level != "none"]


@pytest.fixture(
    params=[*CONFINED[:1], *(pytest.param(n, marks=pytest.mark.slow) for n in CONFINED[1:])]
)
def confined(request, sandboxes) -> Sandbox:
    """A sandbox at a level that keeps anything from anybody; what it keeps, each has to show."""
    return sandboxes(request.param)


TORCH = """
import numpy as np
import torch, torch.optim
from course_tools.sandbox import rlimits, seccomp
from course_tools.answers.limits import Limits
assert seccomp.available() == ""
"""


@pytest.fixture(scope="module")
def interpreter(request):
    """An interpreter that has run the test module's IMPORTS."""
    probe = Probe(request.module.IMPORTS)
    yield probe
    probe.close()


@pytest.fixture(params=USERS, ids=lambda user: f"user {user}" if user else "as we are")
def user(request):
    """Who runs the lines: the user of the tests, and as root a stranger as well."""
    return request.param


@pytest.fixture(scope="session")
def torch_interpreter():
    """An interpreter that has torch, for the few lines that need it."""
    probe = Probe(TORCH)
    yield probe
    probe.close()


@pytest.fixture
def answer():
    """Define a function in one cell, call it once, and look at what came."""
    from course_tools.sandbox.requests import Request

    def ask(box, text, *inputs, **options):
        options = {"seconds": 30.0, "arguments": ("x",) * len(inputs), **options}
        run = box.run([text], [Request("f", (inputs,), **options)])
        assert run.cell_failures == ()
        return run.outcomes[0][0]

    return ask

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_tools.sandbox import levels
from course_tools.sandbox.fork_server import End, ParentDied, SandboxError, WarmParent
from course_tools.sandbox.package_copies import Views
from course_tools.sandbox.requests import Limits

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def views():
    with Views() as made:
        yield made


@pytest.fixture
def warm(views):
    with WarmParent("none", Limits(memory_mb=100), (), views) as parent:
        yield parent


def soon() -> float:
    return time.monotonic() + 120


def test_one_child_after_another(warm, views):
    for _ in range(3):
        child = warm.fork(views.without(frozenset()))
        assert child.read(100, soon()) == b"ready"
    assert child.end() == End(-signal.SIGKILL, memory=True)
    assert child.end() == child.end()


def test_a_child_that_leaves_is_heard_of(warm, views):
    child = warm.fork(views.without(frozenset()))
    child.read(100, soon())
    assert not child.left(0.0)
    child.write(b"not what it expects", soon())
    assert child.left(20.0)
    assert child.end() == End(0, memory=False)


def test_a_parent_that_cannot_start_says_why(views):
    with pytest.raises(SandboxError, match="isolation none: the warm parent fails: ModuleNotFound"):
        WarmParent("none", Limits(), ("no_such_module",), views)


def test_a_child_that_cannot_be_locked_in_has_run_nothing(warm, views):
    (views.scratch / "1").mkdir()
    said = warm.fork(views.without(frozenset())).read(1000, soon())
    assert said.startswith(b"FileExistsError")
    views.clear_scratch()


def test_a_parent_that_is_gone_is_noticed(views):
    with WarmParent("none", Limits(), (), views) as parent:
        parent._process.kill()
        with pytest.raises(ParentDied):
            parent.fork(views.without(frozenset()))


BUSY = """
import sys
from course_tools.sandbox.requests import Limits
from course_tools.sandbox.session import Sandbox
box = Sandbox(sys.argv[1], Limits(cell_seconds=600), preload=())
print("on", flush=True)
box.run(["while True: pass"], [])
"""
# What is between the process that asks and the child, and the child.
DEPTH = {"namespaces": 3, "bubblewrap": 4, "landlock": 2, "none": 2}


@pytest.mark.parametrize("level", [n for n, reason in levels.available().items() if not reason])
def test_all_ends_with_the_process_that_started_it(level):
    """Killed, so that it can clear nothing away itself."""
    started, busy = set(), [sys.executable, "-c", BUSY, level]
    with subprocess.Popen(busy, cwd=HOUSE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout.read(2) == b"on"  # what was tried out before is gone
        until = soon()
        while len(started) < DEPTH[level] and time.monotonic() < until:
            time.sleep(0.02)
            started = below(worker.pid)
        worker.kill()
    assert len(started) >= DEPTH[level]
    while any(map(runs, started)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(runs, started))


def below(process: int) -> set[int]:
    """The processes that this one started, and those that they did."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return set()
    children = {int(word) for word in text.split()}
    return children.union(*map(below, children))


def runs(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_nothing_of_this_process_is_handed_on(warm, views):
    """Neither its variables nor its open files."""
    folder = Path("/proc", str(warm._process.pid))
    assert b"PYTEST" not in (folder / "environ").read_bytes()
    kinds = {os.readlink(entry).split(":")[0] for entry in (folder / "fd").iterdir()}
    assert {kind for kind in kinds if str(HOUSE) in kind} == set()

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_tools.answers.limits import Limits
from course_tools.sandbox import levels
from course_tools.sandbox.fork_server import End, ForkServer, SandboxError, ZygoteDied
from course_tools.sandbox.package_copies import PackageCopies

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def copies():
    with PackageCopies() as made:
        yield made


@pytest.fixture
def server(copies):
    with ForkServer("none", Limits(memory_mb=100), (), copies) as started:
        yield started


def soon() -> float:
    return time.monotonic() + 120


def test_one_child_after_another(server, copies):
    for _ in range(3):
        child = server.fork(copies.without(frozenset()))
        assert child.read(100, soon()) == b"ready"
    assert child.end() == End(-signal.SIGKILL, memory=True)
    assert child.end() == child.end()


def test_a_child_that_ends_by_itself_is_noticed(server, copies):
    child = server.fork(copies.without(frozenset()))
    child.read(100, soon())
    assert not child.left(0.0)
    child.write(b"not what it expects", soon())
    assert child.left(20.0)
    assert child.end() == End(0, memory=False)


def test_a_zygote_that_cannot_start_says_why(copies):
    with pytest.raises(SandboxError, match="isolation none: the zygote fails: ModuleNotFound"):
        ForkServer("none", Limits(), ("no_such_module",), copies)


def test_a_child_that_cannot_enter_the_sandbox_has_run_nothing(server, copies):
    (copies.scratch / "1").mkdir()
    answer = server.fork(copies.without(frozenset())).read(1000, soon())
    assert answer.startswith(b"FileExistsError")
    copies.clear_scratch()


def test_a_zygote_that_has_ended_is_noticed(copies):
    with ForkServer("none", Limits(), (), copies) as server:
        server._process.kill()
        with pytest.raises(ZygoteDied):
            server.fork(copies.without(frozenset()))


BUSY = """
import sys
from course_tools.answers.limits import Limits
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
    with subprocess.Popen(busy, cwd=ROOT, stdout=subprocess.PIPE) as worker:
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


def test_nothing_of_this_process_is_handed_on(server, copies):
    """Neither its variables nor its open files."""
    folder = Path("/proc", str(server._process.pid))
    assert b"PYTEST" not in (folder / "environ").read_bytes()
    kinds = {os.readlink(entry).split(":")[0] for entry in (folder / "fd").iterdir()}
    assert {kind for kind in kinds if str(ROOT) in kind} == set()

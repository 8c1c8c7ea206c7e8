"""Landlock: each file that is given up is tried, and each that is kept."""

import os
import socket
import sys
import tempfile
from pathlib import Path

import pytest
from probing import USERS, Probe

from course_tools.sandbox import landlock

NAME = f"landlock-probe-{os.getpid()}"  # one for the whole machine, like a port
IMPORTS = """
import encodings.idna, os, socket
from pathlib import Path
import numpy as np
from course_tools.sandbox import landlock
from course_tools.sandbox.paths import readable_paths
readable_paths()
"""


@pytest.fixture(scope="module")
def interpreter():
    probe = Probe(IMPORTS)
    yield probe
    probe.close()


@pytest.fixture
def house():
    """A house with a room to read in, a room to write in, and one that is locked.

    Every user may enter and change all of it, but for Landlock.
    """
    with tempfile.TemporaryDirectory() as folder:
        house = Path(folder)
        house.chmod(0o755)
        for name in ("read", "write", "locked"):
            (house / name).mkdir()
            (house / name / "file").write_text(name)
            (house / name / "file").chmod(0o666)
            (house / name).chmod(0o777)
        yield house


@pytest.fixture(params=USERS, ids=lambda user: f"user {user}" if user else "as we are")
def locked_in(interpreter, house, request):
    """Run lines under the rules of the house, with its path as ``house``."""
    first = f"""
house, name = Path({str(house)!r}), {NAME!r}
landlock.restrict([*readable_paths(), house / "read", house / "not there"], [house / "write"])
"""
    return lambda lines: interpreter(lines, first=first, user=request.param)


@pytest.mark.parametrize(
    "lines",
    [
        "open(house / 'locked' / 'file')",
        "open(house / 'locked' / 'file', 'w')",
        "open(house / 'locked' / 'new', 'w')",
        "os.truncate(house / 'locked' / 'file', 0)",
        "os.listdir(house / 'locked')",
        "os.remove(house / 'locked' / 'file')",
        "os.mkdir(house / 'locked' / 'new')",
        "os.rename(house / 'write' / 'file', house / 'locked' / 'new')",
        "open(house / 'read' / 'file', 'a')",
        "open(house / 'read' / 'new', 'w')",
        "os.truncate(house / 'read' / 'file', 0)",
        "os.open(house / 'read' / 'file', os.O_RDONLY | os.O_TRUNC)",
        "os.remove(house / 'read' / 'file')",
        "os.symlink('/', house / 'write' / 'link')",
        "os.mkfifo(house / 'write' / 'fifo')",
        "socket.socket(socket.AF_UNIX).bind(str(house / 'write' / 'socket'))",
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "open('/proc/1/environ')",
        "open(f'/proc/{os.getppid()}/mem', 'rb')",
        "os.listdir('/')",
        "os.listdir('/tmp')",
        "open(house / 'write' / '..' / 'locked' / 'file')",
        "os.chdir(house / 'locked'); open('file')",
        "os.execv('/bin/true', ['true'])",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "os.kill(os.getppid(), 0)",
        "s = socket.socket(socket.AF_UNIX); s.connect(chr(0) + name)",
    ],
)
def test_given_up(locked_in, lines, outside):
    assert locked_in(lines).error == "PermissionError"


@pytest.fixture(scope="module")
def outside():
    """A socket with an abstract name, listening in this process."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"\0{NAME}")
        listening.listen()
        yield


@pytest.mark.parametrize(
    "lines",
    [
        "result = open(house / 'read' / 'file').read() == 'read'",
        "result = os.listdir(house / 'read') == ['file']",
        "(house / 'write' / 'new').write_text('x'); result = True",
        "os.truncate(house / 'write' / 'file', 0); result = True",
        "os.mkdir(house / 'write' / 'a'); os.rename(house / 'write' / 'file', "
        "house / 'write' / 'a' / 'file'); os.remove(house / 'write' / 'a' / 'file'); "
        "os.rmdir(house / 'write' / 'a'); result = True",
        "np.save(house / 'write' / 'x', np.ones(2)); "
        "result = np.load(house / 'write' / 'x.npy').sum() == 2; result = bool(result)",
        "os.kill(os.getpid(), 0); result = True",
    ],
)
def test_kept(locked_in, lines):
    answer = locked_in(lines)
    assert (answer.error, answer.result) == ("", True)


def test_a_file_that_is_open_stays_open(interpreter, house):
    lines = "landlock.restrict([], []); result = file.read()"
    answer = interpreter(lines, first=f"file = open({str(house / 'locked' / 'file')!r})")
    assert answer.result == "locked"


def test_compiled_modules_can_be_imported_late(interpreter):
    first = "landlock.restrict(readable_paths(), [])"
    lines = "import sys; late = 'sqlite3' not in sys.modules; import sqlite3; result = late"
    assert interpreter(lines, first=first).result is True
    lines = "late = 'scipy.special' not in sys.modules; import scipy.special; result = late"
    assert interpreter("import sys\n" + lines, first=first).result is True


def test_there_is_no_way_back(interpreter, house):
    lines = f"""
landlock.restrict(["/"], ["/"])
open({str(house / "locked" / "file")!r})
"""
    assert interpreter(lines, first="landlock.restrict([], [])").error == "PermissionError"


def test_without_it_nothing_of_this_holds(interpreter, house):
    """The probes can fail."""
    lines = f"""
open({str(house / "locked" / "file")!r}); os.listdir("/"); os.kill(os.getppid(), 0)
os.symlink("/", {str(house / "write" / "link")!r})
"""
    assert interpreter(lines).error == ""


@pytest.mark.parametrize(
    ("version", "size", "handled"),
    [(1, 8, 0x1FFF), (2, 8, 0x3FFF), (3, 8, 0x7FFF), (4, 16, 0x7FFF), (6, 24, 0xFFFF)],
)
def test_an_older_kernel_is_asked_for_what_it_knows(monkeypatch, version, size, handled):
    """And refuses if it is asked for more: nothing of the attributes may be beyond it."""
    calls = []

    def call(number, *arguments):
        calls.append((number, *arguments))
        return version if number == landlock.CREATE_RULESET and arguments[0] is None else 99

    monkeypatch.setattr(landlock, "_call", call)
    landlock._ruleset(["/usr"], ["/tmp"])
    _, attributes, length, flags = calls[1]
    assert (len(attributes), length, flags) == (size, size, 0)
    assert int.from_bytes(attributes[:8], sys.byteorder) == handled
    rules = [int.from_bytes(rule[:8], sys.byteorder) for *_, rule, _ in calls[2:]]
    assert len(rules) == 2
    assert all(rule and rule & ~handled == 0 for rule in rules)


def test_another_system_has_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert landlock.available() == 0

"""Landlock: each file that is given up is tried, and each that is kept."""

import os
import socket
import sys
import tempfile
from pathlib import Path

import pytest
from probing import USERS

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


@pytest.fixture
def folders():
    """A folder to read in, one to write in, and one that is out of reach, beside each other.

    But for Landlock every user may enter and change all of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        folders = Path(folder)
        folders.chmod(0o755)
        for name in ("read", "write", "hidden"):
            (folders / name).mkdir()
            (folders / name / "file").write_text(name)
            (folders / name / "file").chmod(0o666)
            (folders / name).chmod(0o777)
        yield folders


@pytest.fixture(params=USERS, ids=lambda user: f"user {user}" if user else "as we are")
def restricted(interpreter, folders, request):
    """Run lines under these rules, with the path of the folders as ``folders``."""
    first = f"""
folders, name = Path({str(folders)!r}), {NAME!r}
landlock.restrict([*readable_paths(), folders / "read", folders / "not there"], [folders / "write"])
"""
    return lambda lines: interpreter(lines, first=first, user=request.param)


@pytest.mark.parametrize(
    "lines",
    [
        "open(folders / 'hidden' / 'file')",
        "open(folders / 'hidden' / 'file', 'w')",
        "open(folders / 'hidden' / 'new', 'w')",
        "os.truncate(folders / 'hidden' / 'file', 0)",
        "os.listdir(folders / 'hidden')",
        "os.remove(folders / 'hidden' / 'file')",
        "os.mkdir(folders / 'hidden' / 'new')",
        "os.rename(folders / 'write' / 'file', folders / 'hidden' / 'new')",
        "open(folders / 'read' / 'file', 'a')",
        "open(folders / 'read' / 'new', 'w')",
        "os.truncate(folders / 'read' / 'file', 0)",
        "os.open(folders / 'read' / 'file', os.O_RDONLY | os.O_TRUNC)",
        "os.remove(folders / 'read' / 'file')",
        "os.symlink('/', folders / 'write' / 'link')",
        "os.mkfifo(folders / 'write' / 'fifo')",
        "socket.socket(socket.AF_UNIX).bind(str(folders / 'write' / 'socket'))",
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "open('/proc/1/environ')",
        "open(f'/proc/{os.getppid()}/mem', 'rb')",
        "os.listdir('/')",
        "os.listdir('/tmp')",
        "open(folders / 'write' / '..' / 'hidden' / 'file')",
        "os.chdir(folders / 'hidden'); open('file')",
        "os.execv('/bin/true', ['true'])",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "os.kill(os.getppid(), 0)",
        "s = socket.socket(socket.AF_UNIX); s.connect(chr(0) + name)",
    ],
)
def test_given_up(restricted, lines, outside):
    assert restricted(lines).error == "PermissionError"


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
        "result = open(folders / 'read' / 'file').read() == 'read'",
        "result = os.listdir(folders / 'read') == ['file']",
        "(folders / 'write' / 'new').write_text('x'); result = True",
        "os.truncate(folders / 'write' / 'file', 0); result = True",
        "os.mkdir(folders / 'write' / 'a'); os.rename(folders / 'write' / 'file', "
        "folders / 'write' / 'a' / 'file'); os.remove(folders / 'write' / 'a' / 'file'); "
        "os.rmdir(folders / 'write' / 'a'); result = True",
        "np.save(folders / 'write' / 'x', np.ones(2)); "
        "result = np.load(folders / 'write' / 'x.npy').sum() == 2; result = bool(result)",
        "os.kill(os.getpid(), 0); result = True",
    ],
)
def test_kept(restricted, lines):
    answer = restricted(lines)
    assert (answer.error, answer.result) == ("", True)


def test_a_file_that_is_open_stays_open(interpreter, folders):
    lines = "landlock.restrict([], []); result = file.read()"
    answer = interpreter(lines, first=f"file = open({str(folders / 'hidden' / 'file')!r})")
    assert answer.result == "hidden"


def test_compiled_modules_can_be_imported_late(interpreter):
    first = "landlock.restrict(readable_paths(), [])"
    lines = "import sys; late = 'sqlite3' not in sys.modules; import sqlite3; result = late"
    assert interpreter(lines, first=first).result is True
    lines = "late = 'scipy.special' not in sys.modules; import scipy.special; result = late"
    assert interpreter("import sys\n" + lines, first=first).result is True


def test_there_is_no_way_back(interpreter, folders):
    lines = f"""
landlock.restrict(["/"], ["/"])
open({str(folders / "hidden" / "file")!r})
"""
    assert interpreter(lines, first="landlock.restrict([], [])").error == "PermissionError"


def test_without_it_nothing_of_this_holds(interpreter, folders):
    """The probes can fail."""
    lines = f"""
open({str(folders / "hidden" / "file")!r}); os.listdir("/"); os.kill(os.getppid(), 0)
os.symlink("/", {str(folders / "write" / "link")!r})
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

"""Each test runs a process of its own, since there is no way back out of a namespace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Root may become an ordinary user without any right, who then needs a user namespace.
AS = {"as it is": [], "as nobody": ["unshare", "--user", "--map-user=1000", "--map-group=1000"]}

INSIDE = """
import json, os, sys, socket, subprocess
from pathlib import Path
sys.path.insert(0, {checkout!r})
from course_tools.sandbox import namespaces
from course_tools.sandbox.paths import readable_paths
shown = Path({shown!r})
result = {{}}

def attempt(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return type(error).__name__

namespaces.unshare()
process = os.fork()
if process:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
namespaces.build_root(Path({root!r}), [*readable_paths(), shown])
{body}
print(json.dumps(result))
"""


@pytest.fixture(params=AS)
def inside(request, tmp_path):
    """Run code that has just moved into a new root, and return its ``result``."""
    (tmp_path / "shown" / "1").mkdir(parents=True)
    (tmp_path / "shown" / "1" / "own").write_text("own")
    (tmp_path / "shown" / "2").mkdir()
    (tmp_path / "hidden").write_text("hidden")
    (tmp_path / "root").mkdir()

    def run(body: str) -> dict:
        shown, root = str(tmp_path / "shown"), str(tmp_path / "root")
        text = INSIDE.format(checkout=str(ROOT), shown=shown, root=root, body=body)
        prefix = AS[request.param] if os.geteuid() == 0 else []
        command = [*prefix, sys.executable, "-c", text]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_the_new_root_holds_what_is_shown_and_nothing_can_be_written(inside, tmp_path):
    result = inside("""
result["shown"] = sorted(os.listdir(shown))
result["beside"] = os.listdir(shown.parent)
result["secrets"] = [os.path.exists(p) for p in ("/etc/passwd", "/home", "/var", "/old_root")]
result["writes"] = [attempt(open, p, "w") for p in ("/x", str(shown / "x"), "/usr/lib/x")]
result["writes"] += [attempt(os.mkdir, p) for p in ("/etc/x", "/dev/x")]
result["processes"] = [name for name in os.listdir("/proc") if name.isdigit()]
result["network"] = [name for _, name in socket.if_nameindex()]
result["devices"] = sorted(os.listdir("/dev"))
result["random"] = len(open("/dev/urandom", "rb").read(9)), open("/dev/null", "w").write("x")
import numpy
""")
    assert result == {
        "shown": ["1", "2"],
        "beside": ["shown"],
        "secrets": [False] * 4,
        "writes": ["OSError"] * 5,
        "processes": ["1"],
        "network": ["lo"],
        "devices": ["full", "null", "random", "urandom", "zero"],
        "random": [9, 1],
    }


def test_a_folder_that_is_made_later_is_seen(inside, tmp_path):
    """A copy is made when it is first asked for, by the side outside."""
    (tmp_path / "shown" / "3").mkdir()
    assert inside('result["shown"] = sorted(os.listdir(shown))')["shown"] == ["1", "2", "3"]


FORK = """
here = os.open("/proc/self/ns/pid", os.O_RDONLY)
def child(body):
    read, write = os.pipe()
    process = namespaces.fork_with_own_processes(here)
    if process == 0:
        os.write(write, json.dumps(body()).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(process, 0)
    return json.loads(os.read(read, 10_000))
"""


def test_each_child_is_the_first_process_of_its_own_kind(inside):
    result = inside(FORK + 'result["numbers"] = [child(os.getpid) for _ in range(3)]')
    assert result == {"numbers": [1, 1, 1]}


def test_what_a_child_starts_ends_with_it(inside):
    result = inside(
        FORK
        + """
def leave_something():
    import time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        time.sleep(60)
    return 1
child(leave_something)
result["left"] = [name for name in os.listdir("/proc") if name.isdigit()]
"""
    )
    assert result == {"left": ["1"]}


def test_a_child_sees_its_own_library_and_an_empty_scratch_folder(inside, tmp_path):
    result = inside(
        FORK
        + """
def look():
    namespaces.own_files(str(shown / "1"), [str(shown), "/proc"], scratch_mb=1)
    Path("mine").write_text("mine")
    return {
        "here": os.getcwd(),
        "library": os.listdir("/library"),
        "others": attempt(os.listdir, shown),
        "processes": os.listdir("/proc"),
        "write": attempt(open, "/library/x", "w"),
        "full": attempt(Path("large").write_bytes, bytes(2 * 2**20)),
        "scratch": sorted(os.listdir()),
    }
result = child(look)
result["after"] = os.path.exists("/scratch/mine"), os.path.exists(shown), os.path.exists("/proc/1")
"""
    )
    assert result == {
        "here": "/scratch",
        "library": ["own"],
        "others": [],
        "processes": [],
        "write": "OSError",
        "full": "OSError",
        "scratch": ["large", "mine"],
        "after": [False, True, True],
    }


def test_a_python_that_lies_below_tmp_stays_in_sight(inside, tmp_path):
    """A checkout in /tmp, as continuous integration likes it."""
    result = inside(
        FORK
        + """
def look():
    namespaces.own_files(str(shown / "1"), ["/proc"], scratch_mb=1)
    return str(shown).startswith("/tmp/"), os.path.exists(shown / "1" / "own")
result["below, there"] = child(look)
"""
    )
    assert result == {"below, there": [True, True]}


def test_nothing_is_left_of_roots_rights(inside):
    result = inside("""
namespaces.drop_capabilities()
lines = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
result["rights"] = [lines[name] for name in ("CapEff", "CapPrm", "CapInh")]
result["mount"] = attempt(namespaces.own_files, "/usr/lib", [], 1)
""")
    assert result == {"rights": ["0" * 16] * 3, "mount": "PermissionError"}


def test_memory_is_hidden_from_the_same_user(inside):
    result = inside("""
namespaces.hide_memory()
process = os.fork()
if process == 0:
    namespaces.drop_capabilities()
    os._exit(attempt(open, f"/proc/{os.getppid()}/mem", "rb") == "PermissionError")
result["hidden"] = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
""")
    assert result == {"hidden": 1}


def test_a_refusal_says_what_was_refused(inside):
    result = inside("""
try:
    namespaces.own_files("/nowhere", [], 1)
except OSError as error:
    result["text"] = str(error)
""")
    assert result["text"].endswith("mount /library: No such file or directory")

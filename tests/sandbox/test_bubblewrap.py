"""Bubblewrap around a command, as root and as an ordinary user."""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from course_tools.sandbox import bubblewrap
from course_tools.sandbox.paths import readable_paths

# In a user namespace of its own, root is an ordinary user who may still read Python's files.
ORDINARY = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
AS = [[], ORDINARY] if os.geteuid() == 0 else [[]]
NAME = f"course-bubblewrap-{os.getpid()}"  # one for the whole machine, like a port

INSIDE = """
import json, os, signal, socket, sys

def refused(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return type(error).__name__
    return ""

secret, library, pid, word, name = sys.argv[1:6]
listening = socket.socket(socket.AF_UNIX)
said = {
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "tmp": sorted(os.listdir("/tmp")),
    "size": os.statvfs("/tmp").f_blocks * os.statvfs("/tmp").f_bsize // 2**20,
    "secret": refused(open, secret),
    "passwd": refused(open, "/etc/passwd"),
    "library": open(library + "/word").read(),
    "written": [
        path
        for path in ("/x", "/dev/x", "/dev/shm/x", "/usr/lib/x", library + "/x", "/tmp/x")
        if not refused(open, path, "w")
    ],
    "null": refused(open, "/dev/null", "w"),
    "connect": refused(socket.create_connection, ("127.0.0.1", int(word))),
    "abstract": refused(listening.connect, chr(0) + name),
    "kill": refused(os.kill, int(pid), 0),
    "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    "host": socket.gethostname(),
    "late": bool(__import__("sqlite3")),
    "capabilities": [line for line in open("/proc/self/status") if line.startswith("CapEff")],
    "session": os.getsid(0) == os.getpid() or os.getsid(0) == os.getppid(),
}
if os.getuid() == 0:
    os.setgroups([]), os.setresgid(54321, 54321, 54321), os.setresuid(54321, 54321, 54321)
    said["as another user"] = os.listdir(os.path.dirname(os.__file__)) != []
os.write(int(sys.argv[6]), json.dumps(said).encode())
"""


@pytest.fixture(params=AS, ids=lambda prefix: "ordinary" if prefix else "as we are", scope="module")
def said(request, tmp_path_factory):
    """What a program inside found."""
    secret = tmp_path_factory.mktemp("outside") / "secret"
    secret.write_text("secret")
    read, write = os.pipe()
    with (
        tempfile.TemporaryDirectory() as library,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        Path(library, "word").write_text("shown")
        Path(library).chmod(0o755)
        abstract.bind(f"\0{NAME}")
        abstract.listen()
        inside = [str(secret), library, str(os.getpid()), str(server.getsockname()[1])]
        inside.append(NAME)
        with pytest.MonkeyPatch.context() as patch:
            if request.param:
                patch.setattr(os, "geteuid", lambda: 1000)
            command = bubblewrap.wrap(
                [sys.executable, "-c", INSIDE, *inside, str(write)],
                readable_paths(),
                Path(library),
                {"GREETING": "hello", "LC_ALL": "C.UTF-8"},
                scratch_mb=7,
            )
        environment = {**os.environ, "LEAK": "leak"}
        run = subprocess.run(
            request.param + command, env=environment, pass_fds=[write], timeout=60, check=False
        )
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    assert run.returncode == 0
    shown = [Path(path).parts for path in (*readable_paths(), library)]
    below = {parts[2] for parts in shown if parts[:2] == ("/", "tmp")}  # Python may be, too
    return {**json.loads(text), "shown below tmp": sorted(below)}


def test_nothing_of_the_host_but_the_named_folders(said):
    assert said["secret"] == "FileNotFoundError"
    assert said["passwd"] == "FileNotFoundError"
    assert said["library"] == "shown"
    assert said["late"] is True


def test_only_the_new_scratch_folder_can_be_written(said):
    assert said["written"] == ["/tmp/x"]
    assert said["tmp"] == said["shown below tmp"]
    assert said["size"] == 7
    assert said["folder"] == "/tmp"
    assert said["null"] == ""


def test_neither_network_nor_processes_of_the_host(said):
    assert said["connect"] == said["abstract"] == "ConnectionRefusedError" or (
        said["connect"] == "OSError"  # the network is down altogether
    )
    assert said["kill"] == "ProcessLookupError"
    assert said["processes"] == 2
    assert said["host"] == "sandbox"
    assert said["session"] is True


def test_no_variable_is_passed_on(said):
    assert said["environment"].pop("PWD", "/tmp") == "/tmp"
    assert said["environment"] == {"GREETING": "hello", "LC_ALL": "C.UTF-8"}


def test_no_capability_but_what_a_parent_needs_to_change_users(said):
    kept = int(said["capabilities"][0].split()[1], 16)
    root = "as another user" in said
    assert kept == (0b1110_0000 if root else 0)  # kill, setgid, setuid
    assert said.get("as another user", True) is True


def test_it_ends_with_whoever_started_it(tmp_path):
    sleep = bubblewrap.wrap(
        [sys.executable, "-c", "import os, time; os.write(1, b'on'); time.sleep(60)"],
        readable_paths(),
        tmp_path,
    )
    starter = f"import subprocess, time; subprocess.Popen({sleep!r}); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE) as process:
        assert process.stdout.read(2) == b"on"
        process.kill()
        ended, _, _ = select.select([process.stdout], [], [], 20)
        assert ended  # the last to hold the pipe is gone

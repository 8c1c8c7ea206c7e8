import os
import signal
import socket
import time
from pathlib import Path

import pytest

from course_tools.answers.limits import Limits
from course_tools.sandbox import framing, zygote
from course_tools.sandbox.config import SandboxConfig


@pytest.fixture
def config(tmp_path) -> SandboxConfig:
    return SandboxConfig(
        level="none",
        limits=Limits(memory_mb=7),
        preload=("numpy",),
        user=None,
        shown="/copies",
        root="/root",
        scratch=str(tmp_path),
        readable=("/usr", "/lib"),
        packages=(),
        prefix="/usr",
        filter="",
    )


def fork(body) -> int:
    process = os.fork()
    if process == 0:
        body()
        os._exit(0)
    return process


@pytest.fixture
def controls():
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    yield pair
    for end in pair:
        end.close()


def wait(process: int, control: socket.socket) -> dict[str, int]:
    handle = os.pidfd_open(process)
    try:
        return zygote._wait(process, handle, control)
    finally:
        os.close(handle)


def test_the_end_of_a_child_is_reported(controls):
    assert wait(fork(lambda: os._exit(7)), controls[0])["code"] == 7
    abrupt = fork(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert wait(abrupt, controls[0])["code"] == -signal.SIGKILL
    grown = wait(fork(lambda: bytearray(2**28)), controls[0])["peak_mb"]
    assert grown - wait(fork(lambda: None), controls[0])["peak_mb"] > 200


def test_a_child_ends_when_nobody_waits_for_its_answer(controls):
    process = fork(lambda: (controls[1].close(), time.sleep(60)))
    controls[1].close()
    assert wait(process, controls[0])["code"] == -signal.SIGKILL


def test_an_order_does_not_end_a_child(controls):
    process = fork(lambda: time.sleep(0.1))
    framing.send(controls[1], {"package_copy": "next"})
    assert wait(process, controls[0])["code"] == 0


def test_what_a_child_left_is_cleared_away(config, tmp_path):
    """In a process of its own, which takes in whatever loses its parent."""

    def scenario():
        zygote.namespaces.adopt_orphans()
        scratch = tmp_path / "1"
        (scratch / "folder").mkdir(parents=True)
        (scratch / "folder" / "file").write_text("left")
        (scratch / "folder").chmod(0)
        read, write = os.pipe()

        def child():
            def orphan():
                os.setsid()
                os.write(write, str(os.getpid()).encode())
                time.sleep(60)

            fork(lambda: fork(orphan) and time.sleep(60))

        os.waitpid(fork(child), 0)
        orphan = int(os.read(read, 99))
        zygote._clear_away(config, scratch)
        os._exit(scratch.exists() + 2 * Path(f"/proc/{orphan}").exists())

    assert os.waitstatus_to_exitcode(os.waitpid(fork(scenario), 0)[1]) == 0

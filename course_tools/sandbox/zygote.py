"""The zygote of the fork server: imports what students may use, then forks child after child.

It is started by exec and leaves the host's namespaces before it imports anything large. It runs no
student code and receives no tests and no answers: an order names the copy of the library that the
child may see, and brings the socket on which the child answers.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import site
import socket
import sys
from pathlib import Path
from typing import Any

from course_tools.sandbox import framing, namespaces
from course_tools.sandbox.config import SandboxConfig
from course_tools.sandbox.scratch import clear

MB = 2**20
FAILED_TO_START = 70


def main(descriptor: int) -> None:
    """Receive the configuration, start, report it, and serve until the control socket closes."""
    control = socket.socket(fileno=descriptor)
    config = SandboxConfig.from_text(framing.receive(control)[0]["config"])
    try:
        _isolate(config, control)
        _preload(config)
        from course_tools.sandbox.child import run_child
    except BaseException as error:
        framing.send(control, {"failed": f"{type(error).__name__}: {error}"[:500]})
        os._exit(FAILED_TO_START)
    with contextlib.suppress(framing.Closed):
        framing.send(control, {"ready": True})
        _serve(config, control, run_child)
    os._exit(0)


def _isolate(config: SandboxConfig, control: socket.socket) -> None:
    """Enter the namespaces and the root that all children share."""
    os.umask(0o022)
    if config.level == "namespaces":
        namespaces.unshare()
        process = os.fork()
        if process:  # stay outside, to be waited for by whoever started this
            control.close()
            _, status = os.waitpid(process, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        namespaces.die_with_parent()
        shown = [*config.readable, config.shown]
        namespaces.build_root(Path(config.root), [Path(path) for path in shown])
    if config.level != "none":
        namespaces.hide_memory()
    namespaces.adopt_orphans()


def _preload(config: SandboxConfig) -> None:
    sys.prefix = sys.exec_prefix = config.prefix
    sys.path += [path for path in config.packages if path not in sys.path]
    site.sethelper()
    site.setquit()
    for name in config.preload:
        importlib.import_module(name)
    from course_tools.kit.cells import translate

    translate("%time x = 1")  # so that IPython is there
    gc.collect()
    gc.freeze()  # or the first collection in each child would copy every page


def _serve(config: SandboxConfig, control: socket.socket, run_child: Any) -> None:
    from course_tools.sandbox import rlimits

    here = os.open("/proc/self/ns/pid", os.O_RDONLY)
    number = 0
    while True:
        order, (channel,) = framing.receive(control)
        number += 1
        scratch = Path(config.scratch, str(number))
        before = rlimits.in_use(shared_user=config.user is None)
        try:
            if config.level == "namespaces":
                process = namespaces.fork_with_own_processes(here)
            else:
                process = os.fork()
        except OSError as error:
            os.close(channel)
            framing.send(control, {"failed": str(error)})
            continue
        if process == 0:
            run_child(config, order["package_copy"], channel, scratch, before)
        os.close(channel)
        handle = os.pidfd_open(process)
        framing.send(control, {"born": process}, handle)
        try:
            usage = _wait(process, handle, control)
        finally:
            os.close(handle)
        _clear_away(config, scratch)
        framing.send(control, {**usage, "before_mb": before.data // MB})


def _wait(process: int, handle: int, control: socket.socket) -> dict[str, int]:
    """Wait for a child, and kill it if the other side closes the connection meanwhile."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(control, 0)  # reports only that the other side has closed
    while handle not in (ready := {descriptor for descriptor, _ in poll.poll()}):
        if control.fileno() in ready:
            os.kill(process, signal.SIGKILL)
            break
    _, status, usage = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "peak_mb": usage.ru_maxrss // 1024}


def _clear_away(config: SandboxConfig, scratch: Path) -> None:
    """Kill the processes that a child left running, and remove its files."""
    while processes := _children():  # those whose parent ends become children of this process
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    if not scratch.is_dir():
        return
    if any(scratch.iterdir()):
        process = os.fork()
        if process == 0:  # as the owner of the files
            try:
                if config.user is not None:
                    namespaces.set_user(config.user)
                clear(scratch)
            finally:
                os._exit(0)
        os.waitpid(process, 0)
    with contextlib.suppress(OSError):
        scratch.rmdir()


def _children() -> list[int]:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return []
    own = os.getpid()
    text = Path(f"/proc/{own}/task/{own}/children").read_text()
    return [int(word) for word in text.split()]

"""The warm parent: imports what students may use, then forks one child after another.

It is started by exec, leaves the host before it imports anything large, and never runs student
code, nor does it hear of tests or answers: an order names a view and brings the channel that the
child is to answer on.
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
from course_tools.sandbox.config import Plan
from course_tools.sandbox.scratch import clear

MB = 2**20
FAILED_TO_START = 70


def main(descriptor: int) -> None:
    """Hear the plan, start, say so, and serve until the other side of the control socket closes."""
    control = socket.socket(fileno=descriptor)
    plan = Plan.from_text(framing.hear(control)[0]["plan"])
    try:
        _settle(plan, control)
        _preload(plan)
        from course_tools.sandbox.child import become_child
    except BaseException as error:
        framing.tell(control, {"failed": f"{type(error).__name__}: {error}"[:500]})
        os._exit(FAILED_TO_START)
    with contextlib.suppress(framing.Gone):
        framing.tell(control, {"ready": True})
        _serve(plan, control, become_child)
    os._exit(0)


def _settle(plan: Plan, control: socket.socket) -> None:
    """Go to the place where the children will live."""
    os.umask(0o022)
    if plan.level == "namespaces":
        namespaces.leave_host()
        process = os.fork()
        if process:  # stay outside, to be waited for by whoever started this
            control.close()
            _, status = os.waitpid(process, 0)
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
        namespaces.die_with_parent()
        shown = [*plan.readable, plan.shown]
        namespaces.build_root(Path(plan.root), [Path(path) for path in shown])
    if plan.level != "none":
        namespaces.hide_memory()
    namespaces.adopt_orphans()


def _preload(plan: Plan) -> None:
    sys.prefix = sys.exec_prefix = plan.prefix
    sys.path += [path for path in plan.packages if path not in sys.path]
    site.sethelper()
    site.setquit()
    for name in plan.preload:
        importlib.import_module(name)
    from course_tools.kit.cells import translate

    translate("%time x = 1")  # so that IPython is there
    gc.collect()
    gc.freeze()  # or the first collection in each child would copy every page


def _serve(plan: Plan, control: socket.socket, become_child: Any) -> None:
    from course_tools.sandbox import rlimits

    here = os.open("/proc/self/ns/pid", os.O_RDONLY)
    number = 0
    while True:
        order, (channel,) = framing.hear(control)
        number += 1
        scratch = Path(plan.scratch, str(number))
        before = rlimits.in_use(shared_user=plan.user is None)
        try:
            if plan.level == "namespaces":
                process = namespaces.fork_with_own_processes(here)
            else:
                process = os.fork()
        except OSError as error:
            os.close(channel)
            framing.tell(control, {"failed": str(error)})
            continue
        if process == 0:
            become_child(plan, order["view"], channel, scratch, before)
        os.close(channel)
        handle = os.pidfd_open(process)
        framing.tell(control, {"born": process}, handle)
        try:
            usage = _wait(process, handle, control)
        finally:
            os.close(handle)
        _clear_away(plan, scratch)
        framing.tell(control, {**usage, "before_mb": before.data // MB})


def _wait(process: int, handle: int, control: socket.socket) -> dict[str, int]:
    """Wait for a child, and end it should the other side leave meanwhile."""
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


def _clear_away(plan: Plan, scratch: Path) -> None:
    """End what a child left running, and remove what it left lying about."""
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
                if plan.user is not None:
                    namespaces.become(plan.user)
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

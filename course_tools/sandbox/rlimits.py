"""Resource limits of a child process: memory, processes and threads, files.

The memory limits count from what the process has already: Python and the preloaded packages take
several GB of addresses before any student code runs. ``/proc`` tells how much, and may be out of
reach in the child, so the zygote looks before it forks. Where ``seccomp`` forbids new processes,
the limit of one process bounds the whole child.
"""

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from course_tools.answers.limits import Limits

MB = 2**20
STACK = 8 * MB


@dataclass(frozen=True)
class InUse:
    """What a process has before the limits apply.

    Args:
        addresses: size of its address space in bytes, which RLIMIT_AS counts.
        data: bytes of it that are private and writable, which RLIMIT_DATA counts.
        tasks: processes and threads of the same user, which RLIMIT_NPROC counts.
    """

    addresses: int
    data: int
    tasks: int = 0


def in_use(shared_user: bool = False) -> InUse:
    """Measure this process; the zygote calls it right before it forks.

    Args:
        shared_user: whether the child will run under a user id that others use as well, so that
            their processes have to be counted.
    """
    pages = [int(word) for word in Path("/proc/self/statm").read_text().split()]
    page = os.sysconf("SC_PAGESIZE")
    return InUse(pages[0] * page, pages[5] * page, _count_tasks() if shared_user else 0)


def _count_tasks() -> int:
    """Count the processes and threads of this user; those that end meanwhile do not matter."""
    tasks = 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                tasks += Path(entry.path, "task").stat().st_nlink - 2
        except OSError:
            continue
    return tasks


def apply(limits: Limits, before: InUse | None = None) -> None:
    """Put the limits in force for this process, for good.

    Args:
        limits: what the child may use.
        before: what it has already, as the zygote measured it; by default as ``/proc`` says now.
    """
    before = before or in_use()
    more = limits.memory_mb * MB
    wanted = {
        resource.RLIMIT_AS: before.addresses + more,
        resource.RLIMIT_DATA: before.data + more,
        resource.RLIMIT_NPROC: before.tasks + limits.processes,
        resource.RLIMIT_FSIZE: limits.file_mb * MB,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_STACK: STACK,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, value in wanted.items():
        _, highest = resource.getrlimit(kind)
        value = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(kind, (value, value))


def in_force(limits: Limits) -> str:
    """The limits in one phrase, for reports.

    >>> in_force(Limits(memory_mb=512)).split(", ")[0]
    '512 MB of memory by RLIMIT_AS and RLIMIT_DATA'
    """
    return (
        f"{limits.memory_mb} MB of memory by RLIMIT_AS and RLIMIT_DATA, "
        f"{limits.processes} processes and threads, {limits.file_mb} MB per file, "
        f"{limits.open_files} open files"
    )

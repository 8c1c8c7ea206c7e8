"""Levels of isolation: which of them this machine has, found out by trying, and the best of them.

From the strongest to none at all:

- namespaces: every child has processes, files and a network of its own;
- bubblewrap: the same, but one set of them around the warm parent;
- landlock: one user and one network with the host, but no file but Python's, and no system call
  that reaches outside;
- none: nothing at all.

All but the last also bound memory, processes and files (``rlimits``) and filter system calls
(``seccomp``).
"""

import ctypes
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from course_lib.sandbox import bubblewrap, landlock, seccomp
from course_lib.sandbox.paths import PACKAGE, readable_paths

LEVELS = ("namespaces", "bubblewrap", "landlock", "none")
OLDEST_LANDLOCK = 3  # before Linux 6.2 it lets a process cut files to nothing

# From linux/sched.h and linux/mount.h.
NEW_USER, NEW_MOUNT, NEW_PROCESSES = 0x10000000, 0x20000, 0x20000000
NEW_NETWORK, NEW_IPC, NEW_NAME = 0x40000000, 0x08000000, 0x04000000
PRIVATE_BELOW = 0x40000 | 0x4000


class NoIsolation(RuntimeError):
    """Student code cannot be run as safely as asked for; the message says why and what to do."""


def choose(wanted: str | None = None) -> str:
    """The level to use: the one asked for, or the best that this machine has.

    Raises:
        NoIsolation: it is not to be had, or none is and nobody asked for that.

    >>> choose("none")
    'none'
    """
    if wanted is not None and wanted not in LEVELS:
        raise NoIsolation(f"isolation: expected one of {', '.join(LEVELS)}, got {wanted!r}")
    if wanted == "none":
        return "none"
    reasons = available()
    best = next((level for level in LEVELS if not reasons[level] and level != "none"), None)
    if wanted is None and best is not None:
        return best
    if wanted is not None and not reasons[wanted]:
        return wanted
    if wanted is not None:
        instead = f"leave --isolation out to get {best}" if best else "see --isolation none"
        raise NoIsolation(f"isolation {wanted} cannot be had here: {reasons[wanted]}; {instead}")
    why = "; ".join(f"{level}: {reason}" for level, reason in reasons.items() if reason)
    raise NoIsolation(
        f"student code cannot be kept from your files here ({why}); to run it all the same, with "
        "all that you yourself may do, pass --isolation none"
    )


@cache
def available() -> dict[str, str]:
    """For each level an empty string, or why it is not to be had.

    Each is really tried, once per process.
    """
    if not sys.platform.startswith("linux"):
        reason = f"it is a part of Linux, this is {sys.platform}"
        return {level: "" if level == "none" else reason for level in LEVELS}
    filters = seccomp.available()
    return {
        "namespaces": filters or _outcome(_python("levels.try_namespaces()")),
        "bubblewrap": filters or _bubblewrap(),
        "landlock": filters or _landlock(),
        "none": "",
    }


def _landlock() -> str:
    version = landlock.available()
    if version == 0:
        return "this kernel has no Landlock, or it is switched off"
    if version < OLDEST_LANDLOCK:
        return f"this kernel's Landlock has version {version}, {OLDEST_LANDLOCK} is needed"
    return _outcome(_python("levels.landlock.restrict([], [])"))


def _bubblewrap() -> str:
    if bubblewrap.executable() is None:
        return "bwrap is not installed (the package is called bubblewrap)"
    return _outcome(
        bubblewrap.wrap(
            [sys.executable, "-I", "-S", "-c", ""], readable_paths(), PACKAGE, {"LC_ALL": "C"}
        )
    )


def _python(statement: str) -> list[str]:
    path = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); "
    return [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"{path}from course_lib.sandbox import levels; {statement}",
    ]


def _outcome(command: list[str]) -> str:
    """Run a trial; empty where it goes well, else the last line of its complaint."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the trial failed: {error}"
    if run.returncode == 0:
        return ""
    lines = run.stderr.strip().splitlines()
    return lines[-1] if lines else f"the trial ended with status {run.returncode}"


def try_namespaces() -> None:
    """Enter new namespaces and mount something, as an ordinary user in a user namespace.

    Raises:
        SystemExit: the kernel refuses; the message says what, and what usually is the reason.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    kinds = NEW_MOUNT | NEW_PROCESSES | NEW_NETWORK | NEW_IPC | NEW_NAME
    user = os.geteuid()
    if user != 0:
        kinds |= NEW_USER
    if libc.unshare(kinds) != 0:
        sys.exit(f"new namespaces are refused ({os.strerror(ctypes.get_errno())})")
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    if libc.mount(b"none", b"/", None, PRIVATE_BELOW, None) != 0:
        sys.exit(f"namespaces are to be had, mounts are not ({os.strerror(ctypes.get_errno())})")
    if libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) != 0:
        sys.exit(f"namespaces are to be had, mounts are not ({os.strerror(ctypes.get_errno())})")

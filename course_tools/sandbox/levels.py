"""Levels of isolation: which of them this machine has, found out by trying, and the best of them.

From the strongest to none at all:

- namespaces: every child has processes, files and a network of its own;
- bubblewrap: the same, but one set of them around the zygote; Landlock keeps the children
  from one another's files;
- landlock: one user and one network with the host, but no file but Python's to read and none to
  write, and no system call that reaches outside;
- none: nothing at all.

All but the last also bound memory, processes and files (``rlimits``) and filter system calls
(``seccomp``).
"""

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from course_tools.answers.limits import Limits
from course_tools.sandbox import bubblewrap, landlock, namespaces, rlimits, seccomp
from course_tools.sandbox.paths import TOOLS, readable_paths

LEVELS = ("namespaces", "bubblewrap", "landlock", "none")
NO_LANDLOCK = "this kernel has no Landlock, or it is switched off"
OLDEST_LANDLOCK = 3  # before Linux 6.2 it lets a process cut files to nothing


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
    if wanted is not None and not reason(wanted):  # the others need not be tried
        return wanted
    best = next((level for level in LEVELS[:-1] if not reason(level)), None)
    if wanted is None and best is not None:
        return best
    if wanted is not None:
        instead = f"leave --isolation out to get {best}" if best else "see --isolation none"
        raise NoIsolation(f"isolation {wanted} cannot be had here: {reason(wanted)}; {instead}")
    why = "; ".join(dict.fromkeys(filter(None, available().values())))
    raise NoIsolation(
        f"student code cannot be kept from your files here ({why}); to run it all the same, with "
        "all that you yourself may do, pass --isolation none"
    )


def describe(level: str, limits: Limits) -> str:
    """A level and the limits that are in force at it, in one sentence for reports."""
    what = {
        "namespaces": "each submission has processes, files and a network of its own",
        "bubblewrap": "submissions share a root, processes and a network of their own",
        "landlock": "submissions read no file but Python's, write none, reach no process",
        "none": "NOTHING keeps submissions from what you yourself may do",
    }[level]
    return f"isolation {level}: {what}; {rlimits.in_force(limits)}"


def available() -> dict[str, str]:
    """For each level an empty string, or why it is not to be had."""
    return {level: reason(level) for level in LEVELS}


@cache
def reason(level: str) -> str:
    """Why a level is not to be had, or an empty string; found out by trying, once per process."""
    if level == "none":
        return ""
    if not sys.platform.startswith("linux"):
        return f"it is a part of Linux, this is {sys.platform}"
    trial = {"namespaces": _namespaces, "bubblewrap": _bubblewrap, "landlock": _landlock}[level]
    return seccomp.available() or trial()


def _namespaces() -> str:
    with tempfile.TemporaryDirectory() as root:
        return _outcome(_python(f"levels.try_namespaces({root!r})"))


def _landlock() -> str:
    version = landlock.available()
    if version == 0:
        return NO_LANDLOCK
    if version < OLDEST_LANDLOCK:
        return f"this kernel's Landlock has version {version}, {OLDEST_LANDLOCK} is needed"
    return _outcome(_python("levels.landlock.restrict([], [])"))


def _bubblewrap() -> str:
    if bubblewrap.executable() is None:
        return "bwrap is not installed (the package is called bubblewrap)"
    if landlock.available() == 0:
        return NO_LANDLOCK
    return _outcome(
        bubblewrap.wrap(
            [sys.executable, "-I", "-S", "-c", ""], readable_paths(), TOOLS, {"LC_ALL": "C"}
        )
    )


def _python(statement: str) -> list[str]:
    path = f"import sys; sys.path.insert(0, {str(TOOLS.parent)!r}); "
    return [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"{path}from course_tools.sandbox import levels; {statement}",
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


def try_namespaces(root: str) -> None:
    """Take new namespaces and build a root in an empty folder, as the zygote does.

    Raises:
        SystemExit: the kernel refuses; the message says what.
    """
    try:
        namespaces.unshare()
        child = os.fork()
        if child:
            os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        namespaces.build_root(Path(root), readable_paths())
    except OSError as error:
        sys.exit(error.strerror)

"""What a process reads of the project: the modules that it imports, the files that it opens.

A process that starts others is said to read everything, for what those read is not seen.
Imported by the process that is watched, so it needs nothing but the standard library.
"""

import os
import sys
from typing import Any

STARTS = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}
STARTS |= {"subprocess.Popen"}
EVERYTHING = "*"

_opened: set[str] = set()
_watching = False


def start() -> None:
    """Take note from now on."""
    global _watching
    if not _watching:
        _watching = True
        sys.addaudithook(_note)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments
        writes = mode[:1] in ("w", "a", "x") if mode else (flags or 0) & os.O_WRONLY
        if isinstance(path, str | bytes | os.PathLike) and not writes:
            _opened.add(os.path.abspath(os.fsdecode(path)))
    elif event in STARTS and not _only_asks_for_a_version(arguments):
        _opened.add(EVERYTHING)


def _only_asks_for_a_version(arguments: tuple[Any, ...]) -> bool:
    """As jupytext asks pandoc when it is imported; that reads nothing of the project."""
    command = arguments[1] if len(arguments) > 1 else None
    return isinstance(command, list) and command[1:] == ["--version"]


def read() -> list[str]:
    """What was read so far: absolute paths, those of installed packages left out.

    ``EVERYTHING`` is among them if processes were started.
    """
    installed = tuple(os.path.realpath(place) + os.sep for place in (sys.prefix, sys.base_prefix))
    modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    paths = {os.path.realpath(path) for path in filter(None, modules | _opened - {EVERYTHING})}
    installed += ("/proc/", "/sys/", "/dev/")
    files = {path for path in paths if os.path.isfile(path) and not path.startswith(installed)}
    sources = {path for path in files if not path.endswith(".pyc")}  # those have their module
    return sorted(sources | _opened & {EVERYTHING})

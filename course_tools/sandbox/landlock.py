"""Landlock: a process gives up, for good, every file that it does not name.

Needs no privilege and no library, only a Linux kernel since 5.13 that has it switched on. What it
does not cover (the existence and size of files, their modes and times) ``seccomp`` has to.

Source: the kernel's documentation, userspace-api/landlock.
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

# The numbers of the system calls are the same on every processor.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH, SET_NO_NEW_PRIVS = 1, 1, 38

# The rights to files by the version of the interface that brought them, lowest bit first.
RIGHTS = {
    1: "execute write_file read_file read_dir remove_dir remove_file make_char make_dir make_reg "
    "make_sock make_fifo make_block make_sym",
    2: "refer",
    3: "truncate",
    5: "ioctl_dev",
}
BITS = {name: 1 << bit for bit, name in enumerate(" ".join(RIGHTS.values()).split())}
READ = BITS["read_file"] | BITS["read_dir"]
OF_FILES = sum(BITS[name] for name in ("execute", "write_file", "read_file", "truncate"))
# Ordinary files and folders, and no links: whoever cleans up afterwards need not fear them.
CHANGE = ("write_file", "truncate", "make_dir", "make_reg", "remove_dir", "remove_file", "refer")
WRITE = READ | sum(BITS[name] for name in CHANGE)
NETWORK = 0b11  # bind and connect by TCP
SCOPES = 0b11  # abstract Unix sockets and signals


def available() -> int:
    """The version of the kernel's Landlock interface, 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        return _call(CREATE_RULESET, None, 0, VERSION)
    except OSError:
        return 0


def restrict(readable: Sequence[str | Path], writable: Sequence[str | Path]) -> None:
    """Give up all files but these, TCP, and where the kernel can, signals to others.

    Holds for this thread and all that it starts. Files that are open stay open, and nothing can be
    executed. Paths that do not exist are left out. There is no way back.

    Args:
        readable: files and folders, with all below, that can still be read.
        writable: those that can also be changed: ordinary files and folders, no links.

    Raises:
        OSError: the kernel refuses.
    """
    ruleset = _ruleset(readable, writable)
    if _libc().prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _ruleset(readable: Sequence[str | Path], writable: Sequence[str | Path]) -> int:
    """Open a ruleset; its descriptor closes when another program is executed."""
    version = available()
    handled = sum(
        BITS[name] for since, names in RIGHTS.items() if since <= version for name in names.split()
    )
    network, scopes = NETWORK if version >= 4 else 0, SCOPES if version >= 6 else 0
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = struct.pack("=QQQ", handled, network, scopes)[:size]
    ruleset = _call(CREATE_RULESET, attributes, size, 0)
    for rights, paths in ((READ, readable), (WRITE, writable)):
        for path in paths:
            _allow(ruleset, path, rights & handled)
    return ruleset


def _allow(ruleset: int, path: str | Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # what is out of reach before stays so
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= OF_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        _call(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: int | bytes | None) -> int:
    words = [ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments]
    result = _libc().syscall(ctypes.c_long(number), *words)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return result

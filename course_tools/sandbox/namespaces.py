"""Linux namespaces: a root, processes and a network that hold nothing of the host.

The zygote leaves the host's namespaces once, before it imports anything large. Each child then gets
processes and mounts of its own, which costs two milliseconds. As root no user namespace is needed;
an ordinary user has to have one, in which nobody else exists.

Source: namespaces(7), pid_namespaces(7), mount_namespaces(7), pivot_root(2), mount_setattr(2).
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path

NEW_MOUNTS, NEW_NAME, NEW_IPC = 0x20000, 0x4000000, 0x8000000
NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
NO_SETUID, NO_DEVICES, NO_PROGRAMS, BIND, RECURSIVE, PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
DETACH = 2
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
READ_ONLY = 1
SET_DUMPABLE, SET_DEATH_SIGNAL, SIGKILL = 4, 1, 9
SET_CAPABILITIES, CAPABILITIES_3 = "capset", 0x20080522

DEVICES = ("null", "zero", "full", "random", "urandom")
LIBRARY, SCRATCH = "/library", "/scratch"  # not /tmp: Python itself may lie below that


def unshare() -> None:
    """Take new namespaces; that of processes is for the next child of this process.

    Raises:
        OSError: the kernel refuses.
    """
    kinds = NEW_MOUNTS | NEW_PROCESSES | NEW_NETWORK | NEW_IPC | NEW_NAME
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        return _call("unshare", kinds)
    _call("unshare", kinds | NEW_USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return None


def build_root(root: Path, shown: Iterable[Path]) -> None:
    """Make a new root of nothing but these paths, read-only, and move into it.

    Besides, there are a few devices, ``/scratch`` and ``/library``, both empty, and ``/proc`` with
    the processes of this namespace.

    Args:
        root: an empty folder; the new root is mounted on it.
        shown: files and folders, each shown under its own name.
    """
    _mount("none", "/", "", RECURSIVE | PRIVATE)
    _mount("tmpfs", root, "tmpfs", NO_SETUID | NO_DEVICES, "mode=755,size=1m")
    scratch = _place(root, Path(SCRATCH), True)  # some packages want one when they are imported
    _mount("tmpfs", scratch, "tmpfs", NO_SETUID | NO_DEVICES, "mode=1777,size=16m")
    for path in shown:
        inside = _place(root, path, path.is_dir())
        _mount(path.resolve(), inside, "", BIND | RECURSIVE)
        _set_attributes(inside, READ_ONLY | NO_SETUID | NO_DEVICES, AT_RECURSIVE)
    for name in DEVICES:
        _mount(f"/dev/{name}", _place(root, Path("/dev", name), False), "", BIND)
    for folder in (LIBRARY, "/proc"):
        _place(root, Path(folder), True)
    _mount("proc", root / "proc", "proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS)
    os.chdir(root)
    _call("pivot_root", b".", b".")
    _call("umount2", b".", DETACH)  # the old root, which now lies on top of the new one
    os.chdir("/")
    _set_attributes("/", READ_ONLY)


def _place(root: Path, path: Path, folder: bool) -> Path:
    inside = root / path.relative_to("/")
    if folder:
        inside.mkdir(parents=True, exist_ok=True)
    else:
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.touch()
    return inside


def own_files(library: str, hidden: Iterable[str], scratch_mb: int) -> None:
    """Give this process mounts of its own: a library, an empty scratch folder, and less to see.

    Args:
        library: the folder that is shown as ``LIBRARY``.
        hidden: mounts that are taken away.
        scratch_mb: size of the scratch folder, which becomes the working directory.
    """
    _call("unshare", NEW_MOUNTS)
    _mount(library, LIBRARY, "", BIND)
    for mount in hidden:
        _call("umount2", os.fsencode(mount), DETACH)
    options = f"mode=1777,size={scratch_mb}m,nr_inodes=4096"
    _mount("tmpfs", SCRATCH, "tmpfs", NO_SETUID | NO_DEVICES | NO_PROGRAMS, options)
    os.chdir(SCRATCH)


def fork_with_own_processes(here: int) -> int:
    """Fork; the child is the first process of a new namespace, all of which ends with it.

    Args:
        here: descriptor of ``/proc/self/ns/pid``, where later children are to begin.
    """
    _call("unshare", NEW_PROCESSES)
    try:
        process = os.fork()
    except OSError:
        process = -1
    if process != 0:
        _call("setns", here, NEW_PROCESSES)
    if process < 0:
        raise OSError("fork: no further process can be started")
    return process


def set_user(user: int) -> None:
    """Take the ids of a user who owns nothing, without supplementary groups; needs root."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_capabilities() -> None:
    """Give up whatever root may do beyond others."""
    _call(SET_CAPABILITIES, struct.pack("=Ii", CAPABILITIES_3, 0), bytes(24))


def hide_memory() -> None:
    """Let no process of the same user look into this one, nor into its children."""
    _call("prctl", SET_DUMPABLE, 0, 0, 0, 0)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    _call("prctl", SET_DEATH_SIGNAL, SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends, so that they can be found."""
    _call("prctl", 36, 1, 0, 0, 0)


def _mount(source: object, target: object, kind: str, flags: int, options: str = "") -> None:
    words = [os.fsencode(str(word)) for word in (source, target, kind)]
    _call("mount", *words, ctypes.c_ulong(flags), options.encode(), what=f"mount {target}")


def _set_attributes(path: object, attributes: int, flags: int = 0) -> None:
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    words = (AT_FDCWD, os.fsencode(str(path)), flags, wanted, ctypes.c_size_t(len(wanted)))
    _call("syscall", ctypes.c_long(MOUNT_SETATTR), *words, what=f"mount_setattr {path}")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *words: object, what: str = "") -> None:
    if getattr(_libc(), name)(*words) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what or name}: {os.strerror(code)}")

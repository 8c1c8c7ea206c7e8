"""Bubblewrap around the zygote: a root, processes and a network of its own, without root.

One call of ``bwrap`` before Python starts, so it costs nothing per submission.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

MB = 2**20
# What a zygote started by root keeps: to give each child a user of its own, and to end it.
KEPT_BY_ROOT = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL")


def executable() -> str | None:
    """Path of ``bwrap``, None where it is not installed."""
    return shutil.which("bwrap")


def wrap(
    command: Sequence[str],
    binds: Sequence[str | Path],
    library: Path,
    environment: Mapping[str, str] | None = None,
    scratch_mb: int = 32,
) -> list[str]:
    """Put a command into a sandbox.

    Open file descriptors are passed on. The network and the processes of the host are out of reach,
    all files but the named ones do not exist, and only ``/tmp``, which is new and empty, can be
    written. The command ends with the process that started it.

    Args:
        command: program and arguments, with paths as outside.
        binds: what of the host stays readable, each under its own name.
        library: one more such folder: the copies of the packages.
        environment: the variables, all of them.
        scratch_mb: size of ``/tmp``.

    Returns:
        The command to run instead.
    """
    wrapped = [executable() or "bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    wrapped += ["--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        for capability in KEPT_BY_ROOT:
            wrapped += ["--cap-add", capability]
    else:
        wrapped += ["--unshare-user"]
    wrapped += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
    for name, value in (environment or {}).items():
        wrapped += ["--setenv", name, value]
    wrapped += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    wrapped += ["--perms", "1777", "--size", str(scratch_mb * MB), "--tmpfs", "/tmp"]
    folders = {parent for path in [*binds, library] for parent in Path(path).parents}
    for folder in sorted(folders - {Path("/"), Path("/tmp")}):
        wrapped += ["--perms", "0755", "--dir", str(folder)]  # by default only root gets through
    for path in [*binds, library]:
        wrapped += ["--ro-bind", str(path), str(path)]
    return [*wrapped, "--remount-ro", "/", "--chdir", "/tmp", "--", *command]

"""The fork server: starts the zygote, has it fork children, and holds their sockets and handles.

The zygote is started by exec, so that nothing of this process's memory is in it. A child is killed
through a pidfd, so that a process number that is given out again cannot be mistaken for it.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_tools.answers.limits import Limits
from course_tools.sandbox import bubblewrap, framing, namespaces, seccomp
from course_tools.sandbox.config import SandboxConfig
from course_tools.sandbox.package_copies import PackageCopies
from course_tools.sandbox.paths import PACKAGES, readable_paths

FIRST_USER, N_USERS = 61000, 4000
TO_START, TO_FORK, TO_END = 120.0, 30.0, 30.0  # seconds, after which a zygote counts as dead
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); " + (
    "from course_tools.sandbox.zygote import main; main(int(sys.argv[2]))"
)
NEARLY_ALL = 0.7  # of the memory allowed: whoever had so much and was ended, was ended for it
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    # A fork copies the page tables: with torch loaded it takes 5 ms, in large pages 1 ms.
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    ),
}


class ZygoteDied(RuntimeError):
    """The zygote has ended, or does not answer in time."""


class SandboxError(RuntimeError):
    """The sandbox itself cannot be set up; one sentence that says where it failed."""


@dataclass(frozen=True)
class End:
    """How a child ended: the exit status, negative for a signal, and whether memory ran out."""

    code: int
    memory: bool


class ForkServer:
    """A running zygote and the children that it forks; a context manager.

    Args:
        level: of isolation, one that this machine has.
        limits: of each child.
        preload: modules to import once.
        copies: the private folder of the run.
        meanwhile: called once while the zygote imports, for whoever has something to do.

    Raises:
        SandboxError: it does not start; says why.
    """

    def __init__(
        self,
        level: str,
        limits: Limits,
        preload: Sequence[str],
        copies: PackageCopies,
        meanwhile: Callable[[], object] = lambda: None,
    ):
        self.limits = limits
        as_root = os.geteuid() == 0 and level in ("namespaces", "bubblewrap")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self._unreported: Child | None = None
        config = SandboxConfig(
            level=level,
            limits=limits,
            preload=tuple(preload),
            user=FIRST_USER + os.getpid() % N_USERS if as_root else None,
            shown=str(copies.shown),
            root=str(copies.root),
            scratch="/tmp" if level == "bubblewrap" else str(copies.scratch),
            readable=tuple(map(str, readable_paths())),
            packages=tuple(path for path in sys.path if path.endswith(PACKAGES)),
            prefix=sys.prefix,
            filter=seccomp.program().hex() if level != "none" else "",
        )
        command = [sys.executable, "-P", "-s", "-S", "-c", BOOT, str(copies.core)]
        command.append(str(theirs.fileno()))
        home = namespaces.SCRATCH if level == "namespaces" else "/tmp"
        environment = ENVIRONMENT | dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), home)
        if level == "bubblewrap":
            command = bubblewrap.wrap(
                command, config.readable, copies.shown, environment, limits.scratch_mb
            )
        with theirs:
            self._process = subprocess.Popen(
                command,
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # the terminal's interrupt is for this process alone
            )
        try:
            self._await_start(config, meanwhile)
        except BaseException:
            self.close()
            raise

    def _await_start(self, config: SandboxConfig, meanwhile: Callable[[], object]) -> None:
        self._control.settimeout(TO_START)
        try:
            framing.send(self._control, {"config": config.to_text()})
            meanwhile()
            answer, _ = framing.receive(self._control)
        except framing.Closed:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            self._complaints.seek(0)
            lines = self._complaints.read(10_000).decode(errors="replace").strip().splitlines()
            answer = {"failed": lines[-1] if lines else "it ended, or did not answer"}
        if "failed" in answer:
            raise SandboxError(f"isolation {config.level}: the zygote fails: {answer['failed']}")

    def fork(self, package_copy: Path) -> "Child":
        """Have the zygote fork a child, which enters the sandbox and waits for its cells.

        Args:
            package_copy: the folder with the copy of the library that it may see.

        Raises:
            ZygoteDied: it did not answer.
            SandboxError: the child could not enter the sandbox, and has run nothing.
        """
        if self._unreported is not None:
            self._unreported.end()
        ours, theirs = socket.socketpair()
        self._control.settimeout(TO_FORK)
        try:
            with theirs:
                framing.send(self._control, {"package_copy": str(package_copy)}, theirs.fileno())
            answer, handles = framing.receive(self._control)
        except framing.Closed as error:
            ours.close()
            raise ZygoteDied("the zygote does not answer") from error
        if not handles:
            ours.close()
            raise ZygoteDied(f"the zygote cannot fork: {answer.get('failed')}")
        child = self._unreported = Child(self, ours, handles[0])
        return child

    def report(self) -> End:
        """How the last child ended, as soon as all that it left is cleared away."""
        self._unreported = None
        self._control.settimeout(TO_END)
        try:
            answer, _ = framing.receive(self._control)
            code, peak, before = (answer[name] for name in ("code", "peak_mb", "before_mb"))
        except (framing.Closed, KeyError) as error:
            raise ZygoteDied("the zygote does not answer") from error
        grown = peak - before > NEARLY_ALL * self.limits.memory_mb
        return End(code, memory=grown or code == -signal.SIGKILL)

    def close(self) -> None:
        """End the zygote, and with it whatever it forked."""
        if self._unreported is not None:
            self._unreported.kill()
        self._control.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Child:
    """One child: frames to it and from it, and how it ends."""

    def __init__(self, server: ForkServer, channel: socket.socket, handle: int):
        self._server, self._channel, self._handle = server, channel, handle
        self._end: End | None = None
        self._ahead = bytearray()
        channel.setblocking(False)

    def write(self, payload: bytes, deadline: float) -> None:
        """Send a frame; see ``framing.write``."""
        framing.write(self._channel.fileno(), payload, deadline)

    def read(self, limit: int, deadline: float) -> bytes:
        """Receive a frame; see ``framing.read``."""
        return framing.read(self._channel.fileno(), limit, deadline, self._ahead)

    def left(self, seconds: float) -> bool:
        """Whether the child ends by itself within so many seconds."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    def kill(self) -> None:
        """End the child now; nobody waits for it here."""
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = -1
            self._channel.close()

    def end(self) -> End:
        """Let the child end, killing it if need be, and say how it did.

        Raises:
            ZygoteDied: the zygote ended or does not answer, so that the exit status is unknown.
        """
        self.kill()
        if self._end is None:
            self._end = self._server.report()
        return self._end

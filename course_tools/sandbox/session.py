"""A sandbox for one submission after another: run its cells, call its functions.

What a child sends is checked here, and time is kept here. A cell or a call that hangs, crashes or
takes too much memory costs a process; the next one replays the cells without the bad one and goes
on with the next request.
"""

import json
import secrets
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_tools.answers.limits import Limits
from course_tools.answers.outcome import Outcome
from course_tools.answers.values import Malformed, NotSerializable, pack
from course_tools.sandbox import framing, levels
from course_tools.sandbox.fork_server import Child, ForkServer, SandboxError, ZygoteDied
from course_tools.sandbox.import_blocker import sentence_for
from course_tools.sandbox.package_copies import PackageCopies
from course_tools.sandbox.paths import LIBRARY
from course_tools.sandbox.replies import case_reply, cell_reply
from course_tools.sandbox.requests import Request, Run

PRELOAD = ("numpy", "torch", "scipy", "matplotlib.pyplot")
# What is imported late and slowly: the first optimizer takes half a second without torch._dynamo.
COMPANIONS = {"torch": ("torch._dynamo", "torch.optim"), "numpy": ("numpy.random", "jaxtyping")}
MB = 2**20
TRIAL = ("import colorsys, wave  # seldom used: both are read late", "def trial(x): return x + 1")
TO_SEND, TO_ENTER, TO_LEAVE = 30.0, 30.0, 1.0  # seconds
TOGETHER = "the answers to all cases together are larger than"
SMALL = 64 * 1024  # more than any frame about a cell


class Sandbox:
    """Runs students' code; a context manager, for one thread at a time.

    Args:
        level: of isolation, see ``levels``; None takes the best that this machine has.
        limits: what one child may use.
        preload: modules that the zygote imports once for all children.
        library: the package of which children see the library.
        meanwhile: called once while the zygote imports, for whoever has something to do.

    Raises:
        levels.NoIsolation: the level is not to be had.
        SandboxError: the zygote does not start.

    Attributes:
        level: the level in force.
        restarts: how often the zygote had to be started again.
    """

    def __init__(
        self,
        level: str | None = None,
        limits: Limits = Limits(),  # noqa: B008
        preload: Sequence[str] = PRELOAD,
        library: Path = LIBRARY,
        meanwhile: Callable[[], object] = lambda: None,
    ):
        self.level = levels.choose(level)
        self.limits = limits
        late = (name for package in preload for name in COMPANIONS.get(package, ()))
        self.preload = tuple(dict.fromkeys([*preload, *late]))
        self.restarts = 0
        self.copies = PackageCopies(library)
        self._server: ForkServer | None = None
        try:
            self._start(meanwhile)
            self._try_out()
        except BaseException:
            self.close()
            raise

    def _try_out(self) -> None:
        """Run an honest submission: what fails here would fail the whole class."""
        run = self.run(TRIAL, [Request("trial", ((1,),))])
        outcome = run.outcomes[0][-1]
        if run.cell_failures or outcome.value != 2:
            why = " ".join([*run.cell_failures, outcome.text]).strip() or outcome.cause
            raise SandboxError(
                f"isolation {self.level}: a trial submission came to grief ({why}); "
                "are the limits too low?"
            )

    def _start(self, meanwhile: Callable[[], object] = lambda: None) -> ForkServer:
        if self._server is None:
            self._server = ForkServer(self.level, self.limits, self.preload, self.copies, meanwhile)
        return self._server

    def _drop_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            self.copies.clear_scratch()

    def close(self) -> None:
        """End the zygote and remove the run's folder."""
        self._drop_server()
        self.copies.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def run(
        self,
        cells: Sequence[str],
        requests: Sequence[Request],
        blocked: frozenset[str] = frozenset(),
    ) -> Run:
        """Run a notebook's cells and answer the requests.

        Args:
            cells: the code cells, in order.
            requests: the calls, in order.
            blocked: modules that the first child does not see either, as if a further request
                blocked them: runs that put one request or another can share a copy.

        Returns:
            Whatever happens, one tuple of outcomes per request.

        Raises:
            ValueError: inputs that are not plain, or a blocked module that does not exist.
            SandboxError: the sandbox itself fails.
        """
        failed: SandboxError | None = None
        for _ in range(2):  # the second time with a fresh zygote
            submission = _Submission(self.limits, self.copies, cells, requests, blocked)
            try:
                return submission.run(self._start())
            except ZygoteDied:
                failed = None
            except SandboxError as error:
                failed = error
            self._drop_server()
            self.restarts += 1
        if failed:
            raise failed
        return submission.result("crashed", "the sandbox ended twice while this notebook ran")


class _Ended(Exception):
    """A child has ended or must be ended; says why."""

    def __init__(self, cause: str, text: str):
        super().__init__(text)
        self.cause, self.text = cause, text


class _OutOfTime(Exception):
    """The submission as a whole has used up its time."""


@dataclass
class _Asked:
    """A request, and what came so far."""

    request: Request
    outcomes: list[Outcome] = field(default_factory=list)
    done: bool = False
    touched: frozenset[str] = frozenset()


class _Submission:
    """One run: which cells are bad, what was answered, what time is left."""

    def __init__(
        self,
        limits: Limits,
        copies: PackageCopies,
        cells: Sequence[str],
        requests: Sequence[Request],
        blocked: frozenset[str],
    ):
        self.limits, self.copies = limits, copies
        self.cells = list(enumerate(cells, start=1))
        self.asked = [_Asked(request) for request in requests]
        self.union = blocked.union(*(request.blocked for request in requests))
        copies.check_modules(self.union)  # a wrong name is the caller's mistake, told at once
        self.failures: dict[int, str] = {}
        self.skipped: set[int] = set()
        self.touched: frozenset[str] = frozenset()  # blocked modules that the cells used
        self.asking = False
        self.children = 0
        self.phases = dict.fromkeys(("start", "cells", "calls"), 0.0)
        self.deadline = time.monotonic() + limits.total_seconds

    def run(self, server: ForkServer) -> Run:
        """Everything, in a first child and as many more as it takes."""
        try:
            if not self.asked:
                self._child(server, self.union).kill()
            self._answer(server, [(asked, self.union) for asked in self.asked])
            # The first child saw none of the blocked modules. Whoever used one that is blocked for
            # another task only gets a second try, in which it is there.
            again = [a for a in self.asked if (a.touched & self.union) - a.request.blocked]
            self._answer(server, [(asked, asked.request.blocked) for asked in again])
        except _OutOfTime:
            text = f"the notebook as a whole ran longer than {self.limits.total_seconds:g} seconds"
            return self.result("slow", text)
        return self.result("crashed", "")

    def result(self, cause: str, text: str) -> Run:
        """What there is; requests that are not done with get this outcome in the end."""
        outcomes = (
            (*asked.outcomes, Outcome(cause, text=text)) if not asked.done else asked.outcomes
            for asked in self.asked
        )
        failures = tuple(line for _, line in sorted(self.failures.items()))
        return Run(tuple(map(tuple, outcomes)), failures, self.children, dict(self.phases))

    def _answer(self, server: ForkServer, todo: list[tuple["_Asked", frozenset[str]]]) -> None:
        """Put requests one after another, each to a child for which those modules are blocked."""
        child, blocked = None, None
        try:
            for asked, modules in todo:
                if child is not None and modules != blocked:
                    child.kill()
                    child = None
                child, blocked = child or self._child(server, modules), modules
                if not self._ask(child, asked):
                    child.kill()
                    child = None
        finally:
            if child is not None:
                child.kill()

    def _child(self, server: ForkServer, blocked: frozenset[str]) -> Child:
        """A child that has run the cells, without those that ended earlier ones."""
        sentences = {}
        for module in blocked:
            users = [a.request.function for a in self.asked if module in a.request.blocked]
            sentences[module] = sentence_for(module, users or ["another task"])
        while True:
            child = self._sandboxed_child(server, self.copies.without(blocked))
            cells = [cell for cell in self.cells if cell[0] not in self.skipped]
            whole, started = False, time.monotonic()
            try:
                whole = self._run_cells(child, cells, sentences)
            finally:
                self.phases["cells"] += time.monotonic() - started
                if not whole:
                    child.kill()
            if whole:
                self.asking = True
                return child

    def _sandboxed_child(self, server: ForkServer, package_copy: Path) -> Child:
        self._time(0.0)
        started = time.monotonic()
        child = server.fork(package_copy)
        self.children += 1
        try:
            answer = child.read(SMALL, time.monotonic() + TO_ENTER)
        except (framing.Closed, framing.TimeUp, framing.TooLong):
            answer = b"no answer"
        self.phases["start"] += time.monotonic() - started
        if answer != b"ready":
            child.end()
            raise SandboxError(
                f"a child cannot enter the sandbox: {answer.decode(errors='replace')}"
            )
        return child

    def _run_cells(
        self, child: Child, cells: list[tuple[int, str]], sentences: dict[str, str]
    ) -> bool:
        """Run the cells; False where one of them ended the child."""
        setup = json.dumps({"cells": cells, "blocked": sentences}).encode()
        self.touched = frozenset()
        number = 0
        try:
            self._send(child, setup)
            for number, _ in cells:
                frame = self._read(child, self.limits.cell_seconds, SMALL)
                cause, line, self.touched = _parsed(cell_reply, frame, number)
                if cause == "memory":
                    raise _Ended(cause, line)
                if line:
                    self._fail(number, line)
        except _Ended as end:
            if not cells:  # nothing of the student's has run
                raise SandboxError(f"a child ended before its time: {end.text}") from None
            number = number or cells[0][0]
            self._fail(number, end.text)
            self.skipped.add(number)
            return False
        except _OutOfTime:
            if number:  # else time was up before any of them
                self._fail(number, "still running when the time for the whole notebook was up")
            raise
        return True

    def _fail(self, number: int, line: str) -> None:
        if not self.asking:  # later on, a line could tell of inputs
            self.failures[number] = f"code cell {number}: {line}"

    def _ask(self, child: Child, asked: _Asked) -> bool:
        """Put a request; False where it ended the child."""
        started = time.monotonic()
        request, nonce = asked.request, secrets.randbits(60)
        asked.outcomes, asked.done, asked.touched = [], False, self.touched
        alive = False
        try:
            self._send(child, _frame(nonce, request))
            left = self.limits.reply_mb * MB
            for case in range(len(request.inputs)):
                frame = self._read(child, request.seconds, self.limits.reply_mb * MB)
                if (left := left - len(frame)) < 0:  # all are kept until all are judged
                    raise _Ended("unserializable", f"{TOGETHER} {self.limits.reply_mb} MB")
                outcome, touched = _parsed(case_reply, frame, nonce, case, request)
                asked.outcomes.append(outcome)
                asked.touched |= touched
                if outcome.cause == "memory":
                    break
            else:
                alive = True
        except _Ended as end:
            asked.outcomes.append(Outcome(end.cause, text=end.text))
        finally:
            self.phases["calls"] += time.monotonic() - started
        asked.done = True
        return alive

    def _time(self, seconds: float) -> float:
        """A deadline in so many seconds, or the submission's own if that is earlier."""
        now = time.monotonic()
        if now >= self.deadline:
            raise _OutOfTime
        return min(now + seconds, self.deadline)

    def _send(self, child: Child, frame: bytes) -> None:
        try:
            child.write(frame, self._time(TO_SEND))
        except (framing.TimeUp, framing.Closed) as error:
            raise self._ended(child, error, TO_SEND) from None

    def _read(self, child: Child, seconds: float, limit: int) -> bytes:
        try:
            return child.read(limit, self._time(seconds))
        except (framing.TimeUp, framing.TooLong, framing.Closed) as error:
            raise self._ended(child, error, seconds) from None

    def _ended(self, child: Child, error: Exception, seconds: float) -> "_Ended":
        """Why a child is no longer of use; it is not there any more afterwards."""
        if isinstance(error, framing.Closed) and child.left(TO_LEAVE):
            end = child.end()
            if end.memory:
                return _Ended("memory", "ended for want of memory")
            return _Ended("crashed", f"ended with {_status(end.code)}")
        child.end()
        self._time(0.0)
        if isinstance(error, framing.TimeUp):
            return _Ended("slow", f"still running after {seconds:g} seconds")
        return _Ended("protocol", str(error))


def _parsed(read: Callable, *arguments: Any) -> Any:
    """Read a reply; one that cannot be read ends the child."""
    try:
        return read(*arguments)
    except Malformed as error:
        raise _Ended("protocol", str(error)[:300]) from None


def _status(code: int) -> str:
    """An exit status in words.

    >>> _status(-11)
    'signal SIGSEGV'
    """
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _frame(nonce: int, request: Request) -> bytes:
    """The frame that puts a request; its random number lets nobody answer before having read it."""
    try:
        return pack(
            {
                "nonce": nonce,
                "function": request.function,
                "inputs": list(request.inputs),
                "call": request.call,
                "arguments": list(request.arguments),
            }
        )
    except NotSerializable as error:
        raise ValueError(f"inputs of {request.function}: {error}") from error

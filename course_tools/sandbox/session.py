"""A sandbox for one submission after another: run its cells, call its functions, survive it all.

What a child says is checked here, and time is kept here. A cell or a call that hangs, crashes or
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

from course_tools.answers.values import Malformed, NotPlain, pack
from course_tools.sandbox import framing, levels
from course_tools.sandbox.fork_server import Child, ParentDied, SandboxError, WarmParent
from course_tools.sandbox.import_blocker import sentence_for
from course_tools.sandbox.package_copies import Views
from course_tools.sandbox.paths import LIBRARY
from course_tools.sandbox.replies import case_reply, cell_reply
from course_tools.sandbox.requests import Limits, Outcome, Request, Run

PRELOAD = ("numpy", "torch", "scipy", "matplotlib.pyplot")
# What is imported late and slowly: the first optimizer takes half a second without torch._dynamo.
COMPANIONS = {"torch": ("torch._dynamo", "torch.optim"), "numpy": ("numpy.random", "jaxtyping")}
MB = 2**20
TRIAL = ("import colorsys, wave  # seldom used: both are read late", "def trial(x): return x + 1")
TO_SEND, TO_LOCK_IN, TO_LEAVE = 30.0, 30.0, 1.0  # seconds
TOGETHER = "the answers to all cases together are larger than"
SMALL = 64 * 1024  # more than any frame about a cell


class Sandbox:
    """Runs students' code; a context manager, for one thread at a time.

    Args:
        level: of isolation, see ``levels``; None takes the best that this machine has.
        limits: what one child may use.
        preload: modules that the warm parent imports once for all children.
        library: the package of which children see the library.
        meanwhile: called once while the warm parent imports, for whoever has something to do.

    Raises:
        levels.NoIsolation: the level is not to be had.
        SandboxError: the warm parent does not start.

    Attributes:
        level: the level in force.
        restarts: how often the warm parent had to be started again.
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
        self.views = Views(library)
        self._parent: WarmParent | None = None
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

    def _start(self, meanwhile: Callable[[], object] = lambda: None) -> WarmParent:
        if self._parent is None:
            self._parent = WarmParent(self.level, self.limits, self.preload, self.views, meanwhile)
        return self._parent

    def _drop_parent(self) -> None:
        if self._parent is not None:
            self._parent.close()
            self._parent = None
            self.views.clear_scratch()

    def close(self) -> None:
        """End the warm parent and remove the run's folder."""
        self._drop_parent()
        self.views.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def run(
        self,
        cells: Sequence[str],
        requests: Sequence[Request],
        closed: frozenset[str] = frozenset(),
    ) -> Run:
        """Run a notebook's cells and answer the requests.

        Args:
            cells: the code cells, in order.
            requests: the calls, in order.
            closed: modules that the first child does not see either, as if a further request
                closed them: runs that put one request or another can share a view.

        Returns:
            Whatever happens, one tuple of outcomes per request.

        Raises:
            ValueError: inputs that are not plain, or a closed module that does not exist.
            SandboxError: the sandbox itself fails.
        """
        failed: SandboxError | None = None
        for _ in range(2):  # the second time with a parent that nobody has harmed
            submission = _Submission(self.limits, self.views, cells, requests, closed)
            try:
                return submission.run(self._start())
            except ParentDied:
                failed = None
            except SandboxError as error:
                failed = error
            self._drop_parent()
            self.restarts += 1
        if failed:
            raise failed
        return submission.result("crashed", "the sandbox ended twice while this notebook ran")


class _Ended(Exception):
    """A child is no longer of use; says why."""

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
        views: Views,
        cells: Sequence[str],
        requests: Sequence[Request],
        closed: frozenset[str],
    ):
        self.limits, self.views = limits, views
        self.cells = list(enumerate(cells, start=1))
        self.asked = [_Asked(request) for request in requests]
        self.union = closed.union(*(request.closed for request in requests))
        views.expect_modules(self.union)  # a wrong name is the caller's mistake, told at once
        self.failures: dict[int, str] = {}
        self.skipped: set[int] = set()
        self.touched: frozenset[str] = frozenset()  # closed modules that the cells used
        self.asking = False
        self.children = 0
        self.phases = dict.fromkeys(("start", "cells", "calls"), 0.0)
        self.deadline = time.monotonic() + limits.total_seconds

    def run(self, parent: WarmParent) -> Run:
        """Everything, in a first child and as many more as it takes."""
        try:
            if not self.asked:
                self._child(parent, self.union).kill()
            self._answer(parent, [(asked, self.union) for asked in self.asked])
            # The first child saw none of the closed modules. Whoever used one that is closed for
            # another task only gets a second try, in which it is open.
            again = [a for a in self.asked if (a.touched & self.union) - a.request.closed]
            self._answer(parent, [(asked, asked.request.closed) for asked in again])
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

    def _answer(self, parent: WarmParent, todo: list[tuple["_Asked", frozenset[str]]]) -> None:
        """Put requests one after another, each to a child for which those modules are closed."""
        child, closed = None, None
        try:
            for asked, wanted in todo:
                if child is not None and wanted != closed:
                    child.kill()
                    child = None
                child, closed = child or self._child(parent, wanted), wanted
                if not self._ask(child, asked):
                    child.kill()
                    child = None
        finally:
            if child is not None:
                child.kill()

    def _child(self, parent: WarmParent, closed: frozenset[str]) -> Child:
        """A child that has run the cells, without those that ended earlier ones."""
        sentences = {}
        for module in closed:
            users = [a.request.function for a in self.asked if module in a.request.closed]
            sentences[module] = sentence_for(module, users or ["another task"])
        while True:
            child = self._locked_in(parent, self.views.without(closed))
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

    def _locked_in(self, parent: WarmParent, view: Path) -> Child:
        self._time(0.0)
        started = time.monotonic()
        child = parent.fork(view)
        self.children += 1
        try:
            said = child.read(SMALL, time.monotonic() + TO_LOCK_IN)
        except (framing.Gone, framing.TimeUp, framing.TooLong):
            said = b"no answer"
        self.phases["start"] += time.monotonic() - started
        if said != b"ready":
            child.end()
            raise SandboxError(f"a child cannot be locked in: {said.decode(errors='replace')}")
        return child

    def _run_cells(
        self, child: Child, cells: list[tuple[int, str]], sentences: dict[str, str]
    ) -> bool:
        """Run the cells; False where one of them ended the child."""
        setup = json.dumps({"cells": cells, "closed": sentences}).encode()
        self.touched = frozenset()
        number = 0
        try:
            self._send(child, setup)
            for number, _ in cells:
                frame = self._read(child, self.limits.cell_seconds, SMALL)
                cause, line, self.touched = _understood(cell_reply, frame, number)
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
        request, turn = asked.request, secrets.randbits(60)
        asked.outcomes, asked.done, asked.touched = [], False, self.touched
        alive = False
        try:
            self._send(child, _frame(turn, request))
            left = self.limits.reply_mb * MB
            for case in range(len(request.inputs)):
                frame = self._read(child, request.seconds, self.limits.reply_mb * MB)
                if (left := left - len(frame)) < 0:  # all are kept until all are judged
                    raise _Ended("unplain", f"{TOGETHER} {self.limits.reply_mb} MB")
                outcome, touched = _understood(case_reply, frame, turn, case, request)
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
        except (framing.TimeUp, framing.Gone) as error:
            raise self._ended(child, error, TO_SEND) from None

    def _read(self, child: Child, seconds: float, limit: int) -> bytes:
        try:
            return child.read(limit, self._time(seconds))
        except (framing.TimeUp, framing.TooLong, framing.Gone) as error:
            raise self._ended(child, error, seconds) from None

    def _ended(self, child: Child, error: Exception, seconds: float) -> "_Ended":
        """Why a child is no longer of use; it is not there any more afterwards."""
        if isinstance(error, framing.Gone) and child.left(TO_LEAVE):
            end = child.end()
            if end.memory:
                return _Ended("memory", "ended for want of memory")
            return _Ended("crashed", f"ended with {_status(end.code)}")
        child.end()
        self._time(0.0)
        if isinstance(error, framing.TimeUp):
            return _Ended("slow", f"still running after {seconds:g} seconds")
        return _Ended("protocol", str(error))


def _understood(read: Callable, *arguments: Any) -> Any:
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


def _frame(turn: int, request: Request) -> bytes:
    """The frame that puts a request; nobody can answer before having read it."""
    try:
        return pack(
            {
                "turn": turn,
                "function": request.function,
                "inputs": list(request.inputs),
                "call": request.call,
                "arguments": list(request.arguments),
            }
        )
    except NotPlain as error:
        raise ValueError(f"inputs of {request.function}: {error}") from error

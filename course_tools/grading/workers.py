"""A process that judges, and the handle by which another process uses it.

The process holds specs and answers and one sandbox. It is started by exec in a session of its
own, so that Ctrl-C reaches only whoever started it, and it ends with whoever started it, however
that comes to its end: the pipe between them closes.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any, Protocol, runtime_checkable

from course_tools.answers.limits import Limits
from course_tools.gradebook.models import Graded, TaskResult, Work

MAX_RESTARTS = 2  # of a process that died over one submission
IDLE_TIMEOUT = 600.0  # seconds without work after which a process ends
CLEANUP_TIMEOUT = 10.0  # seconds in which a process that has to end can do so tidily
EXIT_TIMEOUT = 3.0  # and those for which its owner waits
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class PoolError(RuntimeError):
    """Nothing can be graded this way; the message says why and what to do."""


@runtime_checkable
class Config(Protocol):
    """What a judge is made from: ``course_tools.grading.judge.JudgeConfig``, or less in a test."""

    @property
    def isolation(self) -> str:
        """The sandbox's level."""

    @property
    def limits(self) -> Limits:
        """What one child process may use."""


class Grader(Protocol):
    """What a process does: ``course_tools.grading.judge.Judge``, or less in a test."""

    def grade(self, work: Work) -> Graded:
        """Judge one submission."""


MakeJudge = Callable[[Any], AbstractContextManager[Grader]]  # of the ``Config`` sent with it


def prepare(config: Config, judge: MakeJudge | None = None) -> bytes:
    """Pack what a worker needs; on the way there nobody has to be able to open it.

    Args:
        config: what the judge is made from.
        judge: makes it; None stands for ``Judge``.
    """
    if judge is None:
        from course_tools.grading.judge import Judge

        judge = Judge
    return pickle.dumps((judge, config))


def timeout_for(config: Config) -> float:
    """Seconds after which a process hangs: two runs in the sandbox, and as much again to judge."""
    return 60 + 4 * config.limits.total_seconds


def not_graded(work: Work, detail: str) -> Graded:
    """The answer when no answer can be had."""
    results = (
        TaskResult(task, key, 0, 0, "grader", detail=detail) for task, key in work.keys.items()
    )
    return Graded(work.student, tuple(results))


class Worker:
    """A handle on one process, which is started when it is needed and again when it has died.

    Args:
        setup: what ``prepare`` made.
        timeout: seconds to wait for an answer before the process is taken to hang.
        environment: what the process must have; see ``fingerprints.environment_fingerprint``.

    Not for two threads at once, except that ``close`` may come from another one.
    """

    def __init__(self, setup: bytes, timeout: float, environment: str):
        self.setup, self.timeout, self.environment = setup, timeout, environment
        self.process: subprocess.Popen | None = None
        self.pipe: Connection | None = None
        self.closed = False

    def grade(self, work: Work) -> Graded:
        """Have one submission judged, whatever happens to the process.

        Raises:
            PoolError: the process cannot work here at all, or was closed meanwhile.
        """
        for _ in range(1 + MAX_RESTARTS):
            try:
                pipe = self._connect()
                pipe.send(work)
                if not pipe.poll(self.timeout):
                    self._stop()
                    return not_graded(work, f"judging did not end within {self.timeout:g} seconds")
                return pipe.recv()
            except (EOFError, OSError):
                self._stop()
                if self.closed:
                    raise PoolError("closed: nothing more is graded") from None
        return not_graded(work, f"the process that judged it died {1 + MAX_RESTARTS} times")

    def _connect(self) -> Connection:
        """The pipe to the process, which is started where there is none or it has died."""
        pipe = self.pipe
        if not self.closed and (
            pipe is None or self.process is None or self.process.poll() is not None
        ):
            pipe = self._start()
        if self.closed or pipe is None:  # before that, or meanwhile
            raise EOFError
        return pipe

    def _start(self) -> Connection:
        self._stop()
        self.pipe, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                # -P: a file in the current folder must not pass for one of our packages
                [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | ONE_THREAD,
            )
        self.pipe.send_bytes(self.setup)
        refusal, environment = self.pipe.recv()
        if refusal:
            raise PoolError(refusal)
        if environment != self.environment:
            raise PoolError(
                f"worker: expected {self.environment}, as on this machine, got {environment}; "
                "install the same there, or rows could differ"
            )
        return self.pipe

    def _stop(self) -> None:
        if self.pipe is not None:
            self.pipe.close()
        if self.process is not None:
            _wait(self.process)

    def terminate(self) -> None:
        """Tell the process to end, also in the middle of its work."""
        self.closed = True
        if self.process is not None:
            self.process.terminate()

    def close(self) -> None:
        """End the process and wait until it is gone."""
        self.terminate()
        if self.process is not None:
            _wait(self.process)


def _wait(process: subprocess.Popen) -> None:
    """Wait until a process has ended, and kill it if that takes too long."""
    try:
        process.wait(EXIT_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(pipe: Connection) -> None:
    """Judge what comes until the pipe closes."""
    signal.signal(signal.SIGTERM, _end)
    setup, works = pipe.recv_bytes(), SimpleQueue()
    main_thread = threading.get_ident()
    threading.Thread(target=_listen, args=(pipe, works, main_thread), daemon=True).start()
    with ExitStack() as stack:
        try:
            make_judge, config = pickle.loads(setup)
            judge = stack.enter_context(make_judge(config))
            from course_tools.gradebook.fingerprints import environment_fingerprint

            ready = "", environment_fingerprint()
        except Exception as error:
            pipe.send((str(error) or type(error).__name__, ""))
            return
        pipe.send(ready)  # the judge will be closed, whatever the answer is
        with suppress(Empty):  # whoever started this may be gone for good
            while True:
                work = works.get(timeout=IDLE_TIMEOUT)
                try:
                    graded = judge.grade(work)
                except Exception as error:
                    graded = not_graded(work, f"{type(error).__name__}: {error}")
                pipe.send(graded)


def _end(signum: int, frame: object) -> None:
    signal.signal(signum, signal.SIG_IGN)  # once is enough: what follows is tidying up
    sys.exit()


def _listen(pipe: Connection, works: SimpleQueue, main_thread: int) -> None:
    """Pass on what comes; when nobody is left at the other end, bring the process to its end.

    Args:
        pipe: from whoever started the process.
        works: where what comes is put.
        main_thread: the identifier of the thread that judges; only that one handles signals.
    """
    try:
        while True:
            works.put(pipe.recv())
    except (EOFError, OSError):
        signal.pthread_kill(main_thread, signal.SIGTERM)
        time.sleep(CLEANUP_TIMEOUT)
        os._exit(1)


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):  # nobody is left to hear of it
        serve(Connection(int(sys.argv[1])))

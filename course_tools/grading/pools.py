"""Who does the work: processes of this machine, or those of a cluster.

A pool takes one submission at a time and promises an answer. Whatever happens on the way costs a
retry or a row that says so, never the run.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from queue import Empty, SimpleQueue

from course_tools.gradebook.fingerprints import environment_fingerprint
from course_tools.gradebook.models import Graded, Work
from course_tools.grading.workers import Config, MakeJudge, Worker, prepare, timeout_for

POLL_INTERVAL = 0.5  # seconds
PREFETCH = 4  # submissions waiting for each one that is being graded


class Pool(AbstractContextManager, ABC):
    """Grades submissions several at a time; a context manager that owns its processes."""

    @property
    @abstractmethod
    def width(self) -> int:
        """How many submissions are graded at one time."""

    @abstractmethod
    def submit(self, work: Work) -> Future[Graded]:
        """Begin to grade; the future fails with ``PoolError`` alone."""

    def run(self, works: Iterable[tuple[int, Work]]) -> Iterator[tuple[int, Graded] | None]:
        """Grade all, in the order in which answers come.

        Few are under way at a time, so memory does not grow with the class. Every
        ``POLL_INTERVAL`` without an answer yields None, for a caller who has something to do
        meanwhile.

        Args:
            works: each with a number, which comes back with the answer.

        Raises:
            PoolError: nothing can be graded this way.
        """
        works, done, under_way = iter(works), SimpleQueue(), 0
        while True:
            while under_way < self.width * (1 + PREFETCH) and (numbered := next(works, None)):
                number, work = numbered
                self.submit(work).add_done_callback(partial(_put, done, number))
                under_way += 1
            if not under_way:
                return
            try:
                number, future = done.get(timeout=POLL_INTERVAL)
            except Empty:
                yield None
            else:
                under_way -= 1
                yield number, future.result()


def _put(done: SimpleQueue, number: int, future: Future[Graded]) -> None:
    done.put((number, future))


class LocalPool(Pool):
    """Processes of this machine.

    Args:
        config: what the judge is made from.
        jobs: how many processes; each has a sandbox of its own.
        judge: makes the judge, in the process that uses it; None stands for ``Judge``.
    """

    def __init__(self, config: Config, jobs: int, judge: MakeJudge | None = None):
        arguments = prepare(config, judge), timeout_for(config), environment_fingerprint()
        self.workers = [Worker(*arguments) for _ in range(jobs)]
        self.idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self.workers:
            self.idle.put(worker)
        self.threads = ThreadPoolExecutor(jobs, thread_name_prefix="worker")

    @property
    def width(self) -> int:
        """How many submissions are graded at one time."""
        return len(self.workers)

    def submit(self, work: Work) -> Future[Graded]:
        """Begin to grade."""
        return self.threads.submit(self._grade, work)

    def _grade(self, work: Work) -> Graded:
        worker = self.idle.get()  # never waits: there are as many threads as workers
        try:
            return worker.grade(work)
        finally:
            self.idle.put(worker)

    def __exit__(self, *error: object) -> None:
        """End all processes, at once if something is still being graded."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.close()
        self.threads.shutdown()

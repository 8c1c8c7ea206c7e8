"""The same work on many machines: dask.distributed hands it to workers, one sandbox in each.

What travels is the text of the exercise set, once to each worker, and then cells one way and
results the other: a worker needs ``course-lib`` installed and no file of this machine. A worker
that is lost costs a retry, since dask hands its work to another one.
"""

import hashlib
import logging
import os
import pickle
import re
import signal
import threading
import time
import uuid
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from typing import Any, cast

import dask
from distributed import Client, KilledWorker, LocalCluster, get_worker
from distributed import Future as DaskFuture
from distributed.diagnostics.plugin import WorkerPlugin

from course_tools.gradebook.fingerprints import environment_fingerprint
from course_tools.gradebook.models import Graded, Work
from course_tools.grading.pools import Pool
from course_tools.grading.workers import (
    Config,
    MakeJudge,
    PoolError,
    Worker,
    not_graded,
    prepare,
    timeout_for,
)

CONNECT_TIMEOUT = 10.0  # seconds in which a scheduler, and then a worker, must be found
RECOUNT_INTERVAL = 5.0  # seconds after which workers are counted anew
ALLOWED_LOSSES = 10  # workers that may be lost over one submission, where we make the cluster


class JudgePlugin(WorkerPlugin):
    """Holds the one judging process of a dask worker, however many threads that has."""

    def __init__(self, setup: bytes, timeout: float, environment: str):
        self.arguments = setup, timeout, environment

    def setup(self, worker: Any) -> None:
        """Get ready; the process itself starts with the first submission."""
        self.lock = threading.Lock()
        self.worker = Worker(*self.arguments)

    def teardown(self, worker: Any) -> None:
        """End the process."""
        self.worker.close()


def grade_on_worker(plugin: str, work: bytes) -> bytes:
    """What a dask worker runs; bytes, so that the scheduler opens nothing of a student's."""
    judge = cast("JudgePlugin", get_worker().plugins[plugin])  # dask says: some WorkerPlugin
    with judge.lock:
        return pickle.dumps(judge.worker.grade(pickle.loads(work)))


class DaskPool(Pool):
    """The workers of a dask cluster.

    Args:
        config: what the judge is made from.
        address: "local", or "local:2" for two workers on this machine; else the scheduler's
            address, such as "tcp://host:8786".
        judge: makes the judge, in the process that uses it; None stands for ``Judge``.

    Raises:
        PoolError: no scheduler or no worker is found, or a worker cannot do this work.
    """

    def __init__(self, config: Config, address: str, judge: MakeJudge | None = None):
        self.address = address
        self.name = f"judge-{uuid.uuid4().hex}"  # two runs on one cluster do not meet
        self.counted, self.count = 0.0, 1
        with ExitStack() as owned:
            owned.enter_context(_silence_dask())
            self.client = owned.enter_context(self._connect(owned))
            plugin = JudgePlugin(
                prepare(config, judge), timeout_for(config), environment_fingerprint()
            )
            try:
                self.client.wait_for_workers(1, CONNECT_TIMEOUT)
                self.client.register_plugin(plugin, name=self.name)
            except TimeoutError:
                raise PoolError(f"--scheduler {address}: it has no workers; start some") from None
            except Exception as error:  # dask passes on a worker's error by its text alone
                raise PoolError(
                    f"--scheduler {address}: a worker cannot do this work ({error}); "
                    "pip install 'course-lib[grading]' there"
                ) from None
            owned.callback(self._leave)
            self._owned = owned.pop_all()

    def _connect(self, owned: ExitStack) -> Client:
        scheduler: Any = self.address
        if self.address.split(":")[0] == "local":
            scheduler = owned.enter_context(_local_cluster(self.address))
        elif not re.fullmatch(r"\w+://.+:\d+", self.address):
            raise PoolError(
                "--scheduler: expected local, local:2 or an address such as tcp://host:8786, "
                f"got {self.address!r}"
            )
        try:
            return Client(scheduler, timeout=CONNECT_TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise PoolError(
                f"--scheduler {self.address}: no dask scheduler answers there ({error}); start one "
                "with `dask scheduler`, or say `--scheduler local`"
            ) from None

    def _leave(self) -> None:
        with suppress(Exception):
            self.client.unregister_worker_plugin(self.name)

    @property
    def width(self) -> int:
        """How many submissions are graded at one time; workers may come and go."""
        if time.monotonic() > self.counted + RECOUNT_INTERVAL:
            try:
                self.count = max(1, len(self.client.nthreads()))
            except (OSError, RuntimeError) as error:
                raise self._lost(error) from None
            self.counted = time.monotonic()
        return self.count

    def submit(self, work: Work) -> Future[Graded]:
        """Begin to grade."""
        text = repr((work.student, sorted(work.keys.items()))).encode()
        key = f"grade-{hashlib.sha256(text).hexdigest()}-{self.name}"
        graded: Future[Graded] = Future()
        try:
            answer = self.client.submit(grade_on_worker, self.name, pickle.dumps(work), key=key)
            self.client.loop.add_callback(self._pass_on, work, answer, graded)
        except Exception as error:
            raise self._lost(error) from None
        return graded

    # Not by the client's executor: that takes an answer for an error when the worker is lost
    # between the answer and the look at it.
    async def _pass_on(self, work: Work, answer: DaskFuture, graded: Future[Graded]) -> None:
        try:
            (text,) = await self.client.gather([answer], asynchronous=True)
            graded.set_result(pickle.loads(text))
        except KilledWorker:
            graded.set_result(not_graded(work, "the workers that graded it were lost, one by one"))
        except PoolError as error:
            graded.set_exception(PoolError(f"--scheduler {self.address}: {error}"))
        except Exception as error:
            graded.set_exception(self._lost(error))

    def _lost(self, error: Exception) -> PoolError:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        return PoolError(
            f"--scheduler {self.address}: the cluster was lost ({why}); what is graded is kept, "
            "and the same command goes on from there"
        )

    def __exit__(self, *error: object) -> None:
        """Leave the cluster; end it, if it is our own."""
        self._owned.close()


def _local_cluster(address: str) -> LocalCluster:
    _, _, number = address.partition(":")
    if number and not (number.isdecimal() and int(number)):
        raise PoolError(f"--scheduler: expected local or local:N with N from 1 on, got {address!r}")
    # Ctrl-C reaches all processes of a terminal; what is started now leaves it to this one.
    resource_tracker.ensure_running()  # its start would undo the next line
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return LocalCluster(
            n_workers=int(number) if number else len(os.sched_getaffinity(0)),
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # a free port, which nobody is told
            scheduler_kwargs={"dashboard": False},
            silence_logs=logging.CRITICAL,
            memory_limit=0,  # the sandbox bounds what students use
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _silence_dask() -> Generator[None]:
    """Keep dask's own messages off the screen, and the losses that it bears high enough."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = {logging.getLogger(name): logging.getLogger(name).level for name in names}
    for logger in levels:
        logger.setLevel(logging.CRITICAL)
    try:
        with dask.config.set({"distributed.scheduler.allowed-failures": ALLOWED_LOSSES}):
            yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)

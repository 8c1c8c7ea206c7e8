"""What a grader asks of a sandbox, and what comes back.

Only inputs go in and only plain values come out; expected values and scores never appear here.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Limits:
    """What one child process, that is, one run of a student's code, may use.

    Args:
        memory_mb: address space beyond what Python and the preloaded packages take.
        processes: processes and threads together.
        file_mb: size of a file it writes.
        scratch_mb: space in its private temporary folder, where the level gives it one.
        open_files: file descriptors.
        reply_mb: size of one answer, and of all answers of one task together.
        cell_seconds: wall clock for one cell of the notebook.
        total_seconds: wall clock for a submission as a whole, all its children together.
    """

    memory_mb: int = 1024
    processes: int = 32
    file_mb: int = 16
    scratch_mb: int = 32
    open_files: int = 64
    reply_mb: int = 64
    cell_seconds: float = 20.0
    total_seconds: float = 600.0


@dataclass(frozen=True)
class Request:
    """Call one function on a list of inputs.

    Args:
        function: its name in the notebook, which is also the task's.
        inputs: the arguments of each call, as plain values.
        call: how it is called, a key of ``course_tools.answers.calls.CALLS``.
        arguments: names of the parameters, for the message when they do not fit.
        seconds: wall clock for one call.
        blocked: modules that cannot be used during the calls.
    """

    function: str
    inputs: tuple[tuple, ...]
    call: str = "plain"
    arguments: tuple[str, ...] = ()
    seconds: float = 5.0
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Args:
        cause: "value" where something came back, else a key of
            ``course_tools.gradebook.models.CAUSES``: error, missing, not started, closed, slow,
            memory, crashed, unplain, protocol.
        value: what came back, rebuilt from plain data.
        error: name of the exception if it is one of Python's own, else "Exception".
        text: the exception in one line as the student's code worded it; never shown to students
            where the inputs were hidden.
        mutated: names of the arguments that the call changed.
    """

    cause: str
    value: Any = None
    error: str = ""
    text: str = ""
    mutated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """A submission's answers: one tuple of outcomes per request, in order.

    A request that ended its process has fewer outcomes than inputs: the last one says why.
    ``cell_failures`` were all written before any input was sent.
    """

    outcomes: tuple[tuple[Outcome, ...], ...]
    cell_failures: tuple[str, ...] = ()
    children: int = 1
    phases: dict[str, float] = field(default_factory=dict)

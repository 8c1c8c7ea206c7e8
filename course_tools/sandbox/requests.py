"""What a grader asks of a sandbox, and what comes back.

Only inputs go in and only plain values come out; expected values and scores never appear here.
"""

from dataclasses import dataclass, field

from course_tools.answers.outcome import Outcome


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
class Run:
    """A submission's answers: one tuple of outcomes per request, in order.

    A request that ended its process has fewer outcomes than inputs: the last one says why.
    ``cell_failures`` were all written before any input was sent.
    """

    outcomes: tuple[tuple[Outcome, ...], ...]
    cell_failures: tuple[str, ...] = ()
    children: int = 1
    phases: dict[str, float] = field(default_factory=dict)

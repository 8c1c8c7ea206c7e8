"""The spec of a task: everything that the student's check, the grader and the tests need to know.

A spec stands in ``solutions/<chapter>.py`` beside the solution. The function that the student
writes has the task's name; the solution of that name is the reference.
"""

import hashlib
import inspect
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_tools.answers.calls import CALLS, observer
from course_tools.answers.compare import Comparison
from course_tools.answers.values import copied

PUBLIC = "public cases"
N_RIGHTS, N_WRONGS = 3, 2  # besides the solution; see ``Task.complain``


class SpecError(ValueError):
    """A spec that cannot be used; the message names the task and what is missing."""


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake that learners make, with the sentence that would help them."""

    name: str
    sentence: str
    function: Callable[..., Any]


@dataclass(frozen=True)
class RightAnswer:
    """Another right answer, written differently, that must get full marks."""

    name: str
    function: Callable[..., Any]


@dataclass
class Task:
    """One exercise.

    Args:
        name: the function that the student writes.
        points: what a right answer earns.
        compare: how an answer is compared with the reference's.
        returns: names of the parts, where the answer is a tuple; messages use them.
        forbidden: modules that hold the nearest answer and stay closed while the task is graded.
        call: how the function is called, a key of ``calls.CALLS``.
        observe: what is looked at instead of the returned value, as ``calls.observer`` takes it;
            for tasks where many different values are right.
        seconds: time limit for one call.
        n_public: public cases drawn from the generator, after the handmade examples.
        n_hidden: cases drawn for a grading.

    The rest is filled in by decorators:

    >>> from course_tools.answers.compare import Close
    >>> task = Task("double", points=1, compare=Close(condition=4))
    >>> @task.inputs
    ... def draw(rng):
    ...     return (rng.normal(),)
    >>> @task.wrong("squares", "You square the number instead of doubling it.")
    ... def squares(x):
    ...     return x * x
    >>> [wrong.name for wrong in task.wrongs]
    ['squares']
    """

    name: str
    points: float
    compare: Comparison
    returns: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    call: str = "plain"
    observe: str = ""
    seconds: float = 5.0
    n_public: int = 4
    n_hidden: int = 6
    examples: list[tuple] = field(default_factory=list)
    generate: Callable[[np.random.Generator], tuple] | None = None
    reference: Callable[..., Any] | None = None
    wrongs: list[WrongAnswer] = field(default_factory=list)
    rights: list[RightAnswer] = field(default_factory=list)

    def example(self, *arguments: Any) -> None:
        """Add a handmade public case; the smallest first, since messages begin with it."""
        self.examples.append(arguments)

    def inputs(self, function: Callable) -> Callable:
        """Declare the input generator: takes an ``rng``, returns a tuple of arguments."""
        self.generate = function
        return function

    def wrong(self, name: str, sentence: str) -> Callable[[Callable], Callable]:
        """Declare a known wrong answer and the sentence that helps whoever wrote it."""

        def declare(function: Callable) -> Callable:
            self.wrongs.append(WrongAnswer(name, sentence, function))
            return function

        return declare

    def right(self, name: str) -> Callable[[Callable], Callable]:
        """Declare another right answer."""

        def declare(function: Callable) -> Callable:
            self.rights.append(RightAnswer(name, function))
            return function

        return declare

    @property
    def arguments(self) -> list[str]:
        """Names of the function's parameters."""
        if self.reference is None:
            raise SpecError(f"{self.name}: there is no solution of that name")
        return list(inspect.signature(self.reference).parameters)

    def draw(self, student: str, seed: int, n_cases: int | None = None) -> Iterator[tuple]:
        """Draw inputs from the seed, the task and the student: the same ones every time."""
        if self.generate is None:
            raise SpecError(f"{self.name}: there is no input generator")
        for index in range(self.n_hidden if n_cases is None else n_cases):
            yield self.generate(generator_for(seed, self.name, student, index))

    def public_inputs(self) -> list[tuple]:
        """The handmade examples, then a few drawn ones."""
        return [*self.examples, *self.draw(PUBLIC, 0, self.n_public)]

    def outcome(self, function: Callable, inputs: tuple) -> Any:
        """Call an answer on copies of the inputs and return what is compared."""
        copies = copied(inputs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a wrong answer may well divide by zero
            value = copied(CALLS[self.call](function, *copies))
        return observer(self.observe)(value, *inputs)

    def expected(self, inputs: tuple) -> Any:
        """What the reference returns."""
        if self.reference is None:
            raise SpecError(f"{self.name}: there is no solution of that name")
        return self.outcome(self.reference, inputs)

    def complain(self) -> None:
        """Refuse a spec that is not complete.

        Raises:
            SpecError: names the task and what it lacks.
        """
        if self.reference is None:
            raise SpecError(f"{self.name}: there is no solution of that name")
        if self.generate is None:
            raise SpecError(f"{self.name}: no @task.inputs")
        if len(self.wrongs) < N_WRONGS:
            n = len(self.wrongs)
            raise SpecError(f"{self.name}: needs {N_WRONGS} known wrong answers, has {n}")
        if len(self.rights) < N_RIGHTS:
            n = len(self.rights)
            raise SpecError(
                f"{self.name}: needs {N_RIGHTS} right answers besides the solution, has {n}"
            )
        if self.call not in CALLS:
            raise SpecError(f"{self.name}: call: expected one of {list(CALLS)}, got {self.call!r}")
        try:
            observer(self.observe)
        except ValueError as error:
            raise SpecError(f"{self.name}: {error}") from error


def generator_for(seed: int, task: str, student: str, index: int) -> np.random.Generator:
    """A generator of random numbers for one case, independent of all others.

    >>> a, b = (generator_for(1, "masked_mean", name, 0) for name in ("ada", "alan"))
    >>> bool(a.normal() == b.normal())
    False
    """
    text = "\x1f".join([str(seed), task, student, str(index)]).encode()
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()[:16], "big"))

"""The spec of a task: everything that the student's check, the grader and the tests need to know.

It stands in ``solutions/<set>/<task>.py`` below the solution, in the variable ``task``. The
function that the student writes has the file's name; the solution of that name is the reference.
"""

import hashlib
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import numpy as np

from course_tools.answers.calls import CALLS, observer
from course_tools.answers.compare import Comparison
from course_tools.answers.values import copied
from course_tools.exercises.mutants import Change, SpecError, mutant

PUBLIC = "public cases"
N_RIGHTS, N_WRONGS = 1, 3
Regime = Callable[[np.random.Generator], tuple]


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake that learners make, with the sentence that would help them.

    ``text`` is the answer as a student would have written it; empty where the mistake is not an
    edit of the solution.
    """

    name: str
    sentence: str
    function: Callable[..., Any]
    text: str = ""


@dataclass
class Task:
    """One exercise.

    Args:
        reference: the solution; its name is the function that the student writes.
        points: what a right answer earns.
        compare: how an answer is compared with the reference's.
        regimes: named generators of inputs, each of which takes an ``rng`` and returns a tuple of
            arguments. A name says what matters in its inputs: the smallest size, a boundary, what
            the prose warns of. Each is drawn in every grading, and once among the public cases.
        wrong: known wrong answers by name, each with the sentence that would help whoever wrote it
            and a mutant of the solution; see ``mutants``.
        right: other right answers, written independently.
        examples: handmade cases, the smallest first, since messages begin with it.
        returns: names of the parts, where the answer is a tuple; messages use them.
        forbidden: modules that hold the nearest answer and stay closed while the task is graded.
        call: how the function is called, a key of ``calls.CALLS``.
        observe: what is looked at instead of the returned value, as ``calls.observer`` takes it;
            for tasks where many different values are right.
        seconds: time limit for one call.
        equivalent: automatic mutants that are right answers all the same, each with the reason.
        fixed: arguments and axes that never vary, each with the words of the prose that say so.
        n_public: public cases to draw at least, after the examples.
        n_hidden: cases to draw at least for a grading, after the examples.

    >>> from course_tools.answers.compare import Close
    >>> def double(x):
    ...     return 2 * x
    >>> task = Task(
    ...     double,
    ...     points=1,
    ...     compare=Close(condition=4),
    ...     regimes={"any number": lambda rng: (rng.normal(),)},
    ...     wrong={"squares": ("You square the number; double it.", lambda right, x: x * x)},
    ...     right=[lambda x: x + x],
    ... )
    >>> [wrong.name for wrong in task.wrongs]
    ['squares']
    """

    reference: FunctionType
    points: float
    compare: Comparison
    regimes: Mapping[str, Regime]
    wrong: Mapping[str, tuple[str, Change]]
    right: Sequence[FunctionType]
    examples: Sequence[tuple] = ()
    returns: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    call: str = "plain"
    observe: str = ""
    seconds: float = 5.0
    equivalent: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    n_public: int = 4
    n_hidden: int = 6

    def __post_init__(self) -> None:
        """Make the mutants while the file of the solution can be read."""
        self.name = self.reference.__name__
        self.arguments = list(inspect.signature(self.reference).parameters)
        self.wrongs = [
            WrongAnswer(name, sentence, *mutant(self.reference, name, change))
            for name, (sentence, change) in self.wrong.items()
        ]

    def draw(self, student: str, seed: int, n_cases: int | None = None) -> Iterator[tuple]:
        """Draw inputs from the seed, the task and the student: the same ones every time.

        Every regime is drawn, in turn, until there are ``n_cases``.
        """
        regimes = list(self.regimes.values())
        for index in range(max(len(regimes), self.n_hidden if n_cases is None else n_cases)):
            rng = generator_for(seed, self.name, student, index)
            yield regimes[index % len(regimes)](rng)

    def hidden_inputs(self, student: str, seed: int) -> list[tuple]:
        """What an answer is graded on: the examples, then cases of the student's own."""
        return [*self.examples, *self.draw(student, seed)]

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
        return self.outcome(self.reference, inputs)

    def complain(self) -> None:
        """Refuse a spec that is not complete.

        Raises:
            SpecError: names the task and what it lacks.
        """
        for what, found, needed in (
            ("regimes", self.regimes, 1),
            ("wrong", self.wrong, N_WRONGS),
            ("right", self.right, N_RIGHTS),
        ):
            if len(found) < needed:
                raise SpecError(
                    f"{self.name}: {what}: expected at least {needed}, got {len(found)}"
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

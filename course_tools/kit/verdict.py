"""What the cases of a task say about an answer, for a student, a class and the checks alike.

Nothing is worded here. ``check`` says it to a student, ``grading.judge`` to a class.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_tools.answers.compare import Comparison, Difference
from course_tools.answers.outcome import Outcome
from course_tools.kit.diagnose import recognise

NAMEABLE = ("value", "error")  # what a known mistake may end in


@dataclass(frozen=True)
class Verdict:
    """What the cases say.

    Args:
        right: for each case that was tried, whether the answer is right.
        outcomes: what came of each.
        differences: where each parts from what is right; None where it does not, or nothing came.
        n_cases: how many there are; a call that never ends is the last one.
        mistake: the known mistake that explains all failures, or empty.
    """

    right: tuple[bool, ...]
    outcomes: tuple[Outcome, ...]
    differences: tuple[Difference | None, ...]
    n_cases: int
    mistake: str = ""

    @property
    def passed(self) -> int:
        """How many cases came out right."""
        return sum(self.right)

    @property
    def all_right(self) -> bool:
        """Whether every case was tried and came out right."""
        return self.passed == self.n_cases

    @property
    def first(self) -> int:
        """The first case that did not come out right."""
        return self.right.index(False) if False in self.right else len(self.right) - 1

    @property
    def no_value(self) -> Outcome | None:
        """The first outcome that is no value."""
        return next((outcome for outcome in self.outcomes if outcome.cause != "value"), None)

    @property
    def difference(self) -> Difference | None:
        """The first difference."""
        return next(filter(None, self.differences), None)

    @property
    def mutated(self) -> tuple[str, ...]:
        """Names of the arguments that the first call to do so changed."""
        return next((outcome.mutated for outcome in self.outcomes if outcome.mutated), ())


def judge(
    comparison: Comparison,
    expected: Sequence[Any],
    outcomes: Sequence[Outcome],
    prints: Mapping[str, Callable[[int], dict[str, Any]]],
) -> Verdict:
    """Compare what came with what is right, and look for a mistake that explains the rest.

    Args:
        comparison: the task's.
        expected: for each case, what is right.
        outcomes: what came; there are fewer where a call never ended, or the process did.
        prints: for each known mistake, its fingerprint on a case.
    """
    tried = list(zip(expected, outcomes, strict=False))
    differences = tuple(
        comparison.difference(wanted, outcome.value) if outcome.cause == "value" else None
        for wanted, outcome in tried
    )
    right = tuple(
        outcome.cause == "value" and difference is None
        for (_, outcome), difference in zip(tried, differences, strict=True)
    )
    mistake = None
    if all(outcome.cause in NAMEABLE for _, outcome in tried):
        came = [value_or_exception(outcome) for _, outcome in tried]
        failed = [not good for good in right]
        mistake = recognise(comparison, [wanted for wanted, _ in tried], came, failed, prints)
    return Verdict(
        right, tuple(outcome for _, outcome in tried), differences, len(expected), mistake or ""
    )


def value_or_exception(outcome: Outcome) -> Any:
    """What came; where nothing did, an exception of the name that was told."""
    return outcome.value if outcome.cause == "value" else type(outcome.error, (Exception,), {})()

"""From a difference to a sentence: which mistake does this answer look like?

A known wrong answer leaves a fingerprint on every public case: the shape of what it returned and
a few random projections of the numbers. That is enough to recognise it and too little to work
back from. Where nothing is recognised, ``hint`` looks for what often goes wrong: a sign, a
constant factor, a transpose, another order, NaN, right numbers in some rows only.
"""

import hashlib
import itertools
import json
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from course_tools.answers.compare import (
    LARGEST,
    Close,
    Comparison,
    Difference,
    conform,
    part_of,
    plain,
)

N_PROJECTIONS = 3
MOST = 10**5  # numbers; no mistake that somebody listed returns more
COARSE, FINE = 1e-5, 1e-8  # a fingerprint is kept to 9 digits; student float32 keeps 7


def fingerprint(value: Any, comparison: Comparison) -> dict[str, Any]:
    """What is remembered of a wrong answer's outcome.

    >>> from course_tools.answers.compare import Exact
    >>> sorted(fingerprint(np.ones((2, 3)), Close(condition=1)))
    ['along', 'lost', 'shape', 'size']
    >>> fingerprint([1, 2], Exact()) == fingerprint([1, 2.0], Exact())
    True
    """
    if (size := _count(value)) > MOST:  # remembering it could take all memory
        return {"numbers": size}
    if not isinstance(comparison, Close):
        text = json.dumps(_canonical(value), sort_keys=True)
        return {"hash": hashlib.sha256(text.encode()).hexdigest()[:16]}
    parts = plain(value)
    if isinstance(parts, list | tuple) and any(isinstance(plain(p), np.ndarray) for p in parts):
        return {"parts": [fingerprint(part, comparison) for part in parts]}
    numbers: list[float] = []
    shape = _skeleton(value, numbers)
    flat = np.array(numbers, dtype=np.float64)
    lost = ~np.isfinite(flat)
    flat[lost] = 0.0
    directions = np.random.default_rng(flat.size).normal(size=(N_PROJECTIONS, flat.size))
    with np.errstate(over="ignore", invalid="ignore"):
        size, along = float(np.linalg.norm(flat)), (directions @ flat).tolist()
    return {
        "shape": shape,
        "lost": int(lost.sum()),
        "size": _digits(size),
        "along": [_digits(number) for number in along],
    }


def fingerprint_of_error(error: str) -> dict[str, Any]:
    """What is remembered of a wrong answer that raises."""
    return {"error": error}


def outcome_print(value: Any, comparison: Comparison) -> dict[str, Any]:
    """What is remembered of an outcome: of a value, or of an exception."""
    if isinstance(value, Exception):
        return fingerprint_of_error(type(value).__name__)
    return fingerprint(value, comparison)


def agreement(comparison: Comparison) -> float:
    """How far two fingerprints of the same outcome may be apart, as a part of its size."""
    return COARSE if getattr(comparison, "float32", False) else FINE


def matches(remembered: dict[str, Any], came: dict[str, Any], agree: float = COARSE) -> bool:
    """Whether two fingerprints are of the same outcome."""
    if set(remembered) != set(came):
        return False
    if "parts" in remembered:
        sides = remembered["parts"], came["parts"]
        return len(sides[0]) == len(sides[1]) and all(map(matches, *sides, [agree] * len(sides[0])))
    if "along" not in remembered:
        return remembered == came
    if remembered["shape"] != came["shape"] or remembered["lost"] != came["lost"]:
        return False
    tolerance = agree * max(remembered["size"], came["size"])
    pairs = zip(remembered["along"], came["along"], strict=True)
    return abs(remembered["size"] - came["size"]) <= tolerance and all(
        abs(a - b) <= 3 * tolerance for a, b in pairs
    )


def recognise(
    comparison: Comparison,
    expected: Sequence[Any],
    came: Sequence[Any],
    failed: Sequence[bool],
    prints: Mapping[str, Callable[[int], dict[str, Any]]],
) -> str | None:
    """Name the mistake that explains every failed case.

    A mistake explains a case if it comes out as the answer did, and wrong. One case is enough if
    its outcome could hardly come about in two ways; of numbers such as 0 or 3 it takes two.

    Args:
        comparison: the task's.
        expected: for each case, what is right.
        came: for each case, the answer's outcome; an exception where it raised one.
        failed: for each case, whether the answer was wrong.
        prints: for each known mistake, its fingerprint on a case.

    Returns:
        Among several the one that agrees with the answer on most cases; None if there is none.
    """
    bad = [index for index, wrong in enumerate(failed) if wrong]
    if not bad or (len(bad) == 1 and not is_telling(came[bad[0]])):
        return None
    agree = agreement(comparison)
    own = [outcome_print(conform(*pair), comparison) for pair in zip(expected, came, strict=True)]
    wanted = {index: outcome_print(expected[index], comparison) for index in bad}
    explains = {
        name: sum(matches(print_on(index), own[index], agree) for index in range(len(own)))
        for name, print_on in prints.items()
        if all(
            matches(print_on(index), own[index], agree)
            and not matches(print_on(index), wanted[index], agree)
            for index in bad
        )
    }
    return max(explains, key=lambda name: explains[name]) if explains else None


def is_telling(value: Any) -> bool:
    """Whether two different programs would hardly return this by chance.

    >>> is_telling(np.array([0.25, 1.0])), is_telling(3), is_telling([0, 0, 0])
    (True, False, False)
    """
    leaves = set(itertools.islice(_leaves(value), MOST))
    return len(leaves) > 2 or any(isinstance(leaf, float) and leaf % 1 for leaf in leaves)


def _leaves(value: Any) -> Iterator[Any]:
    value = plain(value)
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
    if isinstance(value, np.ndarray):
        yield from (leaf for leaf in value.ravel().tolist() if leaf == leaf)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, str | int | float) and value == value:
        yield value


def hint(expected: Any, came: Any, difference: Difference) -> str:
    """A sentence about a difference that no known mistake explains; empty if none fits.

    Of an answer in several parts it looks at the one that differs.
    """
    try:
        expected, came = (part_of(side, difference.where) for side in (expected, came))
    except (TypeError, IndexError, KeyError):
        return ""
    want, got = _array(expected), _array(came)
    if came is None:
        return "The function returns None: is its `return` missing?"
    if want is None or got is None:
        return ""
    if want.shape != got.shape:
        return _shape_hint(want, got)
    if difference.reason == "dtype":
        return "Compute in float64: `x.astype(float)`, or `dtype=torch.float64`."
    lost = ~np.isfinite(got)
    if lost.any():
        return (
            f"{lost.sum()} of {got.size} numbers are NaN or infinite: look for 0/0, "
            "an overflow, or NaN that is multiplied by 0 (it stays NaN)."
        )
    return _value_hint(want, got)


def _shape_hint(want: np.ndarray, got: np.ndarray) -> str:
    if got.shape == want.shape[::-1]:
        return "The shape is the transposed one: are two factors in the wrong order?"
    if got.size == want.size:
        return "The number of entries is right, their arrangement is not: reshape or squeeze?"
    if got.ndim < want.ndim:
        return "An axis is missing: was a sum or an index taken over one axis too many?"
    return ""


def _value_hint(want: np.ndarray, got: np.ndarray) -> str:
    with np.errstate(over="ignore", invalid="ignore"):
        return _first_hint(want, got, Close(condition=100, float32=True))


def _first_hint(want: np.ndarray, got: np.ndarray, judge: Close) -> str:
    if want.size == 0:
        return ""
    if judge.agree(want, -got).all():
        return "Every number has the wrong sign."
    if want.ndim == 2 and want.shape[0] == want.shape[1] and judge.agree(want, got.T).all():
        return "This is the transpose of the expected matrix."
    size = float((want * want).sum())
    factor = float((want * got).sum()) / size if size else 0.0
    if factor and want.size > 1 and judge.agree(want * factor, got).all():
        return f"Every number is {factor:.4g} times what it should be."
    if want.size > 1 and judge.agree(np.sort(want, axis=None), np.sort(got, axis=None)).all():
        return "The right numbers, in another order."
    good = judge.agree(want, got)
    if want.ndim >= 1 and 0 < good.sum() < good.size:
        rows = np.flatnonzero(good.reshape(len(want), -1).all(axis=1))
        if 0 < len(rows) < len(want):
            listed = ", ".join(map(str, rows[:6])) + (", ..." if len(rows) > 6 else "")
            return f"Along the first axis, {listed} came out right and the others did not."
        return f"{good.sum()} of {good.size} numbers are right."
    return ""


def _array(value: Any) -> np.ndarray | None:
    value = plain(value)
    if isinstance(value, bool | int | float | np.generic | np.ndarray):
        array = np.asarray(value)
        return array.astype(float) if array.dtype.kind in "biuf" else None
    return None


def _count(value: Any) -> int:
    value = plain(value)
    if isinstance(value, dict):
        return sum(_count(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return sum(map(_count, value))
    if isinstance(value, np.ndarray):  # rows count, with or without entries
        return max(itertools.accumulate(value.shape, operator.mul, initial=1))
    return 1


def _digits(number: float) -> float:
    return float(f"{number:.9g}")


def _skeleton(value: Any, numbers: list[float]) -> str:
    value = plain(value)
    if isinstance(value, dict):
        parts = (f"{key!r}: {_skeleton(value[key], numbers)}" for key in sorted(value, key=repr))
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list | tuple):
        return "(" + ", ".join(_skeleton(part, numbers) for part in value) + ")"
    if isinstance(value, np.ndarray):
        numbers.extend(np.real(value).astype(float).ravel())
        return "x".join(map(str, value.shape))
    if isinstance(value, bool | int | float | np.generic):
        huge = isinstance(value, int) and abs(value) > LARGEST
        numbers.append(math.inf if huge else float(np.real(value)))
        return "number"
    return repr(value)[:80]


def _canonical(value: Any) -> Any:
    value = plain(value)
    if isinstance(value, dict):
        return [[_canonical(key), _canonical(value[key])] for key in sorted(value, key=repr)]
    if isinstance(value, list | tuple | np.ndarray):
        return [_canonical(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool):
        return int(value)
    return value if value is None or isinstance(value, int | float | str) else repr(value)

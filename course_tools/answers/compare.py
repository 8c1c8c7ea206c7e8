"""Comparisons: is this the expected value, and if not, where does it first differ?

A tolerance is not a matter of taste. ``Close(condition=...)`` says how many roundings of the
arithmetic a right answer may be off, and the tolerance is that number times the machine epsilon of
the coarsest precision that the task allows.
"""

import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

SHORT = 6
LONGEST = 1000  # letters of a value as it is shown
NUMBER = (bool, int, float, complex, np.generic, np.ndarray)
COARSE = frozenset(map(np.dtype, ("float16", "float32", "complex64")))
PLAIN = frozenset((bool, int, float, str, list, tuple, dict, type(None)))
LARGEST = sys.float_info.max
Place = tuple[Any, ...]
EPS_32, EPS_64 = (float(np.finfo(dtype).eps) for dtype in (np.float32, np.float64))


@dataclass(frozen=True)
class Difference:
    """The first place where two values part.

    Args:
        reason: one of kind, length, keys, shape, dtype, nan, value.
        where: the way to the place: an index for each list, a key for each dictionary, and a tuple
            of indices for an array.
        expected: what is right there; in words, where the reason is none of the last two.
        came: what stands there instead.
    """

    reason: str
    where: Place
    expected: Any
    came: Any

    @property
    def place(self) -> str:
        """The place as Python writes it.

        >>> Difference("value", (1, "a", (0, 2)), 1.0, 2.0).place
        "[1]['a'][0, 2]"
        """
        return "".join(
            f"[{', '.join(map(str, step)) if isinstance(step, tuple) else repr(step)}]"
            for step in self.where
        )

    @property
    def texts(self) -> tuple[str, str]:
        """Both sides in a few words, with as many digits as it takes to tell them apart."""
        if self.reason not in ("nan", "value"):
            return self.expected, self.came
        texts = "", ""
        for digits in (6, 9, 13, 17):
            texts = show(self.expected, digits), show(self.came, digits)
            if texts[0] != texts[1]:
                break
        return texts


def part_of(value: Any, where: Place) -> Any:
    """The part of a value at a place, or the whole array that the place lies in."""
    for step in where:
        if isinstance(step, tuple):
            break
        value = value[step]
    return value


def show(value: Any, digits: int = 6) -> str:
    """A value in one line: numbers when there are few, else dtype and shape.

    >>> show(np.zeros((20, 3)))
    'float64 array of shape (20, 3)'
    >>> show((1.5, np.array([1.0, 2.0])))
    '(1.5, [1, 2])'
    """
    value = plain(value)
    if isinstance(value, np.ndarray):
        if value.size > SHORT or (value.size == 0 and value.ndim > 1):  # rows may be without number
            return f"{value.dtype.name} array of shape {value.shape}"
        return show(value.tolist(), digits)
    if isinstance(value, float | np.generic):
        return f"{value:.{digits}g}"
    if isinstance(value, list | tuple):
        parts = [show(part, digits) for part in value[:SHORT]] + ["..."] * (len(value) > SHORT)
        left, right = "[]" if isinstance(value, list) else "()"
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return _cut(left + ", ".join(parts) + comma + right, LONGEST)
    return _cut(repr(value), 80)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."


def plain(value: Any) -> Any:
    """Torch tensors as arrays, arrays without axes as numbers; everything else as it is.

    A number in low precision stays a numpy scalar: a task may refuse its dtype.
    """
    if type(value) in PLAIN:
        return value
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.generic) and value.dtype not in COARSE:
        return value.item()
    return value


def conform(expected: Any, came: Any) -> Any:
    """Give an answer the containers of the expected one, where that changes no value.

    A tensor or a list of rows may stand for an array, an array for a list.

    >>> conform(np.zeros(2), [1, 2])
    array([1, 2])
    """
    came = _conform_top(expected, came)
    if isinstance(expected, list | tuple) and isinstance(came, list | tuple):
        if len(expected) == len(came):
            return [conform(want, got) for want, got in zip(expected, came, strict=True)]
    elif isinstance(expected, dict) and isinstance(came, dict) and set(expected) == set(came):
        return {key: conform(expected[key], came[key]) for key in expected}
    return came


def _conform_top(expected: Any, came: Any) -> Any:
    if type(expected) in PLAIN and type(came) in PLAIN:
        return came
    expected, came = plain(expected), plain(came)
    if isinstance(expected, np.ndarray) and isinstance(came, list | tuple):
        if _holds_text(came):  # numpy would give every entry as much room as the longest text
            return came
        try:
            array = np.array([plain(part) for part in came])
        except ValueError:  # rows of unequal length
            return came
        return array if array.dtype.kind in "biufc" else came
    if isinstance(expected, list | tuple) and isinstance(came, np.ndarray):
        return list(came) if len(came) == len(expected) else came  # it may have millions of rows
    return came


def _holds_text(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_text, value))
    return isinstance(value, str)


def without_nan(value: Any) -> Any:
    """Replace an array that holds NaN or infinities by its finite part and a map of the rest.

    A value without any comes back as the same object. NaN is never right, yet two stored values
    may hold it in the same places.
    """
    if isinstance(value, list | tuple):
        parts = [without_nan(part) for part in value]
        return value if all(x is y for x, y in zip(parts, value, strict=True)) else parts
    array = plain(value)
    if isinstance(array, np.ndarray) and array.dtype.kind == "f" and not np.isfinite(array).all():
        return [np.nan_to_num(array, posinf=1e9, neginf=-1e9), np.isfinite(array)]
    return value


def kind(value: Any) -> str:
    """What a value is, in words.

    >>> kind(np.zeros(3)), kind(None)
    ('an array of shape (3,)', 'None')
    """
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, int | float | complex | np.generic):
        return "a number"
    names = {str: "a string", list: "a list", tuple: "a tuple", dict: "a dictionary"}
    return names.get(type(value), f"a {type(value).__name__}")


class Comparison(ABC):
    """Walks two values side by side; subclasses judge the numbers."""

    def difference(self, expected: Any, came: Any) -> Difference | None:
        """Return the first difference, or None where the values agree."""
        return self._walk(expected, came, ())

    def _walk(self, expected: Any, came: Any, where: Place) -> Difference | None:
        if type(expected) is type(came) in (int, float) and self.agree(expected, came):
            return None
        expected, came = plain(expected), _conform_top(expected, came)
        if isinstance(expected, dict):
            return self._dicts(expected, came, where)
        if isinstance(expected, list | tuple):
            return self._sequences(expected, came, where)
        if isinstance(expected, str) or expected is None:
            if type(expected) is not type(came):
                return Difference("kind", where, kind(expected), kind(came))
            return None if expected == came else Difference("value", where, expected, came)
        return self._numbers(expected, came, where)

    def _dicts(self, expected: dict, came: Any, where: Place) -> Difference | None:
        if not isinstance(came, dict):
            return Difference("kind", where, kind(expected), kind(came))
        if set(expected) != set(came):
            listed = (", ".join(sorted(map(repr, side))) for side in (expected, came))
            sides = [f"the keys {_cut(keys, LONGEST)}" for keys in listed]
            return Difference("keys", where, *sides)
        found = (self._walk(expected[k], came[k], (*where, k)) for k in expected)
        return next((difference for difference in found if difference), None)

    def _sequences(self, expected: Any, came: Any, where: Place) -> Difference | None:
        if not isinstance(came, list | tuple):
            return Difference("kind", where, kind(expected), kind(came))
        if len(expected) != len(came):
            sides = [f"{len(side)} items" for side in (expected, came)]
            return Difference("length", where, *sides)
        pairs = enumerate(zip(expected, came, strict=True))
        found = (self._walk(want, got, (*where, i)) for i, (want, got) in pairs)
        return next((difference for difference in found if difference), None)

    def _numbers(self, expected: Any, came: Any, where: Place) -> Difference | None:
        if not isinstance(came, NUMBER) or isinstance(came, np.ndarray) != isinstance(
            expected, np.ndarray
        ):
            return Difference("kind", where, kind(expected), kind(came))
        shapes = [getattr(side, "shape", ()) for side in (expected, came)]
        if shapes[0] != shapes[1]:
            sides = [f"shape {shape}" for shape in shapes]
            return Difference("shape", where, *sides)
        problem = self.dtype_problem(expected, came)
        if problem:
            return Difference("dtype", where, *problem)
        wrong = ~np.asarray(self.agree(expected, came))
        if not wrong.any():
            return None
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = (*where, index) if index else where
        want, got = (plain(np.asarray(side)[index]) for side in (expected, came))
        return Difference("nan" if got != got else "value", place, want, got)

    @abstractmethod
    def dtype_problem(self, expected: Any, came: Any) -> tuple[str, str] | None:
        """Expected and came in words, where the dtype alone already decides."""

    @abstractmethod
    def agree(self, expected: Any, came: Any) -> Any:
        """True where entries agree."""


@dataclass(frozen=True)
class Exact(Comparison):
    """Equality by value: for integers, strings, and numbers that are only moved about."""

    def dtype_problem(self, expected: Any, came: Any) -> tuple[str, str] | None:
        """Any dtype will do as long as the values are equal."""
        return None

    def agree(self, expected: Any, came: Any) -> Any:
        """Equal entries; NaN agrees with NaN."""
        if isinstance(expected, int) and isinstance(came, int):
            return expected == came  # exact even where no float64 could be
        if type(expected) is type(came) is float:
            return expected == came or (expected != expected and came != came)
        expected, came = np.asarray(expected), np.asarray(came)
        return (expected == came) | ((expected != expected) & (came != came))


@dataclass(frozen=True)
class Close(Comparison):
    """Agreement up to rounding.

    Args:
        condition: by how much the task amplifies a relative error, for a whole array at a time:
            the tolerance is ``condition * eps * max|expected|``.
        float32: whether single precision is good enough. The tolerance is then that of float32
            whatever the dtype: numbers computed in float32 come back as float64 from
            ``tolist()``, and from an array of zeros that was filled with them.

    >>> Close(condition=10).difference(1.0, 1.0 + 1e-15) is None
    True
    >>> Close(condition=10).difference(np.ones(2), np.array([1.0, 2.0])).texts
    ('1', '2')
    """

    condition: float
    float32: bool = False

    @property
    def tolerance(self) -> float:
        """The error allowed, as a part of the largest entry of an array."""
        return self.condition * (EPS_32 if self.float32 else EPS_64)

    def dtype_problem(self, expected: Any, came: Any) -> tuple[str, str] | None:
        """Refuse complex answers, and low precision where the task does not allow it."""
        if np.asarray(expected).dtype.kind not in "fc":
            return None
        dtype = np.asarray(came).dtype
        if dtype.kind == "c" and np.asarray(expected).dtype.kind == "f":
            return "real numbers", f"complex numbers ({dtype})"
        if dtype == np.float16 or (dtype == np.float32 and not self.float32):
            return "numbers in float64", f"numbers in {dtype}: too coarse for this task"
        return None

    def agree(self, expected: Any, came: Any) -> Any:
        """Entries within the tolerance; integers and booleans must be equal."""
        if isinstance(came, int) and abs(came) > LARGEST:
            return False  # numpy would refuse to subtract it
        if type(expected) is type(came) is int:
            return expected == came
        if type(expected) is type(came) is float:
            return abs(expected - came) <= self.tolerance * (abs(expected) or 1.0)
        expected, came = np.asarray(expected), np.asarray(came)
        if expected.dtype.kind not in "fc":
            return expected == came
        scale = float(np.abs(expected).max(initial=0.0)) or 1.0
        with np.errstate(invalid="ignore", over="ignore"):
            return np.abs(expected - came) <= self.tolerance * scale


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Write a comparison for the public cases file.

    >>> comparison_to_json(Exact())
    {'kind': 'exact'}
    """
    if isinstance(comparison, Close):
        return {
            "kind": "close",
            "condition": comparison.condition,
            "float32": comparison.float32,
        }
    return {"kind": "exact"}


def comparison_from_json(entry: dict[str, Any]) -> Comparison:
    """Read what ``comparison_to_json`` wrote."""
    if entry["kind"] == "close":
        return Close(entry["condition"], entry["float32"])
    return Exact()

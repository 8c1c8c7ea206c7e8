"""What an exercise set says about deadlines, late work, weights and limits: its ``set.yml``.

The file is optional and so is every key in it. ``SCHEMA`` says what may stand there; whatever
does not fit is named with its line.
"""

import datetime as dt
import difflib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from course_tools.answers.limits import Limits
from course_tools.exercises.source import SET
from course_tools.submissions.names import clean, tidy_id

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_BYTES = 256 * 2**10
EXAMPLE = "2026-11-20T23:59:00+01:00"
A_TIME = f"a date and time such as {EXAMPLE}"


class SettingsError(ValueError):
    """Settings that cannot be used; one sentence with the file, the line and the key."""


@dataclass(frozen=True)
class LatePolicy:
    """What being late costs.

    Args:
        grace_minutes: after the due date that cost nothing.
        per: what is counted, "day" or "hour"; one begun counts as a whole.
        fraction: of the points that each takes off.
        at_most: the largest fraction that all together take off.
        closes_after_hours: later than this earns nothing; None never closes.
    """

    grace_minutes: float = 0.0
    per: str = "day"
    fraction: float = 0.0
    at_most: float = 1.0
    closes_after_hours: float | None = None


@dataclass(frozen=True)
class Settings:
    """How an exercise set is graded, apart from its specs.

    Args:
        title: another title than the one in the notebook, or empty.
        due: when it is due, in UTC; None never is.
        late: what being late costs.
        extensions: hours that a student has longer, by id.
        attempts: which attempt counts: "latest", "best" or "first".
        weights: what a task's points are multiplied with, by task; 1 where it is not named.
        total: the maximum that all points are scaled to; None leaves them.
        digits: decimal places of a score.
        limits: what a student's code may use.
        preload: packages that are imported once, before any student's code runs, beside numpy and
            what the notebook imports.
        lms: what a school's system calls this assignment, by system.
    """

    title: str = ""
    due: dt.datetime | None = None
    late: LatePolicy = LatePolicy()
    extensions: dict[str, float] = field(default_factory=dict)
    attempts: str = "latest"
    weights: dict[str, float] = field(default_factory=dict)
    total: float | None = None
    digits: int = 2
    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = ("numpy", "torch")
    lms: dict[str, str] = field(default_factory=dict)


def _number_schema(
    description: str, low: float = 0, high: float | None = None, **more: Any
) -> dict[str, Any]:
    bounds = {"minimum": low} | ({} if high is None else {"maximum": high})
    return {"type": "number", **bounds, "description": description} | more


def _text_schema(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description} | more


def _mapping_schema(
    description: str, properties: dict | None = None, values: dict | None = None
) -> dict:
    inside = {"additionalProperties": values or False, "properties": properties or {}}
    return {"type": ["object", "null"], "description": description} | inside


def _limit_schema(kind: type) -> dict[str, Any]:
    if kind is int:
        return _number_schema("a whole number from 1 on", 1, 10**6, type="integer")
    return _number_schema("a number of seconds above 0", 0, 10**6, exclusiveMinimum=0)


WEIGHT = _number_schema("a number from 0 to 1000", 0, 1000)
# The sentence of an error ends in the description of what did not fit.
SCHEMA = _mapping_schema(
    "a mapping of keys to values",
    {
        "title": _text_schema("a text in quotes", type=["string", "null"]),
        "introduction": _text_schema("a text", type=["string", "null"]),
        "imports": {
            "type": ["array", "null"],
            "description": "a list of import statements",
            "items": _text_schema("an import statement"),
        },
        "tasks": {
            "type": ["array", "null"],
            "description": "a list of tasks",
            "items": _text_schema("the name of a task"),
        },
        "due": {"type": ["string", "null"], "description": A_TIME},
        "late": _mapping_schema(
            "a mapping of keys to values",
            {
                "grace_minutes": _number_schema("a number of minutes from 0 on"),
                "per": {"enum": ["day", "hour"], "description": "day or hour"},
                "fraction": _number_schema("a number from 0 to 1", 0, 1),
                "at_most": _number_schema("a number from 0 to 1", 0, 1),
                "closes_after_hours": _number_schema(
                    "a number of hours from 0 on, or nothing", type=["number", "null"]
                ),
            },
        ),
        "extensions": _mapping_schema(
            "a mapping of ids to hours",
            values=_number_schema("a number of hours from 0 on", 0, 10**4),
        ),
        "attempts": {"enum": ["latest", "best", "first"], "description": "latest, best or first"},
        "weights": _mapping_schema("a mapping of tasks to numbers", values=WEIGHT),
        "total": _number_schema(
            "a number above 0, or nothing", 0, 10**6, exclusiveMinimum=0, type=["number", "null"]
        ),
        "digits": _number_schema("a whole number from 0 to 6", 0, 6, type="integer"),
        "limits": _mapping_schema(
            "a mapping of keys to values",
            {one.name: _limit_schema(type(one.default)) for one in fields(Limits)},
        ),
        "preload": {
            "type": ["array", "null"],
            "description": "a list of packages",
            "items": _text_schema(
                "the name of a package", pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$"
            ),
        },
        "lms": _mapping_schema(
            "a mapping of systems to texts",
            {
                system: _text_schema("a text in quotes")
                for system in ("canvas", "gradescope", "moodle", "nbgrader")
            },
        ),
    },
)


def settings_path(solutions: Path) -> Path:
    """The settings of ``solutions/<exercise>``: its ``set.yml``."""
    return solutions / SET


def load_settings(path: Path | None, tasks: Sequence[str]) -> Settings:
    """Read an exercise set's settings.

    Args:
        path: the file; None gives the defaults.
        tasks: names of the set's tasks, which weights may name.

    Raises:
        SettingsError: names the file, the line, the key, what was expected and what came.
    """
    if path is None:
        return Settings()
    from jsonschema import Draft202012Validator

    file = _SettingsFile(path.name)
    content = file.read(path)
    schema = SCHEMA | {"properties": SCHEMA["properties"] | {"weights": _weights_schema(tasks)}}
    faults = list(Draft202012Validator(schema).iter_errors(content))
    if faults:
        raise file.first_fault(faults)
    known = [one.name for one in fields(Settings)]  # the file says more than how to grade
    values = {key: value for key, value in content.items() if value is not None and key in known}
    if "due" in values:
        values["due"] = file.moment(values["due"])
    for key, default in (("late", LatePolicy()), ("limits", Limits())):
        values[key] = replace(default, **values.get(key, {}))
    if "extensions" in values:
        values["extensions"] = {tidy_id(who): h for who, h in values["extensions"].items()}
    if "preload" in values:
        values["preload"] = tuple(values["preload"])
    return Settings(**values)


def settings_json(settings: Settings) -> str:
    """Settings as JSON, for the record of a run; the keys are those of the file.

    >>> json.loads(settings_json(Settings(digits=1)))["digits"]
    1
    """
    return json.dumps(asdict(settings), default=dt.datetime.isoformat)


def _weights_schema(tasks: Sequence[str]) -> dict[str, Any]:
    return _mapping_schema("a mapping of tasks to numbers", dict.fromkeys(tasks, WEIGHT))


class _Loader(yaml.SafeLoader):
    """Without aliases, which can make a small file a huge value."""

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="an alias (*) is not allowed here",
                problem_mark=self.peek_event().start_mark,
            )
        return super().compose_node(parent, index)


class _SettingsFile:
    """A YAML file as plain values, with the line on which each stands."""

    def __init__(self, file: str):
        self.file = file
        self.lines: dict[tuple, int] = {(): 1}

    def read(self, path: Path) -> dict[str, Any]:
        try:
            if path.stat().st_size > MAX_BYTES:
                raise SettingsError(f"{self.file}: larger than {MAX_BYTES // 1024} KB")
            loader = _Loader(path.read_bytes())
            node = loader.get_single_node()
            content = {} if node is None else self._plain_value(loader, node, ())
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
        except RecursionError as error:
            raise SettingsError(f"{self.file}: nested too deeply") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f", line {mark.line + 1}" if mark else ""
            raise SettingsError(f"{self.file}{line}: not YAML: {error.problem}") from error
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, SettingsError):
                raise
            raise SettingsError(f"{self.file}: not YAML: {clean(str(error), 200)}") from error
        if not isinstance(content, dict):
            came = _show_value(content)
            raise SettingsError(f"{self.file}: expected a mapping of keys to values, got {came}")
        return content

    def _plain_value(self, loader: _Loader, node: yaml.Node, where: tuple) -> Any:
        self.lines[where] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [
                self._plain_value(loader, item, (*where, n)) for n, item in enumerate(node.value)
            ]
        if isinstance(node, yaml.ScalarNode):
            if node.tag == "tag:yaml.org,2002:timestamp":
                return node.value
            value = loader.construct_object(node)
            if not isinstance(value, float):
                return value
            if not math.isfinite(value):
                return node.value
            return int(value) if value.is_integer() else value
        values: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                came = "a list" if isinstance(key, yaml.SequenceNode) else "a mapping"
                raise SettingsError(f"{self.file}, line {line}: key: expected a text, got {came}")
            name = str(key.value)  # as written: 007 is an id, not seven
            if name in values:
                before = self.lines[(*where, name)]
                raise SettingsError(
                    f"{self.file}, line {line}: {_dotted_path((*where, name))}: "
                    f"expected once, got it on line {before} already"
                )
            values[name] = self._plain_value(loader, item, (*where, name))
            self.lines[(*where, name)] = line
        return values

    def first_fault(self, faults: list["ValidationError"]) -> SettingsError:
        """The fault that stands first in the file, in one sentence."""
        found = [
            (self.lines[where], description)
            for fault in faults
            for where, description in _describe_fault(fault)
        ]
        line, description = min(found)
        return SettingsError(f"{self.file}, line {line}: {description}")

    def moment(self, text: str) -> dt.datetime:
        """A point in time, which needs its time zone."""
        start = f"{self.file}, line {self.lines['due',]}: due: expected "
        # 2026-11-20 23:59 +01:00, as people write it
        compact = re.sub(r"\s+(?=[-+Zz])", "", text.strip())
        try:
            moment = dt.datetime.fromisoformat(compact)
        except ValueError:
            raise SettingsError(f"{start}{A_TIME}, got {_show_value(text)}") from None
        if moment.tzinfo is None:
            raise SettingsError(
                f"{start}a date and time with its time zone, as in {EXAMPLE}, "
                f"got {_show_value(text)}"
            )
        try:
            return moment.astimezone(dt.UTC)
        except OverflowError:
            raise SettingsError(f"{start}{A_TIME}, got {_show_value(text)}") from None


def _describe_fault(fault: "ValidationError") -> Iterator[tuple[tuple, str]]:
    where = tuple(fault.absolute_path)
    assert not isinstance(fault.schema, bool)  # as the schema `true` would be; ours are mappings
    if fault.validator == "additionalProperties":
        known = list(fault.schema["properties"])
        for key in set(fault.instance) - set(known):
            yield (
                (*where, key),
                f"{_dotted_path(where) or 'key'}: expected one of {', '.join(known) or 'none'}, "
                f"got {_show_value(key)}{_suggestion(key, known)}",
            )
    else:
        expected = fault.schema["description"]
        yield (
            where,
            f"{_dotted_path(where)}: expected {expected}, got {_show_value(fault.instance)}",
        )


def _suggestion(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _dotted_path(where: tuple) -> str:
    return clean(".".join(map(str, where)), 100)


def _show_value(value: Any) -> str:
    if isinstance(value, str):
        return repr(clean(value, 60))
    names = {dict: "a mapping", list: "a list", type(None): "nothing"}
    return names.get(type(value)) or clean(str(value), 60)

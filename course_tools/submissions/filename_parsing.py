"""Whose a file is, as its name tells: the ways in which Moodle, Canvas and Gradescope name them.

Only names that the school's system or the instructor gave are read: what stands inside a
student's own folder or zip says nothing about who they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import yaml

from course_tools.submissions.archives import CollectError
from course_tools.submissions.models import Person
from course_tools.submissions.names import clean, tidy_id

METADATA = "submission_metadata.yml"
MAX_METADATA = 100 * 2**20
FACTS = ("name", "sid", "email")

# the full name is without underscores; sites with another language than English keep the rest
MOODLE = re.compile(
    r"(?P<name>[^_]*)_(?P<lms>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.S
)
# the sortable name in lower case and run together; an anonymous one has no name
CANVAS = re.compile(
    r"(?:(?!LATE_)(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<lms>\d+|anon_\w+?)_"
    r"(?:\d+_(?P<file>.+)|(?:text|link)\.html)",
    re.S,
)


@dataclass(frozen=True)
class ParsedName:
    """What the name of a file or a folder says of who handed it in, when, and as what.

    Args:
        person: as far as the name tells.
        file: what the student called the file, where the name tells.
        handed_in: where the school's system tells.
        remark: something about the hand-in that the instructor should see.
    """

    person: Person
    file: str = ""
    handed_in: datetime | None = None
    remark: str = ""

    @property
    def downloaded(self) -> bool:
        """Whether a school's system made the name: then the file's date is the download's.

        Canvas and Moodle write every member of their zip with the date of that moment, and a
        folder unpacked from it bears the same.
        """
        return bool(self.person.lms)


def parse_filename(
    name: str, is_folder: bool, gradescope: dict[str, list[ParsedName]]
) -> list[ParsedName]:
    """Who handed in a file or a folder at the top; nobody for what is not a hand-in.

    ``gradescope`` is what ``read_gradescope`` makes of the file beside it, or empty.

    >>> [parsed] = parse_filename("Ada King_17_assignsubmission_file_", True, {})
    >>> parsed.person.name, parsed.person.lms
    ('Ada King', '17')
    >>> [parsed] = parse_filename("kingada_LATE_4_99_recurrence.ipynb", False, {})
    >>> parsed.person.name, parsed.person.lms, parsed.file
    ('kingada', '4', 'recurrence.ipynb')
    """
    if name == METADATA and not is_folder:
        return []
    if name in gradescope:
        return gradescope[name]
    stem = name if is_folder else name.rpartition(".")[0] or name
    plain = ParsedName(Person(tidy_id(stem)), "" if is_folder else name)
    if found := MOODLE.fullmatch(name):
        if found["kind"] != "file":
            return []
        return [_parse_moodle(found)]
    if not is_folder and (found := CANVAS.fullmatch(name)) and _is_canvas_name(found):
        return [_parse_canvas(found)]
    return [plain]


def _parse_moodle(found: re.Match) -> ParsedName:
    name = "" if found["name"] == "Participant" else clean(found["name"])
    number = tidy_id(found["lms"])
    return ParsedName(Person(number, name=name, lms=number), found["file"] or "")


def _is_canvas_name(found: re.Match) -> bool:
    name = found["name"] or ""
    return name == name.lower() and bool(name or found["late"] or found["lms"].startswith("anon"))


def _parse_canvas(found: re.Match) -> ParsedName:
    number = tidy_id(found["lms"])
    remark = "Canvas marked it late" if found["late"] else ""
    person = Person(number, name=clean(found["name"] or ""), lms=number)
    return ParsedName(person, found["file"] or "", remark=remark)


def read_gradescope(data: bytes) -> dict[str, list[ParsedName]]:
    """Who handed in each folder of Gradescope's export; one entry for each member of a group.

    Raises:
        CollectError: it is not YAML.
    """
    # events, not objects: Ruby's own types need no class here, and no depth is too deep
    events = yaml.parse(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        start = next(event for event in events if isinstance(event, yaml.NodeEvent))
        content = _parse_value(events, start, 4)
    except StopIteration:
        content = None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CollectError(f"{METADATA}: not what Gradescope writes beside its folders") from error
    entries = content.items() if isinstance(content, dict) else ()
    submitters = {
        key: _parse_submitters(key, value) for key, value in entries if isinstance(value, dict)
    }
    return {key: found for key, found in submitters.items() if found}


def _parse_value(events: Iterator[yaml.Event], event: yaml.Event, depth: int) -> Any:
    """The next value as texts, lists and dicts; None for what is deeper or not asked for."""
    if isinstance(event, yaml.ScalarEvent):
        return "" if event.implicit[0] and event.value in ("", "~", "null") else event.value
    if depth == 0 or not isinstance(event, yaml.CollectionStartEvent):
        return _skip_value(events, event)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_parse_value(events, event, depth - 1))
        return items
    pairs = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = event.value if isinstance(event, yaml.ScalarEvent) else _skip_value(events, event)
        event = next(events)
        if key is None or (depth == 3 and key not in (":submitters", ":created_at")):
            _skip_value(events, event)
        else:
            pairs[key] = _parse_value(events, event, depth - 1)
    return pairs


def _skip_value(events: Iterator[yaml.Event], event: yaml.Event) -> None:
    level = 0
    while True:
        level += isinstance(event, yaml.CollectionStartEvent)
        level -= isinstance(event, yaml.CollectionEndEvent)
        if level == 0:
            return
        event = next(events)


def _parse_submitters(key: str, entry: dict[str, Any]) -> list[ParsedName]:
    people = entry.get(":submitters")
    people = [facts for facts in people if isinstance(facts, dict)] if people else []
    number, when = tidy_id(key.removeprefix("submission_")), _parse_time(entry.get(":created_at"))
    parsed_names = []
    for facts in people[:100]:
        name, sid, email = (clean(str(facts.get(f":{key}") or "")) for key in FACTS)
        alone = key if len(people) == 1 else f"{key} {name}"
        person = Person(tidy_id(sid or email or alone), name=name, email=email, lms=number)
        parsed_names.append(ParsedName(person, handed_in=when))
    if len(parsed_names) > 1:
        together = ", ".join(parsed.person.name or parsed.person.id for parsed in parsed_names[:6])
        remark = f"handed in together by {together}"
        parsed_names = [replace(parsed, remark=remark) for parsed in parsed_names]
    return parsed_names


def _parse_time(value: Any) -> datetime | None:
    if isinstance(value, dict):  # how Ruby writes a time that knows its zone
        value = value.get("utc")
    if not isinstance(value, str):
        return None
    # "2021-09-10 18:25:53.109082000 -07:00": spaces and nanoseconds are Ruby's
    text = re.sub(r"\s+(?=[-+Z])", "", re.sub(r"(\.\d{6})\d+", r"\1", value.strip()))
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

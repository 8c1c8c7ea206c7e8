"""Settings: what is there counts, and what does not fit is named with its line."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from course_tools.answers.limits import Limits
from course_tools.exercises.source import available
from course_tools.gradebook.settings import (
    SCHEMA,
    LatePolicy,
    Settings,
    SettingsError,
    load_settings,
    settings_json,
    settings_path,
)

ROOT = Path(__file__).parents[2]
TASKS = ["masked_mean", "last_state"]


@pytest.fixture
def read(tmp_path):
    def reader(text: str | bytes) -> Settings:
        path = tmp_path / "small.yml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_settings(path, TASKS)

    return reader


def test_nothing_is_needed(read):
    assert load_settings(None, TASKS) == read("") == read("# words\n") == read("{}") == Settings()
    assert read("late:\nweights:\nlimits:\npreload:\ntotal:\ntitle:\ndue:\n") == Settings()


def test_everything_can_be_said(read):
    settings = read("""
title: "Exercises: 1"
due: 2026-11-20T23:59:00+01:00
late: {grace_minutes: 15, per: hour, fraction: 0.05, at_most: 0.5, closes_after_hours: 48}
extensions: {007: 24, Ada King: 1.5}
attempts: best
weights: {masked_mean: 2, last_state: 0}
total: 100
digits: 1
limits: {memory_mb: 2048.0, cell_seconds: 0.5}
preload: [numpy, scipy.linalg]
lms: {canvas: Recurrence (1234)}
""")
    assert settings == Settings(
        title="Exercises: 1",
        due=datetime(2026, 11, 20, 22, 59, tzinfo=UTC),
        late=LatePolicy(15, "hour", 0.05, 0.5, 48),
        extensions={"007": 24, "Ada King": 1.5},
        attempts="best",
        weights={"masked_mean": 2, "last_state": 0},
        total=100,
        digits=1,
        limits=Limits(memory_mb=2048, cell_seconds=0.5),
        preload=("numpy", "scipy.linalg"),
        lms={"canvas": "Recurrence (1234)"},
    )
    assert isinstance(settings.limits.memory_mb, int)


@pytest.mark.parametrize(
    "due", ["2026-11-20 23:59 +01:00", "'2026-11-20T22:59:00Z'", "2026-11-20T22:59Z"]
)
def test_ways_to_write_a_time(read, due):
    assert read(f"due: {due}").due == datetime(2026, 11, 20, 22, 59, tzinfo=UTC)


EXAMPLE = "2026-11-20T23:59:00+01:00"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "# a\nlate:\n  per: day\n  fraction: ten percent",
            "small.yml, line 4: late.fraction: expected a number from 0 to 1, got 'ten percent'",
        ),
        ("late:\n  fraction: 1.5", "line 2: late.fraction: expected a number from 0 to 1, got 1.5"),
        (
            "late:\n  fraction: .nan",
            "line 2: late.fraction: expected a number from 0 to 1, got '.nan'",
        ),
        (
            "late:\n  fraction: true",
            "line 2: late.fraction: expected a number from 0 to 1, got True",
        ),
        ("late:\n  grace_minutes: -1", "line 2: late.grace_minutes: expected a number of minutes"),
        ("late:\n  per: week", "line 2: late.per: expected day or hour, got 'week'"),
        (
            "late:\n  closes_after_hours: never",
            "line 2: late.closes_after_hours: expected a number",
        ),
        ("late: 0.1", "line 1: late: expected a mapping of keys to values, got 0.1"),
        ("late:\n  fracton: 1", "got 'fracton'; did you mean fraction?"),
        ("wieghts: {}", "got 'wieghts'; did you mean weights?"),
        ("digits: 2\nqqq: 1", "line 2: key: expected one of title, introduction,"),
        (
            "\nweights:\n  masked_maen: 1",
            "line 3: weights: expected one of masked_mean, last_state",
        ),
        (
            "weights: {masked_mean: x}",
            "line 1: weights.masked_mean: expected a number from 0 to 1000, got 'x'",
        ),
        (
            "weights: {masked_mean: 1.0e+20}",
            "line 1: weights.masked_mean: expected a number from 0 to 1000, got 1000000",
        ),
        (
            "weights: [masked_mean]",
            "line 1: weights: expected a mapping of tasks to numbers, got a list",
        ),
        ("digits: 2.5", "line 1: digits: expected a whole number from 0 to 6, got 2.5"),
        ("digits:", "line 1: digits: expected a whole number from 0 to 6, got nothing"),
        ("total: 0", "line 1: total: expected a number above 0, or nothing, got 0"),
        ("attempts: last", "line 1: attempts: expected latest, best or first, got 'last'"),
        ("extensions: {ada: two days}", "line 1: extensions.ada: expected a number of hours"),
        (
            "limits: {memory_mb: 0}",
            "line 1: limits.memory_mb: expected a whole number from 1 on, got 0",
        ),
        (
            "limits: {cell_seconds: 0}",
            "line 1: limits.cell_seconds: expected a number of seconds above 0",
        ),
        ("preload: numpy", "line 1: preload: expected a list of packages, got 'numpy'"),
        (
            "preload:\n- numpy\n- a; b",
            "line 3: preload.1: expected the name of a package, got 'a; b'",
        ),
        ("lms: {canvas: 1234}", "line 1: lms.canvas: expected a text in quotes, got 1234"),
        ("title: a\n\ntitle: b", "line 3: title: expected once, got it on line 1 already"),
        (
            "due: 2026-11-20",
            f"line 1: due: expected a date and time with its time zone, as in {EXAMPLE}",
        ),
        ("due: 2026-11-20 23:59", "line 1: due: expected a date and time with its time zone"),
        ("due: tomorrow", "line 1: due: expected a date and time such as 2026-11-20T23"),
        ("due: 9999-12-31T23:59-14:00", "a date and time such as"),
        ("due: 20", "line 1: due: expected a date and time such as 2026-11-20T23:59"),
        ("- a", "small.yml: expected a mapping of keys to values, got a list"),
        ("digits: [", "line 1: not YAML"),
        ("digits: 2\n bad: 3", "line 2: not YAML: mapping values are not allowed here"),
        ("a: 1\n---\nb: 2", "line 2: not YAML"),
        ("\x01", "not YAML: unacceptable character"),
        (b"title: \xff", "not YAML"),
        ("? [a]\n: 3", "line 1: key: expected a text, got a list"),
        (
            "title: !!python/object/apply:os.system [ls]",
            "line 1: title: expected a text in quotes, got a list",
        ),
        ("title: !!python/name:os.system x", "line 1: not YAML: could not determine a constructor"),
        ("<<: {digits: 3}", "preload, lms, got '<<'"),
        ("a: &a [x]\nb: [*a, *a]", "line 2: not YAML: an alias (*) is not allowed here"),
        ("a: " + "[" * 5000, "nested too deeply"),
        ("#" * 300_000, "larger than 256 KB"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(read, text, sentence):
    with pytest.raises(SettingsError, match=re.escape(sentence)) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_the_first_fault_is_named(read):
    with pytest.raises(SettingsError, match="line 1: digits"):
        read("digits: x\nattempts: y\nunknown: z\n")


def test_no_such_file(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_settings(tmp_path / "none.yml", TASKS)


@pytest.mark.parametrize("path", available(ROOT), ids=lambda path: path.name)
def test_the_settings_of_the_sets_are_in_order(path):
    tasks = [file.stem for file in path.glob("*.py")]
    settings = load_settings(settings_path(path), tasks)
    assert replace(settings, title="") == Settings()


def test_the_file_of_a_set_explains_every_key():
    text = settings_path(ROOT / "solutions" / "recurrence").read_text("utf-8")
    inner = [key for one in ("late", "limits") for key in SCHEMA["properties"][one]["properties"]]
    assert [key for key in [*SCHEMA["properties"], *inner] if f"{key}:" not in text] == []


def test_the_record_of_a_run_is_json_with_the_keys_of_the_file(read):
    text = "due: 2026-11-20T23:59:00+01:00\nlate: {per: hour}\nlimits: {processes: 4}\n"
    record = json.loads(settings_json(read(text)))
    assert set(record) == set(SCHEMA["properties"]) - {"introduction", "imports", "tasks"}
    assert record["due"] == "2026-11-20T22:59:00+00:00"
    assert (record["late"]["per"], record["limits"]["processes"]) == ("hour", 4)
    assert record["preload"] == ["numpy", "torch"]

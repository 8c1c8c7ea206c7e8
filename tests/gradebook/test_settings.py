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

HOUSE = Path(__file__).parents[2]
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


WRITE = "write it as in 2026-11-20T23:59:00+01:00"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "# a\nlate:\n  per: day\n  fraction: ten percent",
            "small.yml, line 4: late.fraction is 'ten percent'; a number from 0 to 1 was expected",
        ),
        ("late:\n  fraction: 1.5", "line 2: late.fraction is 1.5; a number from 0 to 1"),
        ("late:\n  fraction: .nan", "line 2: late.fraction is '.nan'; a number from 0 to 1"),
        ("late:\n  fraction: true", "line 2: late.fraction is True; a number from 0 to 1"),
        ("late:\n  grace_minutes: -1", "line 2: late.grace_minutes is -1; a number of minutes"),
        ("late:\n  per: week", "line 2: late.per is 'week'; day or hour was expected"),
        ("late:\n  closes_after_hours: never", "line 2: late.closes_after_hours is 'never'; a num"),
        ("late: 0.1", "line 1: late is 0.1; a mapping of keys to values was expected"),
        ("late:\n  fracton: 1", "line 2: late.fracton is unknown; did you mean fraction?"),
        ("wieghts: {}", "line 1: wieghts is unknown; did you mean weights?"),
        (
            "digits: 2\nqqq: 1",
            "line 2: qqq is unknown; there are: title, introduction, tasks,",
        ),
        ("\nweights:\n  masked_maen: 1", "line 3: weights.masked_maen is unknown; did you mean ma"),
        (
            "weights: {masked_mean: x}",
            "line 1: weights.masked_mean is 'x'; a number from 0 to 1000",
        ),
        (
            "weights: {masked_mean: 1.0e+20}",
            "line 1: weights.masked_mean is 100000000000000000000;",
        ),
        ("weights: [masked_mean]", "line 1: weights is a list; a mapping of tasks to numbers"),
        ("digits: 2.5", "line 1: digits is 2.5; a whole number from 0 to 6 was expected"),
        ("digits:", "line 1: digits is nothing; a whole number from 0 to 6 was expected"),
        ("total: 0", "line 1: total is 0; a number above 0, or nothing was expected"),
        ("attempts: last", "line 1: attempts is 'last'; latest, best or first was expected"),
        ("extensions: {ada: two days}", "line 1: extensions.ada is 'two days'; a number of hours"),
        ("limits: {memory_mb: 0}", "line 1: limits.memory_mb is 0; a whole number from 1 on"),
        ("limits: {cell_seconds: 0}", "line 1: limits.cell_seconds is 0; a number of seconds abo"),
        ("preload: numpy", "line 1: preload is 'numpy'; a list of packages was expected"),
        ("preload:\n- numpy\n- a; b", "line 3: preload.1 is 'a; b'; the name of a package was exp"),
        ("lms: {canvas: 1234}", "line 1: lms.canvas is 1234; a text in quotes was expected"),
        ("title: a\n\ntitle: b", "line 3: title stands on line 1 already"),
        ("due: 2026-11-20", f"line 1: due is '2026-11-20'; the time zone is missing: {WRITE}"),
        ("due: 2026-11-20 23:59", "line 1: due is '2026-11-20 23:59'; the time zone is missing"),
        ("due: tomorrow", "line 1: due is 'tomorrow'; a date and time such as 2026-11-20T23:59:00"),
        ("due: 9999-12-31T23:59-14:00", "a date and time such as"),
        ("due: 20", "line 1: due is 20; a date and time such as 2026-11-20T23:59:00"),
        ("- a", "small.yml is a list; a mapping of keys to values was expected"),
        ("digits: [", "line 1: not YAML"),
        ("digits: 2\n bad: 3", "line 2: not YAML: mapping values are not allowed here"),
        ("a: 1\n---\nb: 2", "line 2: not YAML"),
        ("\x01", "not YAML: unacceptable character"),
        (b"title: \xff", "not YAML"),
        ("? [a]\n: 3", "line 1: a key must be a text"),
        ("title: !!python/object/apply:os.system [ls]", "line 1: title is a list"),
        ("title: !!python/name:os.system x", "line 1: not YAML: could not determine a constructor"),
        ("<<: {digits: 3}", "line 1: << is unknown"),
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


@pytest.mark.parametrize("path", available(HOUSE), ids=lambda path: path.name)
def test_the_settings_of_the_sets_are_in_order(path):
    tasks = [file.stem for file in path.glob("*.py")]
    settings = load_settings(settings_path(path), tasks)
    assert replace(settings, title="") == Settings()


def test_the_file_of_a_set_explains_every_key():
    text = settings_path(HOUSE / "solutions" / "recurrence").read_text("utf-8")
    inner = [key for one in ("late", "limits") for key in SCHEMA["properties"][one]["properties"]]
    assert [key for key in [*SCHEMA["properties"], *inner] if f"{key}:" not in text] == []


def test_the_record_of_a_run_is_json_with_the_keys_of_the_file(read):
    text = "due: 2026-11-20T23:59:00+01:00\nlate: {per: hour}\nlimits: {processes: 4}\n"
    record = json.loads(settings_json(read(text)))
    assert set(record) == set(SCHEMA["properties"]) - {"introduction", "tasks"}
    assert record["due"] == "2026-11-20T22:59:00+00:00"
    assert (record["late"]["per"], record["limits"]["processes"]) == ("hour", 4)
    assert record["preload"] == ["numpy", "torch"]

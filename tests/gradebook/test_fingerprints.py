import re
from dataclasses import replace
from pathlib import Path

import pytest

from course_tools.answers.limits import Limits
from course_tools.exercises.source import ExerciseSet
from course_tools.gradebook import fingerprints

ROOT = Path(__file__).parents[2]


def edited(exercises: ExerciseSet, old: str, new: str) -> ExerciseSet:
    """The set with a piece of its text replaced, wherever it stands."""
    cells = [replace(cell, text=cell.text.replace(old, new)) for cell in exercises.cells]
    assert cells != exercises.cells, f"{old!r} is not there"
    return replace(exercises, cells=cells)


@pytest.fixture(scope="module")
def prints(recurrence) -> dict[str, str]:
    """The fingerprints of the tasks as they are."""
    return fingerprints.task_fingerprints(recurrence)


@pytest.fixture
def changed(recurrence, prints):
    """The tasks whose fingerprint an edit changes."""

    def compare(old: str, new: str) -> set[str]:
        after = fingerprints.task_fingerprints(edited(recurrence, old, new))
        return {task for task in prints if prints[task] != after[task]}

    return compare


def test_every_task_has_a_fingerprint_of_its_own(recurrence, prints):
    assert list(prints) == [task.name for task in recurrence.tasks]
    assert len(set(prints.values())) == len(prints)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "tasks"),
    [
        ("n_kept = np.maximum", "n_kept = 0 + np.maximum", {"masked_mean"}),  # the solution
        ("    masked_mean,", "    masked_mean, n_public=3,", {"masked_mean"}),
        (
            "(*mask.shape, d_hidden)) + 1",
            "(*mask.shape, d_hidden)) + 2",
            {"masked_mean"},
        ),  # a regime
        ("divide by the number of kept steps.", "count them.", {"masked_mean"}),  # a sentence
        ("[[[1.0], [3.0], [100.0]]]", "[[[1.0], [2.0], [50.0]]]", {"masked_mean"}),  # example
    ],
)
def test_an_edit_touches_the_task_of_its_file(changed, old, new, tasks):
    assert changed(old, new) == tasks


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A batch of sentences is padded", "A batch of words is padded"),  # prose
        ('"""Average the states of each sequence', '"""Average'),
        ("n_kept = np.maximum(mask", "n_kept  =  np.maximum( mask"),
        ("### BEGIN SOLUTION", "# another comment\n    ### BEGIN SOLUTION"),
        ("import numpy as np\n", "import numpy as np  # numbers\n"),
    ],
)
def test_what_says_nothing_changes_nothing(changed, old, new):
    assert changed(old, new) == set()


# The environment


def test_the_environment_is_one_readable_line():
    line = fingerprints.environment_fingerprint()
    assert re.fullmatch(r"Python 3\.\d+, numpy [\d.]+, torch \S+, course [0-9a-f]{16}", line)
    assert line == fingerprints.environment_fingerprint()


def test_the_environment_is_that_of_all_files(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "a.py").write_text("x = 1\n")
    before = fingerprints._hash_of_files([tmp_path / "pack"])
    (tmp_path / "pack" / "a.py").write_text("x = 1  # why\n")
    edited = fingerprints._hash_of_files([tmp_path / "pack"])
    (tmp_path / "pack" / "a.py").rename(tmp_path / "pack" / "b.py")
    moved = fingerprints._hash_of_files([tmp_path / "pack"])
    assert len({before, edited, moved}) == 3


# The code that can change a result


def test_the_grader_is_what_judges_and_what_runs_the_cells_and_no_more():
    graph = fingerprints._graph()
    reached = set(fingerprints.GRADER).union(
        *(graph.find_upstream_modules(name) for name in fingerprints.GRADER)
    )
    rooms = ("answers.compare", "exercises.spec", "kit.diagnose", "sandbox.session", "kit.cells")
    assert {f"course_tools.{name}" for name in rooms} <= reached
    strangers = ("book", "gradebook.book", "grading.engine", "reports", "cli")
    for stranger in (*strangers, "submissions.archives", "submissions.collect"):
        assert not any(name.startswith(f"course_tools.{stranger}") for name in reached)
    assert re.fullmatch(
        r"Python 3\.\d+, .*, grader [0-9a-f]{16}", fingerprints.grader_fingerprint()
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("def f(x):\n    return x + 1  # why\n", True),
        ('"""What for."""\n\n\ndef f(x):\n    """Why."""\n    return x + 1\n', True),
        ("def f(x):\n    return x + 2\n", False),
        ("def f(x):\n    return 1 + x\n", False),
        ("def f(x):\n    return y + 1\n", False),
        ("def g(x):\n    return x + 1\n", False),
        ("def f(x=0):\n    return x + 1\n", False),
        ("def f(x):\n    'a'\n    return x + 1\nNAME = 'a'\n", False),
    ],
)
def test_what_changes_the_hash_of_a_source(text, same):
    plain = fingerprints.hash_of_source("def f(x):\n    return x + 1\n")
    assert (fingerprints.hash_of_source(text) == plain) == same


@pytest.fixture
def counted(monkeypatch):
    """Which modules count for some code."""

    def modules(*texts: str) -> set[str]:
        asked: list[str] = []
        monkeypatch.setattr(fingerprints, "_hash_of_module", lambda name: asked.append(name) or "")
        fingerprints._hash_of_named.cache_clear()
        fingerprints.library_fingerprint(texts)
        fingerprints._hash_of_named.cache_clear()
        return set(asked)

    return modules


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("x = 1", set(), {"foundations", "recurrent"}),
        ("from course_lib.recurrent.srn import SRN", {"recurrent.srn", "foundations"}, {"viz"}),
        ("from course_lib.sequences import heads", {"sequences.heads"}, {"recurrent"}),
        ("%time import course_lib.hessians.lanczos as l", {"hessians.lanczos"}, {"recurrent"}),
        ("import course_lib", {"recurrent.srn", "viz.style"}, set()),
        ("import importlib\nimportlib.import_module('course_lib' + x)", {"viz.style"}, set()),
        ("course_lib.nothing.of_that_name", {"viz.style"}, set()),
        ("my_course_library = 1", set(), {"foundations"}),
    ],
)
def test_of_the_library_counts_what_code_names_and_what_that_needs(counted, text, inside, outside):
    found = counted(text)
    assert all(any(name.startswith(f"course_lib.{part}") for name in found) for part in inside)
    assert not any(name.startswith(f"course_lib.{part}") for name in found for part in outside)


def test_another_chapters_code_is_not_in_a_tasks_fingerprint(recurrence, counted):
    cells = [cell.text for cell in recurrence.cells if cell.kind == "spec"]
    assert counted(*cells)
    assert not any("generalization" in name for name in counted(*cells))


# Keys

GIVEN = {
    "student": "ada",
    "cells": ("x = 1", "y = 2"),
    "fingerprints": {"a": "1", "b": "2"},
    "grader": "Python",
    "seed": 1,
    "limits": Limits(),
}


def test_keys_are_the_same_every_time_and_one_per_task():
    made = fingerprints.work_keys(**GIVEN)
    assert made == fingerprints.work_keys(**GIVEN)
    assert list(made) == ["a", "b"]
    assert len(set(made.values())) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in made.values())


@pytest.mark.parametrize(
    ("name", "value", "all_change"),
    [
        ("student", "alan", True),
        ("cells", ("x = 1y = 2",), True),
        ("cells", ("x = 1", "y = 2 "), True),
        ("cells", ("x = 1", "import course_lib"), True),
        ("grader", "Python 4", True),
        ("seed", 2, True),
        ("limits", Limits(memory_mb=512), True),
        ("fingerprints", {"a": "1", "b": "3"}, False),
    ],
)
def test_keys_change_with_all_that_matters(name, value, all_change):
    before, after = fingerprints.work_keys(**GIVEN), fingerprints.work_keys(**GIVEN | {name: value})
    assert before["b"] != after["b"]
    assert (before["a"] != after["a"]) == all_change


def test_a_limit_is_the_same_as_a_whole_number():
    whole = GIVEN | {"limits": Limits(cell_seconds=20, total_seconds=600)}
    assert fingerprints.work_keys(**whole) == fingerprints.work_keys(**GIVEN)


def test_any_text_has_a_hash():
    assert fingerprints.hash_of_cells(["\ud800\0"]) != fingerprints.hash_of_cells(["\ud801\0"])
    assert fingerprints.hash_of_cells(["a", "b"]) != fingerprints.hash_of_cells(["ab"])

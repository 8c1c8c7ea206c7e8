"""Made-up submissions and results, for the tests of the gradebook."""

import hashlib
from datetime import UTC, datetime, timedelta

from course_tools.gradebook.fingerprints import hash_of
from course_tools.gradebook.models import Graded, TaskResult
from course_tools.submissions.models import Person, Submission

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TASKS = (("mean", 1.0), ("last", 2.0))


def submission(
    student: str | Person, text: str = "x = 1", *, name: str = "", hours: float = 0, **changes
) -> Submission:
    """A file with one cell, handed in some hours after ``NOON``."""
    person = student if isinstance(student, Person) else Person(student)
    given = {
        "name": name or f"{person.id}.ipynb",
        "sha256": hashlib.sha256(text.encode(errors="replace")).hexdigest(),
        "handed_in": NOON + timedelta(hours=hours),
        "cells": (text,),
        **changes,
    }
    return Submission(person, **given)


def keys_for(handed: Submission, spec: str = "", tasks=TASKS) -> dict[str, str]:
    """Keys of the tasks under some state of the spec."""
    return {task: hash_of(handed.person.id, handed.cells, task, spec) for task, _ in tasks}


def graded(handed: Submission, *points: float, spec: str = "", tasks=TASKS, **changes) -> Graded:
    """An answer that gives the tasks these points."""
    keys = keys_for(handed, spec, tasks)
    results = tuple(
        TaskResult(
            task,
            keys[task],
            value,
            top,
            **{"cause": "right" if value == top else "wrong"} | changes,
        )
        for (task, top), value in zip(tasks, points, strict=True)
    )
    return Graded(handed.person.id, results, isolation="none")

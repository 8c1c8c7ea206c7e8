"""What runs on Gradescope: one submission through the same engine, and always a results.json.

The folder is laid out as the platform does: ``source`` holds what ``autograder_zip`` packed,
``submission`` what the student handed in, and ``results/results.json`` is what is shown. Whatever
a submission holds, it ends with points; whatever happens to the grader itself ends without, and
with a note that only the instructor sees.
"""

import json
import shutil
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from course_tools.exercises.source import load
from course_tools.gradebook.book import Gradebook
from course_tools.gradebook.scores import grade_summaries
from course_tools.gradebook.settings import load_settings, settings_path
from course_tools.grading import engine
from course_tools.grading.judge import config_for
from course_tools.grading.pools import LocalPool
from course_tools.reports.exports import save
from course_tools.reports.gradescope import not_graded, results_json, to_bytes
from course_tools.reports.sanitizing import feedback_lines
from course_tools.sandbox.levels import NoIsolation, choose
from course_tools.submissions.archives import CollectError
from course_tools.submissions.collect import collect
from course_tools.submissions.models import PROBLEMS, Person, Submission
from course_tools.submissions.names import clean, tidy_id

# A submission is run at most twice, and the platform ends everything after ten minutes.
LONGEST = 200.0
HERE = "handed-in"


def main(home: Path) -> None:
    """Grade the submission in a folder laid out as ``/autograder``, and write what came of it."""
    started = time.monotonic()
    try:
        results = grade(home)
    except NoIsolation as error:
        results = not_graded(
            f"{error} (for this autograder: make the zip with "
            "`course gradescope-zip ... --isolation none`)"
        )
    except Exception as error:
        traceback.print_exc()
        results = not_graded(
            f"The grader failed with {type(error).__name__}; the autograder's output says more."
        )
    results["execution_time"] = round(time.monotonic() - started, 1)
    save(to_bytes(results), home / "results" / "results.json")


def grade(home: Path) -> dict[str, Any]:
    """Grade one submission.

    Raises:
        NoIsolation: the container does not allow what the zip asks for.
    """
    source = home / "source"
    choice = json.loads((source / "autograder.json").read_text("utf-8"))
    solutions = source / "solutions" / choice["exercise"]
    level = choose(choice["isolation"])
    exercises = load(solutions)
    tasks = [(task.name, task.points) for task in exercises.tasks]
    settings = load_settings(settings_path(solutions), [name for name, _ in tasks])
    longest = min(settings.limits.total_seconds, LONGEST)
    settings = replace(settings, limits=replace(settings.limits, total_seconds=longest))
    config = config_for(exercises, settings, level)
    submission = read_submission(home, exercises.name)
    seed = int((source / "seed").read_text("utf-8"))
    with (
        tempfile.TemporaryDirectory() as folder,
        Gradebook.open(Path(folder) / "one.db", exercise=exercises.name, create=True) as book,
        LocalPool(config, 1) as pool,
    ):
        report = engine.grade([submission], book, exercises, config, pool, seed)
        (grade,) = grade_summaries(book, tasks, settings)
    failed = [line for line in grade.tasks if line.result.cause in ("grader", "waiting")]
    for line in failed:
        print(f"{line.task}: {line.result.detail or feedback_lines(line.result)}")
    print(f"isolation {level}; seconds by phase: {dict(report.phases)}")
    if failed and len(failed) == len(tasks):
        return not_graded("No task could be judged; the output of the autograder says why.")
    return results_json(grade, level)


def read_submission(home: Path, exercise: str) -> Submission:
    """What the student handed in, whatever it is."""
    person, when = submitter(home / "submission_metadata.json")
    with tempfile.TemporaryDirectory() as folder:
        # one level deeper it looks like one student of a class
        with suppress(shutil.Error):  # what cannot be copied is no notebook
            shutil.copytree(home / "submission", Path(folder) / HERE, symlinks=True)
        try:
            *_, submission = collect(Path(folder), exercise)
        except CollectError:
            submission = None
        if submission is None or not any(path.is_file() for path in Path(folder).rglob("*")):
            return Submission(person, "", "", when, None, "nothing", PROBLEMS["nothing"])
    return replace(
        submission,
        person=person,
        name=submission.name.removeprefix(f"{HERE}/"),
        sentence=submission.sentence.replace(f"{HERE}/", "").replace(HERE, "your submission"),
        handed_in=when or submission.handed_in,
    )


def submitter(metadata: Path) -> tuple[Person, datetime | None]:
    """Who handed in, and when, as the platform tells; a group counts as one student.

    The inputs are drawn from the student's id, so a student meets the same ones at every attempt.
    """
    try:
        told = json.loads(metadata.read_text("utf-8"))
        ids = sorted(str(user.get("email") or user["id"]) for user in told["users"])
        names = ", ".join(clean(str(user.get("name") or "")) for user in told["users"])
        when = datetime.fromisoformat(told["created_at"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Person("student"), None
    return Person(tidy_id("+".join(ids)) or "student", name=names), when


if __name__ == "__main__":
    main(Path(sys.argv[1]))

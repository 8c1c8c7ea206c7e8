"""One exercise set checked in a process of its own: what is wrong with it, and what was read.

``python -m course_tools.exercises.set_check FOLDER`` prints both as JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from course_tools.book import trace
from course_tools.book.verified import Records

if TYPE_CHECKING:
    from course_tools.exercises.source import ExerciseSet


def check_set(root: Path, path: Path) -> list[str]:
    """Everything that is wrong with ``solutions/<name>``; if nothing is, keep that.

    Args:
        root: the project's folder.
        path: the set's folder.
    """
    since = time.time()
    command = [sys.executable, "-m", __name__, str(path.resolve())]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        return [f"{path.name}: {(done.stderr.strip().splitlines() or ['ended early'])[-1]}"]
    told = json.loads(done.stdout.splitlines()[-1])
    if not told["problems"]:
        Records(root).keep(_what(path), told["read"], kit(path), since)
    return told["problems"]


def verified(root: Path, path: Path) -> bool:
    """Whether an exercise set was verified before, on this machine and with the same inputs."""
    return Records(root).hold(_what(path))


def kit(path: Path) -> list[Path]:
    """The files in ``exercises/`` that follow from the solutions of a set."""
    folder = path.parents[1] / "exercises"
    return [folder / f"{path.name}{end}" for end in (".ipynb", ".cases.json")]


def _what(path: Path) -> str:
    return f"exercise set {path.name}"


def problems(path: Path) -> Iterator[str]:
    """Everything that is wrong with an exercise set and with the kit that was made of it."""
    from course_tools.exercises import variants, verify
    from course_tools.exercises.source import load

    exercises = load(path)
    import torch  # noqa: F401  (now, and not within the time that an answer has)

    yield from verify.problems(exercises)
    for task in exercises.tasks:
        yield from variants.problems(task, "\n".join(exercises.cells_of(task.name, "prose")))
    for line in verify.leaked_lines(exercises, _handed_out(kit(path)[0].parent)):
        yield f"a file in exercises/ holds a line of a solution: {line!r}"
    if problem := kit_problem(exercises):
        yield problem


def _handed_out(folder: Path) -> str:
    """All that students get, as one text."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return "\n".join(file.read_bytes().decode("utf-8", "replace") for file in files)


def kit_problem(exercises: "ExerciseSet") -> str:
    """Why the kit does not follow from the solutions, in one sentence; empty if it does."""
    from course_tools.exercises.verify import out_of_step

    files = kit(exercises.path)
    if not all(file.exists() for file in files):
        return f"{exercises.name}: not built yet; run `course exercises build`"
    if stale := out_of_step(exercises, *(file.read_text("utf-8") for file in files)):
        return f"exercises/{stale} is out of step; run `course exercises build`"
    return ""


def main() -> None:
    """Check the set that the command line names."""
    from course_tools.exercises.mutants import SpecError

    trace.start()
    try:
        found = list(problems(Path(sys.argv[1])))
    except SpecError as error:
        found = [str(error)]
    print(json.dumps({"problems": found, "read": trace.read()}))


if __name__ == "__main__":
    main()

"""A made-up class, to try grading on before the real one hands in.

Notebooks are built from the students' kit; each answer is the solution, a mutant of it, an
untouched stub or a slip that raises. The mixture follows a seed.
"""

import inspect
import json
from pathlib import Path

import numpy as np

from course_tools.exercises.release import build_notebook
from course_tools.exercises.source import BEGIN, END, ExerciseSet
from course_tools.exercises.spec import Task

FIRST = ("Ada", "Boris", "Chen", "Dunya", "Elif", "Farid", "Greta", "Hana", "Ivan", "Jun", "Kofi")
LAST = ("Petrov", "Wang", "Nakamura", "Okafor", "Silva", "Novak", "Dimitrova", "Haddad", "Kim")
SLIP = "def {name}({arguments}):\n    return undefined_name\n"


def sample_class(exercises: ExerciseSet, n_students: int, seed: int) -> dict[str, str]:
    """Map made-up student ids to the text of their notebooks.

    Args:
        exercises: the set that they worked on.
        n_students: how many.
        seed: of the mixture.
    """
    width = max(2, len(str(n_students)))
    empty = build_notebook(exercises)
    chosen = {task.name: _answers(task) for task in exercises.tasks}
    notebooks = {}
    for index in range(n_students):
        rng = np.random.default_rng([seed, index])
        ability = rng.beta(4, 2)
        answers = {name: _draw(rng, ability, *kinds) for name, kinds in chosen.items()}
        notebooks[f"student-{index + 1:0{width}}"] = fill_in(empty, answers)
    return notebooks


def fill_in(notebook: str, answers: dict[str, str]) -> str:
    """Put answers into the task cells of the students' notebook; an empty text leaves the stub."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        text = answers.get(cell.get("id", "").replace("-", "_"))
        if text:
            cell["source"] = text.splitlines(keepends=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write_class(exercises: ExerciseSet, folder: Path, n_students: int, seed: int) -> list[Path]:
    """Write one notebook per student, and ``roster.csv`` beside the folder's name.

    Raises:
        FileExistsError: the folder is there and not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError("it is not empty; name a new folder for the made-up class")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    rows = ["id,name,email,group,extension"]
    for index, (student, text) in enumerate(sample_class(exercises, n_students, seed).items()):
        written.append(folder / f"{student}.ipynb")
        written[-1].write_text(text, "utf-8")
        name = f"{FIRST[index % len(FIRST)]} {LAST[(index * 7) % len(LAST)]}"
        rows.append(f"{student},{name},{student}@example.org,{'AB'[index % 2]},")
    roster = folder.with_name(f"{folder.name}-roster.csv")
    roster.write_text("\n".join(rows) + "\n", "utf-8")
    return [*written, roster]


def _draw(rng: np.random.Generator, ability: float, right: list[str], wrong: list[str]) -> str:
    if rng.random() < ability:
        return right[rng.integers(len(right))]
    return wrong[rng.integers(len(wrong))]


def _answers(task: Task) -> tuple[list[str], list[str]]:
    """Right and wrong answers as text; the wrong ones end with a slip and an untouched stub."""
    slip = SLIP.format(name=task.name, arguments=", ".join(task.arguments))
    mutants = [strip_markers(wrong.text) for wrong in task.wrongs if wrong.text]
    return [strip_markers(inspect.getsource(task.reference))], [*mutants, slip, ""]


def strip_markers(text: str) -> str:
    """A solution as a student would have written it."""
    return "".join(line for line in text.splitlines(True) if line.strip() not in (BEGIN, END))

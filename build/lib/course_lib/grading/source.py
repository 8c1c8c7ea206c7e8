"""Reading ``solutions/<chapter>.py``: the only edited source of an exercise set.

The file is a py:percent notebook. Markdown cells are prose; a code cell that defines a function
with a solution region is a task; cells tagged ``spec`` hold the specs and never leave the house;
every other code cell goes to students as it stands. Run as a module, the file defines the
solutions and the tasks.
"""

import ast
import importlib.util
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.grading.spec import SpecError, Task

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "...  # your answer here"
FOLDER = "solutions"


@dataclass(frozen=True)
class Cell:
    """One cell: kind is prose, code, task or spec; name is the task's function."""

    kind: str
    text: str
    name: str = ""


@dataclass
class ExerciseSet:
    """A chapter's exercises: the cells in order, and the tasks in the order of their cells."""

    name: str
    title: str
    path: Path
    cells: list[Cell]
    tasks: list[Task] = field(default_factory=list)

    def task(self, name: str) -> Task:
        """Find a task by name."""
        return next(task for task in self.tasks if task.name == name)

    @property
    def points(self) -> float:
        """What the whole set is worth."""
        return sum(task.points for task in self.tasks)


def strip_solution(text: str, name: str = "cell") -> str:
    """Replace each solution region by a stub.

    Raises:
        SpecError: a marker without its partner.

    >>> print(strip_solution('''def f(x):
    ...     ### BEGIN SOLUTION
    ...     return 2 * x
    ...     ### END SOLUTION'''))
    def f(x):
        ...  # your answer here
    """
    kept, inside = [], False
    for line in text.splitlines():
        marker = line.strip()
        if marker in (BEGIN, END):
            if inside == (marker == BEGIN):
                raise SpecError(f"{name}: '{marker}' without its partner")
            inside = marker == BEGIN
            if inside:
                kept.append(line[: line.index("#")] + STUB)
        elif not inside:
            kept.append(line)
    if inside:
        raise SpecError(f"{name}: '{BEGIN}' without its partner")
    return "\n".join(kept)


def parse(path: Path) -> list[Cell]:
    """Split a solutions file into cells.

    Raises:
        SpecError: a task cell that does not define exactly one function, or stray markers.
    """
    import jupytext

    cells = []
    for cell in jupytext.read(path, fmt="py:percent").cells:
        if cell.cell_type != "code":
            cells.append(Cell("prose", cell.source))
        elif "spec" in cell.metadata.get("tags", []):
            cells.append(Cell("spec", cell.source))
        elif BEGIN in cell.source or END in cell.source:
            body = ast.parse(cell.source).body
            functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
            if len(functions) != 1:
                raise SpecError(f"{path.name}: a task cell must define one function: {functions}")
            strip_solution(cell.source, functions[0])
            cells.append(Cell("task", cell.source, functions[0]))
        else:
            cells.append(Cell("code", cell.source))
    return cells


def load(path: Path) -> ExerciseSet:
    """Parse a solutions file, run it, and collect its tasks.

    Raises:
        SpecError: a task cell without spec, a spec without task cell, or an incomplete spec.
    """
    cells = parse(path)
    name = f"course_solutions_{path.stem}"
    module_spec = importlib.util.spec_from_file_location(name, path)
    if module_spec is None or module_spec.loader is None:
        raise SpecError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(module_spec)
    sys.modules[name] = module
    module_spec.loader.exec_module(module)
    by_name = {value.name: value for value in vars(module).values() if isinstance(value, Task)}
    wanted = [cell.name for cell in cells if cell.kind == "task"]
    if set(wanted) != set(by_name) or len(set(wanted)) != len(wanted):
        odd = sorted(set(wanted) ^ set(by_name)) or wanted
        raise SpecError(f"{path.name}: every task needs one task cell and one spec: {odd}")
    for task in by_name.values():
        task.reference = getattr(module, task.name)
        task.complain()
    title = re.search(r"^# (.+)$", "\n".join(c.text for c in cells if c.kind == "prose"), re.M)
    if title is None:
        raise SpecError(f"{path.name}: no '# Title' in the prose")
    return ExerciseSet(path.stem, title[1], path, cells, [by_name[name] for name in wanted])


def house(start: Path | None = None) -> Path:
    """The project's root: the nearest folder above that holds ``solutions/``.

    Raises:
        SpecError: there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FOLDER).is_dir() and (folder / "exercises").is_dir():
            return folder
    raise SpecError(
        f"neither {here} nor a folder above it holds solutions/ and exercises/: "
        "run this inside the course's folder"
    )


def available(root: Path) -> list[Path]:
    """All solutions files, by name."""
    return sorted((root / FOLDER).glob("[a-z]*.py"))


def load_by_name(root: Path, name: str) -> ExerciseSet:
    """Load one exercise set of a course.

    Raises:
        SpecError: there is none of that name, or it cannot be used.
    """
    paths = {path.stem: path for path in available(root)}
    if name not in paths:
        raise SpecError(f"there is no exercise set {name!r}; there are: {', '.join(paths)}")
    return load(paths[name])

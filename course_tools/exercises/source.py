"""Reading ``solutions/<chapter>.py``: the only edited source of an exercise set.

The file is a py:percent notebook. Markdown cells are prose; a code cell that defines a function
with a solution region is a task; cells tagged ``spec`` hold the specs and never leave the house;
every other code cell goes to students as it stands. Run as a module, the file defines the
solutions and the tasks.
"""

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from course_tools.exercises.spec import SpecError, Task

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "...  # your answer here"
FOLDER = "solutions"
# As jupytext reads a py:percent notebook, whose import takes longer than all the rest of a load.
HEADER = re.compile(r"\A# ---\n(?:#.*\n)*?# ---\n")
MARKER = re.compile(r"^# %%(.*)$", re.M)
AFTER_MARKER = re.compile(r"(?: \[(?P<kind>\w+)\])?(?: tags=(?P<tags>\[.*\]))?\s*")
COMMENT = re.compile(r"^# ?", re.M)


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
    cells = []
    for kind, tags, text in _percent_cells(path.read_text("utf-8")):
        if kind:
            cells.append(Cell("prose", COMMENT.sub("", text)))
        elif "spec" in tags:
            cells.append(Cell("spec", text))
        elif BEGIN in text or END in text:
            body = ast.parse(text).body
            functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
            if len(functions) != 1:
                raise SpecError(f"{path.name}: a task cell must define one function: {functions}")
            strip_solution(text, functions[0])
            cells.append(Cell("task", text, functions[0]))
        else:
            cells.append(Cell("code", text))
    return cells


def _percent_cells(text: str) -> Iterator[tuple[str, list[str], str]]:
    """The cells of a py:percent notebook: what stands in brackets, the tags, the text."""
    _, *parts = MARKER.split(HEADER.sub("", text))
    for marker, source in zip(parts[::2], parts[1::2], strict=True):
        found = AFTER_MARKER.fullmatch(marker)
        if found is None:
            raise SpecError(f"'# %%{marker}': expected '# %%', '# %% [markdown]' or tags after it")
        yield found["kind"] or "", json.loads(found["tags"] or "[]"), source.strip("\n")


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
    torch = _Later("torch")
    sys.modules.setdefault("torch", torch)
    try:
        module_spec.loader.exec_module(module)
    finally:
        torch.leave()
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


class _Later(ModuleType):
    """Stands for a module that is imported when something of it is first used.

    To list points or to write a notebook no solution is called, and torch takes two seconds.
    """

    def __getattr__(self, name: str) -> Any:
        self.leave()
        return getattr(importlib.import_module(self.__name__), name)

    def leave(self) -> None:
        """Give way to the module itself."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


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

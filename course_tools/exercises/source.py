"""Reading ``solutions/<set>/``: the only edited source of an exercise set.

``set.yml`` holds the title, what the set's tasks have in common, and their order; each task is a file of
its own, a py:percent notebook. Its markdown cells are prose; the code cell that defines a function
with a solution region is the task; cells tagged ``spec`` hold the spec and never leave the
project; every other code cell holds the imports. Run as a module, the file defines the solution
and ``task``.
"""

import ast
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from course_tools.exercises.mutants import SpecError
from course_tools.exercises.spec import Task

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "...  # your answer here"
FOLDER, SET = "solutions", "set.yml"
HOW = f"""\
Each task asks for one function. Replace the line `{STUB}`, run the cell, then run the
`check` under it: it answers at once, and where it can it names the mistake. The checks use a few
public cases; the grading uses fresh ones, so write the function for every input that the task
allows, not for the cases you see.

Loops are welcome, and so is torch. What must be right are the values and the shapes: a list or a
tensor counts like an array, single precision is good enough unless digits are asked for, and a
function may overwrite its arguments, since every call gets copies."""
# As jupytext reads a py:percent notebook, whose import takes longer than all the rest of a load.
HEADER = re.compile(r"\A# ---\n(?:#.*\n)*?# ---\n")
MARKER = re.compile(r"^# %%(.*)$", re.M)
AFTER_MARKER = re.compile(r"(?: \[(?P<kind>\w+)\])?(?: tags=(?P<tags>\[.*\]))?\s*")
COMMENT = re.compile(r"^# ?", re.M)
HEADING = re.compile(r"^## ", re.M)


@dataclass(frozen=True)
class Cell:
    """One cell: kind is prose, code, task or spec; name is the task that it belongs to."""

    kind: str
    text: str
    name: str = ""


@dataclass
class ExerciseSet:
    """A chapter's exercises: the tasks in order, and all cells.

    Args:
        name: of the set, which is its folder's.
        title: the notebook's heading.
        path: the folder.
        cells: the introduction, the imports, then the cells of each task.
        tasks: in the order of ``set.yml``.
    """

    name: str
    title: str
    path: Path
    cells: list[Cell]
    tasks: list[Task] = field(default_factory=list)

    def task(self, name: str) -> Task:
        """Find a task by name."""
        return next(task for task in self.tasks if task.name == name)

    def cells_of(self, name: str, kind: str) -> list[str]:
        """The texts of a task's cells of one kind."""
        return [cell.text for cell in self.cells if (cell.name, cell.kind) == (name, kind)]

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
    """Split the file of a task into cells.

    Raises:
        SpecError: there is not exactly one task cell, or it defines another function than the
            file's name says, or stray markers.
    """
    cells = []
    for kind, tags, text in _percent_cells(path.read_text("utf-8")):
        if kind:
            cells.append(Cell("prose", COMMENT.sub("", text), path.stem))
        elif "spec" in tags:
            cells.append(Cell("spec", text, path.stem))
        elif BEGIN in text or END in text:
            functions = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
            if functions != [path.stem]:
                raise SpecError(f"{path.name}: expected a cell that defines {path.stem}, "
                                f"got {functions}")  # fmt: skip
            strip_solution(text, path.stem)
            cells.append(Cell("task", text, path.stem))
        else:
            cells.append(Cell("code", text, path.stem))
    kinds = [cell.kind for cell in cells]
    for kind in ("task", "spec"):
        if kinds.count(kind) != 1:
            raise SpecError(f"{path.name}: expected one {kind} cell, got {kinds.count(kind)}")
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
    """Read an exercise set: parse its files, run them, and collect the tasks.

    Args:
        path: the set's folder.

    Raises:
        SpecError: no ``set.yml``, a file that it does not name or that is missing, or an
            incomplete spec.
    """
    described = _described(path)
    files = [path / f"{name}.py" for name in described["tasks"]]
    unlisted = sorted({file.name for file in path.glob("*.py")} - {file.name for file in files})
    missing = [file.name for file in files if not file.is_file()]
    if unlisted or missing:
        odd = ", ".join(unlisted + missing)
        raise SpecError(f"{path.name}/{SET}: tasks: expected the files of the folder, but: {odd}")
    cells = [cell for file in files for cell in parse(file)]
    tasks = [_task(file) for file in files]
    introduction = f"# {described['title']}\n\n{HOW}\n\n{described['introduction'].strip()}"
    more = "\n".join(described.get("imports") or [])
    imports = _imports([more, *(cell.text for cell in cells if cell.kind == "code")])
    numbers = {task.name: number for number, task in enumerate(tasks, 1)}
    kept = [
        Cell("prose", HEADING.sub(f"## {numbers[cell.name]}. ", cell.text, count=1), cell.name)
        if cell.kind == "prose"
        else cell
        for cell in cells
        if cell.kind != "code"
    ]
    return ExerciseSet(
        path.name,
        described["title"],
        path,
        [Cell("prose", introduction), Cell("code", imports), *kept],
        tasks,
    )


def files_of(path: Path) -> dict[str, str]:
    """The text of each file that makes up the set in a folder, ``set.yml`` last."""
    files = [*sorted(path.glob("*.py")), path / SET]
    return {file.name: file.read_text("utf-8") for file in files}


def write_set(path: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a set into a folder, which is made if it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name).write_text(text, "utf-8")
    return path


def _described(path: Path) -> dict[str, Any]:
    """Title, introduction and tasks of a set, from its ``set.yml``."""
    try:
        found = yaml.safe_load((path / SET).read_text("utf-8"))
    except OSError as error:
        raise SpecError(f"{path}: expected a folder with {SET}, got none") from error
    except yaml.YAMLError as error:
        raise SpecError(f"{path.name}/{SET}: {' '.join(str(error).split())}") from error
    found = found if isinstance(found, dict) else {}
    for key in ("title", "introduction"):
        if not isinstance(found.get(key), str):
            raise SpecError(f"{path.name}/{SET}: {key}: expected a text, got {found.get(key)!r}")
    names = found.get("tasks")
    if not isinstance(names, list) or not names or len(set(map(str, names))) != len(names):
        raise SpecError(f"{path.name}/{SET}: tasks: expected a list of names, got {names!r}")
    return found


def _imports(cells: list[str]) -> str:
    """The imports of all tasks as one cell, each module once, Python's own first."""
    modules: dict[str, set[str]] = {}
    for cell in cells:
        for node in ast.parse(cell).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                names = modules.setdefault(f"from {node.module} import ", set())
                names |= {ast.unparse(alias) for alias in node.names}
            elif isinstance(node, ast.Import):
                modules |= {f"import {ast.unparse(alias)}": set() for alias in node.names}
            else:
                raise SpecError(f"a code cell without tags: expected imports, got {cell!r}")
    lines: dict[bool, list[str]] = {True: [], False: []}
    for start in sorted(modules):
        top = start.split()[1].split(".")[0]
        lines[top in sys.stdlib_module_names].append(start + ", ".join(sorted(modules[start])))
    return "\n\n".join("\n".join(group) for group in lines.values() if group)


def _task(file: Path) -> Task:
    """Run the file of a task."""
    name = f"course_solutions_{file.parent.name}_{file.stem}"
    module_spec = importlib.util.spec_from_file_location(name, file)
    if module_spec is None or module_spec.loader is None:
        raise SpecError(f"{file}: not a Python file")
    module = importlib.util.module_from_spec(module_spec)
    sys.modules[name] = module
    torch = _Later("torch")
    sys.modules.setdefault("torch", torch)
    try:
        module_spec.loader.exec_module(module)
    except SpecError as error:
        raise SpecError(f"{file.parent.name}/{file.name}: {error}") from error
    finally:
        torch.leave()
    task = getattr(module, "task", None)
    if not isinstance(task, Task) or task.name != file.stem:
        raise SpecError(f"{file.name}: expected task = Task({file.stem}, ...), got {task!r:.60}")
    task.complain()
    return task


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


def project_root(start: Path | None = None) -> Path:
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
    """The folders of all exercise sets, by name."""
    return sorted(file.parent for file in (root / FOLDER).glob(f"[a-z]*/{SET}"))


def load_by_name(root: Path, name: str) -> ExerciseSet:
    """Load one exercise set of a course.

    Raises:
        SpecError: there is none of that name, or it cannot be used.
    """
    paths = {path.name: path for path in available(root)}
    if name not in paths:
        raise SpecError(f"there is no exercise set {name!r}; there are: {', '.join(paths)}")
    return load(paths[name])

"""The zip that Gradescope builds its image from: the same engine, for one submission at a time.

Checked against the platform's public documentation: ``setup.sh`` and ``run_autograder`` lie at the
root of the zip, which is unpacked to ``/autograder/source``; the base image is Ubuntu 22.04, whose
Python is too old, so ``setup.sh`` installs another. That a container there allows user
namespaces is not known: ``run_autograder`` tries what it finds.

The zip holds solutions and seed: it is for the instructor.
"""

import ast
import importlib.metadata
import io
import json
import re
import secrets
import sys
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import course_lib
from course_lib.gradebook.settings import settings_path
from course_lib.grading.source import available
from course_lib.reports.exports import ExportError, save
from course_lib.sandbox.levels import LEVELS

PACKAGE = Path(course_lib.__path__[0])
SCRIPTS = Path(__file__).parent / "templates"
ENTRY = "course_lib.judging.autograder"
# Of these only what the entry reaches; of the others everything, since students may import it.
TOOLS = ("book", "submissions", "gradebook", "reports", "judging")
OF_THE_SHELL = ("commands", "set_check")
# Reached by an import that never runs with one process.
LEFT_OUT = ("course_lib.judging.cluster",)
DATE = (2000, 1, 1, 0, 0, 0)
CONTAINER = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def build_zip(
    name: str, root: Path, out: Path, *, seed: int | None = None, isolation: str | None = None
) -> Path:
    """Write the autograder of an exercise set.

    The same arguments, with a seed, give the same bytes.

    Args:
        name: the exercise set, as in ``solutions/<name>.py``.
        root: the course's folder.
        out: the zip.
        seed: of the hidden inputs; drawn if not given.
        isolation: a level that must be had; by default the best that the container allows, and
            no grading where it allows none.

    Raises:
        ExportError: no such exercise set, no pins, an unknown level, or the zip cannot be written.
    """
    known, pins = {path.stem: path for path in available(root)}, root / "requirements.txt"
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ExportError(f"there is no exercise set {name!r} in {root}; there are: {listed}")
    if not pins.is_file():
        raise ExportError(f"{pins}: there is no such file; it names the versions to install")
    if isolation is not None and isolation not in LEVELS:
        raise ExportError(f"isolation: expected one of {', '.join(LEVELS)}, got {isolation!r}")
    solutions = known[name]
    modules = needed_modules([ENTRY, *_library()])
    imported = {top for path in [*modules.values(), solutions] for top in _third_party(path)}
    choice = {"exercise": name, "isolation": isolation}
    files = {
        "run_autograder": (SCRIPTS / "run_autograder").read_bytes(),
        "setup.sh": (SCRIPTS / "setup.sh").read_bytes(),
        "requirements.txt": "".join(
            f"{line}\n" for line in pinned(imported, pins.read_text("utf-8"))
        ).encode(),
        "autograder.json": (json.dumps(choice, indent=2) + "\n").encode(),
        "seed": f"{secrets.randbits(63) if seed is None else seed}\n".encode(),
        f"solutions/{name}.py": solutions.read_bytes(),
    }
    if settings := settings_path(solutions):
        files[f"solutions/{name}.yml"] = settings.read_bytes()
    for path in modules.values():
        files[f"course_lib/{path.relative_to(PACKAGE).as_posix()}"] = path.read_bytes()
    return save(zipped(files), out)


def zipped(files: dict[str, bytes]) -> bytes:
    """Files as a zip whose bytes depend on nothing but names and contents."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, DATE)
            info.create_system = 3  # Unix, so that the modes count
            mode = 0o755 if name in ("run_autograder", "setup.sh") else 0o644
            info.external_attr = (0o100000 | (0o600 if name == "seed" else mode)) << 16
            archive.writestr(info, files[name], zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _library() -> list[str]:
    return [
        f"course_lib.{path.parent.name}.{path.stem}"
        for path in sorted(PACKAGE.glob("*/*.py"))
        if path.parent.name not in TOOLS and path.stem not in ("__init__", *OF_THE_SHELL)
    ]


def needed_modules(start: Iterable[str]) -> dict[str, Path]:
    """The modules of ``course_lib`` that these reach by imports, wherever the import stands."""
    found: dict[str, Path] = {}
    todo = list(start)
    while todo:
        name = todo.pop()
        path = _path_of(name)
        if path is None or name in found or name in LEFT_OUT:
            continue
        found[name] = path
        todo += [name.rpartition(".")[0], *_imported(path)]
    return found


def _path_of(name: str) -> Path | None:
    """Where a module of ``course_lib`` is; None for anything else."""
    if name.split(".")[0] != "course_lib":
        return None
    path = PACKAGE.joinpath(*name.split(".")[1:])
    found = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in found if file.is_file()), None)


def _imported(path: Path) -> frozenset[str]:
    return _imports_of(path.read_text("utf-8"))


@cache  # two questions are asked of each module
def _imports_of(text: str) -> frozenset[str]:
    """All that a module's text imports: modules, and names that may be modules."""
    names: set[str] = set()
    todo: list[ast.AST] = [ast.parse(text)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        # no expression holds an import, and most of a module is expressions
        todo += [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.expr)]
    return frozenset(names)


def _third_party(path: Path) -> set[str]:
    tops = {name.split(".")[0] for name in _imported(path)}
    return tops - sys.stdlib_module_names - {"course_lib"}


def pinned(imported: Iterable[str], requirements: str) -> list[str]:
    """The lines of a list of pins that these modules need, with all that they need in turn.

    Args:
        imported: top-level modules.
        requirements: the text of ``requirements.txt``.
    """
    from packaging.requirements import Requirement

    lines = [line.strip() for line in requirements.splitlines() if "==" in line]
    pins = {_canonical(line.split("==")[0]): line for line in lines}
    todo = [name for top in imported for name in _providers().get(top, ())]
    found = set()
    while todo:
        name = _canonical(todo.pop())
        if name in found or name not in pins:
            continue
        found.add(name)
        for text in importlib.metadata.requires(name) or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": "", **CONTAINER}):
                todo.append(needed.name)
    return sorted(pins[name] for name in found)


@cache
def _providers() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

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
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import grimp

from course_tools.exercises.source import available, files_of
from course_tools.reports.exports import ExportError, save
from course_tools.sandbox.levels import LEVELS
from course_tools.sandbox.package_copies import core_modules
from course_tools.sandbox.paths import LIBRARY, TOOLS

SCRIPTS = Path(__file__).parent / "templates"
ENTRY = "course_tools.grading.autograder"
PACKAGES = {LIBRARY.name: LIBRARY, TOOLS.name: TOOLS}
# Reached by an import that never runs with one process.
LEFT_OUT = ("course_tools.grading.cluster",)
DATE = (2000, 1, 1, 0, 0, 0)
CONTAINER = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def build_zip(
    name: str, root: Path, out: Path, *, seed: int | None = None, isolation: str | None = None
) -> Path:
    """Write the autograder of an exercise set.

    The same arguments, with a seed, give the same bytes.

    Args:
        name: the exercise set, as in ``solutions/<name>``.
        root: the course's folder.
        out: the zip.
        seed: of the hidden inputs; drawn if not given.
        isolation: a level that must be had; by default the best that the container allows, and
            no grading where it allows none.

    Raises:
        ExportError: no such exercise set, no pins, an unknown level, or the zip cannot be written.
    """
    known, pins = {path.name: path for path in available(root)}, root / "requirements.txt"
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ExportError(f"exercise: expected one in {root} (there are: {listed}), got {name!r}")
    if not pins.is_file():
        raise ExportError(f"{pins}: there is no such file; it names the versions to install")
    if isolation is not None and isolation not in LEVELS:
        raise ExportError(f"isolation: expected one of {', '.join(LEVELS)}, got {isolation!r}")
    solutions = known[name]
    library = grimp.build_graph("course_lib", cache_dir=None).modules  # students may import it
    modules, others = needed_modules([ENTRY, *core_modules(), *library])
    tasks = sorted(solutions.glob("*.py"))
    imported = others.union(*map(_imported_by, tasks))
    choice = {"exercise": name, "isolation": isolation}
    files = {
        "run_autograder": (SCRIPTS / "run_autograder").read_bytes(),
        "setup.sh": (SCRIPTS / "setup.sh").read_bytes(),
        "requirements.txt": "".join(
            f"{line}\n" for line in pinned(imported, pins.read_text("utf-8"))
        ).encode(),
        "autograder.json": (json.dumps(choice, indent=2) + "\n").encode(),
        "seed": f"{secrets.randbits(63) if seed is None else seed}\n".encode(),
    }
    for file, text in files_of(solutions).items():
        files[f"solutions/{name}/{file}"] = text.encode()
    for module, path in modules.items():
        folder = PACKAGES[module.split(".")[0]]
        files[f"{folder.name}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
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


def needed_modules(start: Iterable[str]) -> tuple[dict[str, Path], set[str]]:
    """What these modules reach by imports, wherever the import stands.

    Returns:
        The modules of the course with their files, and the names of other packages.
    """
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    for name in LEFT_OUT:
        graph.remove_module(name)
    reached = set(start).union(*map(graph.find_upstream_modules, start))
    own = {name for name in reached if name.split(".")[0] in PACKAGES}
    own = own.union(PACKAGES, (name.rpartition(".")[0] for name in own if name.count(".") == 2))
    return {name: _file_of(name) for name in sorted(own)}, reached - own


def _imported_by(file: Path) -> set[str]:
    """The top names of what a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def _file_of(module: str) -> Path:
    top, *below = module.split(".")
    path = PACKAGES[top].joinpath(*below)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


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

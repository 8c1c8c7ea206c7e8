"""Copies of the course's packages for code that must not see all of them.

A copy holds the library without the modules that are blocked; what is not in it cannot be imported,
opened or disassembled. The tools are in none of them. One more copy, the core, holds those tools
that the zygote itself runs. All live in a private folder that ends with the run.
"""

import contextlib
import importlib.util
import marshal
import os
import shutil
from collections.abc import Iterable
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path

from course_tools.sandbox.paths import LIBRARY, TOOLS
from course_tools.sandbox.private_folder import PrivateFolder
from course_tools.sandbox.scratch import clear

RUNS = ("course_tools.sandbox.zygote", "course_tools.sandbox.child")


@cache
def core_modules() -> tuple[str, ...]:
    """The tools that the zygote runs, and the packages that they lie in."""
    import grimp

    graph = grimp.build_graph(TOOLS.name, cache_dir=None)
    found = set(RUNS).union(*map(graph.find_upstream_modules, RUNS))
    rooms = {name.rpartition(".")[0] for name in found}
    return tuple(sorted(found | rooms | {TOOLS.name}))


class PackageCopies:
    """The private folder of a run; a context manager.

    Attributes:
        shown: the folder whose contents the untrusted side may see, one copy beside another.
        core: the folder to put on the zygote's path.
        root: an empty folder, to mount on.
        scratch: a folder for temporary folders.
    """

    def __init__(self, library: Path = LIBRARY):
        self.library = library
        self._folder = PrivateFolder()
        self.shown, self.root, self.scratch, self._whole = (
            self._folder.path / name for name in ("copies", "root", "scratch", "whole")
        )
        for path in (self.shown, self.root, self.scratch):
            path.mkdir()
            _show(path)
        self.core = self.shown / "core"
        self._copies: dict[frozenset[str], Path] = {}
        self._modules: set[str] = set()  # names that were found to be modules of the library
        self._compile(self.core, TOOLS, map(_file_of, core_modules()))
        self._compile(self._whole, library, _files(library))

    def clear_scratch(self) -> None:
        """Remove what a zygote that died could not."""
        with contextlib.suppress(OSError):
            clear(self.scratch)

    def close(self) -> None:
        """Remove the folder."""
        self.clear_scratch()
        self._folder.close()

    def __enter__(self) -> "PackageCopies":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def without(self, blocked: frozenset[str]) -> Path:
        """The folder of the copy that lacks these modules; made when first asked for.

        Args:
            blocked: full names, as in "course_lib.sequences.heads".

        Raises:
            ValueError: a name that is no module of the library.
        """
        if blocked not in self._copies:
            self.check_modules(blocked)
            folder = self.shown / str(len(self._copies))
            self._link(folder, {self._file(name) for name in blocked})
            self._copies[blocked] = folder
        return self._copies[blocked]

    def check_modules(self, blocked: frozenset[str]) -> None:
        """Refuse names that are no modules of the library; see ``without``."""
        unknown = sorted(n for n in blocked - self._modules if not self._file(n).is_file())
        self._modules |= blocked.difference(unknown)
        if unknown:
            named = ", ".join(map(repr, unknown))
            raise ValueError(f"blocked: expected modules of {self.library.name}, got {named}")

    def _file(self, module: str) -> Path:
        return self._whole.joinpath(*module.split(".")).with_suffix(".py")

    def _link(self, folder: Path, blocked: set[Path]) -> None:
        left_out = blocked | {_compiled(path) for path in blocked}
        for path in self._whole.rglob("*"):
            copy = folder / path.relative_to(self._whole)
            if path.is_dir():
                copy.mkdir(parents=True, exist_ok=True)
            elif path not in left_out:
                os.link(path, copy)
        _show(folder)

    def _compile(self, folder: Path, package: Path, files: Iterable[Path]) -> None:
        for file in files:
            copy = folder / package.name / file.relative_to(package)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            if copy.suffix == ".py":
                compiled = _compiled(copy)
                compiled.parent.mkdir(exist_ok=True)
                compiled.write_bytes(_bytecode(file, copy.read_bytes()))
        _show(folder)


def _show(folder: Path) -> None:
    """Let everybody read a folder, whatever the umask of whoever started the grading."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _compiled(path: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(path)))


@cache
def _bytecode(source: Path, text: bytes) -> bytes:
    """What Python keeps of a module in ``__pycache__``, to be believed wherever it lies.

    Python's own copy is taken where it is up to date: to compile all takes a third of the time
    in which a sandbox starts. Whoever imports it puts the file's name in it right.
    """
    code = SourceFileLoader(source.stem, str(source)).get_code(source.stem)
    unchecked = (1).to_bytes(4, "little")  # PEP 552: by hash, which nobody looks at
    digest = importlib.util.source_hash(text)
    return importlib.util.MAGIC_NUMBER + unchecked + digest + marshal.dumps(code)


def _files(package: Path) -> list[Path]:
    """All files of a package."""
    files = [path for path in package.rglob("*") if path.is_file()]
    return [path for path in files if "__pycache__" not in path.parts]


def _file_of(module: str) -> Path:
    """Where a module of the tools lies."""
    path = TOOLS.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

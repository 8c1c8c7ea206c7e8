"""What was verified once on this machine is not verified again while nothing in it has changed.

A check of a lesson, or of an exercise set, runs in a process of its own that takes note of what
it reads (``trace``). When nothing was wrong, a record in the user's cache folder keeps the
fingerprints of these files, under a name made of what else can change a result: the packages,
Python, the processor, and the variables that choose its path. The check counts as passed as
long as that record is there and every fingerprint is the same.
"""

import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import platformdirs

from course_tools.book.trace import EVERYTHING

NUMERICAL = ("ATEN_", "BLIS_", "GOTO_", "MKL_", "NPY_", "OMP_", "OPENBLAS_", "TORCH_")
NO_CODE = {"_build", "benchmarks", "book", "tests"}  # read by no process that a check starts
TEMPORARY = os.path.realpath(tempfile.gettempdir())


class Records:
    """The records of one project.

    Args:
        root: the project's folder.
        folder: where records are kept; by default in the user's cache folder, or in the one
            that the variable COURSE_CACHE names.
    """

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self.root = root.resolve()
        cache_folder = os.environ.get("COURSE_CACHE") or platformdirs.user_cache_path("course")
        self.folder = folder or Path(cache_folder, "verified")

    def hold(self, what: str) -> bool:
        """Whether this was verified before, with the same inputs."""
        try:
            known = json.loads(self._record(what).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return all(self._fingerprint(name) == value for name, value in known.items())

    def keep(self, what: str, read: Iterable[str], own: Iterable[Path], since: float) -> None:
        """Note that this was verified.

        Args:
            what: the check's name.
            read: what its process read, as ``trace.read`` gives it.
            own: files that count although that process did not read them.
            since: when the check began; if an input is younger, nothing is noted.
        """
        paths = [*read, *(os.path.realpath(path) for path in own)]
        names = {name for path in paths if (name := self._name(path)) is not None}
        if any(self._youngest(name) >= since for name in names):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{os.getpid()}.part"
        unfinished.write_text(json.dumps({name: self._fingerprint(name) for name in names}))
        unfinished.replace(self._record(what))

    def _name(self, path: str) -> str | None:
        """How a file stands in a record: from the root, absolute if it is a module elsewhere."""
        if path == EVERYTHING:
            return path
        if Path(path).is_relative_to(self.root):
            inside = Path(path).relative_to(self.root)
            return None if any(part[0] == "." for part in inside.parts) else inside.as_posix()
        return path if path.endswith(".py") and not path.startswith(TEMPORARY) else None

    def _record(self, what: str) -> Path:
        return self.folder / f"{_hash([what.encode(), surroundings().encode()])}.json"

    def _files(self, name: str) -> list[Path]:
        return sorted(_code(self.root)) if name == EVERYTHING else [self.root / name]

    def _youngest(self, name: str) -> float:
        return max(file.stat().st_mtime for file in self._files(name))

    def _fingerprint(self, name: str) -> str:
        """Of a file's name and content, or of all files'; another one if it is not there."""
        files = [file for file in self._files(name) if file.is_file()]
        return _hash(
            part
            for file in files
            for part in (os.path.relpath(file, self.root).encode(), file.read_bytes())
        )


def _code(root: Path) -> Iterator[Path]:
    """Every file of the project that a started process might read."""
    for folder, below_it, files in os.walk(root):
        top = NO_CODE if Path(folder) == root else {"__pycache__"}
        below_it[:] = [
            name for name in below_it if name[0] != "." and name not in top and ".egg" not in name
        ]
        yield from (Path(folder, name) for name in files if name[0] != "." and name[-3:] != ".md")


def _hash(parts: Iterable[bytes]) -> str:
    """A fingerprint of texts in their order.

    >>> _hash([b"ab", b"c"]) == _hash([b"a", b"bc"])
    False
    """
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:32]


@cache
def surroundings() -> str:
    """All that can change a result beside the project's own files."""
    packages = sorted(f"{one.name}=={one.version}" for one in distributions())
    chosen = {"OMP_NUM_THREADS": "1", **os.environ}
    variables = sorted(f"{k}={v}" for k, v in chosen.items() if k.startswith(NUMERICAL))
    return "\n".join([*packages, sys.version, platform.platform(), _processor(), *variables])


def _processor() -> str:
    """The processor's name and its capabilities, as well as the system tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    wanted = ("model name", "flags", "CPU part", "Features")
    return "\n".join(sorted({line for line in lines if line.startswith(wanted)}))

"""What of the host stays readable in a sandbox: Python, its packages, the C libraries, no more.

Late imports need these and nothing else does. The course's own packages are not among them,
wherever they are installed, nor is the folder that they are developed in: a sandbox shows copies.
"""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import course_lib

TOOLS = Path(__file__).resolve().parents[1]
LIBRARY = Path(course_lib.__path__[0]).resolve()
PACKAGES = ("site-packages", "dist-packages")
LIBRARIES = ("lib", "lib32", "lib64", "libx32")
# Beside Python itself: the loader's cache, time zones, and how many processors there are.
SYSTEM = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/sys/devices/system/cpu")


@cache
def readable_paths() -> tuple[Path, ...]:
    """Files and folders of the host that student code may read, none inside another.

    They are not resolved, so that each has the same name in the sandbox as outside.

    >>> all(path.exists() for path in readable_paths())
    True
    """
    of_python = [*LIBRARIES, "bin", "pyvenv.cfg"]
    packages = [Path(entry) for entry in sys.path if entry.endswith(PACKAGES)]
    wanted = [Path(prefix, name) for prefix in (sys.prefix, sys.base_prefix) for name in of_python]
    wanted += [Path(root, name) for root in ("/", "/usr", "/usr/local") for name in LIBRARIES]
    wanted += [*packages, *map(Path, SYSTEM)]
    wanted = [path for path in dict.fromkeys(wanted) if path.exists()]
    outermost = [path for path in wanted if not any(parent in wanted for parent in path.parents)]
    own = (LIBRARY, TOOLS)
    hidden = [(folder / package.name).resolve() for folder in packages for package in own]
    hidden += [path if path.parent.name in PACKAGES else path.parent for path in own]
    return tuple(part for path in outermost for part in without(path, hidden))


def without(path: Path, hidden: list[Path]) -> Iterator[Path]:
    """The folder; or where something hidden is inside, all else in it, one by one."""
    real = path.resolve()
    if not any(folder.is_relative_to(real) and folder.exists() for folder in hidden):
        yield path
    elif real not in hidden:
        for part in sorted(path.iterdir()):
            yield from without(part, hidden)

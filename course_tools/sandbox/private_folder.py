"""A temporary folder that ends with its process.

A process that is killed cannot tidy up. Its folder is removed by the next one that makes its own:
the lock on it, which the system lifts at any death, tells whether its process is still alive.
"""

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

from course_tools.sandbox.scratch import clear

PREFIX = "course-sandbox-"
LOCK = "in-use"


class PrivateFolder:
    """A folder for this user only, in the place for temporary files.

    Attributes:
        path: where it is, without symbolic links.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX)  # mode 700
        self.path = Path(self._folder.name).resolve()
        before = self.path / f"{LOCK}.new"
        self._lock = before.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        before.rename(self.path / LOCK)  # nobody sees a lock that is not held yet
        remove_abandoned(self.path.parent)

    def close(self) -> None:
        """Remove it."""
        self._folder.cleanup()
        self._lock.close()


def remove_abandoned(place: Path) -> None:
    """Remove this user's folders whose process has died; what cannot be removed stays."""
    for path in place.glob(f"{PREFIX}*/{LOCK}"):
        with contextlib.suppress(OSError):
            if path.parent.lstat().st_uid == os.getuid():
                _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    with path.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for inside in path.parent.iterdir():
            if inside != path:
                clear(inside)
                inside.rmdir()
        path.unlink()  # last: without it nobody would try again
        path.parent.rmdir()

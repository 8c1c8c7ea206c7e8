"""Emptying a folder that student code has filled, however it did so.

What the library offers for this goes down into folders by recursion, and stops at a thousand.
"""

import os
import secrets
import stat


def clear(folder: str | os.PathLike[str]) -> None:
    """Remove all that is in a folder.

    The contents of each folder inside are moved up to the top, once, so that no path gets long.

    Raises:
        OSError: something cannot be removed.
    """
    unique, moved = secrets.token_hex(8), 0
    while names := os.listdir(folder):
        for name in names:
            path = os.path.join(folder, name)
            if not _opened(path):
                os.unlink(path)
                continue
            for inner in os.listdir(path):
                moved += 1
                _opened(os.path.join(path, inner))
                os.rename(os.path.join(path, inner), os.path.join(folder, f"{unique}-{moved}"))
            os.rmdir(path)


def _opened(path: str) -> bool:
    """Whether it is a folder; one whose owner had locked it is opened."""
    mode = os.lstat(path).st_mode
    if not stat.S_ISDIR(mode):
        return False
    if mode & 0o700 != 0o700:
        os.chmod(path, 0o700)
    return True

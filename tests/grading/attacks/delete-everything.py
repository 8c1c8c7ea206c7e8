# Removes, renames, cuts and links whatever it finds.
# attacks: soft
# expects: soft=wrong|slow, shift=right|error, slope=right|error

# %%
import os
import shutil


def attempt(do, *arguments):
    try:
        do(*arguments)
    except (OSError, NotImplementedError, ValueError):
        pass


def soft(x):
    for path in PLACES:
        attempt(os.remove, path)
        attempt(os.rename, path, path + MARK)
        attempt(os.replace, path, "/tmp/" + MARK)
        attempt(os.truncate, path, 0)
        attempt(os.chmod, path, 0)
        attempt(os.chown, path, 12345, 12345)
        attempt(os.utime, path, (0, 0))
        attempt(os.link, path, "/tmp/" + MARK)
        attempt(os.symlink, path, "/tmp/" + MARK)
        attempt(os.setxattr, path, "user.mark", b"1")
        attempt(shutil.rmtree, path)
        attempt(os.rmdir, os.path.dirname(path))
    return 0

# Holds a lock on every file of every package.
# attacks: soft
# expects: soft=crashed|slow

# %%
import fcntl
import glob

held = []


def soft(x):
    for path in glob.glob(os.path.join(os.path.dirname(np.__file__), "*"))[:50]:
        try:
            held.append(os.open(path, os.O_RDONLY))
            fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.fcntl(held[-1], 1024, 0)
        except OSError:
            continue
    os._exit(1)

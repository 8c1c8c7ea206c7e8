# Opens the secrets by name, in every way that opens a file.
# attacks: soft
# expects: soft=error|wrong

# %%
import linecache
import mmap
import os


def by_mapping(path):
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ).read()


def soft(x):
    found = []
    for path in PLACES:
        for read in (
            lambda: open(path).read(),
            lambda: os.read(os.open(path, os.O_RDONLY), 2**16),
            lambda: os.read(os.open(path, os.O_RDWR), 2**16),
            lambda: os.pread(os.open(path, os.O_PATH), 2**16, 0),
            lambda: "".join(linecache.getlines(path)),
            lambda: np.fromfile(path, np.uint8).tobytes(),
            lambda: by_mapping(path),
            lambda: open("/proc/self/root" + path).read(),
            lambda: open("/proc/1/root" + path).read(),
            lambda: open("/proc/self/cwd/../../.." + path).read(),
            lambda: open(f"/proc/{os.getppid()}/root" + path).read(),
            lambda: os.readlink(path),
            lambda: " ".join(os.listdir(path)),
        ):
            try:
                found += secrets_in(read())
            except (OSError, ValueError):
                continue
    if found:
        return found
    raise LookupError(found)

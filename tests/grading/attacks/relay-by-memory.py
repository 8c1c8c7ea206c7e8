# Changes what the zygote's memory holds, as far as that is shared: modules, maps, buffers.
# attacks: soft
# expects: soft=crashed

# %%
import builtins
import mmap


def found():
    return getattr(builtins, "note", "") or getattr(np, "note", "") or os.environ.get("NOTE", "")


def soft(x):
    builtins.note = np.note = os.environ["NOTE"] = "note-to-self"
    try:
        for line in open("/proc/self/maps").read().splitlines():
            if " rw-s" in line or " r--s" in line:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                import ctypes

                ctypes.memset(start, 65, end - start)
    except OSError:
        pass
    os._exit(1)


def shift(x, by):
    return found() or x + by

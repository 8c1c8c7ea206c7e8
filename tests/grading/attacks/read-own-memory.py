# All that this process can address: the parent before it may have known something.
# attacks: soft
# expects: soft=wrong|error|memory|slow

# %%
import ctypes


def soft(x):
    found = set()
    ranges = []
    try:
        lines = open("/proc/self/maps").read().splitlines()
    except OSError:
        lines = []
    for line in lines:
        where, rights, *_ = line.split()
        if rights.startswith("rw") and "[v" not in line:
            start, end = (int(part, 16) for part in where.split("-"))
            ranges.append((start, min(end, start + 2**24)))
    for start, end in ranges[:500]:
        found |= set(secrets_in(ctypes.string_at(start, end - start)))
    return sorted(found)

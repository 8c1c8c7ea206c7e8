# Leaves little, so that the next task is the one that fails.
# attacks: soft
# expects: soft=wrong|slow, shift=right|memory, slope=right|memory

# %%
kept = []


def soft(x):
    try:
        while True:
            kept.append(bytearray(2**20))
    except MemoryError:
        del kept[-8:]
    return 0

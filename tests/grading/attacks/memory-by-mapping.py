# Anonymous pages straight from the kernel, shared and not.
# attacks: soft
# expects: soft=memory|error|slow

# %%
import mmap


def soft(x):
    held = []
    for flags in (mmap.MAP_SHARED, mmap.MAP_PRIVATE):
        for _ in range(64):
            block = mmap.mmap(-1, 64 * 2**20, flags | mmap.MAP_ANONYMOUS)
            for place in range(0, len(block), 4096):
                block[place] = 1
            held.append(block)
    return 0

# Many small objects, and whoever runs out of memory catches that and goes on.
# attacks: soft
# expects: soft=memory|slow|crashed

# %%
kept = []


def soft(x):
    while True:
        try:
            while True:
                kept.append([bytearray(1000) for _ in range(1000)])
        except MemoryError:
            continue

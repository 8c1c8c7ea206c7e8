# Takes no time of the processor, so no limit on that ends it.
# attacks: soft
# expects: soft=slow

# %%
import time


def soft(x):
    while True:
        time.sleep(1000)

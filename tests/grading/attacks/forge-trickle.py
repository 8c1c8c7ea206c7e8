# Sends a frame byte by byte, each of them in time.
# attacks: soft
# expects: soft=slow

# %%
import time


def soft(x):
    say(struct.pack("<Q", 10**6))
    while True:
        say(b"x")
        time.sleep(0.05)

# Doubles itself without end.
# attacks: soft
# expects: soft=error|crashed|slow|wrong

# %%
import os


def soft(x):
    while True:
        os.fork()

# Forks twice, takes a session of its own, and stays.
# attacks: soft
# expects: soft=wrong|error

# %%
import os
import time


def soft(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(10**6)
        os._exit(0)
    return 0

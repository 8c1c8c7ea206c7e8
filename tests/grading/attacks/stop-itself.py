# A stopped process handles no signal but one.
# attacks: soft
# expects: soft=slow|crashed|error

# %%
import os
import signal


def soft(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    signal.raise_signal(signal.SIGSTOP)
    signal.pause()

# Ends by every signal that means a fault.
# attacks: soft
# expects: soft=crashed|wrong

# %%
import signal


def soft(x):
    for number in (signal.SIGILL, signal.SIGBUS, signal.SIGFPE, signal.SIGKILL):
        signal.raise_signal(number)

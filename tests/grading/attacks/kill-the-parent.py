# Sends signals to whoever may be in charge. Those that reach far are harmless ones, which the test
# listens for, lest the test of a broken sandbox end everything on the machine.
# attacks: soft
# expects: soft=wrong|crashed|error

# %%
import os
import signal


def attempt(target, number):
    try:
        os.kill(target, number)
    except OSError:
        pass


def soft(x):
    for target in (GRADER, -os.getpgid(0), 0, -1):
        attempt(target, signal.SIGURG)
    for target in {os.getppid(), 1, 2} - {os.getpid(), 0}:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL):
            attempt(target, number)
    return 0

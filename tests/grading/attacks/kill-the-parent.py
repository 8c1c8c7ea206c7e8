# Sends every signal to whoever may be in charge.
# attacks: soft
# expects: soft=wrong|crashed|error

# %%
import os
import signal


def soft(x):
    for target in (os.getppid(), 1, 2, GRADER, -GRADER, 0, -1, -os.getpgid(0)):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL):
            if target > 1 or target < -1 or os.getpid() != 1:
                try:
                    os.kill(target, number)
                except OSError:
                    continue
    return 0

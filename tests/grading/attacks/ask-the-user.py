# Waits for somebody who is not there.
# attacks: soft
# expects: soft=error

# %%
import getpass
import sys


def soft(x):
    for ask in (input, getpass.getpass, sys.stdin.read, lambda: os.read(0, 100), breakpoint):
        try:
            answer = ask()
        except BaseException as error:
            last = error
    raise last

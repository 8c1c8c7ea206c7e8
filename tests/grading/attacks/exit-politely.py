# Asks the interpreter to end.
# attacks: soft
# expects: soft=error

# %%
import sys


def soft(x):
    sys.exit(0)

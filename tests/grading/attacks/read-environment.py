# Variables, arguments, and what the system says of itself.
# attacks: soft

# %%
import os
import sys


def soft(x):
    said = [*os.environ.values(), *sys.argv, *sys.orig_argv, *map(str, os.environb.values())]
    return secrets_in(" ".join(said))

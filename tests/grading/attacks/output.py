# Fifty megabytes of output, by every way there is.
# attacks: soft
# expects: soft=wrong|error|slow

# %%
import os
import sys


def soft(x):
    line = "x" * 2**20
    for _ in range(50):
        print(line)
        print(line, file=sys.stderr)
        sys.__stdout__.write(line)
        os.write(1, line.encode())
        os.write(2, line.encode())
    return 0

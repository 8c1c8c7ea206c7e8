# Recursion without the interpreter's limit, on the stack of C.
# attacks: soft
# expects: soft=crashed|error|memory

# %%
import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __repr__(self):
        return repr([self])

    def __getattr__(self, name):
        return getattr(self, name + "x")


def soft(x):
    return repr(Deep())

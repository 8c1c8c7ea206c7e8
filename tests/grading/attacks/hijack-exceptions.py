# An exception whose every part is a trap for whoever looks at it.
# attacks: soft
# expects: soft=error|slow|crashed

# %%
class Trap(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__

    def __getattribute__(self, name):
        raise Trap

    @property
    def __traceback__(self):
        raise Trap

    @property
    def __class__(self):
        raise Trap


def soft(x):
    raise Trap

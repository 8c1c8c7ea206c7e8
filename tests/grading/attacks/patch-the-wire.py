# The grader's own functions, found in memory: whatever is said, say another thing.
# attacks: soft
# expects: soft=wrong|error|crashed|protocol|missing, shift=right|protocol|wrong|error|crashed, slope=right|protocol|wrong|error|crashed

# %%
import gc
import types

for thing in gc.get_objects():
    if type(thing) is types.FunctionType and thing.__name__ in ("encode", "pack", "_encode"):
        names = thing.__globals__
        for name in ("encode", "_encode", "_encode_array", "pack"):
            if name in names:
                names[name] = lambda *arguments: (["bool", True], [])


def soft(x):
    return 0

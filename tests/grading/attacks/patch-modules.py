# Other modules under the names of those that judge.
# attacks: soft
# expects: soft=wrong|error|crashed|protocol|missing, shift=right|error, slope=right|error

# %%
import sys
import types

for name in list(sys.modules):
    if name.split(".")[0] in ("json", "struct", "socket", "course_lib", "pytest", "unittest"):
        sys.modules[name] = types.ModuleType(name)


def soft(x):
    return 0

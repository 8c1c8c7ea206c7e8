# Modules that are not blocked and may hold the blocked one's functions, or a copy of it.
# attacks: soft
# expects: soft=wrong|error|closed|slow

# %%
import importlib
import pkgutil

import course_lib


def soft(x):
    for module in pkgutil.walk_packages(course_lib.__path__, "course_lib."):
        try:
            one = importlib.import_module(module.name)
        except BaseException:
            continue
        for name in dir(one):
            thing = getattr(one, name, None)
            if name == "softmax" and callable(thing):
                return thing(x)
    return 0

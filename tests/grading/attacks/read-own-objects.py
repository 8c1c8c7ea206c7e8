# Every object that the collector knows, every module, every frame: is there an answer among them?
# attacks: soft
# expects: soft=wrong|slow

# %%
import gc
import sys


def soft(x):
    found = set()
    for thing in gc.get_objects():
        if type(thing) is dict:
            for value in list(thing.values()):
                if type(value) in (str, bytes):
                    found |= set(secrets_in(value))
        for name in ("reference", "expected", "wrongs", "solution", "answer", "points"):
            if type(thing) is dict and name in thing and callable(thing[name]):
                found.add(name)
    for here in frames():
        found |= set(secrets_in(repr(list(here.f_locals))))
    tests = [name for name in sys.modules if "solution" in name or "gradebook" in name]
    return [*found, *tests]

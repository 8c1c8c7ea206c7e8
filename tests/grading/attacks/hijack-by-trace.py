# Runs in every function that the grader's code calls, and changes what it works on.
# attacks: soft
# expects: soft=wrong|protocol|error|crashed|slow, shift=right|wrong|protocol|error|crashed|slow, slope=right|wrong|protocol|error|crashed|slow

# %%
import ctypes
import sys


def watch(here, event, argument):
    for name in ("value", "cause"):
        if name in here.f_locals and "request" in here.f_locals:
            here.f_locals[name] = 1.0 if name == "value" else "value"
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(here), ctypes.c_int(0))
    return watch


sys.settrace(watch)
sys.setprofile(watch)


def soft(x):
    for here in frames():
        here.f_trace = watch
    return 0

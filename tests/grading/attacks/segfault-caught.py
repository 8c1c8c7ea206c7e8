# Handles its own segmentation fault for ever.
# attacks: soft
# expects: soft=crashed|slow

# %%
import ctypes
import signal

HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)
ignore = HANDLER(lambda number: None)


def soft(x):
    ctypes.CDLL(None).signal(signal.SIGSEGV, ignore)
    return ctypes.string_at(0)

# Reads what is not there.
# attacks: soft
# expects: soft=crashed

# %%
import ctypes


def soft(x):
    return ctypes.string_at(0)

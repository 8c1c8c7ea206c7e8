# Code that runs whenever the collector does.
# attacks: soft
# expects: soft=wrong|error|slow, shift=right|error|slow, slope=right|error|slow

# %%
import gc


def grow(phase, facts):
    raise SystemExit


gc.callbacks.append(grow)
gc.set_threshold(1)


def soft(x):
    gc.collect()
    return 0

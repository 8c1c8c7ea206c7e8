# Whoever asks for the time is told a story.
# attacks: soft
# expects: soft=slow

# %%
import time

for name in ("time", "monotonic", "perf_counter", "process_time"):
    setattr(time, name, lambda: 0.0)
time.sleep = lambda seconds: None


def soft(x):
    while time.monotonic() < 1:
        pass

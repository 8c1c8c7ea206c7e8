# Never ends, whatever is raised in it and whatever signal comes.
# attacks: soft
# expects: soft=slow

# %%
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def soft(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue

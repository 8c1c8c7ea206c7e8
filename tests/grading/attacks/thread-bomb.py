# As many threads as there are to be had, all busy.
# attacks: soft
# expects: soft=error|slow|wrong|memory|crashed

# %%
import threading


def spin():
    while True:
        pass


def soft(x):
    while True:
        threading.Thread(target=spin, daemon=True).start()

# Threads that never end and are no daemons.
# attacks: soft
# expects: soft=wrong

# %%
import threading
import time

for _ in range(4):
    threading.Thread(target=time.sleep, args=(10**6,)).start()


def soft(x):
    threading.Thread(target=time.sleep, args=(10**6,)).start()
    return 0

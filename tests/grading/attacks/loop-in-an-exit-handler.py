# Ends late: handlers, a finaliser, and a thread that the interpreter waits for.
# attacks: soft
# expects: soft=slow|error

# %%
import atexit
import sys
import threading
import time


class Tenacious:
    def __del__(self):
        while True:
            time.sleep(1000)


keep = Tenacious()
atexit.register(time.sleep, 1000)
threading.Thread(target=time.sleep, args=(1000,)).start()


def soft(x):
    global keep
    sys.exitfunc = lambda: time.sleep(1000)
    keep = None
    sys.exit(0)

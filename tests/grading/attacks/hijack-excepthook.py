# Handlers for whatever goes wrong later on.
# attacks: soft
# expects: soft=error

# %%
import sys
import threading
import warnings

sys.excepthook = sys.unraisablehook = threading.excepthook = lambda *arguments: os._exit(0)
sys.displayhook = sys.breakpointhook = lambda *arguments: os._exit(0)
warnings.showwarning = lambda *arguments, **options: os._exit(0)
sys.addaudithook(lambda event, arguments: None)


def soft(x):
    warnings.warn("look")
    raise RuntimeError

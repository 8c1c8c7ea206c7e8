# Each cell ends the process, again and again.
# attacks: soft
# expects: soft=missing

# %%
import os

os._exit(0)
# %%
import os

os._exit(1)
# %%
import ctypes

ctypes.string_at(0)
# %%
import os

os.abort()
# %%
import sys

sys.exit("done")

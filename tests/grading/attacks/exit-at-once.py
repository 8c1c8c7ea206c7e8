# Ends the process as if all were well.
# attacks: soft
# expects: soft=crashed

# %%
import os


def soft(x):
    os._exit(0)

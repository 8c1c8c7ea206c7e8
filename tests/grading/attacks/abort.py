# Ends by the C library's emergency exit.
# attacks: soft
# expects: soft=crashed

# %%
import os


def soft(x):
    os.abort()

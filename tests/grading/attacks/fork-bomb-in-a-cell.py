# Before any function is called.
# attacks: soft
# expects: soft=wrong|missing

# %%
import os

while True:
    os.fork()
# %%
def soft(x):
    return 0

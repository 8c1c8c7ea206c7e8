# Each cell just short of its limit.
# attacks: soft
# expects: soft=wrong

# %%
import time

time.sleep(0.2)
# %%
time.sleep(0.2)
# %%
def soft(x):
    return 0

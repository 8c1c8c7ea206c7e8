# A cell that ends the process costs itself.
# attacks: soft
# expects: soft=right

# %%
import os

os._exit(0)
# %%
def soft(x):
    return np.exp(x) / np.exp(x).sum()

# Half a gigabyte to be judged.
# attacks: soft
# expects: soft=memory|unserializable|protocol

# %%
def soft(x):
    return np.zeros(2**26)

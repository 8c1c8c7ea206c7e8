# Strides that lead out of memory, if anybody believed them.
# attacks: soft
# expects: soft=wrong|unserializable|crashed|error

# %%
def soft(x):
    return np.lib.stride_tricks.as_strided(x, shape=(4,), strides=(-(2**20),))

# An array of Python's own numbers.
# attacks: soft
# expects: soft=unserializable|right

# %%
def soft(x):
    return (np.exp(x) / np.exp(x).sum()).astype(object)

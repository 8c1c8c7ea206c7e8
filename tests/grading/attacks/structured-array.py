# An array with named columns.
# attacks: soft
# expects: soft=unserializable

# %%
def soft(x):
    return np.zeros(4, dtype=[("value", "f8"), ("answer", "O")])

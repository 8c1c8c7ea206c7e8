# An array that pretends to be large: all its numbers are the same one.
# attacks: soft
# expects: soft=unserializable|memory|wrong

# %%
def soft(x):
    return np.broadcast_to(np.zeros(1), (2**40,))

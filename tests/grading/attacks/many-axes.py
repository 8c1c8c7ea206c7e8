# More axes than anybody counts, and none of them with anything in it.
# attacks: soft
# expects: soft=wrong|unserializable

# %%
def soft(x):
    return np.zeros((0,) + (2**50,) + (1,) * 30)

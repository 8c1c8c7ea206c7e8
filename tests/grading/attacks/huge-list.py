# More parts than anybody wants to compare.
# attacks: soft
# expects: soft=unserializable|memory|slow

# %%
def soft(x):
    return [0.0] * 10**7

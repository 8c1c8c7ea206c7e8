# Integers that travel and that no float can hold.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return [1.0, 10**400, -(10**3000), 0.5]

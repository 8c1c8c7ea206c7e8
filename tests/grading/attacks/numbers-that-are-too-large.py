# Integers that no float can hold, beside ones that it can.
# attacks: soft
# expects: soft=wrong|unserializable

# %%
def soft(x):
    return [1.0, 10**400, -(10**3999), 2]

# Kinds that do not go together.
# attacks: soft
# expects: soft=wrong|unserializable

# %%
def soft(x):
    return [True, 1, 2**63, 1.5]

# A text alone, half a letter long.
# attacks: soft
# expects: soft=wrong|unserializable|protocol|error

# %%
def soft(x):
    return "\ud800"

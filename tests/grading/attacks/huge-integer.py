# Digits that take for ever to write.
# attacks: soft
# expects: soft=unserializable|slow|error

# %%
def soft(x):
    return 1 << 2**27

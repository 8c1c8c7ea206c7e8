# Many megabytes of letters and of exception.
# attacks: soft
# expects: soft=error|unserializable|protocol|memory|slow

# %%
def soft(x):
    raise ValueError("x" * 2**26)

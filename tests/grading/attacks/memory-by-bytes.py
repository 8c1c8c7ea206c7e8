# Four gigabytes in one piece.
# attacks: soft
# expects: soft=memory

# %%
def soft(x):
    return len(bytearray(2**32))

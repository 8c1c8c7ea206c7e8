# The largest integers there are, whose difference overflows.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return np.array([2**64 - 1, 0, 2**63, 1], dtype=np.uint64)

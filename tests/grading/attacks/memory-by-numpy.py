# Four gigabytes in one array, each page of it touched.
# attacks: soft
# expects: soft=memory

# %%
def soft(x):
    return np.ones(2**29).sum()

# The right numbers in a column, which broadcasts.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return (np.exp(x) / np.exp(x).sum())[:, None]

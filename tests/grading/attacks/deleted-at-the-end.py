# Honest at first; then the last cell takes everything away.
# attacks: soft
# expects: soft=missing

# %%
def soft(x):
    return np.exp(x) / np.exp(x).sum()
# %%
del soft

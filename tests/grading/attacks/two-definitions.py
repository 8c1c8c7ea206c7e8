# Honest at first; the last one counts.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return np.exp(x) / np.exp(x).sum()
# %%
def soft(x):
    return x

# Broadcasts against whatever it is compared with.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    weights = np.exp(x) / np.exp(x).sum()
    return weights[None], weights[:, None], weights[:0], weights[0]

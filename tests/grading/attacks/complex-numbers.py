# Right in the real part.
# attacks: soft
# expects: soft=wrong|right

# %%
def soft(x):
    return np.exp(x) / np.exp(x).sum() + 1j

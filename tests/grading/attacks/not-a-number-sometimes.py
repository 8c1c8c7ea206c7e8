# Right but for one NaN.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    weights = np.exp(x) / np.exp(x).sum()
    weights[-1] = np.nan
    return weights

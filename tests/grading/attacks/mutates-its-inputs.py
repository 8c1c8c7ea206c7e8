# Works on what it was given: right, and said so.
# attacks: soft
# expects: soft=right

# %%
def soft(x):
    np.exp(x, out=x)
    x /= x.sum()
    return x

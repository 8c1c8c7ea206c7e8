# Compares equal with everything, as far as ``all`` can tell.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return np.zeros(0)

# NaN and infinities, which compare with nothing.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return x * np.nan

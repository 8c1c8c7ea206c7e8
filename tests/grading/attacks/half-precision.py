# Too coarse to be told apart.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return (np.exp(x) / np.exp(x).sum()).astype(np.float16)

# Every answer that it could be.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return {"value": np.exp(x) / np.exp(x).sum(), 0: x}

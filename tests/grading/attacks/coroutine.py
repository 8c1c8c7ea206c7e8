# An answer that somebody would have to wait for.
# attacks: soft
# expects: soft=unserializable

# %%
async def soft(x):
    return np.exp(x) / np.exp(x).sum()

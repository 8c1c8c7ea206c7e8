# Answers that are not there yet.
# attacks: soft
# expects: soft=unserializable|error

# %%
def soft(x):
    yield from np.exp(x) / np.exp(x).sum()

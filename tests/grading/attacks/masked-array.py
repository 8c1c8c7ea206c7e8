# All that is wrong is masked.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
def soft(x):
    return np.ma.masked_array(np.zeros(4), mask=True)

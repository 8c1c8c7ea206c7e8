# Texts and dates in an array.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
def soft(x):
    return np.array(["0.25"] * 4), np.array(["2026-11-20"], "datetime64[D]"), np.bytes_(b"x")

# Something of that name that cannot be called.
# attacks: soft
# expects: soft=missing

# %%
soft = np.array([0.25] * 4)

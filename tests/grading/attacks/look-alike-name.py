# Honest: a name in other letters, which Python reads as the same.
# attacks: soft
# expects: soft=right

# %%
def ｓｏｆｔ(x):
    return np.exp(x) / np.exp(x).sum()

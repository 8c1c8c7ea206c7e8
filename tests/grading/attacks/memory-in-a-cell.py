# A cell that takes too much costs itself; the task is answered after it.
# attacks: soft
# expects: soft=right

# %%
kept = []
while True:
    kept.append(np.ones(2**20))
# %%
def soft(x):
    return np.exp(x) / np.exp(x).sum()

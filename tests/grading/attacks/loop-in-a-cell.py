# A cell that never ends costs itself; the cell after it is honest.
# attacks: soft
# expects: soft=right

# %%
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
# %%
def soft(x):
    return np.exp(x) / np.exp(x).sum()

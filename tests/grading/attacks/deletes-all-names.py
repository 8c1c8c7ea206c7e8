# Nothing is left of the notebook.
# attacks: soft
# expects: soft=missing, shift=missing, slope=missing

# %%
def soft(x):
    return 0
# %%
globals().clear()

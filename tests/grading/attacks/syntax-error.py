# A cell that is no Python, one that only looks like it, and one of control characters.
# attacks: soft
# expects: soft=missing

# %%
def soft(x:
    return
# %%
def soft(x):
	return 1
        return 2
# %%
"\ud800" + soft(0

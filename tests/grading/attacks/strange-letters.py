# Half a letter, NUL and a bell in the cells, in names, values, exceptions and keys.
# attacks: soft
# expects: soft=error

# %%
half, nul = "@surrogate@", "@bell@"
# %%
half, nul = "\ud800", "\0"


class Strange(Exception):
    pass




def soft(x):
    raise Strange(half + nul + "\ud800\x1b]0;title\a\u202e\ufeff" * 20)
# %%
raise ValueError("\ud800\0" * 10)
# %%
x = "@nul@"

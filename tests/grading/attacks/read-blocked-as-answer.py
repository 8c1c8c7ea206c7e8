# The library's function handed in as it is.
# attacks: soft
# expects: soft=closed|error|missing

# %%

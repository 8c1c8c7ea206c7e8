# Nothing of the sort.
# attacks: soft
# expects: soft=missing

# %%
answer = 42

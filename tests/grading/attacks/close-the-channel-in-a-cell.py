# The same before the first request.
# attacks: soft
# expects: soft=missing|crashed|wrong

# %%
os.closerange(0, 4096)
# %%
def soft(x):
    return 0

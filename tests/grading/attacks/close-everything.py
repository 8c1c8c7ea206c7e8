# Closes the channel and all else.
# attacks: soft
# expects: soft=crashed|protocol|slow

# %%
def soft(x):
    os.closerange(0, 4096)
    return 0

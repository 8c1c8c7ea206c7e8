# Puts another file in the place of the channel.
# attacks: soft
# expects: soft=crashed|protocol|slow

# %%
def soft(x):
    null = os.open("/dev/null", os.O_RDWR)
    for channel in sockets():
        os.dup2(null, channel)
    return 0

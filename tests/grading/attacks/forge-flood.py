# Writes without end to the channel.
# attacks: soft
# expects: soft=protocol|slow|wrong

# %%
def soft(x):
    noise = frame([0, 0, "value", 1.0, "", "", [], []]) * 1000
    while True:
        say(noise)
